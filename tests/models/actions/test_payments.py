"""Money in: the wish, the charge, and every way in which money can come."""

from datetime import timedelta

import pytest

from models.actions import books, charges, cycles, payments, penalties
from models.base import database
from models.commands import CheckPayment, Done, StartPayment
from models.queries.invariants import violations
from models.rules import accounts
from models.rules.refused import Refused
from models.tables.cycles import Obligation
from models.tables.groups import Group, Seat
from models.tables.ledger import JournalEntry
from models.tables.mail import Outbox
from models.tables.money import Allocation, Payment, Suspense
from tests.support.circles import MONDAY, NAIRA, C, running_group, settle


@pytest.fixture(autouse=True)
def in_order(db):
    yield
    assert violations(MONDAY + timedelta(days=400)) == []


@pytest.fixture
def circle(db):
    return running_group(5)


def owed(circle, name: str) -> int:
    return books.balance(accounts.due_seat(circle.seats[name]))


def wallet(circle, name: str) -> int:
    return books.held(accounts.wallet(circle.members[name]))


def pot(circle, number: int = 1) -> int:
    return books.held(accounts.pot(circle.cycle(number).id))


def told(payment: Payment) -> str:
    return Outbox.get(Outbox.dedupe_key == f"receipt:{payment.reference}").text_key


# --- the wish -------------------------------------------------------------------------------


def test_it_asks_for_the_contribution_and_the_fee_on_top(circle):
    done = circle.wish("Bisi")
    assert done == Done(
        {
            "payment_id": done.data["payment_id"],
            "ready": False,
            "failed": False,
            "total_kobo": 5_178 * NAIRA,
            "fee_kobo": 178 * NAIRA,
            "short_ref": done.data["short_ref"],
        }
    )
    payment = Payment.get_by_id(done.data["payment_id"])
    assert (payment.status, payment.cycle_id, payment.seat_id) == ("created", circle.cycle(1).id, circle.seats["Bisi"])
    assert charges.charges_to_send(circle.now) == [payment.id]


@pytest.mark.parametrize(
    ("kobo", "why"),
    [
        (99 * NAIRA, "bad_amount"),
        (C + 1, "bad_amount"),
        (0, "bad_amount"),
        (-C, "bad_amount"),
        (100 * NAIRA, None),
        (C, None),
    ],
)
def test_it_takes_any_part_from_100_naira_up_to_all_that_is_owed(circle, kobo, why):
    outcome = circle.wish("Bisi", kobo)
    assert outcome == Refused(why) if why else isinstance(outcome, Done)


@pytest.mark.parametrize(
    ("kobo", "method", "why"),
    [
        (50 * NAIRA, "ussd", None),
        (50 * NAIRA, "bank_transfer", "bad_amount"),
        (100 * NAIRA, "bank_transfer", None),
        (49 * NAIRA, "ussd", "bad_amount"),
        (101 * NAIRA, "ussd", "bad_amount"),
    ],
)
def test_it_takes_a_small_rest_in_full_or_with_something_for_the_wallet(circle, kobo, method, why):
    payment = circle.ask("Bisi")
    circle.settle(payment, payment.amount_kobo - 50 * NAIRA)
    outcome = circle.wish("Bisi", kobo, method=method)
    assert outcome == Refused(why) if why else isinstance(outcome, Done)


def test_it_refuses_an_outsider_and_a_seat_that_is_not_hers(circle):
    command = StartPayment(circle.seats["Bisi"], C, "ussd", "737")
    assert payments.start_payment(command, circle.context("Chidi")) == Refused("not_active")
    assert payments.start_payment(StartPayment(999, C, "ussd"), circle.context("Bisi")) == Refused("not_active")
    assert Payment.select().count() == 0


def test_it_refuses_when_nothing_is_owed_or_the_group_is_over(circle):
    circle.pay("Bisi")
    assert circle.wish("Bisi") == Refused("nothing_due")
    with database.atomic() as by_hand:
        Group.update(status="completed").where(Group.id == circle.group_id).execute()
        assert circle.wish("Chidi") == Refused("not_active")
        by_hand.rollback()


def test_it_lets_her_pay_anyway_while_another_payment_is_pending(circle):
    first, second = circle.ask("Bisi"), circle.ask("Bisi")
    assert first.reference != second.reference
    assert first.short_ref != second.short_ref


