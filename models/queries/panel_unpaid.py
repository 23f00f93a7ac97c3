"""Who has not paid, with what somebody needs to remind her: how much, since when, and when she heard of it last.

All that is owed in cycles that have begun, late fees too, as the first page and the reports count it; also what is
due only later today or this week. One line for each seat and cycle. Who owes a late fee alone is not reminded here.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from models.actions.signing_in import Somebody
from models.base import database
from models.queries.panel_scope import groups_of
from models.queries.people import open_name
from models.rules.arrears import days_late
from models.rules.circle import UNPAID
from models.rules.schedule import local_date
from models.sealing import keys

PAGE: Final = 50


@dataclass(frozen=True)
class Unpaid:
    """A seat that owes. fees_kobo: of it late fees; fee_id: one of those, of which nothing is paid.

    days: since it was due, 0 or less while it is not late. asked: whether there is a contribution to remind her of.
    told_at: her last reminder.
    """

    seat_id: int
    obligation_id: int
    member_id: int
    name: str = field(repr=False)
    phone: str = field(repr=False)
    group_id: int
    group: str
    cycle: int
    owed_kobo: int
    fees_kobo: int
    fee_id: int | None
    due_at: datetime
    days: int
    asked: bool
    told_at: datetime | None
    told_today: int
    stopped: bool

    @property
    def key(self) -> str:
        """Its place in the list."""
        return f"{self.due_at.isoformat()}~{self.obligation_id}"


@dataclass(frozen=True)
class Sums:
    """Of all that fit the filters, on whatever page. fees: of it late fees."""

    seats: int
    owed_kobo: int
    fees_kobo: int
    late_seats: int
    late_kobo: int
    late_fees_kobo: int


_FROM: Final = """
  FROM obligation o
  JOIN cycle c ON c.id = o.cycle_id AND (o.due_at < %(now)s OR c.status NOT IN ('scheduled', 'cancelled'))
  JOIN seat s ON s.id = o.seat_id
 WHERE o.status = ANY(%(unpaid)s)
   AND (%(groups)s::bigint[] IS NULL OR c.group_id = ANY(%(groups)s))
   AND (NOT %(late)s OR o.due_at < %(now)s)
"""
_LIST: Final = f"""
WITH owing AS (
  SELECT s.id AS seat_id, s.member_id, c.group_id, c.number, min(o.id) AS first_id, min(o.due_at) AS due_at,
         sum(o.amount_kobo - o.paid_kobo)::bigint AS owed,
         coalesce(sum(o.amount_kobo - o.paid_kobo) FILTER (WHERE o.kind = 'penalty'), 0)::bigint AS fees,
         min(o.id) FILTER (WHERE o.kind = 'penalty' AND o.status = 'pending') AS fee_id,
         bool_or(o.kind IN ('contribution', 'unwinding')) AS contributes
  {_FROM}
   GROUP BY s.id, s.member_id, c.id)
SELECT w.seat_id, w.first_id, m.id, m.name_sealed, m.phone_sealed, g.id, g.name, w.number, w.owed, w.fees, w.fee_id,
       w.due_at, w.contributes AND g.status IN ('active', 'paused', 'dissolving'), told.last, told.today,
       m.reminders_stopped_at IS NOT NULL OR EXISTS (
         SELECT 1 FROM opt_out x WHERE x.phone_index = m.phone_index AND x.started_at IS NULL)
  FROM owing w
  JOIN savings_group g ON g.id = w.group_id
  JOIN member m ON m.id = w.member_id
  CROSS JOIN LATERAL (
    SELECT max(x.created_at) AS last, count(*) FILTER (WHERE x.created_at >= %(midnight)s) AS today
      FROM outbox x WHERE x.phone_index = m.phone_index AND x.reminder) told
 WHERE %(after_at)s::timestamptz IS NULL OR (w.due_at, w.first_id) > (%(after_at)s, %(after_id)s)
 ORDER BY w.due_at, w.first_id LIMIT %(limit)s
