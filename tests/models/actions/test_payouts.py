"""Money out: the gate, two people's yes, the three transactions of a transfer, and everything that goes wrong."""

from datetime import timedelta

import pytest

from models.actions import books, cycles, payouts, short_pots, switches, transfers, unknown_transfers
from models.commands import ApprovePayout, Done, HoldPayout, PayShort, RemindUnpaid, WaitOneDay
from models.facts import PayoutTask
from models.queries import explain
from models.queries.facts import DatabaseFacts
from models.queries.invariants import violations, x3
from models.queries.payouts import approvers_of
from models.rules import accounts, fees
from models.rules.refused import Refused
from models.sealing import keys
from models.tables.groups import Group
from models.tables.ledger import JournalEntry
from models.tables.mail import Outbox
from models.tables.money import Approval, Payout, PayoutAttempt, Suspense
from models.tables.people import Member
from tests.support.circles import MONDAY, C, add_account, running_group

DONE_ONE, DONE_TWO = Done({"approvals": 1, "needed": 2}), Done({"approvals": 2, "needed": 2})


@pytest.fixture(autouse=True)
def in_order(db):
    yield
    assert violations(MONDAY + timedelta(days=400)) == []


@pytest.fixture
def circle(db):
    """Five people, everybody has paid, Ada's pot waits for two yeses."""
    circle = running_group(5)
    circle.all_pay()
    return circle


@pytest.fixture
def homeless(db):
    """The same without any payout account."""
    circle = running_group(5, accounts=False)
    circle.all_pay()
    return circle


def sent(key: str) -> int:
    return Outbox.select().where(Outbox.text_key == key).count()


def pot(circle, number: int = 1) -> int:
    return books.held(accounts.pot(circle.cycle(number).id))


def under_way(payout: Payout) -> int:
    return books.held(accounts.payout_clearing(payout.id))


# --- the gate -------------------------------------------------------------------------------


def test_it_puts_the_pot_to_the_officers_with_everything_fixed(circle):
    payout = circle.payout()
    assert (payout.status, payout.gross_kobo, payout.fee_kobo, payout.net_kobo) == (
        "awaiting_approval",
        5 * C,
        5 * C // 100,
        5 * C - 5 * C // 100,
    )
    assert payout.member_id == circle.members["Ada"]
    assert len(payout.payload_hash) == 64
    assert sent("S30") == 2


def test_it_waits_for_an_account_and_goes_on_when_there_is_one(homeless):
    payout = homeless.payout()
    assert (payout.status, payout.held_reason) == ("held", "no_account")
    assert sent("S37") == 1
    add_account(homeless.members["Ada"], homeless.now, usable_at=homeless.now + timedelta(hours=24))
    assert payouts.look_again(homeless.members["Ada"], homeless.now) == 1
    assert homeless.payout().held_reason == "cooling_off"
    homeless.now += timedelta(hours=24) - timedelta(seconds=1)
    assert payouts.look(payout.id, homeless.now) == "held"
    homeless.now += timedelta(seconds=1)
    assert payouts.look(payout.id, homeless.now) == "awaiting_approval"
    assert sent("S30") == 2


def test_it_waits_when_the_name_is_not_hers(homeless):
    add_account(homeless.members["Ada"], homeless.now, matches=False)
    payouts.look_again(homeless.members["Ada"], homeless.now)
    assert homeless.payout().held_reason == "name_differs"


def test_it_opens_what_should_have_been_opened_once(circle):
    assert payouts.open_payouts(circle.cycle(1).id, circle.now, "system") == []
    assert payouts.cycles_to_pay_out() == []
    assert Payout.select().count() == 1


def test_it_reminds_the_officers_once_a_day(circle):
    payout = circle.payout()
    for _ in range(3):
        payouts.look(payout.id, circle.now)
    assert sent("S30") == 2
    payouts.look(payout.id, circle.now + timedelta(days=1))
    assert sent("S30") == 4


# --- two yeses ------------------------------------------------------------------------------


def test_it_takes_two_different_people(circle):
    assert circle.approve("Bisi") == DONE_ONE
    assert circle.approve("Bisi") == Refused("already_approved")
    assert circle.payout().status == "awaiting_approval"
    assert circle.approve("Chidi") == DONE_TWO
    assert circle.payout().status == "approved"


