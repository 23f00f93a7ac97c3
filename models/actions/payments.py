"""Money that a member wants to pay in: her wish, written down before anything is asked of the provider.

This is also the door to the rest of a payment's life: `charges` (asking the provider) and
`receipts` (money that has really come).
"""

import secrets

from models import doorbell
from models.actions import audit, authority, books
from models.actions.charges import (
    OPEN,
    ChargeOrder,
    PaymentToCheck,
    charge_answered,
    charge_refused,
    charge_unknown,
    charges_to_send,
    claim_charge,
    payment_ended,
    payments_to_check,
)
from models.actions.context import Context, Outcome
from models.actions.obligations import PAYING, open_dues, raise_contribution
from models.actions.receipts import settle_payment
from models.base import next_id, transaction
from models.commands import CheckPayment, Done, StartPayment
from models.country import home
from models.rules import codes, dues, fees
from models.rules.refused import Refused
from models.tables.cycles import Cycle, Obligation
from models.tables.groups import Group, Seat
from models.tables.money import Payment

__all__ = [
    "ChargeOrder",
    "PaymentToCheck",
    "charge_answered",
    "charge_refused",
    "charge_unknown",
    "charges_to_send",
    "check_payment",
    "claim_charge",
    "payment_ended",
    "payments_to_check",
    "settle_payment",
    "start_payment",
]

PROVIDER = "paystack"


@transaction
def start_payment(command: StartPayment, context: Context) -> Outcome:
    """Write down that she wants to pay; a job makes the charge. Another pending payment is no obstacle."""
    if command.method not in home().pay_ways:
        raise ValueError(f"no menu of {home().code} offers {command.method}")
    seat = authority.own_seat(context.member, command.seat_id)
    if seat is None:
        return Refused("not_active")
    group = books.lock_group(seat.group_id)
    if group.status not in ("active", "paused", "dissolving") or seat.status not in PAYING:
        return Refused("not_active")
    coming = _coming(group, seat) if command.early else None
    refusal = _why_not(command, seat, group, coming)
    if refusal is not None:
        return refusal
    if coming is not None:
        raise_contribution(group, seat.id, coming, actor=context.actor, now=context.now)
    payment = _write(command, seat, context)
    audit.note("payment.start", f"payment:{payment.id}", actor=context.actor, now=context.now, group_id=group.id)
    doorbell.ring("charge", payment.id)
    return Done(
        {
            "payment_id": payment.id,
            "ready": False,
            "failed": False,
            "total_kobo": payment.amount_kobo + payment.fee_kobo,
            "fee_kobo": payment.fee_kobo,
            "short_ref": payment.short_ref,
        }
    )


@transaction
def check_payment(command: CheckPayment, context: Context) -> Outcome:
    """Ask the provider again, now."""
    payment = Payment.get_or_none((Payment.id == command.payment_id) & (Payment.member == context.member))
    if payment is None:
        return Refused("gone")
    if payment.status in OPEN:
        Payment.update(next_check_at=context.now).where(
            (Payment.id == payment.id) & Payment.status.in_(("sending", "pending"))
        ).execute()
        doorbell.ring("check_payment", payment.id)
        return Done({"status": "pending"})
    return Done({"status": "failed" if payment.status in ("failed", "abandoned") else "success"})


def _why_not(command: StartPayment, seat: Seat, group: Group, coming: Cycle | None) -> Refused | None:
    owed = sum(due.outstanding_kobo for due in open_dues(seat.id) if command.early or not due.future)
    if coming is not None:
        owed += group.contribution_kobo
    if not owed:
        return Refused("nothing_due")
    if not _least(owed, command.method) <= command.amount_kobo <= max(owed, home().least_payment):
        return Refused("bad_amount")
    return None


def _least(owed_kobo: int, method: str) -> int:
    """N100; or a smaller debt in full, if the provider takes so little. What is paid over a debt is hers."""
    here = home()
    if owed_kobo < here.least_payment and fees.gross_up(owed_kobo)[1] >= here.least_charge[method]:
        return owed_kobo
    return here.least_payment


def _coming(group: Group, seat: Seat) -> Cycle | None:
    """The next cycle, if the seat does not owe it yet."""
    following = (
        Cycle.select().where((Cycle.group == group.id) & (Cycle.status == "scheduled")).order_by(Cycle.number).first()
    )
    if following is None:
        return None
    owes = Obligation.select().where((Obligation.cycle == following.id) & (Obligation.seat == seat.id))
    return None if owes.exists() else following


def _write(command: StartPayment, seat: Seat, context: Context) -> Payment:
    payment_id = next_id(Payment)
    fee_kobo, _ = fees.gross_up(command.amount_kobo)
    Payment.insert(
        id=payment_id,
        reference=codes.charge_reference(payment_id, 1, secrets.token_hex(4)),
        short_ref=codes.short_ref(2 * payment_id),
        command_key=context.key,
        member=seat.member_id,
        seat=seat.id,
        cycle=_first_cycle(seat.id, early=command.early),
        provider=PROVIDER,
        method=command.method,
        bank_type=command.bank_type,
        early=command.early,
        amount_kobo=command.amount_kobo,
        fee_kobo=fee_kobo,
        status="created",
        next_check_at=context.now,
        created_at=context.now,
    ).execute()
    return Payment.get_by_id(payment_id)


def _first_cycle(seat_id: int, *, early: bool) -> int:
    """The cycle that the payment goes to first."""
    first = dues.in_order_of_payment(open_dues(seat_id), early=early)[0]
    return Obligation.get_by_id(first.obligation_id).cycle_id
