"""Payments for the panel: a list with filters, and the life of one. Lists go on by key.

groups: only payments of seats in these groups, None for all. Codes to dial and numbers to pay to are never read here.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from models.base import database
from models.queries.people import names_of
from models.rules import codes

PAGE: Final = 50
OPEN: Final = ("created", "sending", "pending")
# What the list can be narrowed down to; "open" is all of which the end is not known.
STATES: Final[dict[str, tuple[str, ...]]] = {
    "open": OPEN,
    "success": ("success",),
    "failed": ("failed",),
    "abandoned": ("abandoned",),
    "other": ("disputed", "charged_back", "refunding", "refunded"),
}

# Our own references and the provider's have a dash or an underscore and a digit; no name has both.
REFERENCE: Final = re.compile(r"(?=.*[0-9])(?=.*[_-])[A-Za-z][A-Za-z0-9_-]{5,49}")

# Whatever may be asked about at the provider.
ANY_REFERENCE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._=-]{5,49}")

_COLUMNS = """
SELECT p.id, p.short_ref, p.reference, p.member_id, s.group_id, g.name, c.number, p.amount_kobo, p.fee_kobo,
       p.received_kobo, coalesce(x.currency, p.currency), p.status, p.method, p.created_at, p.paid_at, p.reason
  FROM payment p
  JOIN seat s ON s.id = p.seat_id
  JOIN savings_group g ON g.id = s.group_id
  JOIN cycle c ON c.id = p.cycle_id
  LEFT JOIN suspense x ON x.payment_id = p.id AND x.reason = 'wrong_currency'
"""
_LIST = (
    _COLUMNS
    + """
 WHERE (%(groups)s::bigint[] IS NULL OR s.group_id = ANY(%(groups)s))
   AND (%(group)s::bigint IS NULL OR s.group_id = %(group)s)
   AND (%(states)s::text[] IS NULL OR p.status = ANY(%(states)s))
   AND (%(since)s::timestamptz IS NULL OR coalesce(p.paid_at, p.created_at) >= %(since)s)
   AND (%(until)s::timestamptz IS NULL OR coalesce(p.paid_at, p.created_at) < %(until)s)
   AND (%(members)s::bigint[] IS NULL OR p.member_id = ANY(%(members)s))
   AND (%(ref)s = '' OR p.short_ref = %(ref)s)
   AND (%(reference)s = '' OR starts_with(p.reference, %(reference)s))
   AND p.id < %(after)s
 ORDER BY p.id DESC LIMIT %(limit)s
"""
)
_LAST: Final = 9_223_372_036_854_775_807


@dataclass(frozen=True)
class PaymentLine:
    """A payment in a list. currency: of what was received; what was asked for is in our own."""

    payment_id: int
    short_ref: str
    reference: str
    member_id: int
    name: str = field(repr=False)
    group_id: int
    group: str
    cycle: int
    amount_kobo: int
    fee_kobo: int
    received_kobo: int | None
    currency: str
    status: str
    method: str
    created_at: datetime
    paid_at: datetime | None
    reason: str | None

    @property
    def open(self) -> bool:
        """Whether what becomes of it is not known yet."""
        return self.status in OPEN


@dataclass(frozen=True)
class Part:
    """Where a part of a payment went. what: contribution, penalty, deposit, recovery, wallet or suspense."""

    what: str
    cycle: int | None
    kobo: int


@dataclass(frozen=True)
class PaymentLife:
    """One payment, from the wish to the provider's last word."""

    line: PaymentLine
    first_sent_at: datetime | None
    until_at: datetime | None
    ended_at: datetime | None
    sends: int
    checks: int
    next_check_at: datetime | None
    provider: str
    provider_id: str | None
    provider_fee_kobo: int | None
    parts: tuple[Part, ...]
    suspense_id: int | None


@dataclass(frozen=True)
class Sought:
    """What somebody typed into the search of a list, understood: a reference of ours, the provider's, or a person.

    members: those whom a number or a name means; None when neither was typed.
    """

    members: tuple[int, ...] | None = None
    ref: str = ""
    reference: str = ""

    @property
    def nothing(self) -> bool:
        """Whether it means nobody."""
        return self.members == ()


def understood(text: str, people: Callable[[str], Iterable[int]]) -> Sought:
    """Read it as what it can only be: six signs are a receipt's, a dash is a provider's, all else is a person.

    people: whom a number or a name means, by id.
    """
    plain = text.strip()
    if not plain:
        return Sought()
    if codes.is_short_ref(plain.upper()) and any(sign.isdigit() for sign in plain):
        return Sought(ref=plain.upper())
    if REFERENCE.fullmatch(plain):
        return Sought(reference=plain.lower())
    return Sought(members=tuple(people(plain)))


def payments(
    groups: list[int] | None,
    *,
    state: str = "",
    group_id: int | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    sought: Sought = Sought(),
    after: int | None = None,
    limit: int = PAGE,
) -> list[PaymentLine]:
    """The newest first, one more than a page when there are more. A day counts by when it was paid, else asked for."""
    if sought.nothing:
        return []
    rows = database.execute_sql(
        _LIST,
        {
            "groups": groups,
            "group": group_id,
            "states": list(STATES[state]) if state in STATES else None,
            "since": since,
            "until": until,
            "members": None if sought.members is None else list(sought.members),
            "ref": sought.ref,
            "reference": sought.reference,
            "after": after or _LAST,
            "limit": limit + 1,
        },
    ).fetchall()
    return _named(rows)


def payment(payment_id: int, groups: list[int] | None) -> PaymentLife | None:
    """One payment; None when there is none, or it is of somebody else's group."""
    found = _named(
        database.execute_sql(
            _COLUMNS + " WHERE p.id = %s AND (%s::bigint[] IS NULL OR s.group_id = ANY(%s))",
            (payment_id, groups, groups),
        ).fetchall()
    )
    if not found:
        return None
    more = database.execute_sql(
        """
        SELECT first_sent_at, until_at, ended_at, sends, checks, next_check_at, provider, provider_id,
               provider_fee_kobo, (SELECT min(x.id) FROM suspense x WHERE x.payment_id = p.id)
          FROM payment p WHERE id = %s
        """,
        (payment_id,),
    ).fetchone()
    *life, suspense_id = more
    return PaymentLife(*[found[0], *life, _parts(payment_id), suspense_id])


def by_reference(reference: str) -> int | None:
    """The payment with this very reference."""
    row = database.execute_sql("SELECT id FROM payment WHERE reference = %s", (reference,)).fetchone()
    return None if row is None else int(row[0])


def _parts(payment_id: int) -> tuple[Part, ...]:
    rows = database.execute_sql(
        """
        SELECT coalesce(o.kind, a.target), c.number, a.kobo
          FROM allocation a LEFT JOIN obligation o ON o.id = a.obligation_id LEFT JOIN cycle c ON c.id = o.cycle_id
         WHERE a.payment_id = %s ORDER BY a.n
        """,
        (payment_id,),
    ).fetchall()
    return tuple(Part(*row) for row in rows)


def _named(rows: list[tuple[Any, ...]]) -> list[PaymentLine]:
    names = names_of({row[3] for row in rows})
    return [PaymentLine(*[*row[:4], names[row[3]], *row[4:]]) for row in rows]
