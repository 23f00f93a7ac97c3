"""A payout on its way to the bank, in the three transactions of ledger 3.3, with the network between them.

T1 `reserve`: the money leaves the pot. T2 `claim_attempt`: the transfer is ours to send,
committed before the network. T3 `transfer_answered` or `transfer_verified`: what became
of it (`transfer_ends`).

A lost answer is no failure. The reference is fixed before anything is sent, and the
same one is sent again only when the provider says that it never saw it; a new one is
made only after a conclusive failure. So nobody is paid twice, whatever dies.
"""

from dataclasses import dataclass, field
from datetime import datetime

from models import policy
from models.actions import attempts, books, payouts, unknown_transfers, withholding
from models.actions.transfer_ends import NOT_COVERED, transfer_answered, transfer_verified
from models.actions.unknown_transfers import unknown_transfer
from models.base import database, move, transaction
from models.queries.payouts import books_of, in_flight_kobo, voices
from models.queries.people import open_name
from models.rules import accounts, approvals, fees
from models.sealing import keys
from models.tables.groups import Group
from models.tables.money import Payout, PayoutAttempt
from models.tables.people import BankAccount, Member

__all__ = [
    "NOT_COVERED",
    "AttemptToCheck",
    "TransferOrder",
    "attempts_to_check",
    "claim_attempt",
    "payouts_to_send",
    "reserve",
    "settle_balance",
    "transfer_answered",
    "transfer_verified",
    "unknown_transfer",
]


@dataclass(frozen=True)
class TransferOrder:
    """A transfer that the caller has claimed and now has to send. Without a recipient_code, the provider is first
    told of the account."""

    attempt_id: int
    payout_id: int
    reference: str
    amount_kobo: int
    bank_account_id: int
    recipient_code: str | None
    bank_code: str
    account_number: str = field(repr=False)
    account_name: str = field(repr=False)
    reason: str
    sends: int  # this one included


@dataclass(frozen=True)
class AttemptToCheck:
    """A transfer about which the provider is to be asked by its reference."""

    attempt_id: int
    payout_id: int
    reference: str


@transaction
def settle_balance(provider_balance_kobo: int, now: datetime) -> int:
    """Book what the provider has made transferable meanwhile, given the balance that it reports. The amount moved."""
    attempts.lock_balance()
    more = provider_balance_kobo - books.balance(accounts.PAYSTACK_BALANCE)
    kobo = min(more, books.balance(accounts.PAYSTACK_CLEARING))
    if kobo <= 0:
        return 0
    attempts.settle(kobo, now)
    return kobo


@transaction
def reserve(payout_id: int, now: datetime) -> str:
    """T1: take the money out of the pot and fix the reference of its transfer.

    Returns reserved | waiting (the balance is not there yet) | stopped (a switch, or its approval no longer holds) |
    gone (there is nothing to reserve).
    """
    group = books.lock_group(Payout.get_by_id(payout_id).cycle.group_id)
    payout = Payout.get_by_id(payout_id)
    if payout.status != "approved":
        return "reserved" if payout.status == "reserved" else "gone"
    if attempts.stopped(group) or not _still_approved(payout, now):
        return "stopped"
    attempts.lock_balance()
    free = books.balance(accounts.PAYSTACK_BALANCE) - in_flight_kobo(fees.dearest_transfer_fee())
    # What left under this very reference before the books were restored need not be there a second time.
    left = unknown_transfers.waiting(attempts.next_reference(payout, group))
    if left is not None:
        free += left.kobo
    if free < payout.net_kobo + fees.transfer_fee(payout.net_kobo):
        return "waiting"
    move(Payout, payout_id, "approved", "reserved", reserved_at=now)
    books.post(payouts.set_aside(payout), actor="system", now=now, group_id=books_of(payout), payout_id=payout_id)
    attempts.new_attempt(payout, group, at=now, now=now)
    return "reserved"


