"""Charges at the provider: asking for one, and what came back, short of money.

A charge is claimed and committed before the network, and nothing here waits for it. A lost
answer is no failure: the provider is asked by reference, and takes the same
reference only once. Money that has come is `receipts`'s.
"""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from models import policy
from models.actions import news
from models.base import move, transaction
from models.sealing import keys
from models.tables.money import Payment
from models.tables.people import Member

OPEN = ("created", "sending", "pending")
# When to ask the provider for the first, second ... time; then every hour.
ASK_AFTER = (timedelta(minutes=2), timedelta(minutes=5), timedelta(minutes=15))
THEN_EVERY = timedelta(hours=1)
UNKNOWN_REST = timedelta(seconds=15)
MOBILE_MONEY = "mobile_money"
PATIENCE = {"bank_transfer": policy.ABANDON_TRANSFER_AFTER, MOBILE_MONEY: policy.ABANDON_WALLET_AFTER}


@dataclass(frozen=True)
class ChargeOrder:
    """A charge that the caller has claimed and now has to ask the provider for, under this reference."""

    payment_id: int
    reference: str
    email: str = field(repr=False)
    total_kobo: int
    currency: str
    method: str
    bank_type: str
    metadata: dict[str, int | str]
    phone: str = field(repr=False)  # her own, which is also her wallet's
    sends: int  # this one included


@dataclass(frozen=True)
class PaymentToCheck:
    """A payment about which the provider is to be asked. unanswered: it was sent, and its answer was lost.

    If the provider never saw it, claim the charge again; if it did, nobody will ever know the code to dial.
    """

    payment_id: int
    reference: str
    method: str
    unanswered: bool


def charges_to_send(now: datetime, limit: int = 50) -> list[int]:
    """Payments for which nobody has asked the provider yet."""
    waiting = (Payment.status == "created") & (Payment.next_check_at <= now)
    return [row.id for row in Payment.select(Payment.id).where(waiting).order_by(Payment.id).limit(limit)]


@transaction
def claim_charge(payment_id: int, now: datetime) -> ChargeOrder | None:
    """Take the charge for a minute, committed before the network. None when it is not to be asked for (any more).

    One whose answer was lost may be claimed again, under the same reference: the provider takes it once.
    """
    lost = (Payment.status == "sending") & (Payment.lease_until <= now) & (Payment.sends < policy.CHARGE_SENDS)
    claimed = (
        Payment.update(
            status="sending",
            sends=Payment.sends + 1,
            first_sent_at=now,
            lease_until=now + policy.LEASE,
            next_check_at=now + policy.LEASE,
        )
        .where((Payment.id == payment_id) & ((Payment.status == "created") | lost))
        .returning(Payment)
        .execute()
    )
    return next((_order(row) for row in claimed), None)


@transaction
def charge_answered(
    payment_id: int, *, how_to_pay: dict[str, str], until_at: datetime, now: datetime, voucher: bool = False
) -> bool:
    """The provider waits for her money. how_to_pay: pay_code, or account_number, bank_name, account_name, or url;
    for mobile money nothing, as her operator tells her. voucher: it wants a code before it does.

    False when the payment has moved on meanwhile: its webhook can overtake this answer.
    """
    sealed = keys().seal(json.dumps(how_to_pay), f"payment.how_to_pay:{payment_id}")
    if not move(
        Payment,
        payment_id,
        "sending",
        "pending",
        how_to_pay_sealed=sealed,
        until_at=until_at,
        voucher_wanted_at=now if voucher else None,
        lease_until=None,
        # What she is asked on her phone is over at a known time; nobody tells us of a no.
        next_check_at=now + ASK_AFTER[0] if how_to_pay or voucher else until_at,
    ):
        return False
    payment = Payment.get_by_id(payment_id)
    if payment.method != MOBILE_MONEY:
        news.how_to_pay(payment, payment.seat.group, how_to_pay, until_at, now)
    elif voucher:
        news.get_a_voucher(payment, payment.seat.group, until_at, now)
    return True


@transaction
def charge_refused(payment_id: int, reason: str, now: datetime) -> bool:
    """The provider will not do it: bad bank, amount out of its range."""
    return _failed(payment_id, ("sending",), reason, now)


@transaction
def charge_unknown(payment_id: int, now: datetime) -> bool:
    """The request went out and no answer came back: ask by reference, soon."""
    mine = (Payment.id == payment_id) & (Payment.status == "sending")
    return bool(Payment.update(lease_until=now, next_check_at=now + UNKNOWN_REST).where(mine).execute())


@transaction
def payment_ended(reference: str, status: str, now: datetime, reason: str | None = None) -> bool:
    """The provider's word that no money came: failed, or abandoned (also: not found).

    Abandoned is believed only after a while: she may be dialling just now. False when nothing was changed.
    """
    payment = Payment.get_or_none(Payment.reference == reference)
    if payment is None or payment.status not in OPEN:
        return False
    if status == "failed":
        return _failed(payment.id, OPEN, reason or status, now)
    if now < payment.created_at + PATIENCE.get(payment.method, policy.ABANDON_AFTER):
        return False
    return move(Payment, payment.id, OPEN, "abandoned", reason=reason or status, ended_at=now, next_check_at=None)


@transaction
def payments_to_check(now: datetime, limit: int = 100, only: int | None = None) -> list[PaymentToCheck]:
    """Claim payments about which the provider should be asked by now; each comes again after a while.

    only: this one, whether or not its time has come.
    """
    wanted = Payment.next_check_at <= now if only is None else Payment.id == only
    due = (
        Payment.select(Payment.id)
        .where(Payment.status.in_(("sending", "pending")) & wanted)
        .order_by(Payment.next_check_at)
        .limit(limit)
        .for_update(True, skip_locked=True)
    )
    if only is not None:
        due = due.where(Payment.id == only)
    found = list(Payment.select().where(Payment.id.in_(due)))
    for row in found:
        rest = ASK_AFTER[row.checks] if row.checks < len(ASK_AFTER) else THEN_EVERY
        Payment.update(checks=row.checks + 1, next_check_at=now + rest).where(Payment.id == row.id).execute()
    return [PaymentToCheck(row.id, row.reference, row.method, _unanswered(row, now)) for row in found]


def _unanswered(row: Payment, now: datetime) -> bool:
    """Sent, and whoever sent it has given up waiting, or has died."""
    return row.status == "sending" and (row.lease_until is None or row.lease_until <= now)


def _failed(payment_id: int, sources: tuple[str, ...], reason: str, now: datetime) -> bool:
    if not move(Payment, payment_id, sources, "failed", reason=reason, ended_at=now, next_check_at=None):
        return False
    payment = Payment.get_by_id(payment_id)
    news.payment_failed(payment, payment.seat.group, now)
    return True


def _order(payment: Payment) -> ChargeOrder:
    member = Member.get_by_id(payment.member_id)
    return ChargeOrder(
        payment_id=payment.id,
        reference=payment.reference,
        email=f"{member.email_id}@{policy.values().member_email_domain}",
        total_kobo=payment.amount_kobo + payment.fee_kobo,
        currency=payment.currency,
        method=payment.method,
        bank_type=payment.bank_type,
        # Enough to write the row again from the provider's side, after a restored backup.
        metadata={
            "payment_id": payment.id,
            "member_id": payment.member_id,
            "seat_id": payment.seat_id,
            "cycle_id": payment.cycle_id,
        },
        phone=keys().open(member.phone_sealed, f"member.phone:{member.id}"),
        sends=payment.sends,
    )
