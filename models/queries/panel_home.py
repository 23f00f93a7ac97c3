"""The figures of the panel's first page. A field officer's are those of her own groups."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from models.actions.signing_in import Somebody
from models.base import database
from models.queries.panel_arrears import LATE, OWED
from models.rules.reports import ANSWER_WITHIN
from models.rules.staff import own_groups_only

_LATE: Final = f"""
SELECT coalesce(sum({OWED}), 0), coalesce(sum({OWED}) FILTER (WHERE o.kind = 'penalty'), 0), count(DISTINCT o.seat_id)
{LATE}
"""


@dataclass(frozen=True)
class Figures:
    """Of the cycles that run now: what has come in of what is due. Of all cycles: what is late, as the list of those
    who have not paid and the reports count it; and what waits. late_fees_kobo: of what is late."""

    due_kobo: int
    collected_kobo: int
    late_kobo: int
    late_fees_kobo: int
    late_seats: int
    payouts_waiting: int
    payouts_waiting_kobo: int
    reports_open: int
    reports_late: int


def figures(who: Somebody, now: datetime) -> Figures:
    """One query each for what is due, late, to be paid out and reported."""
    groups = sorted(who.groups) if own_groups_only(who.role) else None
    due, collected = database.execute_sql(
        """
        SELECT coalesce(sum(o.amount_kobo), 0), coalesce(sum(o.paid_kobo), 0)
          FROM obligation o
          JOIN cycle c ON c.id = o.cycle_id AND c.status IN ('open', 'grace', 'closing', 'held')
         WHERE o.status <> 'cancelled' AND (%(groups)s::bigint[] IS NULL OR c.group_id = ANY(%(groups)s))
        """,
        {"groups": groups},
    ).fetchone()
    late, fees, seats = database.execute_sql(_LATE, {"now": now, "groups": groups}).fetchone()
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
    found = (due, collected, late, fees, seats, waiting, kobo, reports, overdue)
    return Figures(*(int(figure) for figure in found))
