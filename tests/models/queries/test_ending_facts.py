"""What a menu reads of a group that ends: what each gets back or owes, what officers are asked."""

import json
from dataclasses import replace

import pytest

from models.account_commands import SendBalance
from models.actions import statements
from models.commands import Done
from models.facts import Ending
from models.queries.facts import DatabaseFacts
from models.sealing import keys
from models.tables.mail import Outbox
from models.tables.people import Member
from tests.models.actions.test_dissolving import dissolve, pay_claims
from tests.support.circles import C, Circle, running_group
from tests.support.worded import worded


def facts_of(circle: Circle, name: str) -> DatabaseFacts:
    member = Member.get_by_id(circle.members[name])
    return DatabaseFacts(keys().open(member.phone_sealed, f"member.phone:{member.id}"), circle.now)


@pytest.fixture
def circle(db) -> Circle:
    """Ada has collected and owes 4 C; of Bisi's payment since everybody gets a part."""
    circle = running_group()
    circle.all_pay()
    circle.pay_out()
    circle.pay("Bisi")
    dissolve(circle, "unpaid")
    return circle


def test_each_sees_what_is_hers(circle):
    ada = facts_of(circle, "Ada").home.seats[0]
    assert (ada.group_status, ada.due_kobo, ada.ending) == ("dissolving", 4 * C, Ending("unpaid", 0, 0))
    assert ada.due_on is not None
    assert ada.next_due_on is None
    bisi = facts_of(circle, "Bisi").home.seats[0]
    assert (bisi.due_kobo, bisi.ending) == (0, Ending("unpaid", 2 * C, 0))
    pay_claims(circle)
    assert facts_of(circle, "Bisi").home.seats[0].ending == Ending("unpaid", 2 * C, C * 2 // 5)


def test_officers_are_asked_for_claims_and_told_that_they_are(circle):
    tasks = facts_of(circle, "Ada").home.tasks
    assert {(task.recipient, task.net_kobo, task.claim) for task in tasks} == {
        ("Bisi", C * 2 // 5, True),
        *((name, C // 5, True) for name in ("Chidi", "Dayo", "Efe")),
    }


@pytest.mark.parametrize(
    ("name", "end"),
    [("Ada", "You owe N20,000, pay by Mon 9 Mar"), ("Bisi", "You get back N10,000, N0 of it sent")],
)
def test_the_balance_by_sms_says_it_too(circle, name, end):
    context = replace(circle.context(name), phone=facts_of(circle, name).home.me.phone)
    assert isinstance(statements.send_balance(SendBalance(circle.seats[name]), context), Done)
    row = Outbox.get(Outbox.text_key == "S61e")
    facts = json.loads(keys().open(row.facts_sealed, f"outbox.facts:{row.id}"))
    assert worded(facts)["end"] == end


def test_when_it_is_over_it_is_no_longer_among_her_groups(circle):
    pay_claims(circle)
    circle.pay("Ada", 4 * C)
    pay_claims(circle)
    assert circle.group.status == "cancelled"
    assert facts_of(circle, "Ada").home.seats == ()