@transaction
def claim_attempt(payout_id: int, now: datetime, *, resend: bool = False) -> TransferOrder | None:
    """T2: take the transfer for a minute, committed before the network. None when there is nothing to send.

    resend: the provider has just said that it never saw this reference (see transfer_verified).
    """
    payout = Payout.get_by_id(payout_id)
    group = books.lock_group(payout.cycle.group_id)
    attempt = attempts.live_attempt(payout_id)
    if attempt is None or attempt.next_check_at > now and not resend or attempts.stopped(group):
        return None
    if not attempt.sends and withholding.is_withheld(payout.member_id, now):
        withholding.put_off(attempt, now)
        return None
    if resend and (attempt.status != "unknown" or attempt.sends >= policy.TRANSFER_SENDS):
        return None
    claimed = move(
        PayoutAttempt,
        attempt.id,
        "unknown" if resend else "created",
        "sending",
        sends=attempt.sends + 1,
        first_sent_at=attempt.first_sent_at or now,
        last_sent_at=now,
        lease_until=now + policy.LEASE,
        next_check_at=now + policy.LEASE,
    )
    if not claimed:
        return None
    move(Payout, payout_id, ("reserved", "retry"), "in_flight", first_sent_at=payout.first_sent_at or now)
    return _order(payout, PayoutAttempt.get_by_id(attempt.id), group)


@transaction
def payouts_to_send(now: datetime, limit: int = 50) -> list[int]:
    """Payouts that wait for T1, or whose next transfer is due to be sent."""
    rows = database.execute_sql(
        """
        SELECT p.id FROM payout p
         WHERE p.status = 'approved'
            OR (p.status IN ('reserved', 'retry') AND EXISTS (
                  SELECT 1 FROM payout_attempt a
                   WHERE a.payout_id = p.id AND a.status = 'created' AND a.next_check_at <= %s))
         ORDER BY p.id LIMIT %s
        """,
        (now, limit),
    ).fetchall()
    return [int(row[0]) for row in rows]


@transaction
def attempts_to_check(now: datetime, limit: int = 100, only: int | None = None) -> list[AttemptToCheck]:
    """Claim transfers about which the provider should be asked by now; each comes again after a while.

    only: that one, if its time has come.
    One whose sender died (its lease ran out) may have been sent: it is unknown like one whose answer was lost.
    """
    mine = True if only is None else PayoutAttempt.id == only
    due = (
        PayoutAttempt.select(PayoutAttempt.id)
        .where(PayoutAttempt.status.in_(attempts.UNSURE) & (PayoutAttempt.next_check_at <= now) & mine)
        .order_by(PayoutAttempt.next_check_at)
        .limit(limit)
        .for_update(True, skip_locked=True)
    )
    if only is not None:
        due = due.where(PayoutAttempt.id == only)
    found = list(PayoutAttempt.select().where(PayoutAttempt.id.in_(due)))
    for row in found:
        move(PayoutAttempt, row.id, "sending", "unknown", lease_until=None)
        PayoutAttempt.update(checks=row.checks + 1, next_check_at=now + attempts.rest_after(row.checks)).where(
            PayoutAttempt.id == row.id
        ).execute()
    return [AttemptToCheck(row.id, row.payout_id, row.reference) for row in found]


def _still_approved(payout: Payout, now: datetime) -> bool:
    """The account is still hers, nothing of hers is stopped, and two people have said yes to exactly this; else it
    goes back to them.
    """
    account = BankAccount.get_by_id(payout.bank_account_id)
    free = account.status == "confirmed" and not withholding.is_withheld(payout.member_id, now)
    if free and voices(payout) >= approvals.NEEDED:
        return True
    payouts.look(payout.id, now)
    return False


def _order(payout: Payout, attempt: PayoutAttempt, group: Group) -> TransferOrder:
    """To the account that was approved, whatever she has changed since."""
    account = BankAccount.get_by_id(payout.bank_account_id)
    member = Member.get_by_id(payout.member_id)
    name = account.account_name_sealed
    return TransferOrder(
        attempt_id=attempt.id,
        payout_id=payout.id,
        reference=attempt.reference,
        amount_kobo=payout.net_kobo,
        bank_account_id=account.id,
        recipient_code=account.recipient_code,
        bank_code=account.bank_code,
        account_number=keys().open(account.number_sealed, f"bank_account.number:{account.id}"),
        account_name=keys().open(name, f"bank_account.account_name:{account.id}")
        if name is not None
        else open_name(member.id, member.name_sealed),
        reason=f"{group.name} {payout.short_ref}",
        sends=attempt.sends,
    )
