"""Proposals for the pages: those that wait for a second person, the most money first, and what became of the others.

groups: only what is about these groups, None for all. Names are opened, nothing else that is sealed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from models.base import database
from models.queries.people import names_of

PAGE: Final = 50
ENDED: Final = ("done", "refused", "withdrawn", "expired")

_COLUMNS: Final = """
SELECT p.id, p.kind, p.subject, p.payload, p.payload_hash, p.group_id, g.name, p.risk_kobo, p.note, p.maker_id, m.name,
       p.made_at, p.expires_at, p.status, c.name, p.checker_note, p.checked_at
  FROM proposal p
  JOIN staff m ON m.id = p.maker_id
  LEFT JOIN staff c ON c.id = p.checker_id
  LEFT JOIN savings_group g ON g.id = p.group_id
 WHERE (%(groups)s::bigint[] IS NULL OR p.group_id = ANY(%(groups)s))
"""
_FIELDS: Final = (
    *("proposal_id", "kind", "subject", "payload", "payload_hash", "group_id", "group", "risk_kobo", "note"),
    *("maker_id", "maker", "made_at", "expires_at", "status", "checker", "checker_note", "checked_at"),
)
_WAITING: Final = (
    _COLUMNS
    + """
   AND p.status = 'waiting' AND p.expires_at > %(now)s
   AND (%(after)s::bigint IS NULL OR (p.risk_kobo, -p.id) < (%(risk)s, -(%(after)s::bigint)))
 ORDER BY p.risk_kobo DESC, p.id LIMIT %(limit)s
"""
)
_HISTORY: Final = (
    _COLUMNS
    + """
   AND p.status = ANY(%(ended)s) AND (%(kind)s = '' OR p.kind = %(kind)s)
   AND (%(after)s::bigint IS NULL OR p.id < %(after)s)
 ORDER BY p.id DESC LIMIT %(limit)s
"""
)
# Payouts that ask their officers, and that nobody of the staff has proposed.
_PAYOUTS: Final = """
SELECT p.id, p.short_ref, p.member_id, c.group_id, g.name, c.number, p.net_kobo, p.created_at,
       coalesce(p.held_reason = 'officer', false),
       (SELECT count(*) FROM approval a WHERE a.subject = 'payout:' || p.id AND a.payload_hash = p.payload_hash
                                          AND a.verdict = 'yes' AND a.member_id IS DISTINCT FROM p.member_id)
  FROM payout p
  JOIN cycle c ON c.id = p.cycle_id
  JOIN savings_group g ON g.id = c.group_id
 WHERE (p.status = 'awaiting_approval' OR p.status IN ('held', 'returned') AND p.held_reason IN ('officer', 'again'))
   AND (%(groups)s::bigint[] IS NULL OR c.group_id = ANY(%(groups)s))
   AND NOT EXISTS (SELECT 1 FROM proposal x WHERE x.kind = 'payout' AND x.subject = 'payout:' || p.id
                      AND x.status = 'waiting' AND x.expires_at > %(now)s)
   AND (%(after)s::bigint IS NULL OR (p.net_kobo, -p.id) < (%(risk)s, -(%(after)s::bigint)))
 ORDER BY p.net_kobo DESC, p.id LIMIT %(limit)s
