"""A late fee is taken off: a reason, two people, a contra entry, a word to her. And the call to the head."""

from datetime import timedelta

import pytest

from models.actions import books, calls, cycles, penalties, waivers
from models.actions.context import Outcome
from models.base import database
from models.commands import AskCall, AskWaiver, DecideWaiver, Done
from models.facts import WaiverTask
from models.queries.facts import DatabaseFacts
from models.queries.invariants import violations
from models.rules.extensions import WAIVER_TIME
from models.rules.refused import Refused
from models.sealing import keys
from models.tables.cycles import Obligation
from models.tables.groups import Seat
from models.tables.ledger import JournalEntry
from models.tables.mail import Outbox
from models.tables.people import Member
from models.tables.requests import Waiver
from tests.support.circles import NAIRA, C, Circle, running_group

FEE = 200 * NAIRA
DAY = timedelta(days=1)


@pytest.fixture
def circle(db) -> Circle:
    """Chidi has been charged a late fee; the others have paid."""
    circle = running_group()
    circle.all_pay(but=("Chidi",))
    circle.now = circle.cycle(1).due_at + DAY
    cycles.pass_cutoffs(circle.now)
    for row in penalties.penalties_due(circle.now, checked_at=circle.now):
        penalties.add_penalty(row, circle.now, checked_at=circle.now)
    return circle


@pytest.fixture(autouse=True)
def in_order(db):
    yield
    (last,) = database.execute_sql("SELECT max(created_at) FROM outbox").fetchone()
    assert violations(last) == []


def ask(circle: Circle, who: str = "Chidi") -> Outcome:
    return waivers.ask_waiver(AskWaiver(circle.seats[who], "sickness"), circle.context(who))


def asked(circle: Circle) -> Waiver:
    assert ask(circle) == Done()
    return Waiver.get()


def decide(circle: Circle, waiver: Waiver, *, allow: bool = True, who: str = "Ada") -> Outcome:
    return waivers.decide_waiver(DecideWaiver(waiver.id, allow), circle.context(who))


def fee(circle: Circle) -> Obligation:
    return Obligation.get(Obligation.kind == "penalty")


def told(circle: Circle, name: str) -> list[str]:
    mine = (Outbox.member == circle.members[name]) & (Outbox.dedupe_key ** "waiver:%")
    return [row.text_key for row in Outbox.select().where(mine).order_by(Outbox.id)]


def facts_of(circle: Circle, name: str) -> DatabaseFacts:
    member = Member.get_by_id(circle.members[name])
    return DatabaseFacts(keys().open(member.phone_sealed, f"member.phone:{member.id}"), circle.now)


def test_two_agree_and_the_fee_is_gone(circle):
    waiver = asked(circle)
    assert (told(circle, "Ada"), told(circle, "Bisi"), told(circle, "Dayo")) == (["S42a"], ["S42a"], [])
    assert decide(circle, waiver) == Done({"who": "Chidi", "allow": True, "approvals": 1, "needed": 2})
    assert fee(circle).status == "pending"
    assert decide(circle, waiver) == Refused("already_approved")
    assert decide(circle, waiver, who="Bisi") == Done({"who": "Chidi", "allow": True, "approvals": 2, "needed": 2})
    assert (fee(circle).status, told(circle, "Chidi")) == ("waived", ["S42w"])
    assert books.balance(f"due.seat:{circle.seats['Chidi']}") == C
    entry = JournalEntry.get(JournalEntry.kind == "penalty.waive")
    assert (entry.reason, entry.actor) == ("sickness", f"member:{circle.members['Bisi']}")
    assert entry.reverses_id is not None
    assert Waiver.get().status == "waived"
    assert decide(circle, waiver, who="Bisi") == Refused("already_approved")


def test_it_is_not_charged_again(circle):
    waiver = asked(circle)
    for name in ("Ada", "Bisi"):
        decide(circle, waiver, who=name)
    circle.now += 5 * DAY
    assert penalties.penalties_due(circle.now, checked_at=circle.now) == []


def test_one_no_is_enough(circle):
    waiver = asked(circle)
    decide(circle, waiver)
    assert decide(circle, waiver, allow=False, who="Bisi") == Done(
        {"who": "Chidi", "allow": False, "approvals": 1, "needed": 2}
    )
    assert (fee(circle).status, Waiver.get().status, told(circle, "Chidi")) == ("pending", "refused", ["S42n"])
    assert ask(circle) == Refused("asked_before")


