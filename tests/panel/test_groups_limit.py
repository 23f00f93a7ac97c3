"""The limit for a pot in the panel: it stands in the queue, one proposes, another approves, and the group begins."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from bot.settings import Settings
from models.commands import JoinGroup
from models.queries.facts import DatabaseFacts
from models.queries.panel_group import page_of
from models.rules.staff import Role
from models.tables.groups import Group
from models.tables.money import Payout
from models.tables.staff import Proposal
from tests.panel.conftest import SignIn
from tests.support.cast import ADA, PIN, Formed, do, form_group, registered, told
from tests.support.circles import running_group
from tests.support.panel import code_again, send
from tests.support.phone import Phone
from tests.support.time import A_MONDAY_MORNING as NOW

NOTE = "Traders of one market, five rounds together"


@pytest.fixture
def big(signed_in: SignIn) -> Formed:
    """Twelve would collect N6,000,000 each; three are in."""
    formed = form_group(NOW, size=3, contribution_kobo=500_000_00, name="Balogun Traders")
    Group.update(seats=12, cycles=12, status="forming", order_set_at=None).where(Group.id == formed.group_id).execute()
    return formed


def full(group_id: int) -> None:
    """As many seats as people, who pay as much together."""
    Group.update(seats=3, cycles=3, contribution_kobo=2_000_000_00).where(Group.id == group_id).execute()


def propose(browser: FlaskClient, group_id: int, amount: str, note: str = NOTE):
    page = f"/admin/groups/{group_id}/limit"
    return send(browser, page, page, amount=amount, note=note)


def approve(browser: FlaskClient, note: str = "Met all of them") -> str:
    row = Proposal.get()
    page = f"/admin/approvals/{row.id}"
    answer = send(browser, page, f"{page}/approve", shown=row.payload_hash, note=note, code=code_again(browser, NOW))
    assert answer.status_code == 303, answer.text
    return browser.get(answer.location).text


def test_a_group_above_the_limit_stands_in_the_queue_with_its_own_page(big: Formed, signed_in: SignIn) -> None:
    browser = signed_in(Role.FINANCE)
    page = browser.get("/admin/").text
    assert "Fills up, and its pot is above the limit" in page
    (href,) = re.findall(r'<div class="line"><a href="([^"]+/limit)"', page)
    shown = browser.get(href).text
    for words in ("N6,000,000", "N5,000,000", "N15,000,000", "the usual limit", 'value="6000000"'):
        assert words in shown
    group = browser.get(f"/admin/groups/{big.group_id}").text
    assert "It cannot begin until two of the staff have raised the limit." in group


def test_she_founds_it_on_her_phone_and_is_told(house: Flask, settings: Settings, signed_in: SignIn) -> None:
    """From her first key to the panel: said before her PIN, kept by no one's mistake, seen by the office."""
    registered(NOW, ADA)
    phone = Phone(house.test_client(), settings.callback_keys[0], settings.ussd_code, ADA.phone)
    phone.dial()
    for key in ("2", "Balogun Traders", "500000", "2", "12", "2"):
        phone.say(key)
    assert "a full pot is N6,000,000. Above N5,000,000 Ajo must say yes before it starts" in phone.say("1")
    assert "Each collects N5,940,000" in phone.say("1")
    assert "is ready" in phone.say(PIN)
    assert "Fills up, and its pot is above the limit" in signed_in(Role.FINANCE).get("/admin/").text


def test_she_is_told_nothing_of_a_limit_that_she_does_not_reach(house: Flask, settings: Settings) -> None:
    """Ten times N500,000 is the limit itself."""
    registered(NOW, ADA)
    phone = Phone(house.test_client(), settings.callback_keys[0], settings.ussd_code, ADA.phone)
    phone.dial()
    for key in ("2", "Balogun Traders", "500000", "2", "10", "2"):
        phone.say(key)
    assert "Each collects N4,950,000" in phone.say("1")


def test_two_raise_it_and_the_group_begins(big: Formed, signed_in: SignIn) -> None:
    full(big.group_id)
    maker, checker = signed_in(Role.FINANCE), signed_in(Role.OWNER, phone="+2348099990002")
    assert "Full, and cannot begin" in maker.get("/admin/").text
    answer = propose(maker, big.group_id, "6,000,000")
    assert answer.status_code == 303
    assert "Proposed. Somebody else" in maker.get(answer.location).text
    assert "Another limit has been proposed." in maker.get(f"/admin/groups/{big.group_id}/limit").text
    assert "Full, and cannot begin" not in maker.get("/admin/").text
    card = checker.get(f"/admin/approvals/{Proposal.get().id}").text
    for words in ("Another limit for a pot", "N6,000,000", "N5,000,000", "Balogun Traders", NOTE):
        assert words in card
    page = approve(checker)
    assert "a pot of Balogun Traders may be up to N6,000,000 now" in page
    found = page_of(big.group_id)
    assert found is not None
    assert (found.status, found.pot_limit_kobo, found.own_limit) == ("ready", 6_000_000_00, True)
    assert "raised by two" in checker.get(f"/admin/groups/{big.group_id}").text
    assert len(told(ADA, "S86")) == 1
    audit = checker.get("/admin/audit/").text
    assert "group.limit" in audit


