"""The sheet of a round for the meeting: who sits in which turn, what was due, what has come, what is still owed.

No phone numbers: the sheet goes from hand to hand.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from models.base import database
from models.queries.people import open_name

CYCLE: Final = """
SELECT c.id, c.number, c.due_on, c.status, g.id, g.code, g.name, g.cycles, g.contribution_kobo
  FROM savings_group g JOIN cycle c ON c.group_id = g.id
 WHERE g.id = %(group)s AND c.number = %(number)s
"""
# The round that runs; before the first the first, after the last the last.
WHICH: Final = """
SELECT coalesce(max(number) FILTER (WHERE status <> 'scheduled'), min(number)) FROM cycle
 WHERE group_id = %s AND status <> 'cancelled'
"""
LINES: Final = """
SELECT s.turn, m.id, m.name_sealed, due.n, due.due, due.fee, due.paid, due.owed, due.late, due.settled_at
  FROM seat s
  JOIN member m ON m.id = s.member_id
  LEFT JOIN LATERAL (
    SELECT count(*) AS n,
           coalesce(sum(o.amount_kobo) FILTER (WHERE o.kind <> 'penalty'), 0)::bigint AS due,
           coalesce(sum(o.amount_kobo) FILTER (WHERE o.kind = 'penalty'
                                                 AND o.status NOT IN ('waived', 'written_off')), 0)::bigint AS fee,
           coalesce(sum(o.paid_kobo), 0)::bigint AS paid,
           coalesce(sum(o.amount_kobo - o.paid_kobo) FILTER (WHERE o.status IN ('pending', 'partial')), 0)::bigint
             AS owed,
           bool_or(o.status = 'paid_late' OR (o.status IN ('pending', 'partial') AND o.due_at < %(now)s)) AS late,
           max(o.settled_at) FILTER (WHERE o.kind = 'contribution') AS settled_at
      FROM obligation o WHERE o.seat_id = s.id AND o.cycle_id = %(cycle)s AND o.status <> 'cancelled') due ON true
 WHERE s.group_id = %(group)s AND (due.n > 0 OR s.status = ANY(%(held)s))
 ORDER BY s.turn NULLS LAST, s.id
"""
HELD: Final = ["accepted", "active", "in_arrears", "defaulted", "exiting"]
POTS: Final = """
SELECT m.id, m.name_sealed, s.turn, sent.net, sent.paid, sent.at
  FROM pot JOIN seat s ON s.id = pot.seat_id JOIN member m ON m.id = s.member_id
  CROSS JOIN LATERAL (
    SELECT sum(p.net_kobo)::bigint AS net,
           coalesce(sum(p.net_kobo) FILTER (WHERE p.status = 'paid'), 0)::bigint AS paid,
           max(p.paid_at) FILTER (WHERE p.status = 'paid') AS at
      FROM payout p WHERE p.cycle_id = pot.cycle_id AND p.pot_number = pot.number
       AND p.kind = 'pot' AND p.status <> 'cancelled') sent
 WHERE pot.cycle_id = %s ORDER BY pot.number
"""
MOST_CHOICES: Final = 200
# Groups with a round to talk about, by key.
RUNNING: Final = """
SELECT g.id FROM savings_group g
 WHERE g.id > %(after)s AND (%(groups)s::bigint[] IS NULL OR g.id = ANY(%(groups)s))
   AND g.status IN ('active', 'paused') AND EXISTS (SELECT 1 FROM cycle c WHERE c.group_id = g.id)
 ORDER BY g.id LIMIT %(page)s
"""
CHOICES: Final = """
SELECT g.id, g.code, g.name, g.status FROM savings_group g
 WHERE (%(groups)s::bigint[] IS NULL OR g.id = ANY(%(groups)s))
   AND (NOT %(rounds)s AND g.status IN ('forming', 'ready', 'active', 'paused')
        OR %(rounds)s AND EXISTS (SELECT 1 FROM cycle c WHERE c.group_id = g.id))
 ORDER BY coalesce(g.id = %(chosen)s, false) DESC, g.status IN ('active', 'paused') DESC, g.id LIMIT %(page)s
