"""A member's statement: what was due, what she paid, what she was paid out, line by line in the order of time."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from models.base import database
from models.queries.people import open_name
from models.rules.codes import suspense_ref
from models.sealing import keys
from models.tables.people import Member

# n breaks ties: what was due comes before what was paid for it. Money that people have found to be hers counts from
# the day on which it came; its reference is made of the name of its entry.
LINES: Final = """
SELECT at, what, ref, code, name, number, due, paid, out, status FROM (
  SELECT o.due_at AS at, o.kind AS what, '' AS ref, g.code, g.name, c.number, o.amount_kobo AS due, 0::bigint AS paid,
         0::bigint AS out, CASE WHEN o.status IN ('pending', 'partial') AND o.due_at < %(now)s THEN 'late'
                                ELSE o.status END AS status, 1 AS n, o.id
    FROM obligation o JOIN seat s ON s.id = o.seat_id JOIN savings_group g ON g.id = s.group_id
    JOIN cycle c ON c.id = o.cycle_id
   WHERE s.member_id = %(member)s AND o.status <> 'cancelled'
     AND (%(groups)s::bigint[] IS NULL OR s.group_id = ANY(%(groups)s))
  UNION ALL
  SELECT coalesce(p.paid_at, p.ended_at, p.created_at), 'payment', p.short_ref, g.code, g.name, c.number, 0,
         greatest(coalesce(p.received_kobo, p.amount_kobo + p.fee_kobo) - p.fee_kobo, 0), 0, p.status, 2, p.id
    FROM payment p JOIN seat s ON s.id = p.seat_id JOIN savings_group g ON g.id = s.group_id
    JOIN cycle c ON c.id = p.cycle_id
   WHERE p.member_id = %(member)s AND p.status IN ('success', 'disputed', 'charged_back', 'refunding', 'refunded')
     AND (%(groups)s::bigint[] IS NULL OR s.group_id = ANY(%(groups)s))
  UNION ALL
  SELECT came.effective_at, 'payment', e.idem, g.code, g.name,
         coalesce((SELECT max(c.number) FROM journal_leg d JOIN cycle c ON d.account_id = 'due.contrib:' || c.id
                    WHERE d.entry_id = e.id), 0), 0, x.kobo, 0, 'success', 2, x.id
    FROM seat s JOIN savings_group g ON g.id = s.group_id
    JOIN journal_leg l ON l.account_id = 'due.seat:' || s.id
    JOIN journal_entry e ON e.id = l.entry_id AND e.kind = 'suspense.assign'
    JOIN suspense x ON e.idem = 'suspense:' || x.id
    JOIN journal_entry came ON came.idem = 'charge:' || x.reference
   WHERE s.member_id = %(member)s AND (%(groups)s::bigint[] IS NULL OR s.group_id = ANY(%(groups)s))
  UNION ALL
  SELECT o.paid_at, 'payout', o.short_ref, g.code, g.name, c.number, 0, 0, o.net_kobo, o.status, 3, o.id
    FROM payout o JOIN seat s ON s.id = o.seat_id JOIN savings_group g ON g.id = s.group_id
    JOIN cycle c ON c.id = o.cycle_id
   WHERE o.member_id = %(member)s AND o.paid_at IS NOT NULL
     AND (%(groups)s::bigint[] IS NULL OR s.group_id = ANY(%(groups)s))) x
 ORDER BY at, n, id
"""
OWED: Final = """
SELECT coalesce(sum(o.amount_kobo - o.paid_kobo), 0)::bigint
  FROM obligation o JOIN seat s ON s.id = o.seat_id
 WHERE s.member_id = %(member)s AND o.status IN ('pending', 'partial')
   AND (%(groups)s::bigint[] IS NULL OR s.group_id = ANY(%(groups)s))
"""
SEATED: Final = "SELECT EXISTS (SELECT 1 FROM seat WHERE member_id = %s AND group_id = ANY(%s))"


@dataclass(frozen=True)
class StatementEntry:
    """One line. what: contribution | penalty | deposit (due) | payment | payout."""

    at: datetime
    what: str
    ref: str
    group_code: str
    group: str
    cycle: int
    due_kobo: int
    paid_kobo: int
    out_kobo: int
    status: str


@dataclass(frozen=True)
class Statement:
    """All lines of a member in the groups that the reader may see, and what she owes there by now."""

    member_id: int
    name: str = field(repr=False)
    phone: str = field(repr=False)
    entries: tuple[StatementEntry, ...]
    owed_kobo: int

    @property
    def paid_kobo(self) -> int:
        """What has come in and stayed."""
        return sum(entry.paid_kobo for entry in self.entries if entry.status in ("success", "disputed"))

    @property
    def out_kobo(self) -> int:
        return sum(entry.out_kobo for entry in self.entries if entry.status == "paid")


def statement(member_id: int, groups: list[int] | None, now: datetime) -> Statement | None:
    """None for somebody who is not there, or has no seat in a group that the reader may see."""
    row = Member.get_or_none(Member.id == member_id)
    if row is None or (groups is not None and not _seated(member_id, groups)):
        return None
    values: dict[str, object] = {"member": member_id, "groups": groups, "now": now}
    return Statement(
        member_id=member_id,
        name=open_name(member_id, row.name_sealed),
        phone=keys().open(row.phone_sealed, f"member.phone:{member_id}"),
        entries=tuple(_entries(values)),
        owed_kobo=database.execute_sql(OWED, values).fetchone()[0],
    )


def _entries(values: dict[str, object]) -> Iterator[StatementEntry]:
    for row in database.execute_sql(LINES, values).fetchall():
        at, what, ref, *rest = row
        found = ref.removeprefix("suspense:")
        yield StatementEntry(*[at, what, suspense_ref(int(found)) if found != ref else ref, *rest])


def _seated(member_id: int, groups: list[int]) -> bool:
    return bool(database.execute_sql(SEATED, (member_id, groups)).fetchone()[0])
