"""What is owed: where a received amount goes, when a payment is late and what being late costs.

Principal comes before late fees, so that a small payment never feeds a growing
debt (circle-rules 4.7). A receipt is always placed in full: what nothing is owed for is
the member's own, in her wallet.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.money import share_bps

KINDS = ("contribution", "deposit", "penalty", "unwinding")
PENALTY_CAP_BPS = 1_000


@dataclass(frozen=True)
class Due:
    """One open obligation of the member who pays. future: its cycle has not been opened yet."""

    obligation_id: int
    kind: str  # contribution | deposit | penalty | unwinding
    cycle_number: int
    due_at: datetime
    outstanding_kobo: int
    future: bool = False


@dataclass(frozen=True)
class Placed:
    """Where a receipt went: to obligations, to us for the collection fee, to the member's wallet."""

    allocations: tuple[tuple[int, int], ...]  # (obligation_id, kobo), in the order of payment
    recovery_kobo: int
    wallet_kobo: int

    @property
    def total_kobo(self) -> int:
        return sum(kobo for _, kobo in self.allocations) + self.recovery_kobo + self.wallet_kobo


def waterfall(
    received_kobo: int,
    fee_kobo: int,
    dues: Iterable[Due],
    *,
    early: bool = False,
    asked_kobo: int | None = None,
) -> Placed:
    """Place a receipt: oldest principal, deposit, late fees, the future if she pays early, the fee, the wallet.

    fee_kobo is the collection fee that she was asked for on top. asked_kobo is what she was asked for
    without it: when she pays a part of her debt, what came above that part is the fee, not more of
    the debt. Without it the fee comes only after everything that is owed.
    """
    if received_kobo < 0 or fee_kobo < 0:
        raise ValueError(f"cannot place {received_kobo} with a fee of {fee_kobo}")
    above = 0 if asked_kobo is None else max(received_kobo - asked_kobo, 0)
    recovery = min(above, fee_kobo)
    left = received_kobo - recovery
    allocations = []
    for due in in_order_of_payment(dues, early=early):
        if part := min(left, due.outstanding_kobo):
            allocations.append((due.obligation_id, part))
            left -= part
    rest = min(left, fee_kobo - recovery)
    return Placed(tuple(allocations), recovery + rest, left - rest)


def in_order_of_payment(dues: Iterable[Due], *, early: bool = False) -> list[Due]:
    """What a payment goes to, first to last. Cycles that are not open yet count only for one who pays early."""
    owed = [due for due in dues if due.outstanding_kobo > 0 and (early or not due.future)]
    return sorted(owed, key=lambda d: (d.future, KINDS.index(d.kind), d.due_at, d.cycle_number, d.obligation_id))


def is_late(paid_at: datetime, due_at: datetime) -> bool:
    """By the provider's time of payment, not by when we heard of it. Paid at the cut-off itself is on time."""
    return paid_at > due_at


def status_after(amount_kobo: int, paid_kobo: int, *, late: bool) -> str:
    """The state of an obligation of which so much is paid; late is about the payment that brought it there."""
    if paid_kobo >= amount_kobo:
        return "paid_late" if late else "paid"
    return "partial" if paid_kobo else "pending"


def penalty_due(
    now: datetime,
    due_at: datetime,
    *,
    grace_days: int,
    outstanding_kobo: int,
    late_fee_kobo: int,
    cap_bps: int = PENALTY_CAP_BPS,
) -> int:
    """The late fee of an obligation as of now, 0 while there is none to charge.

    Flat, and never more than 10 % of what is still unpaid (4.6): who paid most of it is not charged for all of it.
    That it is charged once is the business of its key in the ledger.
    """
    if outstanding_kobo <= 0 or now < due_at + timedelta(days=grace_days):
        return 0
    return min(late_fee_kobo, share_bps(outstanding_kobo, cap_bps))