def test_it_fills_the_approvers_up_with_members_when_officers_are_too_few(circle):
    """Ada collects, so of the officers only Bisi is left: the next in turn helps out."""
    allowed = approvers_of(circle.group_id, circle.members["Ada"])
    assert [circle.name(member) for member in allowed] == ["Bisi", "Chidi"]
    assert circle.approve("Dayo") == Refused("not_allowed")
    assert circle.approve("Ada") == Refused("not_allowed")
    assert circle.approve("Chidi") == DONE_ONE
    assert circle.approve("Bisi") == DONE_TWO
    assert circle.payout().status == "approved"
    assert circle.approve("Bisi") == Refused("gone")


def test_it_refuses_a_yes_to_something_else(circle):
    payout = circle.payout()
    assert payouts.approve_payout(ApprovePayout(payout.id, "0" * 64), circle.context("Bisi")) == Refused("changed")
    assert payouts.approve_payout(ApprovePayout(999, payout.payload_hash), circle.context("Bisi")) == Refused(
        "not_allowed"
    )
    assert Approval.select().count() == 0


def test_it_forgets_a_yes_when_the_account_changes(circle):
    assert circle.approve("Bisi") == DONE_ONE
    seen = circle.payout()
    add_account(circle.members["Ada"], circle.now, usable_at=circle.now + timedelta(days=1))
    assert circle.approve("Chidi", seen) == Refused("changed")
    assert (circle.payout().status, circle.payout().held_reason) == ("held", "cooling_off")
    circle.now += timedelta(days=1)
    payouts.look(seen.id, circle.now)
    assert circle.approve("Chidi", seen) == Refused("changed")
    assert circle.approve("Chidi") == DONE_ONE
    assert circle.approve("Bisi") == DONE_TWO
    assert circle.payout().payload_hash != seen.payload_hash


def test_it_stops_an_approved_payout_whose_account_changes_before_it_is_reserved(circle):
    payout = circle.approve_twice()
    account = add_account(circle.members["Ada"], circle.now)
    assert transfers.reserve(payout.id, circle.now) == "stopped"
    payout = circle.payout()
    assert (payout.status, payout.bank_account_id, payout.approved_at) == ("awaiting_approval", account, None)
    assert pot(circle) == 5 * C
    circle.pay_out()
    assert circle.cycle(1).status == "settled"


def test_it_pays_the_account_that_was_approved_even_if_she_changes_it_after_the_reservation(circle):
    payout = circle.approve_twice()
    assert transfers.reserve(payout.id, circle.now) == "reserved"
    add_account(circle.members["Ada"], circle.now)
    payouts.look_again(circle.members["Ada"], circle.now)
    order = transfers.claim_attempt(payout.id, circle.now)
    assert order.bank_account_id == payout.bank_account_id
    assert order.account_number not in repr(order)


def test_it_is_held_by_one_officer_and_put_on_by_two(circle):
    payout = circle.payout()
    assert circle.approve("Chidi") == DONE_ONE
    assert payouts.hold_payout(HoldPayout(payout.id), circle.context("Dayo")) == Refused("not_allowed")
    assert payouts.hold_payout(HoldPayout(payout.id), circle.context("Bisi")) == Done()
    assert payouts.hold_payout(HoldPayout(payout.id), circle.context("Bisi")) == Refused("gone")
    assert (circle.payout().status, circle.payout().held_reason) == ("held", "officer")
    assert sent("S31") == 1
    payouts.look(payout.id, circle.now + timedelta(days=1))
    assert circle.payout().held_reason == "officer"
    # Chidi's yes was kept; Bisi has thought better of it.
    assert circle.approve("Bisi") == DONE_TWO
    assert circle.payout().status == "approved"


# --- T1 -------------------------------------------------------------------------------------


def test_it_reserves_the_money_and_the_reference_in_one(circle):
    payout = circle.approve_twice()
    assert transfers.payouts_to_send(circle.now) == [payout.id]
    assert transfers.reserve(payout.id, circle.now) == "reserved"
    assert transfers.reserve(payout.id, circle.now) == "reserved"
    assert (pot(circle), under_way(payout)) == (0, 5 * C)
    attempt = PayoutAttempt.get()
    assert (attempt.n, attempt.status, attempt.sends) == (1, "created", 0)
    assert attempt.reference.startswith("ajo-p-")


def test_it_waits_until_the_balance_covers_the_transfer_and_its_fee(circle):
    payout = circle.approve_twice()
    needed = payout.net_kobo + fees.transfer_fee(payout.net_kobo)
    _leave_in_balance(circle, needed - 1)
    assert transfers.reserve(payout.id, circle.now) == "waiting"
    assert circle.payout().status == "approved"
    assert transfers.settle_balance(needed, circle.now) == 1
    assert transfers.reserve(payout.id, circle.now) == "reserved"


