"""The figures of the panel's first page. A field officer's are those of her own groups."""

from dataclasses import dataclass
from datetime import datetime

from models.actions.signing_in import Somebody
from models.base import database
from models.rules.circle import UNPAID
from models.rules.reports import ANSWER_WITHIN
from models.rules.staff import own_groups_only


@dataclass(frozen=True)
class Figures:
    """Of the cycles that run now: what has come in of what is due, what is late, and what waits."""

    due_kobo: int
    collected_kobo: int
    late_kobo: int
    late_seats: int
    payouts_waiting: int
    payouts_waiting_kobo: int
    reports_open: int
    reports_late: int


def figures(who: Somebody, now: datetime) -> Figures:
    """One query each for what is owed, for what is to be paid out and for what was reported."""
    groups = sorted(who.groups) if own_groups_only(who.role) else None
    due, collected, late, seats = database.execute_sql(
        """
        SELECT coalesce(sum(o.amount_kobo), 0), coalesce(sum(o.paid_kobo), 0),
               coalesce(sum(o.amount_kobo - o.paid_kobo) FILTER (WHERE o.due_at < %(now)s), 0),
               count(DISTINCT o.seat_id) FILTER (WHERE o.due_at < %(now)s AND o.status = ANY(%(unpaid)s))
          FROM obligation o
          JOIN cycle c ON c.id = o.cycle_id AND c.status IN ('open', 'grace', 'closing', 'held')
         WHERE o.status <> 'cancelled' AND (%(groups)s::bigint[] IS NULL OR c.group_id = ANY(%(groups)s))
        """,
        {"now": now, "unpaid": sorted(UNPAID), "groups": groups},
    ).fetchone()
    waiting, kobo = database.execute_sql(
        """
        SELECT count(*), coalesce(sum(p.net_kobo), 0)
          FROM payout p
          JOIN cycle c ON c.id = p.cycle_id
         WHERE p.status IN ('held', 'awaiting_approval', 'approved', 'reserved', 'in_flight', 'retry')
           AND (%(groups)s::bigint[] IS NULL OR c.group_id = ANY(%(groups)s))
        """,
        {"groups": groups},
    ).fetchone()
    reports, overdue = database.execute_sql(
        """
        SELECT count(*), count(*) FILTER (WHERE opened_at <= %(answer_by)s)
          FROM report WHERE status = 'open' AND (%(groups)s::bigint[] IS NULL OR group_id = ANY(%(groups)s))
        """,
        {"groups": groups, "answer_by": now - ANSWER_WITHIN},
    ).fetchone()
    return Figures(int(due), int(collected), int(late), int(seats), int(waiting), int(kobo), int(reports), int(overdue))
