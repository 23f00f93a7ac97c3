"""Money that is nobody's, in the panel: one finds out whose it is, another one checks, and the books change once."""

import re
import secrets

import pytest
from flask.testing import FlaskClient

from bot import clock as moved
from models.actions import books
from models.queries.invariants import violations
from models.rules.staff import Role
from models.tables.cycles import Obligation
from models.tables.ledger import JournalEntry
from models.tables.money import Suspense
from models.tables.staff import Proposal
from tests.panel.conftest import SignIn
from tests.panel.money_scene import MoneyScene, a_house
from tests.support.circles import NAIRA, C, settle
from tests.support.panel import CSRF, hidden, send

NOTE = "Her bank's receipt shows this reference"


@pytest.fixture
def scene(house) -> MoneyScene:
    return a_house()


@pytest.fixture
def finance(scene, signed_in: SignIn) -> FlaskClient:
    return signed_in(Role.FINANCE)


@pytest.fixture
def owner(scene, signed_in: SignIn) -> FlaskClient:
    return signed_in(Role.OWNER, phone="+2348099990002", email="owner@ajo.example")


def page_of(scene: MoneyScene, seat_id: int | None = None) -> str:
    return f"/admin/money/suspense/{scene.unknown.id}" + (f"?seat={seat_id}" if seat_id else "")


def assign(scene: MoneyScene, browser: FlaskClient, seat_id: int, note: str = NOTE):
    where = page_of(scene)
    return send(browser, page_of(scene, seat_id), f"{where}/assign", seat=str(seat_id), note=note)


def approve(browser: FlaskClient, proposal_id: int):
    row = Proposal.get_by_id(proposal_id)
    where = f"/admin/approvals/{proposal_id}"
    fields = {"csrf": hidden(browser.get(where), CSRF), "key": secrets.token_hex(8)}
    return browser.post(f"{where}/approve", data={**fields, "shown": row.payload_hash, "note": NOTE})


def test_it_guesses_whose_it_may_be_by_what_is_owed(scene, finance):
    page = finance.get(page_of(scene)).text
    assert "Owes exactly this" in page
    assert "Chidi Okafor" in page


def test_who_asked_for_that_very_amount_then_comes_first(scene, finance):
    asked = scene.second.ask("Dayo", 3_100 * NAIRA)
    settle("T777-what-she-was-asked", asked.amount_kobo + asked.fee_kobo, moved.now())
    row = Suspense.get(Suspense.reference == "T777-what-she-was-asked")
    Suspense.update(created_at=asked.created_at).where(Suspense.id == row.id).execute()
    page = finance.get(f"/admin/money/suspense/{row.id}").text
    first = re.search(r'<tr>\s*<td data-label="Member"><a href="/admin/members/(\d+)">', page)
    assert first
    assert int(first[1]) == scene.second.members["Dayo"]
    assert "Asked to pay this amount then" in page


def test_two_people_place_it_and_the_books_change_once(scene, finance, owner):
    seat_id = scene.second.seats["Chidi"]
    answer = assign(scene, finance, seat_id)
    assert (answer.status_code, answer.location) == (303, page_of(scene))
    assert "A second person has to check it" in finance.get(page_of(scene)).text
    waiting = Proposal.get(Proposal.subject == f"suspense:{scene.unknown.id}")
    assert approve(finance, waiting.id).status_code == 303
    assert Suspense.get_by_id(scene.unknown.id).status == "open"
    for _ in range(2):
        approve(owner, waiting.id)
    assert Suspense.get_by_id(scene.unknown.id).status == "resolved"
    assert JournalEntry.select().where(JournalEntry.kind == "suspense.assign").count() == 1
    paid = Obligation.get((Obligation.seat == seat_id) & (Obligation.kind == "contribution"))
    assert (paid.status, paid.paid_kobo) == ("paid_late", C)  # it came after the day
    assert violations(moved.now()) == []
    assert "Settled" in owner.get(page_of(scene)).text


def test_the_same_form_twice_proposes_once(scene, finance):
    seat_id = scene.second.seats["Chidi"]
    shown = finance.get(page_of(scene, seat_id)).text
    fields = {name: re.search(rf'name="{name}" value="([^"]+)"', shown)[1] for name in ("csrf", "key")}
    for _ in range(2):
        answer = finance.post(f"{page_of(scene)}/assign", data={**fields, "seat": str(seat_id), "note": NOTE})
        assert answer.status_code == 303
    assert Proposal.select().where(Proposal.subject == f"suspense:{scene.unknown.id}").count() == 1


def test_a_return_is_recorded_by_two(scene, finance, owner):
    where = page_of(scene)
    send(finance, where, f"{where}/return", refund="RFD-889123", note="The sender has asked for it")
    waiting = Proposal.get(Proposal.kind == "suspense_return")
    assert "RFD-889123" in owner.get(f"/admin/approvals/{waiting.id}").text
    approve(owner, waiting.id)
    assert books.balance("liab.suspense_in") == 0
    assert violations(moved.now()) == []


def test_what_is_missing_is_said_and_nothing_is_proposed(scene, finance):
    where = page_of(scene)
    send(finance, where, f"{where}/return", refund="no", note=NOTE)
    assert "refund&#39;s own number" in finance.get(where).text
    assert Proposal.select().count() == 0


def test_an_auditor_reads_and_proposes_nothing(scene, signed_in):
    auditor = signed_in(Role.AUDITOR)
    page = auditor.get(page_of(scene, scene.second.seats["Chidi"])).text
    assert "Propose" not in page
    csrf = re.search(r'name="csrf" value="([^"]+)"', page)[1]
    answer = auditor.post(f"{page_of(scene)}/assign", data={"csrf": csrf, "key": "k" * 12, "seat": "1", "note": NOTE})
    assert answer.status_code == 403


def test_for_a_field_officer_it_does_not_exist(scene, signed_in):
    officer = signed_in(Role.FIELD)
    assert officer.get("/admin/money/suspense").status_code == 404
    assert officer.get(page_of(scene)).status_code == 404


def test_it_is_calm_when_paystack_does_not_answer(scene, finance):
    assert "Paystack does not answer just now" in finance.get(f"{page_of(scene)}?ask=1").text
    assert "not reachable" in finance.get("/admin/money/balance").text
