"""The books as the panel shows them: the lines behind a figure with their sum, and entries with their legs.

Lists go on by key: after (entry, leg). groups: only entries of these groups, None for all.
What an account is called stands in `panel_accounts`.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from models.base import database
from models.country import home
from models.rules.figures import Figure

PAGE: Final = 50
MOST_KOBO_OF_A_KEY: Final = 9_223_372_036_854_775_807

_FROM = """
  FROM journal_leg l
  JOIN journal_entry e ON e.id = l.entry_id
  JOIN account a ON a.id = l.account_id
 WHERE a.currency = %(currency)s
   AND (%(account)s = '' OR l.account_id = %(account)s)
   AND (%(families)s::text[] IS NULL OR split_part(a.id, ':', 1) = ANY(%(families)s))
   AND (%(kinds)s::text[] IS NULL OR e.kind = ANY(%(kinds)s))
   AND (%(groups)s::bigint[] IS NULL OR e.group_id = ANY(%(groups)s))
   AND (%(group)s::bigint IS NULL OR e.group_id = %(group)s)
   AND (%(since)s::timestamptz IS NULL OR e.effective_at >= %(since)s)
   AND (%(until)s::timestamptz IS NULL OR e.effective_at < %(until)s)
"""
_SUM = "SELECT coalesce(sum(l.amount), 0)::bigint, count(*)" + _FROM
_LINES = (
    "SELECT e.id, l.n, e.kind, e.idem, e.effective_at, e.group_id, g.name, e.payment_id, e.payout_id, l.account_id,"
    " l.amount"
    + _FROM.replace("WHERE", "LEFT JOIN savings_group g ON g.id = e.group_id WHERE", 1)
    + " AND (l.entry_id, l.n) < (%(entry)s, %(n)s) ORDER BY l.entry_id DESC, l.n DESC LIMIT %(limit)s"
)
_ENTRIES = """
SELECT e.id, e.kind, e.idem, e.effective_at, e.created_at, e.actor, e.reason, e.group_id, g.name, e.payment_id,
       e.payout_id, e.legs,
       (SELECT coalesce(nullif(sum(l.amount) FILTER (WHERE a.book = 'CASH' AND l.amount > 0), 0),
                        sum(l.amount) FILTER (WHERE l.amount > 0), 0)::bigint
          FROM journal_leg l JOIN account a ON a.id = l.account_id WHERE l.entry_id = e.id),
       (SELECT min(a.currency) FROM journal_leg l JOIN account a ON a.id = l.account_id WHERE l.entry_id = e.id)
  FROM journal_entry e
  LEFT JOIN savings_group g ON g.id = e.group_id
 WHERE (%(groups)s::bigint[] IS NULL OR e.group_id = ANY(%(groups)s))
   AND (%(group)s::bigint IS NULL OR e.group_id = %(group)s)
   AND (%(kinds)s::text[] IS NULL OR e.kind = ANY(%(kinds)s))
   AND (%(account)s = '' OR e.id IN (SELECT l.entry_id FROM account a JOIN journal_leg l ON l.account_id = a.id
                                      WHERE a.id = %(account)s OR split_part(a.id, ':', 1) = %(account)s))
   AND (%(since)s::timestamptz IS NULL OR e.effective_at >= %(since)s)
   AND (%(until)s::timestamptz IS NULL OR e.effective_at < %(until)s)
   AND (%(payment)s::bigint IS NULL OR e.payment_id = %(payment)s)
   AND (%(payout)s::bigint IS NULL OR e.payout_id = %(payout)s)
   AND (%(idem)s::text[] IS NULL OR e.idem = ANY(%(idem)s))
   AND e.id < %(entry)s
 ORDER BY e.id DESC LIMIT %(limit)s