def _leave_in_balance(circle, kobo: int) -> None:
    """Somebody spent our float at the provider."""
    more = books.balance(accounts.PAYSTACK_BALANCE) - kobo
    books.post(books.posting.transfer_fee_charged("test-spent", more), actor="test", now=circle.now)
    books.post(
        books.posting.Entry(
            "float",
            "float:test",
            (books.posting.Leg("cash.bank", more), books.posting.Leg("exp.psp_fees", -more)),
        ),
        actor="test",
        now=circle.now,
    )


def test_it_counts_what_is_under_way_elsewhere(circle):
    other = running_group(3, now=circle.now)
    other.all_pay()
    first, second = circle.approve_twice(), other.payout()
    for name in ("Bisi", "Chidi"):
        assert isinstance(other.approve(name, second), Done)
    both = first.net_kobo + second.net_kobo + fees.transfer_fee(second.net_kobo)
    _leave_in_balance(circle, both)
    assert transfers.reserve(first.id, circle.now) == "reserved"
    assert transfers.reserve(second.id, circle.now) == "waiting"


@pytest.mark.parametrize("how", ["all", "group"])
def test_it_obeys_the_switches_in_t1_and_in_t2(circle, how):
    payout = circle.approve_twice()

    def stop(at) -> None:
        if how == "group":
            Group.update(payouts_stopped_at=at).where(Group.id == circle.group_id).execute()
        elif at:
            switches.stop_payouts("test", actor="staff:1", now=at)
        else:
            switches.resume_payouts(actor="staff:1", now=circle.now)

    stop(circle.now)
    assert transfers.reserve(payout.id, circle.now) == "stopped"
    stop(None)
    assert transfers.reserve(payout.id, circle.now) == "reserved"
    stop(circle.now)
    assert transfers.claim_attempt(payout.id, circle.now) is None
    stop(None)
    assert transfers.claim_attempt(payout.id, circle.now) is not None


def test_it_settles_what_the_provider_made_transferable_and_never_more(circle):
    ledger, clearing = books.balance(accounts.PAYSTACK_BALANCE), books.balance(accounts.PAYSTACK_CLEARING)
    assert transfers.settle_balance(ledger - 5, circle.now) == 0
    assert transfers.settle_balance(ledger + 700, circle.now) == 700
    assert transfers.settle_balance(ledger + 700, circle.now) == 0
    assert transfers.settle_balance(ledger + clearing + 999, circle.now) == clearing - 700


# --- T2 -------------------------------------------------------------------------------------


def test_it_hands_a_transfer_to_one_worker_only(circle):
    payout = circle.approve_twice()
    transfers.reserve(payout.id, circle.now)
    order = transfers.claim_attempt(payout.id, circle.now)
    assert (order.amount_kobo, order.bank_code, order.sends) == (payout.net_kobo, "058", 1)
    assert transfers.claim_attempt(payout.id, circle.now) is None
    assert transfers.claim_attempt(payout.id, circle.now, resend=True) is None
    assert circle.payout().status == "in_flight"
    assert transfers.payouts_to_send(circle.now) == []


def test_it_takes_a_transfer_whose_sender_died_for_unknown(circle):
    attempt = circle.send(circle.approve_twice())
    assert transfers.attempts_to_check(circle.now) == []
    circle.now += timedelta(seconds=60)
    assert [each.reference for each in transfers.attempts_to_check(circle.now)] == [attempt.reference]
    assert PayoutAttempt.get_by_id(attempt.id).status == "unknown"
    assert transfers.attempts_to_check(circle.now) == []


# --- T3 -------------------------------------------------------------------------------------


def test_it_books_a_transfer_with_its_real_cost_and_tells_her(circle):
    payout = circle.approve_twice()
    attempt = circle.send(payout)
    before = books.balance(accounts.PAYSTACK_BALANCE), books.balance(accounts.PSP_FEES)
    assert circle.arrive(attempt, fee_kobo=4_321) == "done"
    assert books.balance(accounts.PAYSTACK_BALANCE) == before[0] - payout.net_kobo - 4_321
    assert books.balance(accounts.PSP_FEES) == before[1] + 4_321
    assert books.held(accounts.SERVICE_FEE) == payout.fee_kobo
    assert under_way(payout) == 0
    assert sent("S13") == 1


def test_it_books_a_transfer_once_however_often_it_is_told(circle):
    attempt = circle.send(circle.approve_twice())
    assert [circle.arrive(attempt) for _ in range(3)] == ["done", "nothing", "nothing"]
    assert sent("S13") == 1
    assert JournalEntry.select().where(JournalEntry.kind == "paid").count() == 1


