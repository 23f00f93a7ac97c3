"""What is done about a provider's word on a payment or a transfer, whoever has asked for it: a job, or the staff.

The asking itself is the caller's; no transaction is open meanwhile. Money counts when the
look-up says so, and never because of a webhook or an answer (providers.md 4, ledger.md 3.3).
"""

from datetime import datetime, timedelta
from typing import Final

from bot.logs import log
from bot.payments.base import PaymentStatus, TransferState, TransferStatus, Verified
from bot.settings import current
from models.actions import payments, transfers

# Paystack may call a code that nobody dials "ongoing" for ever, and an open payment holds back a late fee.
# Should money come all the same, it counts (ledger.md 3.2).
GIVEN_UP_AFTER: Final = timedelta(hours=24)
MONEY_HAS_LEFT: Final = (TransferStatus.SUCCESS, TransferStatus.PENDING, TransferStatus.MANUAL)


def heed_payment(provider: str, seen: Verified, now: datetime) -> str:
    """Act upon what the provider says of a payment, known to us or not. The action's word, or the provider's."""
    match seen.status:
        case PaymentStatus.SUCCESS:
            return _settle(provider, seen, now)
        case PaymentStatus.REVERSED:
            # Nothing has come in to stay. Of one that we have booked, people have to decide.
            log.error("payment", what="reversed at the provider", reference=seen.reference)
            payments.payment_ended(seen.reference, "failed", now, "reversed")
        case PaymentStatus.FAILED:
            payments.payment_ended(seen.reference, "failed", now, seen.reason)
        case PaymentStatus.ABANDONED | PaymentStatus.NOT_FOUND:
            payments.payment_ended(seen.reference, "abandoned", now, seen.status.value)
        case PaymentStatus.PENDING if seen.created_at is not None and now > seen.created_at + GIVEN_UP_AFTER:
            payments.payment_ended(seen.reference, "abandoned", now, "never_ended")
    return seen.status.value


def heed_transfer(seen: TransferState, now: datetime) -> str:
    """Act upon what the provider says of a transfer, known to us or not.

    Returns the action's word: done, open, nothing, resend, human, conflict or not_ours.
    """
    result = transfers.transfer_verified(
        seen.reference,
        seen.status.value,
        kobo=seen.amount_kobo or None,
        fee_kobo=seen.fee_kobo,
        reason=seen.detail or None,
        provider_code=seen.code or None,
        now=now,
    )
    match result:
        case "not_ours":
            if seen.status in MONEY_HAS_LEFT:
                _stop_for_unknown_transfer(seen, now)
        case "conflict":
            what = "paid although it had failed, or with another amount; all payouts are stopped"
            log.critical("payouts", what=what, reference=seen.reference)
        case "human":
            log.error("payouts", what="sent often enough and never seen by the provider", reference=seen.reference)
    return result


def _settle(provider: str, seen: Verified, now: datetime) -> str:
    if seen.domain != _domain():
        log.error("payment", what="of another mode", reference=seen.reference, domain=seen.domain)
    result = payments.settle_payment(
        seen.reference,
        provider=provider,
        provider_id=str(seen.provider_id or ""),
        received_kobo=seen.amount_kobo,
        currency=seen.currency,
        fee_kobo=seen.fee_kobo or 0,
        paid_at=seen.paid_at or now,
        domain_ok=seen.domain == _domain(),
        now=now,
    )
    if result in ("suspense", "wrong_domain"):
        log.error("payment", what="money that we cannot place", reference=seen.reference, result=result)
    return result


def _domain() -> str:
    """Which of the provider's two worlds our key belongs to."""
    return "live" if current().paystack_secret_key.startswith("sk_live_") else "test"


def _stop_for_unknown_transfer(seen: TransferState, now: datetime) -> None:
    """Money has left that we did not send: book it, stop everything, call people."""
    if transfers.unknown_transfer(seen.reference, seen.amount_kobo, now):
        log.critical("payouts", what="a transfer that is not ours; all payouts are stopped", reference=seen.reference)
