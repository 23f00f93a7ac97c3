"""Approvals in the browser: two people, one effect; a third, an outsider and a second click change nothing."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bot import clock as moved
from models.actions import cycles, penalties, switches
from models.queries.payouts import staff_yes_of
from models.rules.staff import Role
from models.sealing import keys
from models.tables.cycles import Obligation
from models.tables.ledger import Audit
from models.tables.money import Approval, Payout
from models.tables.people import Member
from models.tables.staff import Proposal, StaffGroup
from tests.panel.conftest import SignIn
from tests.support.circles import Circle, add_account, running_group
from tests.support.panel import CSRF, KEY, hidden

LIST = "/admin/approvals/"
NOTE = "Both officers are travelling"
CHECKED = "Looked at the list and the account"
SHOWN = re.compile(r'name="shown" value="([^"]+)"')


@pytest.fixture
def circle(house: Flask) -> Circle:
    """The first pot is full and waits; Ada is to get it."""
    circle = running_group()
    circle.all_pay()
    return circle


@pytest.fixture
def maker(circle: Circle, signed_in: SignIn) -> FlaskClient:
    return signed_in(Role.FINANCE, name="Mary Maker")


@pytest.fixture
def checker(circle: Circle, signed_in: SignIn) -> FlaskClient:
    return signed_in(Role.OWNER, phone="+2348099990002", name="Chi Checker")


def new_page(circle: Circle) -> str:
    return f"{LIST}new/payout/payout:{circle.payout().id}"


def propose(circle: Circle, who: FlaskClient, note: str = NOTE) -> Proposal:
    """Through the form."""
    page = new_page(circle)
    shown = who.get(page)
    assert shown.status_code == 200, shown.text
    answer = who.post(page, data={"csrf": hidden(shown, CSRF), "key": hidden(shown, KEY), "note": note})
    row: Proposal = Proposal.select().order_by(Proposal.id.desc()).get()
    assert (answer.status_code, answer.location) == (303, f"{LIST}{row.id}")
    return row


def form_of(who: FlaskClient, row: Proposal) -> dict[str, str]:
    """What her browser would send."""
    page = who.get(f"{LIST}{row.id}")
    return {"csrf": hidden(page, CSRF), "key": hidden(page, KEY), "shown": hidden(page, SHOWN), "note": CHECKED}


def decide(who: FlaskClient, row: Proposal, verb: str = "approve", form: dict[str, str] | None = None) -> TestResponse:
    return who.post(f"{LIST}{row.id}/{verb}", data=form or form_of(who, row))


def told(who: FlaskClient, answer: TestResponse) -> str:
    """What the next page says of it."""
    assert answer.status_code == 303
    found = re.search(r'role="status">([^<]+)', who.get(answer.location).text)
    return found[1] if found else ""


def test_two_people_approve_a_payout(circle: Circle, maker: FlaskClient, checker: FlaskClient) -> None:
    assert circle.payout().short_ref in checker.get(LIST).text
    row = propose(circle, maker)

    listed = checker.get(LIST).text
    assert "Pay out a pot" in listed
    assert NOTE in listed
    page = checker.get(f"{LIST}{row.id}").text
    for shown in ("N25,000", "N250", "N24,750", "Ada Okafor", "GTBank ***", "Bisi Okafor", NOTE, "Mary Maker"):
        assert shown in page
    number = re.compile(r"\b\d{10}\b")
    assert not number.search(re.sub(r"<[^>]+>", " ", page))

    answer = decide(checker, row)

    assert told(checker, answer) == f"Approved: payout {circle.payout().short_ref} goes on its way."
    assert (circle.payout().status, len(staff_yes_of(circle.payout()))) == ("approved", 2)
    history = checker.get(f"{LIST}history").text
    assert "Chi Checker" in history
    assert "Done" in history
    assert CHECKED in maker.get(f"{LIST}{row.id}").text


def test_a_form_that_is_sent_five_times_has_one_effect(
    circle: Circle, maker: FlaskClient, checker: FlaskClient
) -> None:
    row = propose(circle, maker)
    form = form_of(checker, row)
    sentences = {told(checker, decide(checker, row, form=form)) for _ in range(5)}

    assert len(sentences) == 1
    assert Approval.select().count() == 2
    assert Audit.select().where(Audit.verb == "proposal.check").count() == 1


def test_proposing_twice_is_proposing_once(circle: Circle, maker: FlaskClient) -> None:
    shown = maker.get(new_page(circle))
    form = {"csrf": hidden(shown, CSRF), "key": hidden(shown, KEY), "note": NOTE}
    first, second = (maker.post(new_page(circle), data=form).location for _ in range(2))
    assert first == second
    assert Proposal.select().count() == 1
    assert "Somebody has proposed this already" in maker.get(new_page(circle)).text


def test_the_maker_finds_no_button_and_no_way(circle: Circle, maker: FlaskClient) -> None:
    row = propose(circle, maker)
    page = maker.get(f"{LIST}{row.id}")
    assert "Approve and send" not in page.text
    assert "Take it back" in page.text
    form = {"csrf": hidden(page, CSRF), "key": hidden(page, KEY), "shown": row.payload_hash, "note": CHECKED}

    assert "You have proposed this yourself" in told(maker, decide(maker, row, form=form))
    assert circle.payout().status == "awaiting_approval"


def test_a_third_comes_too_late(circle: Circle, maker: FlaskClient, checker: FlaskClient, signed_in: SignIn) -> None:
    third = signed_in(Role.FINANCE, email="third@ajo.example", phone="+2348099990003")
    row = propose(circle, maker)
    form = form_of(third, row)
    decide(checker, row)

    assert told(third, decide(third, row, form=form)) == "That is settled already, or is not there any more."
    assert Approval.select().count() == 2


def test_who_saves_in_the_group_neither_proposes_nor_checks(
    circle: Circle, maker: FlaskClient, signed_in: SignIn
) -> None:
    bisi = Member.get_by_id(circle.members["Bisi"])
    phone = keys().open(bisi.phone_sealed, f"member.phone:{bisi.id}")
    officer = signed_in(Role.OWNER, phone=phone)

    assert "of a group in which you save" in officer.get(new_page(circle)).text
    row = propose(circle, maker)
    page = officer.get(f"{LIST}{row.id}")
    assert "of a group in which you save" in page.text
    assert "Approve and send" not in page.text
    form = {"csrf": hidden(page, CSRF), "key": "a-key-of-her-own", "shown": row.payload_hash, "note": CHECKED}
    assert "your own matter" in told(officer, decide(officer, row, form=form))
    assert "your own matter" in told(officer, decide(officer, row, "refuse", form | {"key": "another-of-hers"}))
    assert Proposal.get().status == "waiting"


def test_roles(circle: Circle, maker: FlaskClient, signed_in: SignIn) -> None:
    row = propose(circle, maker)
    auditor = signed_in(Role.AUDITOR, phone="+2348099990007")
    stranger = signed_in(Role.FIELD, phone="+2348099990008")

    page = auditor.get(f"{LIST}{row.id}")
    assert page.status_code == 200
    assert "A OKAFOR" not in page.text
    assert auditor.get(new_page(circle)).status_code == 403
    assert decide(auditor, row, form={"csrf": "x", "key": "x"}).status_code == 403
    assert stranger.get(f"{LIST}{row.id}").status_code == 404
    assert stranger.get(new_page(circle)).status_code == 404
    assert "Pay out a pot" not in stranger.get(LIST).text
    assert stranger.get(f"{LIST}history").status_code == 200


def test_a_field_officer_proposes_for_her_own_groups(circle: Circle, checker: FlaskClient, signed_in: SignIn) -> None:
    officer = signed_in(Role.FIELD, phone="+2348099990008")
    hired = officer.hired  # type: ignore[attr-defined]
    StaffGroup.create(staff=hired.staff_id, group=circle.group_id, since=circle.now)

    row = propose(circle, officer)
    assert "Take it back" in officer.get(f"{LIST}{row.id}").text
    decide(checker, row)
    assert circle.payout().status == "approved"


def test_what_has_changed_cannot_be_approved(circle: Circle, maker: FlaskClient, checker: FlaskClient) -> None:
    row = propose(circle, maker)
    form = form_of(checker, row)
    Payout.update(payload_hash="another").where(Payout.id == circle.payout().id).execute()

    page = checker.get(f"{LIST}{row.id}").text
    assert "It cannot be approved" in page
    assert "Approve and send" not in page
    assert "not what was proposed any more" in told(checker, decide(checker, row, form=form))
    assert told(checker, decide(checker, row, "refuse")) == "Refused. Nothing was done."
    assert Proposal.get().status == "refused"


def test_another_account_between_the_two_changes_it(circle: Circle, maker: FlaskClient, checker: FlaskClient) -> None:
    row = propose(circle, maker)
    form = form_of(checker, row)
    add_account(circle.members["Ada"], circle.now)
    assert "not what was proposed any more" in told(checker, decide(checker, row, form=form))
    assert Approval.select().count() == 0


def test_a_note_is_compulsory(circle: Circle, maker: FlaskClient, checker: FlaskClient) -> None:
    row = propose(circle, maker)
    answer = decide(checker, row, form=form_of(checker, row) | {"note": " "})
    assert "Write down why" in told(checker, answer)
    assert decide(checker, row).status_code == 303
    assert Proposal.get().status == "done"


def test_it_is_over_after_two_days(house: Flask, circle: Circle, maker: FlaskClient, signed_in: SignIn) -> None:
    row = propose(circle, maker)
    moved.advance("49h")
    late = signed_in(Role.OWNER, phone="+2348099990005")
    page = late.get(f"{LIST}{row.id}").text
    assert "Approve and send" not in page
    assert "Nothing waits for a second person" in late.get(LIST).text
    assert circle.payout().short_ref in late.get(LIST).text


def test_the_maker_takes_it_back(circle: Circle, maker: FlaskClient) -> None:
    row = propose(circle, maker)
    page = maker.get(f"{LIST}{row.id}")
    form = {"csrf": hidden(page, CSRF), "key": hidden(page, KEY)}
    assert told(maker, decide(maker, row, "withdraw", form)) == "Taken back. Nothing was done."


def test_one_browser_for_two_people_is_told(circle: Circle, maker: FlaskClient, checker: FlaskClient) -> None:
    row = propose(circle, maker)
    assert "the same browser" not in checker.get(f"{LIST}{row.id}").text
    first, second = (client.hired.staff_id for client in (maker, checker))  # type: ignore[attr-defined]
    Proposal._meta.database.execute_sql(
        "INSERT INTO staff_device SELECT %s, device_index, first_seen_at FROM staff_device WHERE staff_id = %s",
        (second, first),
    )
    assert "the same browser" in checker.get(f"{LIST}{row.id}").text


@pytest.fixture
def fined(house: Flask) -> Circle:
    """Chidi has not paid, and has been charged a late fee."""
    circle = running_group()
    circle.all_pay(but=("Chidi",))
    circle.now = circle.cycle(1).due_at + timedelta(days=1)
    moved.set_to(circle.now)
    cycles.pass_cutoffs(circle.now)
    for row in penalties.penalties_due(circle.now, checked_at=circle.now):
        penalties.add_penalty(row, circle.now, checked_at=circle.now)
    return circle


def both(maker: FlaskClient, checker: FlaskClient, page: str) -> str:
    """One proposes on this page, another one approves; what is told in the end, and the page of what is settled."""
    shown = maker.get(page)
    maker.post(page, data={"csrf": hidden(shown, CSRF), "key": hidden(shown, KEY), "note": NOTE})
    row = Proposal.get()
    sentence = told(checker, decide(checker, row))
    settled = maker.get(f"{LIST}{row.id}")
    assert settled.status_code == 200
    assert "Done" in settled.text
    return sentence


def test_a_late_fee_is_taken_off_here(fined: Circle, signed_in: SignIn) -> None:
    maker, checker = signed_in(Role.FIELD), signed_in(Role.OWNER, phone="+2348099990002")
    hired = maker.hired  # type: ignore[attr-defined]
    StaffGroup.create(staff=hired.staff_id, group=fined.group_id, since=fined.now)
    page = f"{LIST}new/late_fee_waiver/fee:{Obligation.get(Obligation.kind == 'penalty').id}"
    text = maker.get(page).text
    assert "N200" in text
    assert "Chidi Okafor" in text
    assert both(maker, checker, page) == "Done: the late fee of N200 is taken off, and she is told."


def test_a_switch_is_let_go_here(circle: Circle, maker: FlaskClient, checker: FlaskClient) -> None:
    switches.stop_payouts("a difference in the books", actor="staff:1", now=circle.now)
    page = f"{LIST}new/lift_payouts_switch/payouts_stopped"
    assert "a difference in the books" in maker.get(page).text
    assert both(maker, checker, page) == "Done: pots are paid out again."
    assert switches.payouts_stopped() is None


def test_what_needs_a_choice_is_proposed_elsewhere(circle: Circle, maker: FlaskClient) -> None:
    for what in ("suspense_assign/suspense:1", "nonsense/x", "payout/payout:999", "payout/nonsense"):
        assert maker.get(f"{LIST}new/{what}").status_code == 404
