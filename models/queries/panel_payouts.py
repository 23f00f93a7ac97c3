"""Payouts for the panel: a list with filters, and one with its transfers and the yeses that it has got.

Lists go on by key. groups: only payouts of these groups, None for all. Of a bank account the last four digits are read.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from models.base import database
from models.queries.panel_payments import Sought
from models.queries.payouts import subject
from models.queries.people import names_of
from models.sealing import keys

PAGE: Final = 50
# What the list can be narrowed down to. "trouble": somebody should look, in one state or another.
STATES: Final[dict[str, tuple[str, ...]]] = {
    "waiting": ("held", "awaiting_approval"),
    "going": ("approved", "reserved", "in_flight"),
    "trouble": ("retry", "returned"),
    "paid": ("paid",),
    "cancelled": ("cancelled",),
}
UNCLEAR: Final = ("unknown", "manual")
_LAST: Final = 9_223_372_036_854_775_807

_SELECT = """
SELECT p.id, p.short_ref, p.member_id, c.group_id, g.name, c.number, p.gross_kobo, p.fee_kobo, p.net_kobo, p.status,
       p.held_reason, p.created_at, p.paid_at, a.status, a.n, p.kind
  FROM payout p
  JOIN cycle c ON c.id = p.cycle_id
  JOIN savings_group g ON g.id = c.group_id
  LEFT JOIN LATERAL (SELECT status, n FROM payout_attempt t WHERE t.payout_id = p.id ORDER BY n DESC LIMIT 1) a ON true
"""
_WANTED = """
 WHERE (%(groups)s::bigint[] IS NULL OR c.group_id = ANY(%(groups)s))
   AND (%(group)s::bigint IS NULL OR c.group_id = %(group)s)
   AND (%(states)s::text[] IS NULL OR p.status = ANY(%(states)s) OR (%(trouble)s AND a.status = ANY(%(unclear)s)))
   AND (%(since)s::timestamptz IS NULL OR coalesce(p.paid_at, p.created_at) >= %(since)s)
   AND (%(until)s::timestamptz IS NULL OR coalesce(p.paid_at, p.created_at) < %(until)s)
   AND (%(members)s::bigint[] IS NULL OR p.member_id = ANY(%(members)s))
   AND (%(ref)s = '' OR p.short_ref = %(ref)s)
   AND (%(reference)s = '' OR EXISTS (SELECT 1 FROM payout_attempt t WHERE t.payout_id = p.id
                                         AND (starts_with(t.reference, %(reference)s)
                                              OR lower(t.provider_code) = %(reference)s)))
   AND p.id < %(after)s
 ORDER BY p.id DESC LIMIT %(limit)s
"""
_LIST: Final = _SELECT + _WANTED


@dataclass(frozen=True)
class PayoutLine:
    """A payout in a list, with the state of its latest transfer."""

    payout_id: int
    short_ref: str
    member_id: int
    name: str = field(repr=False)
    group_id: int
    group: str
    cycle: int
    gross_kobo: int
    fee_kobo: int
    net_kobo: int
    status: str
    held_reason: str | None
    created_at: datetime
    paid_at: datetime | None
    attempt: str | None
    attempts: int | None
    kind: str  # pot; claim: what a group that ends gives back; wallet: what is kept for her

    @property
    def claim(self) -> bool:
        return self.kind == "claim"

    @property
    def kept(self) -> bool:
        return self.kind == "wallet"

    @property
    def unclear(self) -> bool:
        """Whether nobody knows what became of its transfer."""
        return self.attempt in UNCLEAR


@dataclass(frozen=True)
class Attempt:
    """One transfer under one reference. code: the provider's own name for it."""

    attempt_id: int
    n: int
    reference: str
    status: str
    sends: int
    first_sent_at: datetime | None
    last_sent_at: datetime | None
    checks: int
    next_check_at: datetime | None
    code: str | None
    fee_kobo: int | None
    reason: str | None
    created_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class Yes:
    """One person's word. counts: it was said of the payout as it stands now. staff: of the house, else of the group."""

    name: str = field(repr=False)
    verdict: str
    channel: str
    at: datetime
    staff: bool
    counts: bool


@dataclass(frozen=True)
class Part:
    """What went of the same pot before. paid_at: None while it is on its way."""

    net_kobo: int
    paid_at: datetime | None


