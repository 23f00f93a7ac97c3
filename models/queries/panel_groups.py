"""The list of groups as the staff sees it: newest first, by state, own, late, name or code.

Paged by key: the next page begins below the last id, however long the list is. A field officer's list is
that of her own groups.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from models.actions.signing_in import Somebody
from models.base import database
from models.queries.panel_scope import groups_of, seen_of
from models.queries.people import open_name
from models.rules.circle import COUNTS_IN, CURRENT, UNPAID

PAGE: Final = 25
# What the filter offers, and the states that it stands for.
STATES: Final[dict[str, tuple[str, ...]]] = {
    "forming": ("draft", "forming"),
    "ready": ("ready",),
    "running": ("active", "paused", "dissolving"),
    "paused": ("paused",),
    "completed": ("completed",),
    "cancelled": ("cancelled",),
}

LIST: Final = """
SELECT g.id, g.code, g.name, g.status, g.head_id, h.name_sealed, g.contribution_kobo, g.frequency, g.seats, g.cycles,
       g.anchor_on, c.number, coalesce(c.due_on, n.due_on), coalesce(paid.n, 0), coalesce(paid.of, 0),
       late.seats, late.kobo,
       (SELECT count(*) FROM seat t WHERE t.group_id = g.id AND t.status IN
          ('accepted', 'active', 'in_arrears', 'defaulted', 'exiting', 'completed'))
  FROM savings_group g
  JOIN member h ON h.id = g.head_id
  LEFT JOIN LATERAL (SELECT id, number, due_on FROM cycle
                      WHERE group_id = g.id AND status = ANY(%(current)s) LIMIT 1) c ON true
  LEFT JOIN LATERAL (SELECT due_on FROM cycle
                      WHERE group_id = g.id AND status = 'scheduled' ORDER BY number LIMIT 1) n ON true
  LEFT JOIN LATERAL (SELECT count(*) FILTER (WHERE o.status = ANY(%(in)s)) AS n, count(*) AS of FROM obligation o
                      WHERE o.cycle_id = c.id AND o.kind = 'contribution' AND o.status <> 'cancelled') paid ON true
  LEFT JOIN LATERAL (SELECT count(DISTINCT o.seat_id) AS seats, coalesce(sum(o.amount_kobo - o.paid_kobo), 0) AS kobo
                       FROM seat s JOIN obligation o ON o.seat_id = s.id
                      WHERE s.group_id = g.id AND o.status = ANY(%(unpaid)s) AND o.due_at < %(now)s) late ON true
 WHERE (%(groups)s::bigint[] IS NULL OR g.id = ANY(%(groups)s))
   AND (%(own)s::bigint[] IS NULL OR g.id = ANY(%(own)s))
   AND (%(states)s::text[] IS NULL OR g.status = ANY(%(states)s))
   AND (%(named)s::text IS NULL OR g.name ILIKE %(named)s OR g.code = %(code)s)
   AND (NOT %(late)s OR late.seats > 0)
   AND (%(after)s::bigint IS NULL OR g.id < %(after)s)
 ORDER BY g.id DESC LIMIT %(limit)s
"""


@dataclass(frozen=True)
class Wanted:
    """What the list is to show. state: a key of STATES, or "". after: the last id of the page before."""

    state: str = ""
    own: bool = False
    late: bool = False
    text: str = ""
    after: int | None = None


@dataclass(frozen=True)
class GroupLine:
    """One group of the list. cycle_number 0: none runs now; taken of seats: how full it is."""

    group_id: int
    code: str
    name: str
    status: str
    head_id: int
    head: str = field(repr=False)  # "" for whoever may not see her yet
    contribution_kobo: int
    frequency: str
    seats: int
    taken: int
    cycle_number: int
    cycles: int
    next_on: date | None
    paid: int
    paid_of: int
    late_seats: int
    late_kobo: int


@dataclass(frozen=True)
class GroupList:
    """A page of it. next_after: where the next one begins, None when there is none."""

    lines: tuple[GroupLine, ...]
    next_after: int | None


def groups(who: Somebody, wanted: Wanted, now: datetime, limit: int = PAGE) -> GroupList:
    """One page, in one query; for a field officer in two."""
    text, own = wanted.text.strip(), groups_of(who)
    rows = database.execute_sql(
        LIST,
        {
            "groups": own,
            "own": sorted(who.groups) if wanted.own else None,
            "states": list(STATES[wanted.state]) if wanted.state in STATES else None,
            "named": f"%{_literal(text)}%" if text else None,
            "code": text.replace(" ", ""),
            "late": wanted.late,
            "after": wanted.after,
            "current": sorted(CURRENT),
            "in": sorted(COUNTS_IN),
            "unpaid": sorted(UNPAID),
            "now": now,
            "limit": limit + 1,
        },
    ).fetchall()
    heads = seen_of({row[4] for row in rows}, own)
    lines = tuple(_line(row, heads) for row in rows[:limit])
    return GroupList(lines, lines[-1].group_id if len(rows) > limit else None)


def _line(row: tuple, heads: set[int]) -> GroupLine:  # type: ignore[type-arg]
    (group_id, code, name, status, head_id, sealed, contribution, frequency, seats, cycles, anchor_on, number, next_on,
     paid, paid_of, late_seats, late_kobo, taken) = row  # fmt: skip
    starts = anchor_on if status in ("draft", "forming", "ready") else None
    return GroupLine(
        group_id=group_id,
        code=code,
        name=name,
        status=status,
        head_id=head_id,
        head=open_name(head_id, sealed) if head_id in heads else "",
        contribution_kobo=contribution,
        frequency=frequency,
        seats=seats,
        taken=taken,
        cycle_number=number or 0,
        cycles=cycles,
        next_on=next_on or starts,
        paid=paid,
        paid_of=paid_of,
        late_seats=late_seats,
        late_kobo=int(late_kobo),
    )


def _literal(text: str) -> str:
    """As it was typed: the signs that LIKE has a meaning for have none here."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
