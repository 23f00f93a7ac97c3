"""Our books against the provider's answers (X1 to X4), and what has taken too long (L1 to L5; L6: test_pausing)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from models.actions import books, inbox, mail, payouts, transfers
from models.queries import invariants
from tests.support.circles import FLOAT, NAIRA, Circle, running_group, settle
from tests.support.undone import connected, undone

HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def full_pot(database, environ) -> Iterator[Circle]:
    """Three people who have all paid; the pot waits for the officers."""
    with connected(database, environ):
        circle = running_group(3)
        circle.all_pay()
        yield circle


@pytest.fixture
def circle(full_pot) -> Iterator[Circle]:
    with undone():
        yield replace(full_pot)


def found(violations) -> list[tuple[str, tuple[str, ...]]]:
    return [(violation.code, violation.ids) for violation in violations]


def charge_of(payment) -> tuple[str, int, str]:
    return payment.reference, payment.received_kobo, payment.currency


# --- X1: the balance ------------------------------------------------------------------------


def test_x1_at_a_quiet_moment_the_balances_are_equal(circle):
    transfers.settle_balance(FLOAT + books.balance("cash.paystack_clearing"), circle.now)
    balance = books.balance("cash.paystack_balance")
    assert books.balance("cash.paystack_clearing") == 0
    assert invariants.x1(balance) == []
    assert found(invariants.x1(balance - 1)) == [("X1", (f"{balance - 1} for {balance}",))]
    assert found(invariants.x1(balance + 1)) == [("X1", (f"{balance + 1} for {balance}",))]


def test_x1_allows_for_charges_that_the_provider_has_not_made_transferable(circle):
    clearing = books.balance("cash.paystack_clearing")
    assert invariants.x1(FLOAT + clearing) == []
    assert found(invariants.x1(FLOAT + clearing + 1)) == [("X1", (f"{FLOAT + clearing + 1} for {FLOAT}",))]


def test_x1_allows_for_a_transfer_that_may_have_left(circle):
    circle.approve_twice()
    circle.send()
    net = circle.payout().net_kobo
    assert invariants.x1(FLOAT - net - 25 * NAIRA) == []
    assert [violation.code for violation in invariants.x1(FLOAT - net - 51 * NAIRA)] == ["X1"]


# --- X2: charges ----------------------------------------------------------------------------


def test_x2_knows_every_payment(circle):
    payment = circle.pay("Ada", early=True)
    assert invariants.x2([charge_of(payment)]) == []
    assert invariants.x2([]) == []


def test_x2_knows_what_is_in_suspense(circle):
    settle("ajo-c-999-1-deadbeef", 700 * NAIRA, circle.now)
    foreign = circle.ask("Ada", early=True)
    circle.settle(foreign, 100_00, currency="GHS", fee_kobo=200)
    assert invariants.x2([("ajo-c-999-1-deadbeef", 700 * NAIRA, "NGN"), (foreign.reference, 100_00, "GHS")]) == []


def test_x2_finds_a_charge_that_nobody_told_us_of(circle):
    unheard = circle.ask("Ada", early=True)
    charges = [("ajo-c-998-1-deadbeef", 100_00, "NGN"), (unheard.reference, 100_00, "NGN")]
    assert found(invariants.x2(charges)) == [("X2", ("ajo-c-998-1-deadbeef", unheard.reference))]


@pytest.mark.parametrize(("more_kobo", "currency"), [(1, "NGN"), (0, "GHS")])
def test_x2_finds_another_amount_or_currency(circle, more_kobo, currency):
    payment = circle.pay("Ada", early=True)
    charge = (payment.reference, payment.received_kobo + more_kobo, currency)
    assert found(invariants.x2([charge])) == [("X2", (payment.reference,))]


# --- X3, X4: transfers ----------------------------------------------------------------------


@pytest.mark.parametrize("status", ["pending", "success", "failed", "otp"])
def test_x3_believes_the_provider_about_what_is_open(circle, status):
    circle.approve_twice()
    attempt = circle.send()
    assert invariants.x3([(attempt.reference, status)]) == []


def test_x3_finds_a_transfer_that_we_did_not_make(circle):
    theirs = [("ajo-p-not-one-of-ours-at-all", "success")]
    assert found(invariants.x3(theirs)) == [("X3", ("ajo-p-not-one-of-ours-at-all",))]
    transfers.unknown_transfer("ajo-p-not-one-of-ours-at-all", 100, circle.now)
    assert invariants.x3(theirs) == []


@pytest.mark.parametrize(("ours", "theirs"), [("success", "failed"), ("success", "reversed"), ("failed", "success")])
def test_x3_finds_that_we_believe_the_opposite(circle, ours, theirs):
    circle.approve_twice()
    attempt = circle.send()
    circle.arrive(attempt, ours)
    assert invariants.x3([(attempt.reference, ours)]) == []
    assert found(invariants.x3([(attempt.reference, theirs)])) == [("X3", (attempt.reference,))]


def test_x4_finds_somebody_who_is_paid_twice(circle):
    circle.approve_twice()
    first = circle.send()
    circle.arrive(first, "failed")
    circle.now += HOUR
    order = transfers.claim_attempt(circle.payout().id, circle.now)
    assert order is not None
    assert invariants.x4([(first.reference, "failed"), (order.reference, "pending")]) == []
    twice = [(first.reference, "success"), (order.reference, "pending")]
    assert found(invariants.x4(twice)) == [("X4", (str(circle.payout().id),))]


# --- L: too long ----------------------------------------------------------------------------


def codes_after(circle, age: timedelta, but: str = "L3") -> set[str]:
    """What is warned of after so long; messages are not sent in these tests, so theirs is left out."""
    return {warning.code for warning in invariants.warnings(circle.now + age)} - {but}


def test_l1_a_payment_that_is_open_for_more_than_a_day(circle):
    circle.ask("Ada", early=True)
    assert codes_after(circle, 25 * HOUR) == set()
    assert codes_after(circle, 25 * HOUR + timedelta(seconds=1)) == {"L1"}


def test_l2_a_transfer_without_an_outcome(circle):
    circle.approve_twice()
    circle.send()
    assert codes_after(circle, HOUR) == set()
    assert codes_after(circle, HOUR + timedelta(seconds=1)) == {"L2"}


def test_l3_a_message_that_does_not_leave(circle):
    while claimed := mail.claim_mail(circle.now):
        for message in claimed:
            mail.mail_sent(message.outbox_id, f"id-{message.outbox_id}", None, 1, circle.now)
    mail.queue_message("S35", dedupe_key="test:1", facts={}, now=circle.now, phone="+2348031234567")
    assert codes_after(circle, timedelta(minutes=10), but="") == set()
    assert codes_after(circle, timedelta(minutes=11), but="") == {"L3"}
    mail.claim_mail(circle.now)
    assert codes_after(circle, timedelta(minutes=11), but="") == set()
    assert codes_after(circle, timedelta(minutes=12), but="") == {"L3"}


def test_l4_an_event_that_nobody_deals_with(circle):
    inbox_id, _ = inbox.take_in("paystack", "a:1", "charge.success", "ref", b"{}", circle.now)
    assert codes_after(circle, timedelta(minutes=2)) == set()
    assert codes_after(circle, timedelta(minutes=3)) == {"L4"}
    inbox.event_done(inbox_id, "done", circle.now)
    assert codes_after(circle, timedelta(minutes=3)) == set()


def test_l5_a_payout_that_has_failed_for_good(circle):
    circle.approve_twice()
    circle.arrive(circle.send(), "failed")
    for _ in range(2):
        assert codes_after(circle, timedelta()) == set()
        circle.now += HOUR
        order = transfers.claim_attempt(circle.payout().id, circle.now)
        assert order is not None
        transfers.transfer_answered(order.attempt_id, "failed", now=circle.now)
    assert codes_after(circle, timedelta()) == {"L5"}
    payouts.look_again(None, circle.now)
    assert invariants.violations(circle.now) == []
