"""Money in: asks the provider for charges, and what became of them.

The request goes out after its row was committed and claimed, with no transaction open.
An answer that was lost is no failure: the provider is asked by reference, and only when
it has never seen it is the same reference sent again. Money counts when the look-up
says so, never because of a webhook or an answer (providers.md 4, ledger.md 3.3).
"""

from datetime import datetime, timedelta
from typing import Final

from bot import clock
from bot.errors import Kind, ProviderError
from bot.heeding import heed_payment
from bot.logs import log
from bot.payments.base import (
    ApproveOnPhone,
    Charge,
    ChargePending,
    ChargeRefused,
    PayLink,
    PaymentProvider,
    PaymentStatus,
    TransferAccount,
    UssdCode,
    VoucherWanted,
    Wallet,
)
from bot.queue import signal_answer
from bot.settings import current
from jobs.base import NOTHING_TO_DO, for_each, job, totals
from jobs.providers import provider_named
from models.actions import payments, vouchers
from models.actions.charges import MOBILE_MONEY
from models.actions.payments import ChargeOrder, PaymentToCheck

BATCH: Final = 50
USSD_VALID: Final = timedelta(minutes=30)  # Paystack states no end; banks drop the string after about that
TRANSFER_VALID: Final = timedelta(hours=8)  # the longest that Paystack grants
LINK_VALID: Final = timedelta(hours=24)
APPROVE_VALID: Final = timedelta(seconds=180)  # so long Paystack leaves the question on her phone
VOUCHER_VALID: Final = timedelta(minutes=15)  # Paystack states no end; then we stop asking her for the code


@job
def charge(payment_id: int) -> str:
    """Ask the provider for a charge; somebody may be waiting on the line for the code."""
    try:
        return _charge(payment_id)
    finally:
        signal_answer("charge", payment_id)


@job
def submit_voucher(payment_id: int) -> str:
    """Hand over the code that her operator wants; somebody may be waiting on the line for what comes of it."""
    try:
        return _submit(payment_id)
    finally:
        signal_answer("submit_voucher", payment_id)


@job
def check_payment(payment_id: int) -> str:
    """Ask the provider what became of a payment; somebody may be waiting on the line for the answer."""
    try:
        return _check(payment_id)
    finally:
        signal_answer("check_payment", payment_id)


def follow_payment(provider: str, reference: str) -> str:
    """Look a payment up by its reference, known to us or not, and act upon what the provider says."""
    seen = provider_named(provider).verify(reference)
    return heed_payment(provider, seen, clock.now())


def check_all(now: datetime) -> dict[str, int]:
    """The hourly check: every payment whose outcome we do not know. Counts: done, failed, left."""
    rounds = [for_each(payments.payments_to_check(now, BATCH), _ask_about, "check_payment")]
    while sum(rounds[-1].values()) == BATCH and not rounds[-1]["left"]:
        rounds.append(for_each(payments.payments_to_check(now, BATCH), _ask_about, "check_payment"))
    return totals(*rounds)


def _charge(payment_id: int) -> str:
    order = payments.claim_charge(payment_id, clock.now())
    if order is None:
        return NOTHING_TO_DO
    try:
        answer = _ask(provider_named(payments.PROVIDER), order)
    except ProviderError as trouble:
        _write_down_trouble(payment_id, trouble)
        raise
    return _write_down(payment_id, order, answer)


def _submit(payment_id: int) -> str:
    """Once only: a code whose answer was lost is not sent again, the charge is asked about instead."""
    order = vouchers.claim_voucher(payment_id, clock.now())
    if order is None:
        return NOTHING_TO_DO
    try:
        answer = provider_named(payments.PROVIDER).submit_otp(order.reference, order.code)
    except ProviderError as trouble:
        again = vouchers.voucher_unknown if trouble.kind is Kind.UNKNOWN else vouchers.voucher_refused
        again(payment_id, clock.now())
        raise
    match answer:
        case ApproveOnPhone():
            vouchers.voucher_taken(payment_id, clock.now() + APPROVE_VALID)
        case ChargePending():
            vouchers.voucher_unknown(payment_id, clock.now())
        case VoucherWanted():
            vouchers.voucher_refused(payment_id, clock.now())
        case ChargeRefused():
            # The code may be wrong, or the whole charge over; after this only an open one waits for another code.
            follow_payment(payments.PROVIDER, order.reference)
            vouchers.voucher_refused(payment_id, clock.now())
    return type(answer).__name__


