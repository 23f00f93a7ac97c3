"""How the cooperative does, week by week: money in and out, punctuality, growth, and what messages cost.

A week begins on Monday, in Lagos. groups: only what belongs to these groups, None for all.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from models.base import database
from models.country import home
from models.rules.figures import day_begins
from models.rules.schedule import local_date

# A contribution that has not come so long after its day counts as a default, whether or not it comes later.
DEFAULT_AFTER: Final = timedelta(days=7)
WEEKS: Final = (12, 26, 52)

_IN: Final = """
SELECT date_trunc('week', p.paid_at AT TIME ZONE %(zone)s)::date, sum(p.received_kobo)::bigint
  FROM payment p JOIN seat s ON s.id = p.seat_id
 WHERE p.paid_at >= %(since)s AND p.received_kobo IS NOT NULL AND p.currency = %(currency)s
   AND (%(groups)s::bigint[] IS NULL OR s.group_id = ANY(%(groups)s))
 GROUP BY 1
"""
_OUT: Final = """
SELECT date_trunc('week', p.paid_at AT TIME ZONE %(zone)s)::date, sum(p.net_kobo)::bigint
  FROM payout p JOIN cycle c ON c.id = p.cycle_id
 WHERE p.paid_at >= %(since)s AND p.status = 'paid'
   AND (%(groups)s::bigint[] IS NULL OR c.group_id = ANY(%(groups)s))
 GROUP BY 1
"""
# How many were due, how many came by then, and how many had not come a while after.
_DUES: Final = """
SELECT date_trunc('week', o.due_at AT TIME ZONE %(zone)s)::date, count(*),
       count(*) FILTER (WHERE o.settled_at <= o.due_at),
       count(*) FILTER (WHERE o.due_at <= %(ripe)s),
       count(*) FILTER (WHERE o.due_at <= %(ripe)s AND (o.settled_at IS NULL OR o.settled_at > o.due_at + %(after)s))
  FROM obligation o JOIN cycle c ON c.id = o.cycle_id
 WHERE o.kind = 'contribution' AND o.status <> 'cancelled' AND o.due_at >= %(since)s AND o.due_at <= %(now)s
   AND (%(groups)s::bigint[] IS NULL OR c.group_id = ANY(%(groups)s))
 GROUP BY 1
"""
# Members by the week in which they came (of groups: in which they first had a seat); what was before, under NULL.
_MEMBERS: Final = """
SELECT CASE WHEN at >= %(since)s THEN date_trunc('week', at AT TIME ZONE %(zone)s)::date END, count(*)
  FROM (SELECT m.created_at AS at FROM member m WHERE %(groups)s::bigint[] IS NULL
        UNION ALL
        SELECT min(s.accepted_at) FROM seat s WHERE s.group_id = ANY(%(groups)s) AND s.accepted_at IS NOT NULL
         GROUP BY s.member_id) came
 GROUP BY 1
"""
_GROUPS: Final = """
SELECT CASE WHEN at >= %(since)s THEN date_trunc('week', at AT TIME ZONE %(zone)s)::date END, sum(step)::bigint
  FROM (SELECT started_at AS at, 1 AS step, id FROM savings_group WHERE started_at IS NOT NULL
        UNION ALL
        SELECT ended_at, -1, id FROM savings_group WHERE started_at IS NOT NULL AND ended_at IS NOT NULL) moved
 WHERE %(groups)s::bigint[] IS NULL OR id = ANY(%(groups)s)
 GROUP BY 1
"""
_SENT: Final = """
SELECT date_trunc('week', created_at AT TIME ZONE %(zone)s)::date, count(*) FILTER (WHERE sent_at IS NOT NULL),
       coalesce(sum(split_part(cost, ' ', 2)::numeric) FILTER (WHERE cost ~ %(home_cost)s), 0),
       coalesce(sum(split_part(cost, ' ', 2)::numeric) FILTER (WHERE cost ~ '^USD [0-9]+([.][0-9]+)?$'), 0)
  FROM outbox
 WHERE created_at >= %(since)s AND (%(groups)s::bigint[] IS NULL OR group_id = ANY(%(groups)s))
 GROUP BY 1
"""


@dataclass(frozen=True)
class Week:
    """One week. on_time, defaulted: shares of the contributions of the week in percent, None where none was due (yet).

    members, groups: at its end. sent, cost_kobo, cost_usd: messages, and what providers have billed for them so far.
    """

    begins: date
    in_kobo: int
    out_kobo: int
    due: int
    on_time: float | None
    defaulted: float | None
    members: int
    groups: int
    sent: int
    cost_kobo: int
    cost_usd: Decimal


def weeks(groups: list[int] | None, now: datetime, count: int = WEEKS[0]) -> tuple[Week, ...]:
    """The last so many weeks, this one included, the oldest first."""
    today = local_date(now)
    this = today - timedelta(days=today.weekday())
    begins = [this - timedelta(weeks=back) for back in range(count - 1, -1, -1)]
    values = {
        "groups": groups, "now": now, "zone": home().zone.key, "currency": home().currency,
        "home_cost": f"^{home().currency} [0-9]+([.][0-9]+)?$", "since": day_begins(begins[0]),
        "ripe": now - DEFAULT_AFTER, "after": DEFAULT_AFTER,
    }  # fmt: skip
    came, went, dues, sent = (_by_week(sql, values) for sql in (_IN, _OUT, _DUES, _SENT))
    members, running = (_running(_by_week(sql, values), begins) for sql in (_MEMBERS, _GROUPS))
    found = []
    for n, week in enumerate(begins):
        due, on_time, ripe, defaulted = dues.get(week, (0, 0, 0, 0))
        messages, naira, dollars = sent.get(week, (0, Decimal(0), Decimal(0)))
        found.append(
            Week(
                begins=week,
                in_kobo=came.get(week, (0,))[0],
                out_kobo=went.get(week, (0,))[0],
                due=due,
                on_time=_share(on_time, due),
                defaulted=_share(defaulted, ripe),
                members=members[n],
                groups=running[n],
                sent=messages,
                cost_kobo=int(naira * 100),
                cost_usd=dollars,
            )
        )
    return tuple(found)


def _by_week(sql: str, values: Mapping[str, Any]) -> dict[date | None, tuple[Any, ...]]:
    return {row[0]: row[1:] for row in database.execute_sql(sql, values).fetchall()}


def _running(steps: Mapping[date | None, tuple[Any, ...]], begins: list[date]) -> list[int]:
    """How many there were at the end of each week: those of before, and whatever came on top."""
    total, ends = int(steps.get(None, (0,))[0]), []
    for week in begins:
        total += int(steps.get(week, (0,))[0])
        ends.append(total)
    return ends


def _share(part: int, whole: int) -> float | None:
    return None if whole == 0 else round(100 * part / whole, 1)
