"""Who owes what that should have been paid, and for how long: by group, in all, and one by one, the oldest first."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from models.base import database
from models.queries.people import open_name
from models.rules.arrears import AGES, BY_KEY, days_late
from models.rules.schedule import LAGOS, local_date
from models.sealing import keys

LATE: Final = """
  FROM obligation o
  JOIN seat s ON s.id = o.seat_id
  JOIN savings_group g ON g.id = s.group_id
 WHERE o.status IN ('pending', 'partial') AND o.due_at < %(now)s
   AND (%(groups)s::bigint[] IS NULL OR s.group_id = ANY(%(groups)s))
"""
DAYS: Final = "(%(today)s - (o.due_at AT TIME ZONE %(zone)s)::date)"
OWED: Final = "(o.amount_kobo - o.paid_kobo)"
# The ages as columns: amounts, then seats.
BY_AGE: Final = ", ".join(
    [f"coalesce(sum({OWED}) FILTER (WHERE d.age = {n}), 0)::bigint" for n in range(len(AGES))]
    + [f"count(DISTINCT o.seat_id) FILTER (WHERE d.age = {n})" for n in range(len(AGES))]
)
AGE_OF: Final = "CROSS JOIN LATERAL (SELECT CASE " + " ".join(
    f"WHEN {DAYS} <= {age.to_days} THEN {n}" for n, age in enumerate(AGES) if age.to_days is not None
) + f" ELSE {len(AGES) - 1} END AS age) d"  # fmt: skip
LATE_WITH_AGE: Final = LATE.replace(" WHERE ", f" {AGE_OF}\n WHERE ", 1)

TOTALS: Final = f"SELECT {BY_AGE}, count(DISTINCT o.seat_id) {LATE_WITH_AGE}"
GROUPS: Final = f"""
SELECT * FROM (
  SELECT g.id, g.code, g.name, {BY_AGE}, count(DISTINCT o.seat_id), sum({OWED})::bigint AS owed
  {LATE_WITH_AGE} GROUP BY g.id) x
 WHERE %(after_kobo)s::bigint IS NULL OR (x.owed, x.id) < (%(after_kobo)s, %(after_id)s)
 ORDER BY x.owed DESC, x.id DESC LIMIT %(page)s
"""  # noqa: S608
PEOPLE: Final = f"""
SELECT o.id, o.due_at, g.id, g.code, g.name, c.number, s.turn, o.kind, o.amount_kobo, o.paid_kobo, m.id, m.name_sealed,
       m.phone_sealed,
       (SELECT max(x.created_at) FROM outbox x WHERE x.phone_index = m.phone_index AND x.reminder)
  {LATE.replace(" WHERE ", " JOIN cycle c ON c.id = o.cycle_id JOIN member m ON m.id = s.member_id WHERE ", 1)}
   AND (%(from_days)s::int IS NULL OR {DAYS} >= %(from_days)s) AND (%(to_days)s::int IS NULL OR {DAYS} <= %(to_days)s)
   AND (%(after_at)s::timestamptz IS NULL OR (o.due_at, o.id) > (%(after_at)s, %(after_id)s))
 ORDER BY o.due_at, o.id LIMIT %(page)s
"""  # noqa: S608
PAGE: Final = 1000


@dataclass(frozen=True)
class AgedSums:
    """Kobo and seats by age, in the order of `models.rules.arrears.AGES`. seats: of all ages, each once."""

    kobo: tuple[int, ...]
    seats_by_age: tuple[int, ...]
    seats: int

    @property
    def total_kobo(self) -> int:
        return sum(self.kobo)


@dataclass(frozen=True)
class GroupArrears:
    """What is late in a group."""

    group_id: int
    code: str
    name: str
    sums: AgedSums


@dataclass(frozen=True)
class LateLine:
    """One thing that somebody should have paid. kind: contribution | penalty | deposit. told_at: her last reminder."""

    obligation_id: int
    due_at: datetime
    due_on: date
    days: int
    group_id: int
    group_code: str
    group: str
    cycle: int
    turn: int | None
    kind: str
    amount_kobo: int
    paid_kobo: int
    member_id: int
    name: str = field(repr=False)
    phone: str = field(repr=False)
    told_at: datetime | None

    @property
    def owed_kobo(self) -> int:
        return self.amount_kobo - self.paid_kobo


def totals(groups: list[int] | None, now: datetime) -> AgedSums:
    """Of all groups that the reader may see, or of one."""
    return _sums(database.execute_sql(TOTALS, _values(groups, now)).fetchone())


def by_group(
    groups: list[int] | None, now: datetime, after: tuple[int, int] | None = None, limit: int = 50
) -> list[GroupArrears]:
    """The groups in which something is late, most money first. after: the (kobo, group id) of the last one shown."""
    kobo, group_id = after or (None, None)
    values = _values(groups, now) | {"after_kobo": kobo, "after_id": group_id, "page": limit}
    rows = database.execute_sql(GROUPS, values).fetchall()
    return [GroupArrears(row[0], row[1], row[2], _sums(row[3:-1])) for row in rows]


def people(
    groups: list[int] | None, now: datetime, age: str = "", after: tuple[datetime, int] | None = None, limit: int = 50
) -> list[LateLine]:
    """Who is late, the oldest debt first. age: a key of `AGES` or all. after: (due_at, id) of the last one shown."""
    step = BY_KEY.get(age)
    at, obligation_id = after or (None, None)
    values = _values(groups, now) | {
        "from_days": step.from_days if step else None,
        "to_days": step.to_days if step else None,
        "after_at": at,
        "after_id": obligation_id,
        "page": limit,
    }
    return [_line(row, now) for row in database.execute_sql(PEOPLE, values).fetchall()]


def everybody(groups: list[int] | None, now: datetime, age: str = "") -> Iterator[LateLine]:
    """All of them, a page at a time: for a file."""
    after: tuple[datetime, int] | None = None
    while lines := people(groups, now, age, after, PAGE):
        yield from lines
        after = (lines[-1].due_at, lines[-1].obligation_id)


def _values(groups: list[int] | None, now: datetime) -> dict[str, Any]:
    return {"groups": groups, "now": now, "today": local_date(now), "zone": LAGOS.key}


def _sums(row: Any) -> AgedSums:
    steps = len(AGES)
    return AgedSums(tuple(row[:steps]), tuple(row[steps : 2 * steps]), row[2 * steps])


def _line(row: Any, now: datetime) -> LateLine:
    row_id, due_at, group_id, code, group, cycle, turn, kind, amount, paid, member_id, name, phone, told_at = row
    due_on = local_date(due_at)
    return LateLine(
        obligation_id=row_id,
        due_at=due_at,
        due_on=due_on,
        days=days_late(due_on, local_date(now)),
        group_id=group_id,
        group_code=code,
        group=group,
        cycle=cycle,
        turn=turn,
        kind=kind,
        amount_kobo=amount,
        paid_kobo=paid,
        member_id=member_id,
        name=open_name(member_id, name),
        phone=keys().open(phone, f"member.phone:{member_id}"),
        told_at=told_at,
    )