def _check(payment_id: int) -> str:
    claimed = payments.payments_to_check(clock.now(), only=payment_id)
    return _ask_about(claimed[0]) if claimed else NOTHING_TO_DO


def _ask_about(payment: PaymentToCheck) -> str:
    """Follow it. One that the provider never saw, although we sent it, is sent again under its reference.

    One that exists there without our knowing its code cannot be paid: she is told to ask for another.
    A wallet needs no word from us.
    """
    result = follow_payment(payments.PROVIDER, payment.reference)
    if not payment.unanswered:
        return result
    if result == PaymentStatus.NOT_FOUND:
        return _charge(payment.payment_id)
    if result == PaymentStatus.PENDING and payment.method == MOBILE_MONEY:
        _asked_on_her_phone(payment.payment_id)
        return result
    if result in (PaymentStatus.PENDING, PaymentStatus.ABANDONED):
        payments.charge_refused(payment.payment_id, "answer_lost", clock.now())
        return "answer lost"
    return result


def _ask(provider: PaymentProvider, order: ChargeOrder) -> Charge:
    who = (order.reference, order.total_kobo, order.email)
    match order.method:
        case "ussd":
            return provider.charge_ussd(*who, order.bank_type, order.metadata)
        case "mobile_money":
            return provider.charge_mobile_money(*who, Wallet(order.phone, order.bank_type), order.metadata)
        case "bank_transfer":
            return provider.charge_bank_transfer(*who, clock.now() + TRANSFER_VALID, order.metadata)
        case _:
            back = f"{current().public_url}/"
            return provider.initialize(*who, order.metadata, callback_url=back, label="Ajo")


def _write_down(payment_id: int, order: ChargeOrder, answer: Charge) -> str:
    now = clock.now()
    match answer:
        case UssdCode(_, code):
            payments.charge_answered(payment_id, how_to_pay={"pay_code": code}, until_at=now + USSD_VALID, now=now)
        case TransferAccount(_, number, name, bank, expires_at):
            how = {"account_number": number, "account_name": name, "bank_name": bank}
            until_at = expires_at or now + TRANSFER_VALID
            payments.charge_answered(payment_id, how_to_pay=how, until_at=until_at, now=now)
        case PayLink(_, url):
            payments.charge_answered(payment_id, how_to_pay={"url": url}, until_at=now + LINK_VALID, now=now)
        case ApproveOnPhone():
            _asked_on_her_phone(payment_id)
        case VoucherWanted():
            payments.charge_answered(payment_id, how_to_pay={}, until_at=now + VOUCHER_VALID, now=now, voucher=True)
        case ChargePending():
            payments.charge_unknown(payment_id, now)
        case ChargeRefused(_, "reference_used"):
            # It did arrive, and its answer was lost: what became of it is asked by reference.
            payments.charge_unknown(payment_id, now)
        case ChargeRefused(_, why, message):
            log.warning("payment", what="charge refused", reference=order.reference, result=why, message=message)
            payments.charge_refused(payment_id, why, now)
    return type(answer).__name__


def _asked_on_her_phone(payment_id: int) -> None:
    """Her operator tells her itself, so there is nothing to pass on, and nothing lost with a lost answer."""
    now = clock.now()
    payments.charge_answered(payment_id, how_to_pay={}, until_at=now + APPROVE_VALID, now=now)


def _write_down_trouble(payment_id: int, trouble: ProviderError) -> None:
    if trouble.kind is Kind.PERMANENT:
        payments.charge_refused(payment_id, trouble.why, clock.now())
    else:
        payments.charge_unknown(payment_id, clock.now())