def test_it_does_not_believe_the_answer_to_the_sending(circle):
    """The provider says success of a transfer that is only queued."""
    attempt = circle.send(circle.approve_twice())
    assert transfers.transfer_answered(attempt.id, "success", provider_code="TRF_1", now=circle.now)
    assert (circle.payout().status, PayoutAttempt.get().status) == ("in_flight", "pending")
    assert circle.arrive(attempt) == "done"


def test_it_does_nothing_with_an_answer_that_the_webhook_overtook(circle):
    attempt = circle.send(circle.approve_twice())
    circle.arrive(attempt)
    for outcome in ("pending", "failed", "unknown"):
        assert not transfers.transfer_answered(attempt.id, outcome, now=circle.now)
    assert circle.payout().status == "paid"


@pytest.mark.parametrize("status", ["failed", "abandoned", "blocked", "rejected", "reversed"])
def test_it_tries_again_under_a_new_reference_after_a_conclusive_failure(circle, status):
    payout = circle.approve_twice()
    first = circle.send(payout)
    assert circle.arrive(first, status, fee_kobo=None) == "done"
    assert (circle.payout().status, under_way(payout)) == ("retry", 5 * C)
    assert sent("S14") == 1
    assert transfers.payouts_to_send(circle.now) == []
    assert transfers.claim_attempt(payout.id, circle.now) is None
    circle.now += timedelta(minutes=15)
    assert transfers.payouts_to_send(circle.now) == [payout.id]
    order = transfers.claim_attempt(payout.id, circle.now)
    assert order.reference != first.reference
    assert circle.arrive(PayoutAttempt.get_by_id(order.attempt_id)) == "done"
    assert circle.payout().status == "paid"


def test_it_gives_up_after_some_failures_and_waits_for_people(circle):
    payout = circle.approve_twice()
    transfers.reserve(payout.id, circle.now)
    for _ in range(3):
        order = transfers.claim_attempt(payout.id, circle.now)
        circle.arrive(PayoutAttempt.get_by_id(order.attempt_id), "failed", fee_kobo=1_000)
        circle.now += timedelta(minutes=15)
    assert transfers.claim_attempt(payout.id, circle.now) is None
    assert (circle.payout().status, under_way(payout)) == ("retry", 5 * C)
    assert JournalEntry.select().where(JournalEntry.kind == "transfer.fee").count() == 3


def test_it_starts_over_with_new_approvals_when_she_gives_another_account_after_a_failure(circle):
    payout = circle.approve_twice()
    first = circle.send(payout)
    circle.arrive(first, "failed", fee_kobo=None)
    account = add_account(circle.members["Ada"], circle.now)
    payouts.look_again(circle.members["Ada"], circle.now)
    assert Payout.get_by_id(payout.id).status == "cancelled"
    again = circle.payout()
    assert (again.status, again.bank_account_id, again.part) == ("awaiting_approval", account, 1)
    assert (pot(circle), under_way(payout)) == (5 * C, 0)
    attempt = circle.send(circle.approve_twice())
    assert attempt.reference not in {first.reference} | {
        row.reference for row in PayoutAttempt.select().where(PayoutAttempt.payout == payout.id)
    }
    assert circle.arrive(attempt) == "done"
    assert circle.cycle(1).status == "settled"


def test_it_sends_the_same_reference_again_only_when_it_was_never_seen(circle):
    attempt = circle.send(circle.approve_twice())
    transfers.transfer_answered(attempt.id, "unknown", now=circle.now)

    def ask() -> str:
        return transfers.transfer_verified(attempt.reference, "not_found", now=circle.now)

    for sends in (2, 3):
        assert ask() == "open"
        circle.now += timedelta(minutes=2)
        assert ask() == "resend"
        order = transfers.claim_attempt(attempt.payout_id, circle.now, resend=True)
        assert (order.reference, order.sends) == (attempt.reference, sends)
        transfers.transfer_answered(attempt.id, "unknown", now=circle.now)
    circle.now += timedelta(minutes=2)
    assert ask() == "human"
    assert PayoutAttempt.get_by_id(attempt.id).status == "manual"
    assert transfers.claim_attempt(attempt.payout_id, circle.now, resend=True) is None
    assert circle.arrive(attempt) == "done"