def test_it_raises_the_next_contribution_early_and_the_opening_does_not_raise_it_again(circle):
    circle.pay("Bisi")
    assert isinstance(circle.wish("Bisi", early=True), Done)
    assert isinstance(circle.wish("Bisi", early=True), Done)
    assert owed(circle, "Bisi") == C
    assert Obligation.select().where(Obligation.cycle == circle.cycle(2).id).count() == 1
    circle.all_pay(but=("Bisi",))
    circle.pay_out()
    assert circle.cycle(2).status == "open"
    assert Obligation.select().where(Obligation.cycle == circle.cycle(2).id).count() == 5
    assert owed(circle, "Bisi") == C


def test_what_is_left_of_a_round_that_was_paid_in_part_early_can_be_paid_early(circle):
    circle.pay("Bisi")
    circle.pay("Bisi", 2_000 * NAIRA, early=True)
    assert circle.wish("Bisi", early=True) == Refused("bad_amount")
    assert isinstance(circle.wish("Bisi", 3_000 * NAIRA, early=True), Done)


def test_it_does_not_raise_anything_early_when_it_refuses(circle):
    assert circle.wish("Bisi", 3 * C, early=True) == Refused("bad_amount")
    assert Obligation.select().where(Obligation.cycle == circle.cycle(2).id).count() == 0


def test_it_does_not_use_money_for_a_coming_cycle_unless_she_said_so(circle):
    circle.pay("Bisi")
    circle.wish("Bisi", early=True)
    payment = circle.ask("Chidi")
    assert circle.settle(payment, payment.amount_kobo + payment.fee_kobo + 1_000 * NAIRA) == "settled"
    assert wallet(circle, "Chidi") == 1_000 * NAIRA


def test_it_is_paid_both_cycles_at_once(circle):
    payment = circle.ask("Bisi", 2 * C, early=True)
    assert circle.settle(payment) == "settled"
    assert (pot(circle, 1), pot(circle, 2)) == (C, C)
    assert owed(circle, "Bisi") == 0


# --- the charge -----------------------------------------------------------------------------


def test_it_hands_a_charge_to_one_worker_only(circle):
    payment_id = circle.wish("Bisi").data["payment_id"]
    order = charges.claim_charge(payment_id, circle.now)
    assert (order.total_kobo, order.method, order.bank_type, order.sends) == (5_178 * NAIRA, "ussd", "737", 1)
    assert order.email.endswith("@members.ajo.ng")
    assert order.metadata["seat_id"] == circle.seats["Bisi"]
    assert charges.claim_charge(payment_id, circle.now) is None
    assert charges.charges_to_send(circle.now) == []


def test_it_claims_a_charge_whose_sender_died_under_the_same_reference_and_not_for_ever(circle):
    payment_id = circle.wish("Bisi").data["payment_id"]
    seen = set()
    for n in range(1, 4):
        order = charges.claim_charge(payment_id, circle.now)
        assert order.sends == n
        seen.add(order.reference)
        assert charges.payments_to_check(circle.now) == []
        circle.now += timedelta(minutes=1)
        assert [each.unanswered for each in charges.payments_to_check(circle.now)] == [True]
    assert charges.claim_charge(payment_id, circle.now) is None
    assert len(seen) == 1


def test_it_keeps_the_code_sealed_and_sends_it_once(circle):
    payment = circle.ask("Bisi")
    assert payment.status == "pending"
    assert b"737" not in bytes(payment.how_to_pay_sealed)
    message = Outbox.get(Outbox.dedupe_key == f"howto:{payment.reference}")
    assert (message.text_key, message.expires_at) == ("S21", circle.now + timedelta(hours=1))
    assert not charges.charge_answered(payment.id, how_to_pay={}, until_at=circle.now, now=circle.now)


def test_it_does_nothing_with_an_answer_that_the_webhook_overtook(circle):
    payment_id = circle.wish("Bisi").data["payment_id"]
    order = charges.claim_charge(payment_id, circle.now)
    assert settle(order.reference, order.total_kobo, circle.now) == "settled"
    assert not charges.charge_answered(payment_id, how_to_pay={"pay_code": "*1#"}, until_at=circle.now, now=circle.now)
    assert not charges.charge_refused(payment_id, "no", circle.now)
    assert Payment.get_by_id(payment_id).status == "success"


def test_it_tells_her_when_the_provider_refuses(circle):
    payment_id = circle.wish("Bisi").data["payment_id"]
    charges.claim_charge(payment_id, circle.now)
    assert charges.charge_refused(payment_id, "bad bank", circle.now)
    assert not charges.charge_refused(payment_id, "bad bank", circle.now)
    payment = Payment.get_by_id(payment_id)
    assert (payment.status, payment.reason) == ("failed", "bad bank")
    assert Outbox.get(Outbox.dedupe_key == f"failed:{payment.reference}").text_key == "S33"


