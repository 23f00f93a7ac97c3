"""A group's end in the panel: the figures, the proposal, the card of the second person, and how far it has come."""

import secrets
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from bot import clock as moved
from models.queries.invariants import violations
from models.rules.staff import Role
from models.tables.cycles import Obligation
from models.tables.groups import Group
from models.tables.staff import Proposal
from tests.panel.conftest import SignIn
from tests.support.circles import Circle, running_group
from tests.support.panel import CSRF, code_again, hidden, send, sign_in

NOTE = "The market has burnt down"


@pytest.fixture
def circle(house) -> Circle:
    """Ada has collected, Bisi has paid the second round."""
    circle = running_group()
    circle.all_pay()
    circle.pay_out()
    circle.pay("Bisi")
    moved.set_to(circle.now)
    return circle


@pytest.fixture
def finance(circle, signed_in: SignIn) -> FlaskClient:
    return signed_in(Role.FINANCE)


@pytest.fixture
def owner(circle, signed_in: SignIn) -> FlaskClient:
    return signed_in(Role.OWNER, phone="+2348099990002", email="owner@ajo.example")


def page(circle: Circle, tail: str = "if-it-ended") -> str:
    return f"/admin/groups/{circle.group_id}/{tail}"


def propose(circle: Circle, browser: FlaskClient, reason: str = "members") -> int:
    answer = send(browser, page(circle), page(circle, "dissolve"), reason=reason, note=NOTE)
    assert answer.status_code == 303
    return Proposal.get(Proposal.kind == "group_dissolve").id


def approve(browser: FlaskClient, proposal_id: int):
    row, where = Proposal.get_by_id(proposal_id), f"/admin/approvals/{proposal_id}"
    fields = {"csrf": hidden(browser.get(where), CSRF), "key": secrets.token_hex(8), "note": NOTE}
    fields |= {"shown": row.payload_hash, "code": code_again(browser, moved.now())}
    answer = browser.post(f"{where}/approve", data=fields)
    assert answer.status_code == 303, answer.text
    return browser.get(answer.headers["Location"])


def test_the_figures_stand_before_the_form(circle, finance):
    text = finance.get(page(circle)).text
    assert "do not add up" not in text
    assert "Propose to end the group" in text
    assert '<b class="bad">N20,000</b>' in text
    assert "<b>N10,000</b>" in text


def test_two_people_end_it_and_the_page_tells_what_has_come_of_it(circle, finance, owner):
    proposal_id = propose(circle, finance, "unpaid")
    assert f'href="/admin/approvals/{proposal_id}"' in finance.get(page(circle)).text
    card = owner.get(f"/admin/approvals/{proposal_id}").text
    assert "too many did not pay" in card
    assert "Chidi Okafor" in card
    assert "is being dissolved. Its members are told" in approve(owner, proposal_id).text
    assert Group.get_by_id(circle.group_id).status == "dissolving"

    answer = owner.get(page(circle))
    assert (answer.status_code, answer.headers["Location"]) == (303, page(circle, "ending"))
    text = owner.get(page(circle, "ending")).text
    assert "Too many did not pay" in text
    assert f"account=due.claim%3A{circle.seats['Bisi']}" in text
    assert f"account=due.seat%3A{circle.seats['Ada']}" in text
    assert text.count("waits for two yeses") == 4
    journal = owner.get(f"/admin/money/journal?account=due.claim:{circle.seats['Bisi']}").text
    assert "Gets back: the group ends" in journal
    assert violations(moved.now()) == []


def test_what_is_owed_and_late_stands_in_the_queue(circle, finance, owner):
    approve(owner, propose(circle, finance))
    assert "Collected, and owes it back" not in owner.get("/admin/").text
    due_at = Obligation.get(Obligation.kind == "unwinding").due_at
    moved.set_to(due_at + timedelta(days=1))
    sign_in(owner, owner.hired, moved.now())
    text = owner.get("/admin/").text
    assert "Collected, and owes it back to a group that ends" in text
    assert f'href="{page(circle, "ending")}"' in text


def test_a_payment_in_between_makes_it_void(circle, finance, owner):
    proposal_id = propose(circle, finance)
    circle.pay("Chidi")
    text = approve(owner, proposal_id).text
    assert Group.get_by_id(circle.group_id).status == "active"
    assert "being dissolved" not in text


def test_without_a_reason_nothing_is_proposed(circle, finance):
    send(finance, page(circle), page(circle, "dissolve"), reason="", note=NOTE)
    assert Proposal.select().count() == 0


def test_a_group_that_did_not_end_has_no_such_page(circle, owner):
    answer = owner.get(page(circle, "ending"))
    assert (answer.status_code, answer.headers["Location"]) == (303, page(circle))


def test_who_may_only_look_sees_the_figures_and_no_form(circle, signed_in):
    text = signed_in(Role.AUDITOR).get(page(circle)).text
    assert "<b>N10,000</b>" in text
    assert "Propose to end" not in text