"""


@dataclass(frozen=True)
class Which:
    """What narrows a figure down: a group, a time (by when it happened, until is not in it), a currency."""

    group_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    currency: str = field(default_factory=lambda: home().currency)


@dataclass(frozen=True)
class Line:
    """One line of an entry. kobo: as it counts in the figure."""

    entry_id: int
    n: int
    kind: str
    idem: str
    at: datetime
    group_id: int | None
    group: str | None
    payment_id: int | None
    payout_id: int | None
    account: str
    kobo: int


@dataclass(frozen=True)
class Entry:
    """The head of an entry. kobo: what moved, the debits of its money (or of what is owed, if no money moved)."""

    entry_id: int
    kind: str
    idem: str
    at: datetime
    booked_at: datetime
    actor: str
    reason: str | None
    group_id: int | None
    group: str | None
    payment_id: int | None
    payout_id: int | None
    legs: int
    kobo: int
    currency: str


@dataclass(frozen=True)
class Leg:
    """One side of an entry: debit positive."""

    account: str
    book: str
    kobo: int
    currency: str


def total(figure: Figure, which: Which, groups: list[int] | None) -> tuple[int, int]:
    """(the sum of a figure's lines, how many they are): taken from the lines themselves, not from kept balances."""
    kobo, lines = database.execute_sql(_SUM, _asked(figure, which, groups)).fetchone()
    return figure.sign * int(kobo), int(lines)


def lines(
    figure: Figure, which: Which, groups: list[int] | None, after: tuple[int, int] | None = None, limit: int = PAGE
) -> list[Line]:
    """The lines behind a figure, the newest first, one more than a page when there are more."""
    entry, n = after or (MOST_KOBO_OF_A_KEY, 0)
    asked = _asked(figure, which, groups) | {"entry": entry, "n": n, "limit": limit + 1}
    rows = database.execute_sql(_LINES, asked).fetchall()
    return [Line(*[*row[:-1], figure.sign * row[-1]]) for row in rows]


def entries(
    groups: list[int] | None,
    *,
    which: Which | None = None,
    account: str = "",
    kinds: tuple[str, ...] = (),
    payment_id: int | None = None,
    payout_id: int | None = None,
    idems: list[str] | None = None,
    after: int | None = None,
    limit: int = PAGE,
) -> list[Entry]:
    """Entries, the newest first, one more than a page when there are more. account: one, or a family."""
    wanted = which or Which()
    asked: dict[str, Any] = {
        "groups": groups,
        "group": wanted.group_id,
        "kinds": list(kinds) or None,
        "account": account,
        "since": wanted.since,
        "until": wanted.until,
        "payment": payment_id,
        "payout": payout_id,
        "idem": idems,
        "entry": after or MOST_KOBO_OF_A_KEY,
        "limit": limit + 1,
    }
    return [Entry(*row) for row in database.execute_sql(_ENTRIES, asked).fetchall()]


@dataclass(frozen=True)
class WholeEntry:
    """An entry with all that is known of it. reverses, reversed_by: the entries that it takes back, or is taken
    back by."""

    head: Entry
    legs: tuple[Leg, ...]
    reverses: int | None
    reversed_by: int | None
    digest: str


def entry(entry_id: int, groups: list[int] | None) -> WholeEntry | None:
    """An entry, or None when there is none or it is of somebody else's group."""
    found = [each for each in entries(groups, after=entry_id + 1, limit=1) if each.entry_id == entry_id]
    if not found:
        return None
    legs = database.execute_sql(
        """
        SELECT l.account_id, a.book, l.amount, a.currency FROM journal_leg l JOIN account a ON a.id = l.account_id
         WHERE l.entry_id = %s ORDER BY a.book, l.amount < 0, l.n
        """,
        (entry_id,),
    ).fetchall()
    reverses, by, digest = database.execute_sql(
        """
        SELECT reverses, (SELECT r.id FROM journal_entry r WHERE r.reverses = e.id), encode(digest, 'hex')
          FROM journal_entry e WHERE id = %s
        """,
        (entry_id,),
    ).fetchone()
    return WholeEntry(found[0], tuple(Leg(*leg) for leg in legs), reverses, by, digest)


def _asked(figure: Figure, which: Which, groups: list[int] | None) -> dict[str, Any]:
    return {
        "currency": which.currency,
        "account": figure.account,
        "families": None if figure.account else list(figure.families),
        "kinds": list(figure.kinds) or None,
        "groups": groups,
        "group": which.group_id,
        "since": which.since,
        "until": which.until,
    }