def test_it_is_sent_again_however_long_the_balance_does_not_cover_it(circle):
    attempt = circle.send(circle.approve_twice())
    transfers.transfer_answered(attempt.id, transfers.NOT_COVERED, now=circle.now)
    for _ in range(5):
        circle.now += timedelta(minutes=2)
        assert transfers.transfer_verified(attempt.reference, "not_found", now=circle.now) == "resend"
        order = transfers.claim_attempt(attempt.payout_id, circle.now, resend=True)
        assert order.reference == attempt.reference
        transfers.transfer_answered(attempt.id, transfers.NOT_COVERED, now=circle.now)
    assert (PayoutAttempt.get().status, circle.payout().status) == ("unknown", "in_flight")
    assert circle.arrive(attempt) == "done"


@pytest.mark.parametrize("status", ["pending", "otp", "received", "something new"])
def test_it_concludes_nothing_from_words_that_are_not_conclusive(circle, status):
    attempt = circle.send(circle.approve_twice())
    assert circle.arrive(attempt, status) == "open"
    assert circle.payout().status == "in_flight"
    assert circle.arrive(attempt) == "done"


def test_it_keeps_what_came_back_after_success_apart_for_her(circle):
    payout = circle.approve_twice()
    attempt = circle.send(payout)
    circle.arrive(attempt)
    assert circle.arrive(attempt, "reversed") == "done"
    assert circle.arrive(attempt, "reversed") == "nothing"
    assert circle.arrive(attempt) == "nothing"
    assert circle.payout().status == "returned"
    assert books.held(accounts.payout_returned(payout.member_id)) == payout.net_kobo
    assert (pot(circle), circle.cycle(1).status) == (0, "settled")
    assert sent("S14") == 1


@pytest.fixture
def returned(circle):
    """Ada's pot was paid, and her bank sent it back."""
    circle.pay_out()
    assert circle.arrive(PayoutAttempt.get(), "reversed") == "done"
    return circle


def test_what_came_back_waits_until_she_has_given_another_account(returned):
    payout = returned.payout()
    for _ in range(2):
        assert payouts.look(payout.id, returned.now) == "returned"
    assert not payouts.asks(payout)
    assert payouts.look_again(returned.members["Ada"], returned.now) == 1
    assert returned.approve("Bisi") == Refused("gone")
    assert sent("S30") == 2


def test_what_came_back_is_sent_again_to_another_account_when_two_have_agreed(returned):
    payout, first = returned.payout(), PayoutAttempt.get()
    fees_before = books.held(accounts.SERVICE_FEE)
    account = add_account(returned.members["Ada"], returned.now, usable_at=returned.now + timedelta(days=1))
    payouts.look_again(returned.members["Ada"], returned.now)
    assert (returned.payout().status, returned.payout().held_reason) == ("returned", "cooling_off")
    returned.now += timedelta(days=1)
    payouts.look(payout.id, returned.now)
    assert sent("S30") == 4
    bisi = Member.get_by_id(returned.members["Bisi"])
    asked = DatabaseFacts(keys().open(bisi.phone_sealed, f"member.phone:{bisi.id}"), returned.now).home.tasks
    assert [task.payout_id for task in asked if isinstance(task, PayoutTask)] == [payout.id]
    assert returned.approve("Bisi") == DONE_ONE
    assert returned.approve("Chidi") == DONE_TWO
    assert (returned.payout().status, returned.payout().bank_account_id) == ("reserved", account)
    assert (under_way(payout), books.held(accounts.payout_returned(payout.member_id))) == (payout.net_kobo, 0)
    assert violations(returned.now) == []
    assert transfers.payouts_to_send(returned.now) == [payout.id]
    order = transfers.claim_attempt(payout.id, returned.now)
    assert (order.amount_kobo, order.bank_account_id) == (payout.net_kobo, account)
    assert order.reference != first.reference
    assert violations(returned.now) == []
    assert returned.arrive(PayoutAttempt.get_by_id(order.attempt_id)) == "done"
    assert (returned.payout().status, books.held(accounts.SERVICE_FEE)) == ("paid", fees_before)
    assert explain.explain_group(returned.group_id).differences == ()
    assert sent("S13") == 2


def test_what_comes_back_twice_is_sent_a_third_time(returned):
    payout = returned.payout()
    for k in (1, 2):
        add_account(returned.members["Ada"], returned.now)
        payouts.look_again(returned.members["Ada"], returned.now)
        returned.approve_twice()
        order = transfers.claim_attempt(payout.id, returned.now)
        attempt = PayoutAttempt.get_by_id(order.attempt_id)
        assert returned.arrive(attempt) == "done"
        if k == 1:
            assert returned.arrive(attempt, "reversed") == "done"
            assert violations(returned.now) == []
    assert returned.payout().status == "paid"
    assert JournalEntry.select().where(JournalEntry.kind == "repay").count() == 2


