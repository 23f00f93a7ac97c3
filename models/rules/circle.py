"""How the circle goes on: when a cycle is complete, which one is next, when a pot may go out, when all is done."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

UNPAID = frozenset({"pending", "partial"})
COUNTS_IN = frozenset({"paid", "paid_late", "covered", "waived", "written_off"})
CURRENT = frozenset({"open", "grace", "closing", "held"})
OVER = frozenset({"settled", "cancelled"})


@dataclass(frozen=True)
class PayoutAccount:
    """The recipient's bank account as the gate needs to see it. status: as in the lifecycle of bank_account."""

    status: str
    matches: bool  # the bank's name for it is hers
    usable_at: datetime | None  # end of the cooling-off


def cycle_complete(obligations: Collection[str]) -> bool:
    """Whether nobody owes this cycle anything any more, given the states of its obligations.

    A cycle in which nothing counts (none raised, all cancelled) is not complete: it has no pot.
    """
    states = set(obligations)
    return bool(states & COUNTS_IN) and not states & UNPAID


def next_cycle(cycles: Iterable[tuple[int, str]]) -> int | None:
    """The number of the cycle to open now: the first that waits, once none is current. cycles: (number, state)."""
    states = sorted(cycles)
    if any(state in CURRENT for _, state in states):
        return None
    return next((number for number, state in states if state == "scheduled"), None)


def group_complete(cycles: Collection[str], *, owed_kobo: int, held_kobo: int) -> bool:
    """Every cycle settled, nothing owed, nothing held: no group ends while it has money or debts.

    A cycle that was cancelled does not count as run, but does not hold the end up either.
    """
    return set(cycles) <= OVER and "settled" in cycles and owed_kobo == 0 and held_kobo == 0


def payout_obstacle(
    account: PayoutAccount | None,
    now: datetime,
    *,
    frozen: bool = False,
    guarded_until: datetime | None = None,
    above_limit: bool = False,
) -> str | None:
    """Why a pot may not be put to the officers yet, or None.

    frozen, new_pin, above_limit, no_account, name_differs, cooling_off. frozen: the recipient has frozen her account.
    guarded_until: her PIN was reset, and until then no pot leaves. above_limit: it is more than one pot may be.
    """
    if frozen:
        return "frozen"
    if guarded_until is not None and now < guarded_until:
        return "new_pin"
    if above_limit:
        return "above_limit"
    if account is None or account.status != "confirmed":
        return "no_account"
    if not account.matches:
        return "name_differs"
    if account.usable_at is None or now < account.usable_at:
        return "cooling_off"
    return None
