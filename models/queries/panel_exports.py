"""Members and the ledger from their first row to their last, by key and a page at a time.

Neither a transaction nor a cursor stays open while somebody's slow line takes the file. The end is fixed when the
first page is read, so what is written meanwhile cannot make an export endless.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, Final

from models.base import database
from models.queries.people import open_name
from models.rules.schedule import DAY, LAGOS
from models.sealing import keys

PAGE: Final = 1000

MEMBERS: Final = """
SELECT m.id, m.name_sealed, m.phone_sealed, m.language, m.status, m.created_at, m.frozen_at IS NOT NULL,
       stop.phone_index IS NOT NULL, coalesce(held.groups, ''), coalesce(held.seats, 0), coalesce(owed.kobo, 0)::bigint,
       coalesce(owed.late, 0)::bigint
  FROM member m
  LEFT JOIN opt_out stop ON stop.phone_index = m.phone_index AND stop.started_at IS NULL
  LEFT JOIN LATERAL (SELECT string_agg(DISTINCT g.code, ' ' ORDER BY g.code) AS groups, count(*) AS seats
                       FROM seat s JOIN savings_group g ON g.id = s.group_id
                      WHERE s.member_id = m.id AND s.status = ANY(%(held)s)
                        AND (%(groups)s::bigint[] IS NULL OR s.group_id = ANY(%(groups)s))) held ON true
  LEFT JOIN LATERAL (SELECT sum(o.amount_kobo - o.paid_kobo) AS kobo,
                            sum(o.amount_kobo - o.paid_kobo) FILTER (WHERE o.due_at < %(now)s) AS late
                       FROM seat s JOIN obligation o ON o.seat_id = s.id AND o.status IN ('pending', 'partial')
                      WHERE s.member_id = m.id
                        AND (%(groups)s::bigint[] IS NULL OR s.group_id = ANY(%(groups)s))) owed ON true
 WHERE m.id > %(after)s AND m.id <= %(last)s
   AND (%(groups)s::bigint[] IS NULL OR held.seats > 0)
 ORDER BY m.id LIMIT %(page)s
"""
HELD: Final = ["accepted", "active", "in_arrears", "defaulted", "exiting", "completed"]

# Whole entries: a page never ends between the two sides of one.
LEDGER: Final = """
SELECT e.id, e.effective_at, e.created_at, e.kind, e.idem, coalesce(g.code, ''), coalesce(g.name, ''),
       coalesce(p.short_ref, ''), coalesce(o.short_ref, ''), l.n, l.account_id, a.currency, l.amount, e.actor,
       coalesce(e.reason, '')
  FROM (SELECT * FROM journal_entry
         WHERE id > %(after)s AND id <= %(last)s
           AND (%(groups)s::bigint[] IS NULL OR group_id = ANY(%(groups)s))
           AND (%(since)s::timestamptz IS NULL OR effective_at >= %(since)s)
           AND (%(until)s::timestamptz IS NULL OR effective_at < %(until)s)
         ORDER BY id LIMIT %(page)s) e
  JOIN journal_leg l ON l.entry_id = e.id
  JOIN account a ON a.id = l.account_id
  LEFT JOIN savings_group g ON g.id = e.group_id
  LEFT JOIN payment p ON p.id = e.payment_id
  LEFT JOIN payout o ON o.id = e.payout_id
 ORDER BY e.id, l.n
"""


@dataclass(frozen=True)
class MemberLine:
    """A member with what she has and owes in the groups that the reader may see. groups: their codes."""

    member_id: int
    name: str = field(repr=False)
    phone: str = field(repr=False)
    language: str
    status: str
    since: datetime
    frozen: bool
    stopped: bool
    groups: str
    seats: int
    owed_kobo: int
    late_kobo: int


@dataclass(frozen=True)
class LegLine:
    """One side of an entry of the books: debit positive, credit negative."""

    entry_id: int
    effective_at: datetime
    created_at: datetime
    kind: str
    idem: str
    group_code: str
    group: str
    payment_ref: str
    payout_ref: str
    n: int
    account: str
    currency: str
    kobo: int
    actor: str
    reason: str


def members(groups: list[int] | None, now: datetime) -> Iterator[MemberLine]:
    """Everybody, or those with a seat in these groups, in the order in which they registered."""
    last = _last("SELECT coalesce(max(id), 0) FROM member")
    values: dict[str, Any] = {"groups": groups, "now": now, "held": HELD, "last": last}
    for row in _by_page(MEMBERS, values):
        member_id, name, phone, *rest = row
        opened = keys().open(phone, f"member.phone:{member_id}")
        yield MemberLine(member_id, open_name(member_id, name), opened, *rest)


def ledger(groups: list[int] | None, since: date | None = None, until: date | None = None) -> Iterator[LegLine]:
    """The journal with its legs, oldest first. since, until: local days of the effect, both included."""
    last = _last("SELECT coalesce(max(id), 0) FROM journal_entry")
    values: dict[str, Any] = {
        "groups": groups,
        "last": last,
        "since": since and _midnight(since),
        "until": until and _midnight(until + DAY),
    }
    for row in _by_page(LEDGER, values):
        yield LegLine(*row)


def _by_page(sql: str, values: dict[str, Any]) -> Iterator[Sequence[Any]]:
    """Rows whose first column is the key, until a page brings none."""
    after = 0
    while rows := database.execute_sql(sql, {**values, "after": after, "page": PAGE}).fetchall():
        yield from rows
        after = rows[-1][0]


def _last(sql: str) -> int:
    return int(database.execute_sql(sql).fetchone()[0])


def _midnight(on: date) -> datetime:
    return datetime.combine(on, time(), tzinfo=LAGOS)