def test_what_came_back_and_then_fails_starts_over_with_a_third_account(returned):
    payout = returned.payout()
    add_account(returned.members["Ada"], returned.now)
    payouts.look_again(returned.members["Ada"], returned.now)
    returned.approve_twice()
    order = transfers.claim_attempt(payout.id, returned.now)
    assert returned.arrive(PayoutAttempt.get_by_id(order.attempt_id), "failed", fee_kobo=None) == "done"
    assert (returned.payout().status, sent("S14")) == ("retry", 2)
    assert violations(returned.now) == []
    add_account(returned.members["Ada"], returned.now)
    payouts.look_again(returned.members["Ada"], returned.now)
    assert (returned.payout().status, returned.payout().held_reason) == ("returned", "again")
    assert (pot(returned), under_way(payout)) == (0, 0)
    returned.approve_twice()
    order = transfers.claim_attempt(payout.id, returned.now)
    assert returned.arrive(PayoutAttempt.get_by_id(order.attempt_id)) == "done"
    assert returned.payout().status == "paid"


def test_an_officer_may_hold_what_is_to_be_sent_again(returned):
    payout = returned.payout()
    add_account(returned.members["Ada"], returned.now)
    payouts.look_again(returned.members["Ada"], returned.now)
    assert payouts.hold_payout(HoldPayout(payout.id), returned.context("Bisi")) == Done()
    payouts.look(payout.id, returned.now)
    assert (returned.payout().status, returned.payout().held_reason) == ("returned", "officer")
    returned.approve_twice()
    assert returned.payout().status == "reserved"


def test_a_group_is_not_over_while_a_payout_of_it_has_come_back(db):
    circle = running_group(3)
    for number in (1, 2, 3):
        circle.all_pay()
        circle.pay_out()
        if number == 1:
            circle.arrive(PayoutAttempt.get(), "reversed")
    assert (circle.group.status, sent("S35")) == ("active", 0)
    first = Payout.select().order_by(Payout.id).get()
    add_account(circle.members["Ada"], circle.now)
    payouts.look_again(circle.members["Ada"], circle.now)
    for name in ("Bisi", "Chidi"):
        assert isinstance(circle.approve(name, Payout.get_by_id(first.id)), Done)
    order = transfers.claim_attempt(first.id, circle.now)
    circle.arrive(PayoutAttempt.get_by_id(order.attempt_id))
    assert (circle.group.status, sent("S35")) == ("completed", 3)


def test_what_comes_back_when_the_group_is_over_is_sent_again_too(db):
    circle = running_group(3)
    for _ in range(3):
        circle.all_pay()
        payout = circle.pay_out()
    assert circle.group.status == "completed"
    circle.arrive(PayoutAttempt.select().order_by(PayoutAttempt.id.desc()).get(), "reversed")
    asked = sent("S30")
    add_account(circle.members["Chidi"], circle.now)
    payouts.look_again(circle.members["Chidi"], circle.now)
    assert payouts.asks(Payout.get_by_id(payout.id))
    assert sent("S30") == asked  # for two of the staff
    circle.approve_twice()
    order = transfers.claim_attempt(payout.id, circle.now)
    assert violations(circle.now) == []
    circle.arrive(PayoutAttempt.get_by_id(order.attempt_id))
    assert (circle.payout().status, circle.group.status) == ("paid", "completed")


def test_a_failed_transfer_that_succeeded_after_all_has_paid_her(circle):
    payout = circle.approve_twice()
    attempt = circle.send(payout)
    before = books.balance(accounts.PAYSTACK_BALANCE)
    circle.arrive(attempt, "failed", fee_kobo=1_000)
    assert [circle.arrive(attempt), circle.arrive(attempt)] == ["done", "nothing"]
    assert (switches.payouts_stopped(), circle.payout().status, circle.cycle(1).status) == (None, "paid", "settled")
    assert books.balance(accounts.PAYSTACK_BALANCE) == before - payout.net_kobo - 2_500
    circle.now += timedelta(minutes=15)
    assert transfers.claim_attempt(attempt.payout_id, circle.now) is None
    assert x3([(attempt.reference, "success")]) == []


def test_it_stops_everything_once_when_a_failed_transfer_succeeded_after_another_was_sent(circle):
    payout = circle.approve_twice()
    first = circle.send(payout)
    circle.arrive(first, "failed", fee_kobo=None)
    circle.now += timedelta(minutes=15)
    order = transfers.claim_attempt(payout.id, circle.now)
    assert circle.arrive(first) == "conflict"
    assert switches.payouts_stopped() == f"paid_after_failure {first.reference}"
    assert books.balance(accounts.SUSPENSE_OUT) == payout.net_kobo
    switches.resume_payouts(actor="staff:1", now=circle.now)
    assert circle.arrive(first) == "nothing"
    assert switches.payouts_stopped() is None
    assert x3([(first.reference, "success")]) == []
    assert circle.arrive(PayoutAttempt.get_by_id(order.attempt_id)) == "done"
    assert circle.arrive(first, "reversed") == "nothing"
    assert books.balance(accounts.SUSPENSE_OUT) == 0


