"""Money that could not be placed: two people place it or record that it was given back, once, and the books agree."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from models.actions import books, cycles, penalties, proposals, suspense
from models.actions.forms import Effect
from models.actions.proposals import Wish
from models.actions.proposing import About
from models.actions.signing_in import Somebody
from models.base import database
from models.queries.explain import explain_group
from models.queries.invariants import violations
from models.queries.mail import written_to
from models.queries.panel_statements import statement
from models.queries.statements import payments_of
from models.rules import codes
from models.rules.refused import Refused
from models.rules.staff import Role
from models.sealing import keys
from models.tables.cycles import Obligation
from models.tables.ledger import JournalEntry
from models.tables.money import Payment, Suspense
from models.tables.people import Member
from models.tables.staff import Proposal, Staff
from tests.support.circles import NAIRA, C, Circle, running_group, settle
from tests.support.panel import hire

UNKNOWN = "T6661-not-of-ours-0001"
NOTE = "Her bank's receipt shows this reference"


@pytest.fixture
def circle(db) -> Circle:
    return running_group()


@pytest.fixture(autouse=True)
def in_order(db):
    yield
    (last,) = database.execute_sql("SELECT max(created_at) FROM outbox").fetchone()
    if last is not None:
        assert violations(last) == []


def employed(circle: Circle, role: Role, n: int, phone: str = "") -> Somebody:
    hired = hire(role, circle.now, email=f"s{n}@ajo.example", phone=phone or f"+23480999900{n:02d}", name=f"Staff {n}")
    row = Staff.get_by_id(hired.staff_id)
    return Somebody(row.id, row.name, role, bytes(row.phone_index), frozenset())


@pytest.fixture
def maker(circle) -> Somebody:
    return employed(circle, Role.FINANCE, 1)


@pytest.fixture
def checker(circle) -> Somebody:
    return employed(circle, Role.OWNER, 2)


def arrived(circle: Circle, kobo: int, reference: str = UNKNOWN) -> Suspense:
    assert settle(reference, kobo, circle.now) == "suspense"
    return Suspense.get(Suspense.reference == reference)


def propose(row: Suspense, circle: Circle, who: Somebody, kind: str = "suspense_assign", **wanted) -> Effect | Refused:
    return proposals.propose(Wish(kind, f"suspense:{row.id}", wanted, NOTE), who, circle.now)


def check(done: Effect, circle: Circle, who: Somebody) -> Effect | Refused:
    row = Proposal.get_by_id(done.facts["proposal_id"])
    return proposals.check(row.id, row.payload_hash, NOTE, who, circle.now)


def owes(circle: Circle, name: str) -> dict[str, tuple[str, int]]:
    rows = Obligation.select().where(Obligation.seat == circle.seats[name])
    return {row.kind: (row.status, row.amount_kobo - row.paid_kobo) for row in rows}


def test_two_people_place_what_arrived_and_she_is_told(circle, maker, checker):
    row = arrived(circle, C)
    done = propose(row, circle, maker, seat_id=circle.seats["Chidi"])
    assert isinstance(done, Effect)
    assert owes(circle, "Chidi")["contribution"] == ("pending", C)
    assert check(done, circle, checker) == Effect("suspense_assigned", facts={"suspense_id": row.id})
    assert owes(circle, "Chidi")["contribution"] == ("paid", 0)
    assert books.balance("liab.suspense_in") == 0
    assert Suspense.get_by_id(row.id).status == "resolved"
    chidi = Member.get_by_id(circle.members["Chidi"])
    letters = written_to(keys().open(chidi.phone_sealed, f"member.phone:{chidi.id}"))
    assert [letter.facts["ref"] for letter in letters if letter.text_key == "S09"] == [codes.suspense_ref(row.id)]
    assert explain_group(circle.group_id).differences == ()
    (line,) = payments_of(circle.seats["Chidi"], circle.members["Chidi"])
    assert (line.short_ref, line.kobo, line.status) == (codes.suspense_ref(row.id), C, "ok")
    whole = statement(circle.members["Chidi"], [circle.group_id], circle.now)
    assert whole is not None
    assert [(each.ref, each.paid_kobo) for each in whole.entries if each.what == "payment"] == [(line.short_ref, C)]
    assert (whole.paid_kobo, whole.owed_kobo) == (C, 0)


def test_what_she_does_not_owe_is_hers(circle, maker, checker):
    row = arrived(circle, C + 700 * NAIRA)
    check(propose(row, circle, maker, seat_id=circle.seats["Chidi"]), circle, checker)
    assert books.held(f"liab.wallet:{circle.members['Chidi']}") == 700 * NAIRA


def test_it_counts_as_paid_when_it_came_so_the_late_fee_goes(circle, maker, checker):
    row = arrived(circle, C)
    circle.all_pay(but=("Chidi",))
    circle.now = circle.cycle(1).due_at + timedelta(days=2)
    cycles.pass_cutoffs(circle.now)
    for obligation_id in penalties.penalties_due(circle.now, checked_at=circle.now):
        penalties.add_penalty(obligation_id, circle.now, checked_at=circle.now)
    assert owes(circle, "Chidi")["penalty"][0] == "pending"
    check(propose(row, circle, maker, seat_id=circle.seats["Chidi"]), circle, checker)
    assert owes(circle, "Chidi")["penalty"][0] == "waived"
    assert owes(circle, "Chidi")["contribution"] == ("paid", 0)


def test_the_pot_that_it_fills_is_put_to_the_officers(circle, maker, checker):
    row = arrived(circle, C)
    circle.all_pay(but=("Chidi",))
    check(propose(row, circle, maker, seat_id=circle.seats["Chidi"]), circle, checker)
    assert circle.payout().gross_kobo == 5 * C


def test_when_she_has_paid_meanwhile_nothing_happens(circle, maker, checker):
    row = arrived(circle, C)
    done = propose(row, circle, maker, seat_id=circle.seats["Chidi"])
    circle.pay("Chidi")
    assert check(done, circle, checker) == Refused("changed")
    assert Suspense.get_by_id(row.id).status == "open"


def test_nobody_places_it_alone_or_for_herself(circle, maker, checker):
    row = arrived(circle, C)
    chidi = Member.get_by_id(circle.members["Chidi"])
    herself = employed(circle, Role.FINANCE, 3, keys().open(chidi.phone_sealed, f"member.phone:{chidi.id}"))
    assert propose(row, circle, herself, seat_id=circle.seats["Chidi"]) == Refused("conflict")
    done = propose(row, circle, maker, seat_id=circle.seats["Chidi"])
    assert check(done, circle, maker) == Refused("own_proposal")
    assert check(done, circle, herself) == Refused("conflict")


def test_two_who_check_at_once_change_the_books_once(circle, maker, checker):
    row = arrived(circle, C)
    done = propose(row, circle, maker, seat_id=circle.seats["Chidi"])
    third = employed(circle, Role.OWNER, 4)

    def run(who: Somebody) -> Effect | Refused:
        try:
            return check(done, circle, who)
        finally:
            database.close()

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(run, (checker, third)))
    assert sorted(type(answer).__name__ for answer in answers) == ["Effect", "Refused"]
    assert JournalEntry.select().where(JournalEntry.kind == "suspense.assign").count() == 1


def test_what_was_given_back_leaves_our_balance(circle, maker, checker):
    row = arrived(circle, C)
    before = books.balance("cash.paystack_balance") + books.balance("cash.paystack_clearing")
    done = propose(row, circle, maker, "suspense_return", refund="RFD-889123")
    assert check(done, circle, checker) == Effect("suspense_returned", facts={"suspense_id": row.id})
    after = books.balance("cash.paystack_balance") + books.balance("cash.paystack_clearing")
    assert (before - after, books.balance("liab.suspense_in")) == (C, 0)


def test_it_is_not_placed_and_given_back(circle, maker, checker):
    row = arrived(circle, C)
    first = propose(row, circle, maker, seat_id=circle.seats["Chidi"])
    second = propose(row, circle, maker, "suspense_return", refund="RFD-889123")
    assert isinstance(check(first, circle, checker), Effect)
    assert check(second, circle, checker) == Refused("gone")


def test_a_return_needs_the_refunds_own_number(circle, maker):
    assert propose(arrived(circle, C), circle, maker, "suspense_return", refund="no") == Refused("no_refund_ref")


def test_money_of_another_kind_can_only_be_given_back(circle, maker, checker):
    payment = circle.ask("Chidi")
    circle.settle(payment, 20_00, currency="USD", fee_kobo=80)
    row = Suspense.get(Suspense.payment == payment.id)
    assert propose(row, circle, maker, seat_id=circle.seats["Chidi"]) == Refused("not_placeable")
    done = propose(row, circle, maker, "suspense_return", refund="RFD-889123")
    assert isinstance(check(done, circle, checker), Effect)
    assert books.balance("liab.suspense_in:USD") == 0
    assert Payment.get_by_id(payment.id).status == "refunded"


def test_play_money_is_nobodys(circle, maker):
    payment = circle.ask("Chidi")
    settle(payment.reference, C, circle.now, domain_ok=False)
    row = Suspense.get(Suspense.reason == "wrong_domain")
    assert propose(row, circle, maker, seat_id=circle.seats["Chidi"]) == Refused("not_placeable")
    assert propose(row, circle, maker, "suspense_return", refund="RFD-889123") == Refused("not_placeable")


def test_the_preview_says_what_it_would_pay(circle):
    row = arrived(circle, C + 1)
    found = suspense.preview(row.id, circle.seats["Chidi"], circle.now)
    assert isinstance(found, About)
    assert [(part["kind"], part["cycle"], part["kobo"]) for part in found.facts["parts"]] == [("contribution", 1, C)]
    assert found.facts["wallet_kobo"] == 1
    assert suspense.preview(row.id, 0, circle.now) == Refused("no_seat")
