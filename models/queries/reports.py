"""Reports as the office has to see them: what is open, and what has waited too long for its answer."""

from dataclasses import dataclass, field
from datetime import datetime

from models.base import database
from models.queries.people import names_of
from models.rules.reports import ANSWER_WITHIN


@dataclass(frozen=True)
class OpenReport:
    """One line of the queue. late: it should have been answered by now."""

    report_id: int
    ref: str
    kind: str
    happened: str
    for_office: bool
    who: str = field(repr=False)
    group: str
    payment_ref: str
    opened_at: datetime
    late: bool


def open_reports(now: datetime, *, only_late: bool = False, limit: int = 200) -> list[OpenReport]:
    """Those without an answer, the longest waiting first. only_late: the alarm."""
    rows = database.execute_sql(
        """
        SELECT r.id, r.short_ref, r.kind, r.happened, r.for_office, r.member_id, coalesce(g.name, ''),
               coalesce(p.short_ref, ''), r.opened_at
          FROM report r
          LEFT JOIN savings_group g ON g.id = r.group_id
          LEFT JOIN payment p ON p.id = r.payment_id
         WHERE r.status = 'open' AND r.opened_at <= %s
         ORDER BY r.opened_at, r.id LIMIT %s
        """,
        (now - ANSWER_WITHIN if only_late else now, limit),
    ).fetchall()
    names = names_of({row[5] for row in rows})
    return [
        OpenReport(
            report_id=report_id,
            ref=ref,
            kind=kind,
            happened=happened,
            for_office=for_office,
            who=names[member_id],
            group=group,
            payment_ref=payment_ref,
            opened_at=opened_at,
            late=opened_at <= now - ANSWER_WITHIN,
        )
        for report_id, ref, kind, happened, for_office, member_id, group, payment_ref, opened_at in rows
    ]