def test_it_stops_everything_when_the_provider_has_a_transfer_that_is_not_ours(circle):
    assert transfers.transfer_verified("ajo-p-000000000000000000000000", "success", now=circle.now) == "not_ours"
    assert transfers.unknown_transfer("somebody-elses-transfer", 5_000, circle.now)
    assert not transfers.unknown_transfer("somebody-elses-transfer", 5_000, circle.now)
    assert books.balance(accounts.SUSPENSE_OUT) == 5_000
    assert (Suspense.get().direction, switches.payouts_stopped()) == ("out", "unknown_transfer")


def test_an_unknown_transfer_is_explained_once_by_the_exact_opposite_of_its_entry(circle):
    assert not unknown_transfers.explain("somebody-elses-transfer", circle.now)
    transfers.unknown_transfer("somebody-elses-transfer", 5_000, circle.now)
    assert unknown_transfers.explain("somebody-elses-transfer", circle.now)
    assert not unknown_transfers.explain("somebody-elses-transfer", circle.now)
    assert not transfers.unknown_transfer("somebody-elses-transfer", 5_000, circle.now)
    line = Suspense.get()
    first, second = JournalEntry.select().where(JournalEntry.kind.startswith("transfer.")).order_by(JournalEntry.id)
    assert (second.reverses_id, second.idem) == (first.id, f"suspense:{line.id}")
    assert (line.status, books.balance(accounts.SUSPENSE_OUT)) == ("resolved", 0)


def test_it_books_what_the_provider_paid_even_before_we_saw_it_settled(circle):
    payout = circle.approve_twice()
    attempt = circle.send(payout)
    _leave_in_balance(circle, payout.net_kobo - 1_000)
    assert circle.arrive(attempt) == "done"
    assert books.balance(accounts.PAYSTACK_BALANCE) == 0


# --- short pots -----------------------------------------------------------------------------


@pytest.fixture
def short(db):
    """Three of five have paid by the cut-off; it is Ada's pot."""
    circle = running_group(5)
    circle.all_pay(but=("Dayo", "Efe"))
    circle.now = circle.cycle(1).due_at + timedelta(hours=1)
    cycles.pass_cutoffs(circle.now)
    return circle


def test_it_tells_the_officers_about_a_short_pot_unless_they_wait(short):
    cycle_id = short.cycle(1).id
    assert short_pots.short_pots(short.now) == [cycle_id]
    assert short_pots.ask_officers(cycle_id, short.now)
    assert sent("S32") == 2
    assert short_pots.wait_one_day(WaitOneDay(cycle_id), short.context("Dayo")) == Refused("not_allowed")
    assert short_pots.wait_one_day(WaitOneDay(cycle_id), short.context("Bisi")) == Done()
    assert short_pots.short_pots(short.now + timedelta(hours=23)) == []
    assert short_pots.short_pots(short.now + timedelta(hours=24)) == [cycle_id]


def test_it_nudges_those_who_have_not_paid_once_a_day(short):
    command = RemindUnpaid(short.cycle(1).id)
    assert short_pots.remind_unpaid(command, short.context("Ada")) == Refused("not_allowed")
    assert short_pots.remind_unpaid(command, short.context("Bisi")) == Done({"sent": 2})
    assert short_pots.remind_unpaid(command, short.context("Chidi")) == Refused("already_today")
    short.now += timedelta(days=1)
    assert short_pots.remind_unpaid(command, short.context("Chidi")) == Done({"sent": 2})


def test_it_pays_out_what_is_in_and_tops_it_up_as_each_of_the_others_pays(short):
    command = PayShort(short.cycle(1).id)
    assert short_pots.pay_short(command, short.context("Ada")) == Refused("not_allowed")
    assert short_pots.pay_short(command, short.context("Bisi")) == DONE_ONE
    assert short_pots.pay_short(command, short.context("Chidi")) == Refused("gone")
    assert short.approve("Chidi") == DONE_TWO
    first = short.payout()
    assert (first.gross_kobo, first.part, first.created_by) == (3 * C, 1, f"member:{short.members['Bisi']}")
    short.arrive(short.send(first))
    assert [short.cycle(n).status for n in (1, 2)] == ["short_paid", "open"]
    short.pay("Dayo")
    second = short.payout()
    assert (second.gross_kobo, second.part, second.status) == (C, 2, "awaiting_approval")
    short.pay_out()
    assert (short.cycle(1).status, pot(short)) == ("short_paid", 0)
    short.pay("Efe")
    third = short.payout()
    assert (third.gross_kobo, third.part, third.member_id) == (C, 3, first.member_id)
    short.pay_out()
    assert short.cycle(1).status == "settled"
    assert books.held(accounts.SERVICE_FEE) == 5 * C // 100