def test_it_asks_again_soon_when_the_answer_was_lost(circle):
    payment_id = circle.wish("Bisi").data["payment_id"]
    charges.claim_charge(payment_id, circle.now)
    assert charges.charge_unknown(payment_id, circle.now)
    assert charges.payments_to_check(circle.now) == []
    assert len(charges.payments_to_check(circle.now + charges.UNKNOWN_REST)) == 1


@pytest.mark.parametrize(("method", "patience"), [("ussd", timedelta(hours=1)), ("bank_transfer", timedelta(hours=24))])
def test_it_gives_a_payment_up_only_after_a_while(circle, method, patience):
    payment = circle.ask("Bisi", method=method)
    early = circle.now + patience - timedelta(seconds=1)
    assert not charges.payment_ended(payment.reference, "abandoned", early)
    assert charges.payment_ended(payment.reference, "abandoned", circle.now + patience)
    assert Payment.get_by_id(payment.id).status == "abandoned"


def test_it_asks_about_an_open_payment_less_and_less_often(circle):
    circle.ask("Bisi")
    asked = []
    for minute in range(180):
        if charges.payments_to_check(circle.now + timedelta(minutes=minute)):
            asked.append(minute)
    assert asked == [2, 4, 9, 24, 84, 144]


def test_it_looks_again_when_she_asks(circle):
    payment = circle.ask("Bisi")
    command = CheckPayment(payment.id)
    assert payments.check_payment(command, circle.context("Chidi")) == Refused("gone")
    assert payments.check_payment(command, circle.context("Bisi")) == Done({"status": "pending"})
    assert [each.payment_id for each in charges.payments_to_check(circle.now, only=payment.id)] == [payment.id]
    circle.settle(payment)
    assert payments.check_payment(command, circle.context("Bisi")) == Done({"status": "success"})


# --- money ----------------------------------------------------------------------------------


def test_it_books_what_came_and_what_the_provider_kept(circle):
    payment = circle.pay("Bisi")
    assert pot(circle) == C
    assert owed(circle, "Bisi") == 0
    assert books.balance(accounts.PAYSTACK_CLEARING) == 5_178 * NAIRA - 177_67
    assert books.held(accounts.FEE_RECOVERY) == 178 * NAIRA
    assert (payment.received_kobo, payment.provider_fee_kobo) == (5_178 * NAIRA, 177_67)
    rows = [(row.target, row.kobo) for row in Allocation.select().order_by(Allocation.n)]
    assert rows == [("obligation", C), ("recovery", 178 * NAIRA)]
    assert told(payment) == "S09"


def test_it_posts_the_providers_fee_and_not_ours(circle):
    payment = circle.ask("Bisi")
    circle.settle(payment, fee_kobo=12_345)
    assert books.balance(accounts.PSP_FEES) == 12_345


def test_it_books_a_receipt_once_however_often_it_is_told(circle):
    payment = circle.ask("Bisi")
    assert [circle.settle(payment) for _ in range(3)] == ["settled", "already", "already"]
    assert pot(circle) == C
    assert Outbox.select().where(Outbox.dedupe_key.startswith("receipt:")).count() == 1


def test_it_takes_less_as_a_part(circle):
    payment = circle.ask("Bisi")
    circle.settle(payment, 2_000 * NAIRA)
    row = Obligation.get(Obligation.seat == circle.seats["Bisi"])
    assert (row.status, row.paid_kobo) == ("partial", 2_000 * NAIRA)
    assert owed(circle, "Bisi") == 3_000 * NAIRA
    assert told(payment) == "S10"


def test_it_keeps_what_is_too_much_for_her(circle):
    payment = circle.ask("Bisi")
    circle.settle(payment, payment.amount_kobo + payment.fee_kobo + 77)
    assert (pot(circle), wallet(circle, "Bisi")) == (C, 77)
    assert told(payment) == "S09"
    assert Outbox.get(Outbox.dedupe_key == f"wallet:{payment.reference}").text_key == "S38"


def test_it_keeps_a_second_payment_for_her(circle):
    first, second = circle.ask("Bisi"), circle.ask("Bisi")
    assert circle.settle(first) == "settled"
    assert circle.settle(second) == "wallet"
    assert wallet(circle, "Bisi") == 5_178 * NAIRA
    assert told(second) == "S38"


@pytest.mark.parametrize("ended", ["failed", "abandoned"])
def test_it_believes_money_that_comes_after_the_end(circle, ended):
    payment = circle.ask("Bisi")
    circle.now += timedelta(days=2)
    assert charges.payment_ended(payment.reference, ended, circle.now)
    assert circle.settle(payment) == "settled"
    assert not charges.payment_ended(payment.reference, "failed", circle.now)
    assert Payment.get_by_id(payment.id).status == "success"