"""


@dataclass(frozen=True)
class SheetLine:
    """A seat in its turn. Due and late fee less what was paid, waived or written off is what she owes."""

    turn: int | None
    name: str = field(repr=False)
    due_kobo: int
    late_fee_kobo: int
    paid_kobo: int
    owed_kobo: int
    late: bool
    paid_at: datetime | None
    collects: bool


@dataclass(frozen=True)
class Collects:
    """Whose pot it is. net_kobo: of all its payouts, None without one. paid_at: when the last of paid_kobo went."""

    name: str = field(repr=False)
    turn: int | None
    net_kobo: int | None
    paid_kobo: int
    paid_at: datetime | None


@dataclass(frozen=True)
class RoundSheet:
    """One group and one cycle."""

    group_id: int
    code: str
    group: str
    number: int
    cycles: int
    due_on: date
    status: str
    collects: tuple[Collects, ...]
    lines: tuple[SheetLine, ...]

    @property
    def due_kobo(self) -> int:
        return sum(line.due_kobo for line in self.lines)

    @property
    def late_fee_kobo(self) -> int:
        return sum(line.late_fee_kobo for line in self.lines)

    @property
    def paid_kobo(self) -> int:
        return sum(line.paid_kobo for line in self.lines)

    @property
    def owed_kobo(self) -> int:
        return sum(line.owed_kobo for line in self.lines)


@dataclass(frozen=True)
class GroupChoice:
    """A group in a list to choose from."""

    group_id: int
    code: str
    name: str
    status: str


@dataclass(frozen=True)
class Choices:
    """Groups to choose from. more: there are others, which are found by their code."""

    lines: tuple[GroupChoice, ...]
    more: bool


def sheet(group_id: int, number: int | None, now: datetime) -> RoundSheet | None:
    """The sheet of this round, by default of the one that runs. None where there is none."""
    which = number or _which(group_id)
    row = database.execute_sql(CYCLE, {"group": group_id, "number": which}).fetchone()
    if row is None:
        return None
    cycle_id, number_found, due_on, status, _, code, name, cycles, contribution = row
    pots = [
        Collects(open_name(member, sealed), turn, *sent)
        for member, sealed, turn, *sent in database.execute_sql(POTS, (cycle_id,)).fetchall()
    ]
    turns = {pot.turn for pot in pots}
    values = {"group": group_id, "cycle": cycle_id, "now": now, "held": HELD}
    lines = database.execute_sql(LINES, values).fetchall()
    ahead = contribution if status == "scheduled" else 0
    return RoundSheet(
        group_id=group_id,
        code=code,
        group=name,
        number=number_found,
        cycles=cycles,
        due_on=due_on,
        status=status,
        collects=tuple(pots),
        lines=tuple(_line(each, turns, ahead) for each in lines),
    )


def running(groups: list[int] | None, after: int = 0, limit: int = 20) -> list[int]:
    """Groups that have a round now, by id."""
    values = {"groups": groups, "after": after, "page": limit}
    return [row[0] for row in database.execute_sql(RUNNING, values).fetchall()]


def choices(groups: list[int] | None, chosen: int | None = None, *, with_rounds: bool = True) -> Choices:
    """Groups that have rounds, or all that have not come to their end: the chosen one, those that run, the others."""
    values = {"groups": groups, "chosen": chosen, "page": MOST_CHOICES + 1, "rounds": with_rounds}
    lines = [GroupChoice(*row) for row in database.execute_sql(CHOICES, values).fetchall()]
    return Choices(tuple(lines[:MOST_CHOICES]), len(lines) > MOST_CHOICES)


def group_of_code(code: str, groups: list[int] | None) -> int | None:
    """The group with this code, if whoever asks may see it."""
    row = database.execute_sql(
        "SELECT id FROM savings_group WHERE code = %s AND (%s::bigint[] IS NULL OR id = ANY(%s))",
        (code, groups, groups),
    ).fetchone()
    return None if row is None else int(row[0])


def name_of_group(group_id: int) -> str:
    """Its name, "" for one that is not there."""
    row = database.execute_sql("SELECT name FROM savings_group WHERE id = %s", (group_id,)).fetchone()
    return "" if row is None else str(row[0])


def _which(group_id: int) -> int:
    return int(database.execute_sql(WHICH, (group_id,)).fetchone()[0] or 0)


def _line(row: Any, turns: set[int | None], ahead_kobo: int) -> SheetLine:
    """ahead_kobo: what a round that has not begun will ask for; nobody owes it yet."""
    turn, member_id, name, n, due, fee, paid, owed, late, settled_at = row
    return SheetLine(
        turn=turn,
        name=open_name(member_id, name),
        due_kobo=due if n else ahead_kobo,
        late_fee_kobo=fee,
        paid_kobo=paid,
        owed_kobo=owed if n else ahead_kobo,
        late=bool(late),
        paid_at=settled_at,
        collects=turn is not None and turn in turns,
    )