def test_nobody_decides_about_her_own_fee_and_no_outsider(circle):
    waiver = asked(circle)
    for name in ("Chidi", "Dayo", "Efe"):
        assert decide(circle, waiver, who=name) == Refused("not_allowed")
    stranger = running_group().context("Ada")
    for waiver_id in (waiver.id, 999_999):
        assert waivers.decide_waiver(DecideWaiver(waiver_id, True), stranger) == Refused("not_allowed")
    assert waivers.ask_waiver(AskWaiver(circle.seats["Chidi"], "travel"), stranger) == Refused("gone")


def test_where_there_is_no_fee_there_is_nothing_to_ask(circle):
    assert ask(circle, "Dayo") == Refused("no_fee")
    circle.pay("Chidi", C + 100 * NAIRA)  # a part of the fee is paid
    assert ask(circle) == Refused("no_fee")
    assert facts_of(circle, "Chidi").more_time(circle.seats["Chidi"]).fee_paid


def test_a_fee_that_was_paid_meanwhile_stays_paid(circle):
    waiver = asked(circle)
    decide(circle, waiver)
    circle.pay("Chidi", C + FEE)
    assert decide(circle, waiver, who="Bisi") == Refused("gone")
    circle.now += WAIVER_TIME
    assert waivers.waivers_to_end(circle.now) == [waiver.id]
    assert waivers.end_waiver(waiver.id, circle.now)
    assert (Waiver.get().status, told(circle, "Chidi")) == ("void", [])


def test_no_answer_keeps_the_fee(circle):
    waiver = asked(circle)
    circle.now += WAIVER_TIME - timedelta(seconds=1)
    assert not waivers.end_waiver(waiver.id, circle.now)
    circle.now += timedelta(seconds=1)
    assert decide(circle, waiver) == Refused("gone")
    assert waivers.end_waiver(waiver.id, circle.now)
    assert not waivers.end_waiver(waiver.id, circle.now)
    assert (Waiver.get().status, told(circle, "Chidi")) == ("expired", ["S42n"])


def test_who_may_decide_sees_it_until_she_has(circle):
    waiver = asked(circle)
    (task,) = [task for task in facts_of(circle, "Bisi").home.tasks if isinstance(task, WaiverTask)]
    assert task == WaiverTask(waiver.id, circle.group.name, "Chidi", FEE, "sickness")
    decide(circle, waiver, who="Bisi")
    assert not any(isinstance(task, WaiverTask) for task in facts_of(circle, "Bisi").home.tasks)
    assert any(isinstance(task, WaiverTask) for task in facts_of(circle, "Ada").home.tasks)
    found = facts_of(circle, "Chidi").more_time(circle.seats["Chidi"])
    assert (found.fee_kobo, found.fee_asked, found.fee_paid) == (FEE, True, False)


def test_a_circle_that_waited_only_for_the_fee_is_over_with_it(circle):
    circle.now += DAY
    circle.pay("Chidi")
    for _ in range(4):
        circle.pay_out()
        circle.all_pay()
    circle.pay_out()
    assert circle.group.status == "active"
    waiver = asked(circle)
    for name in ("Ada", "Bisi"):
        decide(circle, waiver, who=name)
    assert circle.group.status == "completed"
    assert Seat.get_by_id(circle.seats["Chidi"]).status == "completed"


# --- a call ---------------------------------------------------------------------------------


def call(circle: Circle, who: str) -> Outcome:
    return calls.ask_call(AskCall(circle.seats[who]), circle.context(who))


def test_the_head_gets_the_number_once_a_day(circle):
    assert call(circle, "Chidi") == Done()
    assert call(circle, "Chidi") == Refused("asked_today")
    (sent,) = Outbox.select().where(Outbox.text_key == "S45")
    assert sent.member_id == circle.members["Ada"]
    circle.now += DAY
    assert call(circle, "Chidi") == Done()


def test_nobody_else_gets_it_and_the_head_needs_none(circle):
    assert call(circle, "Ada") == Refused("gone")
    stranger = running_group().context("Dayo")
    assert calls.ask_call(AskCall(circle.seats["Chidi"]), stranger) == Refused("gone")
    assert not Outbox.select().where(Outbox.text_key == "S45").exists()
