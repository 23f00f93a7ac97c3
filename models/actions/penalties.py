"""Late fees: added once per obligation, after the grace time, and only when we know that no payment is on its way."""

from datetime import datetime, timedelta

from peewee import JOIN

from models.actions import books, news
from models.actions.charges import OPEN
from models.actions.obligations import owed_by_seat, refresh_arrears
from models.base import move, transaction
from models.rules import dues, posting
from models.rules.circle import UNPAID
from models.tables.cycles import Cycle, Obligation
from models.tables.groups import Group, Seat
from models.tables.money import Payment

LATE = "late"


def penalties_due(now: datetime) -> list[int]:
    """Contributions whose grace time has passed with money owing and no late fee yet."""
    fee = Obligation.alias()
    query = (
        Obligation.select(Obligation, Cycle, Group)
        .join(Cycle)
        .join(Group)
        .join(
            fee,
            JOIN.LEFT_OUTER,
            on=((fee.seat == Obligation.seat) & (fee.cycle == Obligation.cycle) & (fee.kind == "penalty")),
        )
        .where(
            (Obligation.kind == "contribution")
            & Obligation.status.in_(list(UNPAID))
            & (Obligation.due_at <= now)
            & Cycle.status.not_in(("scheduled", "cancelled"))
            & (Group.status == "active")
            & (Group.late_fee_kobo > 0)
            & fee.id.is_null()
        )
        .order_by(Obligation.due_at, Obligation.id)
    )
    return [row.id for row in query if now >= _grace_ends_at(row, row.cycle.group)]


@transaction
def add_penalty(obligation_id: int, now: datetime) -> bool:
    """Charge the late fee of one obligation. False when there is none to charge, or it cannot be known yet.

    A payment that was begun before the grace time ended may have been made in time: until the provider has said what
    became of it, nobody is charged.
    """
    row = Obligation.get_by_id(obligation_id)
    group = books.lock_group(row.cycle.group_id)
    row = Obligation.get_by_id(obligation_id)
    kobo = dues.penalty_due(
        now,
        row.due_at,
        grace_days=group.grace_days,
        outstanding_kobo=row.amount_kobo - row.paid_kobo if row.status in UNPAID else 0,
        late_fee_kobo=group.late_fee_kobo,
    )
    if not kobo or group.status != "active" or _payment_on_its_way(row, group):
        return False
    if not _insert(row, kobo, now):
        return False
    entry = posting.penalty_raised(row.seat_id, row.cycle_id, LATE, group.id, kobo)
    books.post(entry, actor="job:penalties", now=now, group_id=group.id)
    refresh_arrears(row.seat_id, now)
    news.late_fee(group, row, kobo, owed_by_seat(row.seat_id), now)
    return True


@transaction
def take_back_if_unjust(obligation_id: int, now: datetime) -> bool:
    """The contribution turns out to have been paid within the grace time: its unpaid late fee is taken back.

    This happens when the provider told us late.
    """
    paid = Obligation.get_by_id(obligation_id)
    fee = Obligation.get_or_none(
        (Obligation.seat == paid.seat_id) & (Obligation.cycle == paid.cycle_id) & (Obligation.kind == "penalty")
    )
    group = paid.cycle.group
    in_time = paid.settled_at is not None and paid.settled_at <= _grace_ends_at(paid, group)
    # Of a fee that was paid the money has gone to the group; giving that back is for people to decide.
    if fee is None or not in_time or not move(Obligation, fee.id, "pending", "waived", settled_at=now):
        return False
    seat = Seat.get_by_id(paid.seat_id)
    entry = posting.penalty_waived(
        paid.seat_id, paid.cycle_id, LATE, group.id, seat.member_id, unpaid_kobo=fee.amount_kobo
    )
    books.post(entry, actor="system", now=now, group_id=group.id, reason="paid_in_time")
    news.late_fee_gone(group, fee, fee.amount_kobo, now)
    return True


def _insert(row: Obligation, kobo: int, now: datetime) -> bool:
    written = (
        Obligation.insert(
            seat=row.seat_id,
            cycle=row.cycle_id,
            kind="penalty",
            rule=LATE,
            amount_kobo=kobo,
            status="pending",
            due_at=now,
            raised_at=now,
        )
        .on_conflict(action="IGNORE")
        .returning(Obligation.id)
        .execute()
    )
    return bool(list(written))


def _payment_on_its_way(row: Obligation, group: Group) -> bool:
    return bool(
        Payment.select()
        .where(
            (Payment.seat == row.seat_id) & Payment.status.in_(OPEN) & (Payment.created_at < _grace_ends_at(row, group))
        )
        .exists()
    )


def _grace_ends_at(row: Obligation, group: Group) -> datetime:
    due_at: datetime = row.due_at
    return due_at + timedelta(days=group.grace_days)
