"""What a seat owes, row by row: raising it, paying it off, and whether the seat is behind.

Which obligation a payment goes to is the waterfall's business (`models.rules.dues`);
the books are told by the caller, in the same transaction.
"""

from datetime import datetime

from peewee import fn

from models.actions import books
from models.base import move, transaction
from models.rules import dues, posting
from models.rules.circle import COUNTS_IN, UNPAID
from models.rules.dues import Due
from models.tables.cycles import Cycle, Obligation
from models.tables.groups import Group, Seat

# Seats that owe a contribution to each cycle of a running group.
PAYING = ("active", "in_arrears", "defaulted", "exiting")


@transaction
def raise_contribution(group: Group, seat_id: int, cycle: Cycle, *, actor: str, now: datetime) -> bool:
    """The seat owes its contribution to this cycle. False when it does already (raised early)."""
    written = (
        Obligation.insert(
            seat=seat_id,
            cycle=cycle.id,
            kind="contribution",
            amount_kobo=group.contribution_kobo,
            status="pending",
            due_at=cycle.due_at,
            raised_at=now,
        )
        .on_conflict(action="IGNORE")
        .returning(Obligation.id)
        .execute()
    )
    if not list(written):
        return False
    entry = posting.obligation_raised(seat_id, cycle.id, group.contribution_kobo)
    books.post(entry, actor=actor, now=now, group_id=group.id)
    return True


def open_dues(seat_id: int) -> list[Due]:
    """What a seat owes, obligation by obligation; what was raised early for a cycle to come is marked."""
    query = (
        Obligation.select(Obligation, Cycle)
        .join(Cycle)
        .where((Obligation.seat == seat_id) & Obligation.status.in_(list(UNPAID)))
    )
    return [
        Due(
            row.id,
            row.kind,
            row.cycle.number,
            row.due_at,
            row.amount_kobo - row.paid_kobo,
            future=row.cycle.status == "scheduled",
        )
        for row in query
    ]


def owed_by_seat(seat_id: int) -> int:
    """All that a seat owes to cycles that have begun."""
    return sum(due.outstanding_kobo for due in open_dues(seat_id) if not due.future)


def owed_in_group(group_id: int) -> int:
    """All that is owed in a group."""
    query = (
        Obligation.select(fn.COALESCE(fn.SUM(Obligation.amount_kobo - Obligation.paid_kobo), 0))
        .join(Cycle)
        .where((Cycle.group == group_id) & Obligation.status.in_(list(UNPAID)))
    )
    return int(query.scalar())


def pay(obligation_id: int, kobo: int, paid_at: datetime) -> Obligation:
    """Pay off a part of an obligation. The caller holds the group's lock."""
    row = Obligation.get_by_id(obligation_id)
    paid_kobo = row.paid_kobo + kobo
    late = dues.is_late(paid_at, row.due_at)
    status = dues.status_after(row.amount_kobo, paid_kobo, late=late)
    settled_at = None if status in UNPAID else paid_at
    if not move(Obligation, row.id, row.status, status, paid_kobo=paid_kobo, settled_at=settled_at):
        raise RuntimeError(f"obligation {row.id} changed under the lock of its group")
    return Obligation.get_by_id(obligation_id)


def states(cycle_id: int) -> list[str]:
    """The states of a cycle's contributions: late fees do not hold a pot up."""
    query = Obligation.select(Obligation.status).where(
        (Obligation.cycle == cycle_id) & (Obligation.kind == "contribution")
    )
    return [row.status for row in query]


def paid_count(cycle_id: int) -> int:
    """How many seats have paid a cycle."""
    return sum(state in COUNTS_IN for state in states(cycle_id))


def refresh_arrears(seat_id: int, now: datetime) -> None:
    """A seat is in arrears while something that it owes is past its time."""
    behind = any(due.due_at < now and not due.future for due in open_dues(seat_id))
    move(Seat, seat_id, *(("active", "in_arrears") if behind else ("in_arrears", "active")))
