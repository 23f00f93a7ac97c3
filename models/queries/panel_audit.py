"""The audit trail for the panel: looked through by person, act, subject, group and day, and its chains checked.

Paged by key over a table that only grows. A chain is checked from its first row to its head: whoever changed, removed
or added a row by other means has left a place where it does not hold.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from models.actions.audit import HOUSE
from models.base import database
from models.queries import checks_books
from models.queries.checks import Violation, ask

PAGE: Final = 50
CHAINS: Final = tuple(check for check in checks_books.BOOKS if "audit trail" in check.what)

_ROWS: Final = """
SELECT a.id, a.at, a.actor, s.name, a.verb, a.subject, a.detail, a.chain, a.seq, encode(a.hash, 'hex')
  FROM audit a
  LEFT JOIN staff s ON a.actor = 'staff:' || s.id
 WHERE (%(actor)s = '' OR a.actor = %(actor)s)
   AND (%(verb)s = '' OR a.verb LIKE %(verb)s || '%%')
   AND (%(subject)s = '' OR a.subject = %(subject)s)
   AND (%(chain)s = '' OR a.chain = %(chain)s)
   AND (%(since)s::timestamptz IS NULL OR a.at >= %(since)s)
   AND (%(until)s::timestamptz IS NULL OR a.at < %(until)s)
   AND (%(after)s::bigint IS NULL OR a.id < %(after)s)
 ORDER BY a.id DESC LIMIT %(limit)s
"""
_ONE_CHAIN: Final = """
WITH links AS (
  SELECT id, seq, hash, row_number() OVER w AS place, lag(hash) OVER w AS before,
         prev_hash, ajo_audit_hash(chain, seq, at, actor, verb, subject, detail, entry_id, prev_hash) AS made
    FROM audit WHERE chain = %(chain)s WINDOW w AS (ORDER BY seq)
)
SELECT (SELECT count(*) FROM links),
       (SELECT min(id) FROM links
         WHERE seq <> place OR hash <> made
            OR prev_hash <> coalesce(before, sha256(convert_to(%(chain)s, 'UTF8')))),
       (SELECT encode(h.hash, 'hex') FROM audit_head h WHERE h.chain = %(chain)s),
       (SELECT encode(hash, 'hex') FROM links ORDER BY seq DESC LIMIT 1)
"""


@dataclass(frozen=True)
class Wanted:
    """What to look for; an empty text or None is anything. actor: 'staff:7'; verb: its beginning; chain: 'group:3'."""

    actor: str = ""
    verb: str = ""
    subject: str = ""
    chain: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Line:
    """One row of the trail. who: the name of one of the staff, '' for everybody else."""

    audit_id: int
    at: datetime
    actor: str
    who: str
    verb: str
    subject: str
    detail: dict[str, Any]
    chain: str
    seq: int
    mark: str


@dataclass(frozen=True)
class Chain:
    """One chain, checked. broken_at: the first row at which it does not hold. head: what the next row will stand on."""

    name: str
    rows: int
    broken_at: int | None
    head: str
    ends_well: bool

    @property
    def holds(self) -> bool:
        return self.broken_at is None and self.ends_well


def lines(wanted: Wanted, after: int | None = None, limit: int = PAGE) -> list[Line]:
    """The newest first, one more than a page when there are more. after: the id of the last line that was shown."""
    asked = vars(wanted) | {"verb": _plain(wanted.verb), "after": after, "limit": limit + 1}
    return [
        Line(row_id, at, actor, name or "", verb, subject, detail, chain, seq, mark)
        for row_id, at, actor, name, verb, subject, detail, chain, seq, mark in database.execute_sql(_ROWS, asked)
    ]


def chain_of(name: str = HOUSE) -> Chain:
    """One chain from its first row to its head."""
    rows, broken_at, head, last = database.execute_sql(_ONE_CHAIN, {"chain": name}).fetchone()
    return Chain(name, int(rows), broken_at, head or "", head == last)


def all_chains(now: datetime) -> list[Violation]:
    """All of them, and that every entry of the books is in one. Nothing when all is well. Reads the whole trail."""
    return ask(CHAINS, now)


def _plain(text: str) -> str:
    """What somebody types is no pattern."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