"""


@dataclass(frozen=True)
class Proposed:
    """One proposal. member: the name of the one it is about, '' when it is about nobody or about several."""

    proposal_id: int
    kind: str
    subject: str
    wanted: Mapping[str, Any]
    facts: Mapping[str, Any]
    payload_hash: str
    group_id: int | None
    group: str | None
    risk_kobo: int
    note: str = field(repr=False)
    maker_id: int
    maker: str
    made_at: datetime
    expires_at: datetime
    status: str
    checker: str | None
    checker_note: str | None = field(repr=False)
    checked_at: datetime | None
    member: str = field(default="", repr=False)

    @property
    def key(self) -> str:
        """Where the next page of those that wait begins."""
        return f"{self.risk_kobo}-{self.proposal_id}"


@dataclass(frozen=True)
class AskingPayout:
    """A payout that waits for two yeses. held: an officer has said "wait". yes: how many there are."""

    payout_id: int
    short_ref: str
    member: str = field(repr=False)
    group_id: int
    group: str
    cycle: int
    net_kobo: int
    since: datetime
    held: bool
    yes: int

    @property
    def key(self) -> str:
        return f"{self.net_kobo}-{self.payout_id}"


def waiting(groups: list[int] | None, now: datetime, after: str = "", limit: int = PAGE) -> list[Proposed]:
    """Those that wait: the most money at risk first, then the oldest. One more than a page when there are more."""
    risk, last = _after(after)
    values = {"groups": groups, "now": now, "risk": risk, "after": last, "limit": limit + 1}
    return _opened(database.execute_sql(_WAITING, values).fetchall())


def history(
    groups: list[int] | None, *, kind: str = "", status: str = "", after: int | None = None, limit: int = PAGE
) -> list[Proposed]:
    """What has come to its end, the newest first. One more than a page when there are more."""
    ended = [status] if status in ENDED else list(ENDED)
    values = {"groups": groups, "ended": ended, "kind": kind, "after": after, "limit": limit + 1}
    return _opened(database.execute_sql(_HISTORY, values).fetchall())


def proposal(proposal_id: int, groups: list[int] | None) -> Proposed | None:
    """One of them; None when there is none, or it is about somebody else's group."""
    rows = database.execute_sql(_COLUMNS + " AND p.id = %(id)s", {"groups": groups, "id": proposal_id}).fetchall()
    return next(iter(_opened(rows)), None)


def waiting_for(kind: str, subject: str, now: datetime) -> int | None:
    """The proposal of this that waits for somebody, for the page of its matter."""
    row = database.execute_sql(
        "SELECT id FROM proposal WHERE kind = %s AND subject = %s AND status = 'waiting' AND expires_at > %s",
        (kind, subject, now),
    ).fetchone()
    return None if row is None else int(row[0])


def asking_payouts(groups: list[int] | None, now: datetime, after: str = "", limit: int = PAGE) -> list[AskingPayout]:
    """Pots that the officers have not let go yet: the largest first. One more than a page when there are more."""
    risk, last = _after(after)
    values = {"groups": groups, "now": now, "risk": risk, "after": last, "limit": limit + 1}
    rows = database.execute_sql(_PAYOUTS, values).fetchall()
    names = names_of({row[2] for row in rows})
    return [_asking(row, names[row[2]]) for row in rows]


def _asking(row: tuple[Any, ...], member: str) -> AskingPayout:
    payout_id, ref, _, group_id, group, cycle, net_kobo, since, held, yes = row
    return AskingPayout(payout_id, ref, member, group_id, group, cycle, net_kobo, since, held, yes)


def _opened(rows: list[tuple[Any, ...]]) -> list[Proposed]:
    members = {row[0]: _about(row[3]["facts"]) for row in rows}
    names = names_of({member for member in members.values() if member is not None})
    return [_proposed(row, names.get(members[row[0]] or 0, "")) for row in rows]


def _proposed(row: tuple[Any, ...], member: str) -> Proposed:
    values = dict(zip(_FIELDS, row, strict=True))
    payload = values.pop("payload")
    return Proposed(**values, wanted=payload["wanted"], facts=payload["facts"], member=member)


def _about(facts: Mapping[str, Any]) -> int | None:
    found = facts.get("recipient_id") or facts.get("member_id")
    return found if isinstance(found, int) else None


def _after(key: str) -> tuple[int, int | None]:
    """'2500000-12' as a key of two parts; whatever is none begins at the beginning."""
    risk, _, last = key.partition("-")
    if not (risk.isdecimal() and last.isdecimal()) or len(risk) > 18 or len(last) > 18:
        return 0, None
    return int(risk), int(last)