def test_the_maker_cannot_check_it_and_the_button_twice_is_one_proposal(big: Formed, signed_in: SignIn) -> None:
    owner = signed_in(Role.OWNER)
    propose(owner, big.group_id, "6000000")
    again = propose_without_form(owner, big.group_id)
    assert again.status_code == 422
    assert "Somebody has proposed this already" in again.text
    assert Proposal.select().count() == 1
    assert "You have proposed this yourself" in owner.get(f"/admin/approvals/{Proposal.get().id}").text


def propose_without_form(browser: FlaskClient, group_id: int):
    """With the keys of another page: this one shows no form any more."""
    return send(browser, "/admin/groups/new", f"/admin/groups/{group_id}/limit", amount="7000000", note=NOTE)


@pytest.mark.parametrize(
    ("amount", "note", "words"),
    [
        ("15,000,001", NOTE, "Take a whole amount"),
        ("4999999", NOTE, "Take a whole amount"),
        ("6000000.01", NOTE, "Take a whole amount"),
        ("much", NOTE, "Take a whole amount"),
        ("-6000000", NOTE, "Take a whole amount"),
        ("5000000", NOTE, "That is its limit already"),
        ("6000000", "no", "Write down why"),
    ],
)
def test_what_cannot_be_stays_in_the_form(big: Formed, signed_in: SignIn, amount: str, note: str, words: str) -> None:
    answer = propose(signed_in(Role.FINANCE), big.group_id, amount, note)
    assert answer.status_code == 422
    assert words in answer.text
    assert f'value="{amount}"' in answer.text
    assert Proposal.select().count() == 0


def test_a_group_that_runs_can_only_be_given_more(signed_in: SignIn) -> None:
    circle = running_group(3)
    Group.update(pot_limit_kobo=8_000_000_00).where(Group.id == circle.group_id).execute()
    browser = signed_in(Role.FINANCE)
    assert "it can only go up" in browser.get(f"/admin/groups/{circle.group_id}/limit").text
    answer = propose(browser, circle.group_id, "6000000")
    assert "the limit can only go up from now on" in answer.text


def test_nobody_who_only_looks_proposes_a_limit(big: Formed, signed_in: SignIn) -> None:
    auditor = signed_in(Role.AUDITOR)
    assert auditor.get(f"/admin/groups/{big.group_id}/limit").status_code == 403
    page = auditor.get(f"/admin/groups/{big.group_id}").text
    assert "Above the limit:" in page
    assert "/limit" not in page
    field = signed_in(Role.FIELD, phone="+2348099990003")
    assert field.get(f"/admin/groups/{big.group_id}/limit").status_code in (403, 404)


def test_the_order_cannot_be_drawn_from_the_page(big: Formed, signed_in: SignIn) -> None:
    full(big.group_id)
    browser = signed_in(Role.FINANCE)
    page = f"/admin/groups/{big.group_id}"
    assert "Set the order" not in browser.get(page).text
    answer = send(browser, "/admin/groups/new", f"{page}/draw")
    assert "It can begin when two of the staff have raised the limit" in browser.get(answer.location).text


def test_the_head_of_a_group_of_the_office_hears_it_when_she_has_accepted(signed_in: SignIn) -> None:
    registered(NOW, ADA)
    wish = {
        "name": "Balogun Traders", "head_phone": ADA.phone, "amount": "500000", "frequency": "weekly", "seats": "12",
        "order": "joined", "start_on": "2026-03-13",
    }  # fmt: skip
    answer = send(signed_in(Role.FINANCE), "/admin/groups/new", "/admin/groups/new", **wish)
    assert answer.status_code == 303, answer.text
    assert told(ADA, "S85") == []
    invitation = DatabaseFacts(ADA.phone, NOW).home.invitation
    assert invitation is not None
    group = invitation.group
    do(ADA, JoinGroup(group.group_id, group.rules_version, invitation.invitation_id), NOW)
    assert told(ADA, "S85")[0].facts["pot"] == "N6,000,000"


def test_a_held_pot_stands_in_the_queue(signed_in: SignIn) -> None:
    circle = running_group(3)
    circle.all_pay()
    payout = Payout.get()
    Payout.update(status="held", held_reason="above_limit").where(Payout.id == payout.id).execute()
    browser = signed_in(Role.FINANCE)
    assert "it is above its group&#39;s limit" in browser.get("/admin/").text
    assert "Two of the staff have to raise its limit." in browser.get(f"/admin/money/payouts/{payout.id}").text
