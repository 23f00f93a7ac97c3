"""Late fees: added once per obligation, after the grace time, and only when we know that no payment is on its way.

A fee that nobody had to pay is worse than one that comes a day late. So the caller says when
payments were last asked for at the provider, and a seat with a payment whose fate is
unknown is left alone (ledger 3.5). If it was unjust after all, it is taken back.
"""

from datetime import datetime, timedelta

from models.actions import audit, books, news
from models.actions.charges import OPEN
from models.actions.obligations import owed_by_seat, refresh_arrears
from models.base import database, move, transaction
from models.rules import dues, posting
from models.rules.circle import UNPAID
from models.tables.cycles import Obligation
from models.tables.groups import Group, Seat
from models.tables.money import Payment

LATE = "late"
ACTOR = "job:penalties"


def penalties_due(now: datetime, *, checked_at: datetime | None, limit: int = 1000) -> list[int]:
    """Contributions to charge for: grace over, money owing, no fee yet, no payment under way; oldest first.

    checked_at: when the provider last answered about open payments, None if it does not. Nothing is due that
    became late after that.
    """
    if checked_at is None:
        return []
    # Hours, because a day of PostgreSQL's has 23 of them in some time zones.
    rows = database.execute_sql(
        """
        SELECT o.id
          FROM obligation o
          JOIN cycle c ON c.id = o.cycle_id
          JOIN savings_group g ON g.id = c.group_id
         CROSS JOIN LATERAL (
           SELECT coalesce(o.fee_from, o.due_at) + make_interval(hours => 24 * g.grace_days) AS over_at) grace
         WHERE o.kind = 'contribution' AND o.status = ANY(%(unpaid)s) AND grace.over_at <= %(known)s
           AND g.status = 'active' AND g.late_fee_kobo > 0 AND c.status NOT IN ('scheduled', 'cancelled')
           AND NOT EXISTS (SELECT 1 FROM obligation f WHERE f.seat_id = o.seat_id AND f.cycle_id = o.cycle_id
                              AND f.kind = 'penalty' AND f.rule = %(rule)s)
           AND NOT EXISTS (SELECT 1 FROM payment p WHERE p.seat_id = o.seat_id
                              AND p.status = ANY(%(open)s) AND p.created_at < grace.over_at)
         ORDER BY o.due_at, o.id LIMIT %(limit)s
        """,
        {"unpaid": sorted(UNPAID), "known": min(now, checked_at), "rule": LATE, "open": list(OPEN), "limit": limit},
    ).fetchall()
    return [int(row[0]) for row in rows]


@transaction
def add_penalty(obligation_id: int, now: datetime, *, checked_at: datetime | None) -> bool:
    """Charge the late fee of one obligation. False when there is none to charge, or not yet."""
    group = books.lock_group(Obligation.get_by_id(obligation_id).cycle.group_id)
    row = Obligation.get_by_id(obligation_id)
    kobo = _fee(row, group, now)
    if not kobo or group.status != "active" or _may_be_paid(row, group, checked_at):
        return False
    if not _write(row, kobo, now):
        return False
    entry = posting.penalty_raised(row.seat_id, row.cycle_id, LATE, group.id, kobo)
    books.post(entry, actor=ACTOR, now=now, group_id=group.id)
    refresh_arrears(row.seat_id, now)
    news.late_fee(group, row, kobo, owed_by_seat(row.seat_id), now)
    audit.note("penalty.add", f"obligation:{row.id}", actor=ACTOR, now=now, group_id=group.id, detail={"kobo": kobo})
    return True


@transaction
def take_back_if_unjust(obligation_id: int, now: datetime) -> bool:
    """The contribution turns out to have been paid within the grace time: its unpaid late fee is taken back.

    This happens when the provider told us late.
    """
    paid = Obligation.get_by_id(obligation_id)
    fee = Obligation.get_or_none(
        (Obligation.seat == paid.seat_id)
        & (Obligation.cycle == paid.cycle_id)
        & (Obligation.kind == "penalty")
        & (Obligation.rule == LATE)
    )
    if fee is None:
        return False
    group = paid.cycle.group
    in_time = paid.settled_at is not None and paid.settled_at <= _grace_over_at(paid, group)
    # Of a fee that was paid the money has gone to the group; giving that back is for people to decide.
    if not in_time or not move(Obligation, fee.id, "pending", "waived", settled_at=now):
        return False
    seat = Seat.get_by_id(paid.seat_id)
    entry = posting.penalty_waived(
        paid.seat_id, paid.cycle_id, LATE, group.id, seat.member_id, unpaid_kobo=fee.amount_kobo
    )
    books.post(entry, actor="system", now=now, group_id=group.id, reason="paid_in_time")
    news.late_fee_gone(group, fee, fee.amount_kobo, now)
    return True


def _fee(row: Obligation, group: Group, now: datetime) -> int:
    if row.kind != "contribution" or row.status not in UNPAID or row.cycle.status in ("scheduled", "cancelled"):
        return 0
    return dues.penalty_due(
        now,
        _fee_from(row),
        grace_days=group.grace_days,
        outstanding_kobo=row.amount_kobo - row.paid_kobo,
        late_fee_kobo=group.late_fee_kobo,
    )


def _may_be_paid(row: Obligation, group: Group, checked_at: datetime | None) -> bool:
    """Whether she may have paid within the grace time without our knowing it yet."""
    over_at = _grace_over_at(row, group)
    if checked_at is None or checked_at < over_at:
        return True
    under_way = (Payment.seat == row.seat_id) & Payment.status.in_(OPEN) & (Payment.created_at < over_at)
    return bool(Payment.select().where(under_way).exists())


def _write(row: Obligation, kobo: int, now: datetime) -> bool:
    """The row of the fee; false when there is one."""
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


def _grace_over_at(row: Obligation, group: Group) -> datetime:
    return _fee_from(row) + timedelta(days=group.grace_days)


def _fee_from(row: Obligation) -> datetime:
    """The due date that the fee goes by: the obligation's own, unless more time was given without sparing the fee."""
    date: datetime = row.fee_from or row.due_at
    return date