"""  # noqa: S608 (fixed pieces of our own)
_SUMS: Final = f"""
SELECT count(DISTINCT o.seat_id), coalesce(sum(o.amount_kobo - o.paid_kobo), 0)::bigint,
       coalesce(sum(o.amount_kobo - o.paid_kobo) FILTER (WHERE o.kind = 'penalty'), 0)::bigint,
       count(DISTINCT o.seat_id) FILTER (WHERE o.due_at < %(now)s),
       coalesce(sum(o.amount_kobo - o.paid_kobo) FILTER (WHERE o.due_at < %(now)s), 0)::bigint,
       coalesce(sum(o.amount_kobo - o.paid_kobo) FILTER (WHERE o.due_at < %(now)s AND o.kind = 'penalty'), 0)::bigint
{_FROM}
"""


def unpaid(
    who: Somebody, now: datetime, midnight: datetime, *, group_id: int | None = None, late: bool = False,
    after: str = "", limit: int = PAGE,
) -> tuple[list[Unpaid], str]:  # fmt: skip
    """The longest due first, and the key of the next page, "" at the end. midnight: when today began for the group."""
    after_at, after_id = _parsed(after)
    values = {
        "unpaid": sorted(UNPAID), "groups": groups_of(who, group_id), "late": late, "now": now, "midnight": midnight,
        "after_at": after_at, "after_id": after_id, "limit": limit + 1,
    }  # fmt: skip
    rows = database.execute_sql(_LIST, values).fetchall()
    lines = [
        Unpaid(
            seat_id=seat_id,
            obligation_id=obligation_id,
            member_id=member_id,
            name=open_name(member_id, name),
            phone=keys().open(phone, f"member.phone:{member_id}"),
            group_id=group,
            group=group_name,
            cycle=cycle,
            owed_kobo=owed,
            fees_kobo=fees,
            fee_id=fee_id,
            due_at=due_at,
            days=days_late(local_date(due_at), local_date(now)) if due_at < now else 0,
            asked=asked,
            told_at=told_at,
            told_today=today,
            stopped=stopped,
        )
        for (seat_id, obligation_id, member_id, name, phone, group, group_name, cycle, owed, fees, fee_id, due_at,
             asked, told_at, today, stopped) in rows[:limit]
    ]  # fmt: skip
    return lines, lines[-1].key if len(rows) > limit else ""


def sums(who: Somebody, now: datetime, *, group_id: int | None = None, late: bool = False) -> Sums:
    """What all of them come to."""
    values = {"unpaid": sorted(UNPAID), "groups": groups_of(who, group_id), "late": late, "now": now}
    return Sums(*database.execute_sql(_SUMS, values).fetchone())


def group_choices(who: Somebody, now: datetime) -> list[tuple[int, str]]:
    """Groups in which somebody owes something, for the filter."""
    rows = database.execute_sql(
        """
        SELECT DISTINCT g.id, g.name FROM obligation o
          JOIN cycle c ON c.id = o.cycle_id AND (o.due_at < %(now)s OR c.status NOT IN ('scheduled', 'cancelled'))
          JOIN savings_group g ON g.id = c.group_id
         WHERE o.status = ANY(%(unpaid)s)
           AND (%(groups)s::bigint[] IS NULL OR g.id = ANY(%(groups)s))
         ORDER BY g.name, g.id LIMIT 200
        """,
        {"unpaid": sorted(UNPAID), "groups": groups_of(who), "now": now},
    ).fetchall()
    return [(int(group_id), str(name)) for group_id, name in rows]


def _parsed(after: str) -> tuple[datetime | None, int]:
    at, _, row_id = after.partition("~")
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        return None, 0
    fine = moment.tzinfo is not None and row_id.isdecimal() and len(row_id) < 19
    return (moment, int(row_id)) if fine else (None, 0)
