"""People and workers at the same moment, on a real PostgreSQL: one effect, whoever was first."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from models.actions import books, charges, payouts, transfers
from models.base import database
from models.commands import ApprovePayout, Done
from models.queries.invariants import violations
from models.rules import accounts
from models.rules.refused import Refused
from models.tables.ledger import JournalEntry
from models.tables.money import Approval, Payout, PayoutAttempt
from tests.support.circles import MONDAY, C, running_group


@pytest.fixture(autouse=True)
def in_order(db) -> Iterator[None]:
    yield
    assert violations(MONDAY + timedelta(days=400)) == []


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Run all at the same moment, each on a connection of its own. Their results, or what they raised."""
    start = threading.Barrier(len(acts), timeout=20)
    results: list[Any] = [None] * len(acts)

    def work(n: int, act: Callable[[], Any]) -> None:
        try:
            database.connect()
            start.wait()
            results[n] = act()
        except Exception as error:  # noqa: BLE001 (it is the result)
            results[n] = error
        finally:
            database.close()

    threads = [threading.Thread(target=work, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


def test_it_opens_one_payout_when_the_last_two_pay_at_once(db):
    circle = running_group(5)
    circle.all_pay(but=("Dayo", "Efe"))
    last = [circle.ask("Dayo"), circle.ask("Efe")]
    assert at_once(*(lambda p=payment: circle.settle(p) for payment in last)) == ["settled", "settled"]
    assert [payout.gross_kobo for payout in Payout.select()] == [5 * C]
    assert circle.cycle(1).status == "closing"


def test_it_books_one_receipt_when_five_settle_the_same_reference(db):
    circle = running_group(3)
    payment = circle.ask("Bisi")
    results = at_once(*[lambda: circle.settle(payment)] * 5)
    assert sorted(results) == ["already"] * 4 + ["settled"]
    assert books.held(accounts.pot(circle.cycle(1).id)) == C


def test_it_books_unknown_money_once(db):
    circle = running_group(3)
    stranger = type("Stranger", (), {"reference": "not-one-of-our-references", "amount_kobo": 5_000, "fee_kobo": 0})
    results = at_once(*[lambda: circle.settle(stranger)] * 4)
    assert sorted(results) == ["already"] * 3 + ["suspense"]
    assert books.held(accounts.SUSPENSE_IN) == 5_000


def test_it_takes_payments_of_many_groups_at_once(db):
    circles = [running_group(3) for _ in range(4)]
    wanted = [(circle, circle.ask(name)) for circle in circles for name in circle.members]
    results = at_once(*(lambda c=circle, p=payment: c.settle(p) for circle, payment in wanted))
    assert results == ["settled"] * 12
    assert Payout.select().count() == 4


def approving(circle, payout, name: str, key: str) -> Callable[[], Any]:
    context = circle.context(name)
    return lambda: payouts.approve_payout(ApprovePayout(payout.id, payout.payload_hash), context)


def test_it_counts_both_yeses_of_the_same_second(db):
    circle = running_group(5)
    circle.all_pay()
    payout = circle.payout()
    results = at_once(*(approving(circle, payout, name, name) for name in ("Bisi", "Chidi")))
    assert sorted(done.data["approvals"] for done in results) == [1, 2]
    assert circle.payout().status == "approved"


def test_it_counts_the_yes_of_an_officer_once_however_often_she_presses(db):
    circle = running_group(5)
    circle.all_pay()
    payout = circle.payout()
    results = at_once(*(approving(circle, payout, "Bisi", str(n)) for n in range(4)))
    assert sum(isinstance(each, Done) for each in results) == 1
    assert results.count(Refused("already_approved")) == 3
    assert Approval.select().count() == 1
    assert circle.payout().status == "awaiting_approval"


def test_it_reserves_once_when_two_workers_do_and_one_of_them_sends(db):
    circle = running_group(5)
    circle.all_pay()
    payout = circle.approve_twice()
    assert at_once(*[lambda: transfers.reserve(payout.id, circle.now)] * 3) == ["reserved"] * 3
    assert JournalEntry.select().where(JournalEntry.kind == "reserve").count() == 1
    orders = at_once(*[lambda: transfers.claim_attempt(payout.id, circle.now)] * 3)
    assert len([order for order in orders if order is not None]) == 1


def test_it_does_not_promise_the_same_balance_twice(db):
    circles = [running_group(3) for _ in range(3)]
    for circle in circles:
        circle.all_pay()
        circle.approve_twice()
    net = circles[0].payout().net_kobo
    spare = books.balance(accounts.PAYSTACK_BALANCE) - 2 * (net + 5_000)
    entry = books.posting.Entry(
        "float",
        "float:spent",
        (books.posting.Leg("cash.bank", spare), books.posting.Leg("cash.paystack_balance", -spare)),
    )
    books.post(entry, actor="test", now=MONDAY)
    results = at_once(*(lambda c=circle: transfers.reserve(c.payout().id, MONDAY) for circle in circles))
    assert sorted(results) == ["reserved", "reserved", "waiting"]


def test_it_pays_once_when_the_answer_and_the_webhook_come_together(db):
    circle = running_group(5)
    circle.all_pay()
    attempt = circle.send(circle.approve_twice())
    results = at_once(
        *[lambda: circle.arrive(attempt)] * 3,
        lambda: transfers.transfer_answered(attempt.id, "pending", now=circle.now),
    )
    assert results[:3].count("done") == 1
    assert JournalEntry.select().where(JournalEntry.kind == "paid").count() == 1
    assert circle.cycle(2).status == "open"
    assert PayoutAttempt.select().count() == 1


def test_it_hands_a_charge_to_one_of_many_workers(db):
    circle = running_group(3)
    payment_id = circle.wish("Bisi").data["payment_id"]
    orders = at_once(*[lambda: charges.claim_charge(payment_id, circle.now)] * 4)
    assert len([order for order in orders if order is not None]) == 1


def test_it_asks_the_provider_once_about_a_payment_that_many_workers_see(db):
    circle = running_group(3)
    circle.ask("Bisi")
    later = circle.now + timedelta(hours=1)
    claimed = at_once(*[lambda: charges.payments_to_check(later)] * 4)
    assert sum(len(each) for each in claimed) == 1
