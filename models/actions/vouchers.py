"""The one-time code that some mobile-money operators want before they ask a wallet.

She gets it from her operator and types it; it stays sealed in the payment's row until the job takes it,
and is handed over once at most: the row forgets it before it goes out. The charge itself is `charges`'s.
"""

from dataclasses import dataclass, field
from datetime import datetime

from models import doorbell, policy
from models.actions.charges import UNKNOWN_REST
from models.actions.context import Context, Outcome
from models.base import transaction
from models.commands import Done, SubmitVoucher
from models.rules.refused import Refused
from models.sealing import keys
from models.tables.money import Payment


@dataclass(frozen=True)
class VoucherOrder:
    """A code that the caller has taken, and the charge that waits for it."""

    reference: str
    code: str = field(repr=False)


def submit_voucher(command: SubmitVoucher, context: Context) -> Outcome:
    """Keep the code for the job that hands it over. The hop may wait a moment for what comes of it."""
    hers = (Payment.id == command.payment_id) & (Payment.member == context.member)
    waits = (Payment.status == "pending") & Payment.voucher_wanted_at.is_null(False)
    sealed = keys().seal(command.code.value, _label(command.payment_id))
    taken = Payment.update(voucher_wanted_at=None, voucher_sealed=sealed).where(hers & waits).returning(Payment)
    row = next(iter(taken.execute()), None)
    if row is None:
        return Refused("gone")
    doorbell.ring("submit_voucher", row.id)
    return Done({"total_kobo": row.amount_kobo + row.fee_kobo, "wrong": False, "failed": False})


# --- for the job that hands it over ---------------------------------------------------------


@transaction
def claim_voucher(payment_id: int, now: datetime) -> VoucherOrder | None:
    """Take the code, committed before the network. None when there is none (any more)."""
    here = (Payment.id == payment_id) & (Payment.status == "pending") & Payment.voucher_sealed.is_null(False)
    row = Payment.select().where(here).for_update().first()
    if row is None:
        return None
    Payment.update(voucher_sealed=None, next_check_at=now + policy.LEASE).where(Payment.id == row.id).execute()
    return VoucherOrder(row.reference, keys().open(row.voucher_sealed, _label(row.id)))


@transaction
def voucher_taken(payment_id: int, until_at: datetime) -> bool:
    """Her operator asks her now, and for so long."""
    return _still_open(payment_id, until_at=until_at, next_check_at=until_at)


@transaction
def voucher_refused(payment_id: int, now: datetime) -> bool:
    """The charge waits as before, and she may type another code."""
    return _still_open(payment_id, voucher_wanted_at=now)


@transaction
def voucher_unknown(payment_id: int, now: datetime) -> bool:
    """It went out and no answer came back: what became of the charge is asked by reference, soon."""
    return _still_open(payment_id, next_check_at=now + UNKNOWN_REST)


def _still_open(payment_id: int, **changes: datetime) -> bool:
    mine = (Payment.id == payment_id) & (Payment.status == "pending")
    return bool(Payment.update(**changes).where(mine).execute())


def _label(payment_id: int) -> str:
    return f"payment.voucher:{payment_id}"
