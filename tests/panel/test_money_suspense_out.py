"""Money that left and was not sent by us: two people say what it was; members are owed what they were owed before."""

import pytest
from flask.testing import FlaskClient

from bot import clock as moved
from models.actions import books, transfers
from models.queries.explain import house_totals
from models.queries.invariants import violations
from models.rules import accounts
from models.rules.staff import Role
from models.tables.ledger import JournalEntry
from models.tables.money import PayoutAttempt, Suspense
from models.tables.staff import Proposal
from tests.panel.conftest import SignIn
from tests.panel.money_scene import MoneyScene, a_house
from tests.support.panel import send

LEFT = 5_000_00
NOTE = "Seen in the dashboard, Titi moved it on Monday"


@pytest.fixture
def scene(house) -> MoneyScene:
    found = a_house()
    assert transfers.unknown_transfer("by-hand-0001", LEFT, moved.now())
    return found


@pytest.fixture
def finance(scene, signed_in: SignIn) -> FlaskClient:
    return signed_in(Role.FINANCE)


@pytest.fixture
def owner(scene, signed_in: SignIn) -> FlaskClient:
    return signed_in(Role.OWNER, phone="+2348099990002", email="owner@ajo.example")


def page() -> str:
    return f"/admin/money/suspense/{Suspense.get(Suspense.direction == 'out').id}"


def propose(browser: FlaskClient, was: str) -> str:
    """What the page says of it."""
    answer = send(browser, page(), f"{page()}/settle", was=was, note=NOTE)
    return browser.get(answer.location).text


def check(browser: FlaskClient, verb: str = "approve") -> None:
    row = Proposal.get()
    where = f"/admin/approvals/{row.id}"
    assert send(browser, where, f"{where}/{verb}", shown=row.payload_hash, note=NOTE).status_code == 303


@pytest.mark.parametrize(("was", "account"), [("bank", accounts.BANK), ("loss", accounts.LOSS)])
def test_two_people_say_what_it_was(was: str, account: str, finance: FlaskClient, owner: FlaskClient) -> None:
    members = house_totals().members_kobo
    assert "Say what it was" in finance.get(page()).text

    assert "A second person has to check it" in propose(finance, was)
    assert books.balance(accounts.SUSPENSE_OUT) == LEFT
    assert "N5,000" in owner.get(f"/admin/approvals/{Proposal.get().id}").text
    check(owner)

    assert (books.balance(accounts.SUSPENSE_OUT), books.balance(account)) == (0, LEFT)
    assert house_totals().members_kobo == members
    assert JournalEntry.select().where(JournalEntry.kind == "transfer.settled").count() == 1
    assert Suspense.get(Suspense.direction == "out").status == "resolved"
    settled = finance.get(page()).text
    assert "Settled" in settled
    assert "Say what it was" not in settled
    assert violations(moved.now()) == []
    assert "It adds up." in owner.get("/admin/money").text


def test_nobody_says_it_alone(finance: FlaskClient) -> None:
    propose(finance, "loss")
    row = Proposal.get()
    send(finance, "/admin/operations/", f"/admin/approvals/{row.id}/approve", shown=row.payload_hash, note=NOTE)

    assert (Proposal.get().status, books.balance(accounts.SUSPENSE_OUT)) == ("waiting", LEFT)


def test_what_is_refused_stays_where_it_is(finance: FlaskClient, owner: FlaskClient) -> None:
    propose(finance, "bank")
    check(owner, "refuse")

    assert books.balance(accounts.SUSPENSE_OUT) == LEFT
    assert "Say what it was" in finance.get(page()).text


@pytest.mark.parametrize("was", ["", "liab.wallet:1", "fees"])
def test_it_can_be_nothing_else(was: str, finance: FlaskClient) -> None:
    assert "Choose what it was." in propose(finance, was)
    assert Proposal.select().count() == 0


def test_what_came_in_is_not_settled_like_this(scene: MoneyScene, finance: FlaskClient) -> None:
    where = f"/admin/money/suspense/{scene.unknown.id}"
    assert "Say what it was" not in finance.get(where).text
    send(finance, where, f"{where}/settle", was="loss", note=NOTE)

    assert Proposal.select().count() == 0


def test_a_name_like_ours_is_pointed_out_to_both(scene: MoneyScene, finance: FlaskClient, owner: FlaskClient) -> None:
    Suspense.update(reference="ajo-p-0123456789abcdef01234567").where(Suspense.direction == "out").execute()
    propose(finance, "loss")

    for browser in (finance, owner):
        assert "looks like one of ours" in browser.get(f"/admin/approvals/{Proposal.get().id}").text


def test_a_payout_of_ours_is_settled_by_its_payout(scene: MoneyScene, finance: FlaskClient) -> None:
    reference = PayoutAttempt.select().order_by(PayoutAttempt.id).first().reference
    Suspense.update(reference=reference).where(Suspense.direction == "out").execute()

    assert "A payout of ours bears this reference" in propose(finance, "loss")