@pytest.fixture
def topped_up(short):
    """The short pot has left; Dayo and Efe can still fill it up."""
    short_pots.pay_short(PayShort(short.cycle(1).id), short.context("Bisi"))
    short.approve("Chidi")
    short.arrive(short.send())
    return short


def test_what_comes_while_a_part_of_the_rest_is_under_way_is_the_next_part(topped_up):
    topped_up.pay("Dayo")
    topped_up.approve_twice()
    attempt = topped_up.send()
    topped_up.pay("Efe")
    assert (topped_up.payout().part, pot(topped_up)) == (2, C)
    topped_up.arrive(attempt)
    assert (topped_up.payout().part, topped_up.cycle(1).status) == (3, "short_paid")
    topped_up.pay_out()
    assert topped_up.cycle(1).status == "settled"


def test_a_part_of_the_rest_that_is_not_worth_a_transfer_waits_until_it_is_or_nothing_more_will_come(topped_up):
    topped_up.pay("Dayo", 400_00)
    assert (Payout.select().count(), pot(topped_up)) == (1, 400_00)
    assert short_pots.rests_to_pay_out() == []
    topped_up.pay("Dayo", 100_00)
    assert (topped_up.payout().gross_kobo, topped_up.payout().part) == (500_00, 2)
    topped_up.pay_out()
    topped_up.pay("Dayo", C - 500_00)
    topped_up.pay_out()
    topped_up.pay("Efe", C - 100_00)
    topped_up.pay_out()
    assert (pot(topped_up), topped_up.cycle(1).status) == (0, "short_paid")
    topped_up.pay("Efe", 100_00)
    assert (topped_up.payout().gross_kobo, topped_up.payout().part) == (100_00, 5)
    topped_up.pay_out()
    assert topped_up.cycle(1).status == "settled"


def test_it_finds_a_rest_that_lies_in_a_short_pot_without_a_payout(topped_up):
    cycle_id = topped_up.cycle(1).id
    topped_up.pay("Dayo")
    assert short_pots.rests_to_pay_out() == []
    assert payouts.withdraw(topped_up.payout().id, "test", topped_up.now, "system")
    assert short_pots.rests_to_pay_out() == [cycle_id]
    (opened,) = short_pots.open_rest(cycle_id, topped_up.now)
    assert (Payout.get_by_id(opened).gross_kobo, Payout.get_by_id(opened).part) == (C, 2)
    assert short_pots.open_rest(cycle_id, topped_up.now) == short_pots.rests_to_pay_out() == []


def test_what_one_of_two_paid_while_the_short_payout_was_under_way_is_opened_when_it_has_left(short):
    short_pots.pay_short(PayShort(short.cycle(1).id), short.context("Bisi"))
    short.approve("Chidi")
    attempt = short.send()
    short.pay("Dayo")
    short.arrive(attempt)
    assert (short.payout().part, short.payout().gross_kobo, short.cycle(1).status) == (2, C, "short_paid")


def test_it_opens_the_rest_at_once_when_it_came_while_the_short_payout_was_under_way(short):
    short_pots.pay_short(PayShort(short.cycle(1).id), short.context("Bisi"))
    short.approve("Chidi")
    attempt = short.send()
    short.pay("Dayo")
    short.pay("Efe")
    assert short.cycle(1).status == "closing"
    short.arrive(attempt)
    assert short.cycle(1).status == "short_paid"
    assert (short.payout().part, short.payout().status) == (2, "awaiting_approval")
    short.pay_out()
    assert short.cycle(1).status == "settled"


def test_it_refuses_to_pay_out_an_empty_pot(db):
    circle = running_group(3)
    circle.now = circle.cycle(1).due_at + timedelta(hours=1)
    assert short_pots.pay_short(PayShort(circle.cycle(1).id), circle.context("Bisi")) == Refused("gone")
    cycles.pass_cutoffs(circle.now)
    assert short_pots.pay_short(PayShort(circle.cycle(1).id), circle.context("Bisi")) == Refused("nothing_in")