def test_it_keeps_money_for_a_group_that_is_over(circle):
    payment, double = circle.ask("Bisi"), circle.ask("Bisi")
    circle.settle(payment)
    for number in range(1, 6):
        for name in circle.members:
            if (number, name) != (1, "Bisi"):
                circle.pay(name)
        circle.pay_out()
    assert circle.group.status == "completed"
    assert circle.settle(double) == "wallet"
    assert wallet(circle, "Bisi") == 5_178 * NAIRA


@pytest.mark.parametrize(("seconds", "status"), [(0, "paid"), (1, "paid_late")])
def test_it_judges_lateness_by_when_she_paid_and_not_by_when_we_heard(circle, seconds, status):
    payment = circle.ask("Bisi")
    due = circle.cycle(1).due_at
    circle.now = due + timedelta(days=2)
    cycles.pass_cutoffs(circle.now)
    assert Seat.get_by_id(circle.seats["Bisi"]).status == "in_arrears"
    circle.settle(payment, paid_at=due + timedelta(seconds=seconds))
    assert Obligation.get(Obligation.seat == circle.seats["Bisi"]).status == status
    assert Seat.get_by_id(circle.seats["Bisi"]).status == "active"


def test_it_pays_the_contribution_before_the_late_fee(circle):
    row = Obligation.get(Obligation.seat == circle.seats["Bisi"])
    circle.now = row.due_at + timedelta(days=1, seconds=1)
    cycles.pass_cutoffs(circle.now)
    assert penalties.add_penalty(row.id, circle.now, checked_at=circle.now)
    assert owed(circle, "Bisi") == C + 200 * NAIRA
    circle.now += timedelta(minutes=1)
    circle.pay("Bisi", C + 50 * NAIRA)
    assert owed(circle, "Bisi") == 150 * NAIRA
    assert books.held(accounts.penalty_pool(circle.group_id)) == 50 * NAIRA
    assert Seat.get_by_id(circle.seats["Bisi"]).status == "in_arrears"
    circle.pay("Bisi", 150 * NAIRA)
    assert Seat.get_by_id(circle.seats["Bisi"]).status == "active"


def test_it_takes_a_late_fee_back_when_the_money_had_been_on_its_way(circle):
    row = Obligation.get(Obligation.seat == circle.seats["Bisi"])
    payment = circle.ask("Bisi")
    charges.payment_ended(payment.reference, "failed", circle.now)
    circle.now = row.due_at + timedelta(days=2)
    cycles.pass_cutoffs(circle.now)
    assert penalties.add_penalty(row.id, circle.now, checked_at=circle.now)
    circle.settle(payment, payment.amount_kobo, paid_at=row.due_at)
    assert owed(circle, "Bisi") == 0
    assert Outbox.select().where(Outbox.text_key == "S42").count() == 1
    assert Seat.get_by_id(circle.seats["Bisi"]).status == "active"


# --- money that cannot be placed ------------------------------------------------------------


def test_it_keeps_another_currency_apart_and_tells_her(circle):
    payment = circle.ask("Bisi")
    assert circle.settle(payment, 70_000, currency="GHS", fee_kobo=1_000) == "suspense"
    assert Payment.get_by_id(payment.id).status == "success"
    assert books.held("liab.suspense_in:GHS") == 69_000
    assert books.balance("cash.paystack_clearing:GHS") == 69_000
    assert owed(circle, "Bisi") == C
    assert [(row.target, row.kobo) for row in Allocation.select()] == [("suspense", 70_000)]
    assert told(payment) == "S36"


def test_it_keeps_money_under_a_reference_that_nobody_knows(circle):
    for expected in ("suspense", "already"):
        assert settle("somebody-elses-reference", 9_000, circle.now, fee_kobo=200) == expected
    assert books.held(accounts.SUSPENSE_IN) == 9_000
    row = Suspense.get()
    assert (row.kobo, row.reason, row.status, row.payment_id) == (9_000, "unknown_reference", "open", None)
    assert JournalEntry.get(JournalEntry.idem == "charge:somebody-elses-reference").group_id is None


def test_it_does_not_book_play_money(circle):
    payment = circle.ask("Bisi")
    assert settle(payment.reference, payment.amount_kobo, circle.now, domain_ok=False) == "wrong_domain"
    assert Payment.get_by_id(payment.id).status == "pending"
    assert Suspense.get().reason == "wrong_domain"
    assert books.held(accounts.SUSPENSE_IN) == 0
    assert circle.settle(payment) == "settled"