@dataclass(frozen=True)
class PayoutLife:
    """One payout. last4: of the account that it goes to; account_name: as the bank spells it."""

    line: PayoutLine
    created_by: str
    approved_at: datetime | None
    reserved_at: datetime | None
    first_sent_at: datetime | None
    ended_at: datetime | None
    bank: str | None
    last4: str | None
    account_name: str = field(repr=False)
    attempts: tuple[Attempt, ...]
    words: tuple[Yes, ...]
    earlier: tuple[Part, ...]  # of a pot that was short; then this is a part of its rest

    @property
    def sent(self) -> Attempt | None:
        """The latest transfer that was sent: about it the provider can be asked."""
        return next((each for each in reversed(self.attempts) if each.sends), None)


def payouts(
    groups: list[int] | None,
    *,
    state: str = "",
    group_id: int | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    sought: Sought = Sought(),  # noqa: B008 (a value without parts that change)
    after: int | None = None,
    limit: int = PAGE,
) -> list[PayoutLine]:
    """The newest first, one more than a page when there are more. A day counts by when it was paid, else opened."""
    if sought.nothing:
        return []
    rows = database.execute_sql(
        _LIST,
        {
            "groups": groups,
            "group": group_id,
            "states": list(STATES[state]) if state in STATES else None,
            "trouble": state == "trouble",
            "unclear": list(UNCLEAR),
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


def payout(payout_id: int, groups: list[int] | None) -> PayoutLife | None:
    """One payout; None when there is none, or it is of somebody else's group."""
    found = _named(
        database.execute_sql(
            _SELECT + " WHERE p.id = %s AND (%s::bigint[] IS NULL OR c.group_id = ANY(%s))",
            (payout_id, groups, groups),
        ).fetchall()
    )
    if not found:
        return None
    *life, account_id, sealed = database.execute_sql(
        """
        SELECT p.created_by, p.approved_at, p.reserved_at, p.first_sent_at, p.ended_at, b.bank_name, b.last4,
               b.id, b.account_name_sealed
          FROM payout p LEFT JOIN bank_account b ON b.id = p.bank_account_id WHERE p.id = %s
        """,
        (payout_id,),
    ).fetchone()
    name = "" if sealed is None else keys().open(sealed, f"bank_account.account_name:{account_id}")
    return PayoutLife(*[found[0], *life, name, _attempts(payout_id), _words(payout_id), _earlier(payout_id)])


def _attempts(payout_id: int) -> tuple[Attempt, ...]:
    rows = database.execute_sql(
        """
        SELECT id, n, reference, status, sends, first_sent_at, last_sent_at, checks, next_check_at, provider_code,
               fee_kobo, reason, created_at, ended_at
          FROM payout_attempt WHERE payout_id = %s ORDER BY n
        """,
        (payout_id,),
    ).fetchall()
    return tuple(Attempt(*row) for row in rows)


def _earlier(payout_id: int) -> tuple[Part, ...]:
    rows = database.execute_sql(
        """
        SELECT q.net_kobo, q.paid_at
          FROM payout p JOIN payout q ON q.cycle_id = p.cycle_id AND q.pot_number = p.pot_number AND q.kind = p.kind
                                     AND q.part < p.part AND q.status <> 'cancelled'
         WHERE p.id = %s AND p.kind = 'pot' ORDER BY q.part
        """,
        (payout_id,),
    ).fetchall()
    return tuple(Part(*row) for row in rows)


def _words(payout_id: int) -> tuple[Yes, ...]:
    """Everybody's word on it: officers', and those of the staff who stood in for them."""
    rows = database.execute_sql(
        """
        SELECT a.member_id, w.name, a.verdict, a.channel, a.given_at, a.staff_id IS NOT NULL,
               a.payload_hash = p.payload_hash
          FROM approval a JOIN payout p ON p.id = %(id)s LEFT JOIN staff w ON w.id = a.staff_id
         WHERE a.subject = %(subject)s ORDER BY a.given_at, a.id
        """,
        {"id": payout_id, "subject": subject(payout_id)},
    ).fetchall()
    names = names_of({row[0] for row in rows if row[0] is not None})
    return tuple(Yes(names.get(member) or name, *rest) for member, name, *rest in rows)


def _named(rows: list[tuple[Any, ...]]) -> list[PayoutLine]:
    names = names_of({row[2] for row in rows})
    return [PayoutLine(*[*row[:3], names[row[2]], *row[3:]]) for row in rows]
