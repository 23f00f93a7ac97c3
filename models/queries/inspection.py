"""What developers see of one phone outside production: commands and outcomes, payments, messages, costs, moments.

Nothing is masked here, that is the door's business (bot.inspector). Only reads, a few rows
each, and without an index of its own where the demo's few rows need none.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final

from models.base import database
from models.queries.people import member_id_of, name_of
from models.rules.schedule import DAY, local_date, zone
from models.sealing import CannotOpen, keys

MOST: Final = 12

# The periodic jobs whose hour a moment waits for; a test compares them with the timetable.
REMINDERS_AT: Final = time(9)
PAYOUTS_AT: Final = time(10)
LATE_FEES_AT: Final = time(1)
A_LITTLE_LATER: Final = timedelta(minutes=1)

_COMMANDS: Final = """
SELECT key, command, channel_of.channel, outcome_sealed, at
  FROM performed
 CROSS JOIN LATERAL (SELECT split_part(key, ':', 1) AS channel) channel_of
 WHERE (member_id = %(member)s OR session = ANY(%(sessions)s))
   AND (%(since)s::timestamptz IS NULL OR at >= %(since)s)
 ORDER BY at DESC, hop DESC, key DESC LIMIT %(limit)s
"""
_PAYMENTS: Final = """
SELECT id, reference, short_ref, method, status, amount_kobo, fee_kobo, received_kobo, currency, created_at, paid_at
  FROM payment WHERE member_id = %s ORDER BY id DESC LIMIT %s
"""
_MAIL: Final = """
SELECT text_key, kind, coalesce(channel, ''), status, coalesce(reason, ''), next_at, created_at
  FROM outbox WHERE phone_index = %s ORDER BY id DESC LIMIT %s
"""
# A cost is a currency and an amount, in the provider's words; anything else counts as none.
_COSTS: Final = """
SELECT way, split_part(cost, ' ', 1), sum(split_part(cost, ' ', 2)::numeric), count(*)
  FROM (SELECT coalesce(channel, '') AS way, cost FROM outbox WHERE phone_index = %(phone)s
        UNION ALL
        SELECT 'ussd', cost FROM ussd_session WHERE phone_index = %(phone)s) each
 WHERE cost ~ '^[A-Z]{3} [0-9]+([.][0-9]+)?$'
 GROUP BY 1, 2 ORDER BY 1, 2
"""
_CHATS: Final = """
SELECT id, channel, talk_sealed, heard_at, timeout_at FROM chat WHERE phone_index = %s ORDER BY channel
"""
_CYCLES: Final = """
SELECT g.name, c.number, c.due_on, c.due_at, g.grace_days
  FROM cycle c JOIN savings_group g ON g.id = c.group_id
 WHERE c.status IN ('scheduled', 'open', 'grace', 'closing', 'held') AND g.status IN ('ready', 'active')
   AND c.due_at > %(now)s - interval '40 days'
   AND (%(member)s::bigint IS NULL OR EXISTS (
         SELECT 1 FROM seat s WHERE s.group_id = g.id AND s.member_id = %(member)s
            AND s.status IN ('accepted', 'active', 'in_arrears', 'defaulted', 'exiting')))
 ORDER BY c.due_at LIMIT 100
"""


@dataclass(frozen=True)
class Chatted:
    """A chat of hers. talk: as the flows wrote it, None when it is forgotten; that is at `until`, if nobody writes."""

    channel: str
    talk: str | None = field(repr=False)
    heard_at: datetime
    until: datetime | None


@dataclass(frozen=True)
class Told:
    """A command that was performed, and what became of it."""

    at: datetime
    channel: str
    command: str
    done: dict[str, Any] = field(repr=False)
    refused: str | None


@dataclass(frozen=True)
class Paid:
    """A payment of hers."""

    payment_id: int
    reference: str
    short_ref: str
    method: str
    status: str
    amount_kobo: int
    fee_kobo: int
    received_kobo: int | None
    currency: str
    created_at: datetime
    paid_at: datetime | None


@dataclass(frozen=True)
class Written:
    """A message to her, without its words: about is their key."""

    about: str
    kind: str
    channel: str
    status: str
    reason: str
    next_at: datetime
    created_at: datetime


@dataclass(frozen=True)
class Cost:
    """What one way has cost so far, in one currency."""

    way: str
    currency: str
    amount: Decimal
    times: int


@dataclass(frozen=True)
class Moment:
    """Something that happens by itself at a time to come. kind: reminder, due, payout or late_fee."""

    kind: str
    group: str
    cycle: int
    at: datetime


@dataclass(frozen=True)
class Phone:
    """Everything of one phone. member_id is None for somebody who has not registered."""

    member_id: int | None
    name: str = field(repr=False)
    commands: tuple[Told, ...]
    payments: tuple[Paid, ...]
    messages: tuple[Written, ...]
    costs: tuple[Cost, ...]


def phone(number: str, sessions: Sequence[str]) -> Phone:
    """What is known of a number. sessions: the marks of its open ones, for what a stranger has done in them."""
    member_id, index = member_id_of(number), keys().index(number, "phone")
    paid = [] if member_id is None else database.execute_sql(_PAYMENTS, (member_id, MOST)).fetchall()
    return Phone(
        member_id,
        "" if member_id is None else name_of(member_id),
        commands(number, sessions),
        tuple(Paid(*row) for row in paid),
        tuple(Written(*row) for row in database.execute_sql(_MAIL, (index, MOST)).fetchall()),
        tuple(Cost(*row) for row in database.execute_sql(_COSTS, {"phone": index}).fetchall()),
    )


def chats(number: str) -> tuple[Chatted, ...]:
    """Her chats, by channel."""
    rows = database.execute_sql(_CHATS, (keys().index(number, "phone"),)).fetchall()
    return tuple(
        Chatted(channel, _opened(talk, f"chat.talk:{chat_id}"), heard_at, until)
        for chat_id, channel, talk, heard_at, until in rows
    )


def commands(
    number: str, sessions: Sequence[str], since: datetime | None = None, limit: int = MOST
) -> tuple[Told, ...]:
    """What was done for her, the newest first."""
    asked = {"member": member_id_of(number), "sessions": list(sessions), "since": since, "limit": limit}
    return tuple(_told(row) for row in database.execute_sql(_COMMANDS, asked).fetchall())


def moments(number: str, now: datetime) -> tuple[Moment, ...]:
    """The next moment of each kind, in her groups; in all groups for somebody who is in none. The soonest first."""
    member_id = member_id_of(number)
    rows = _cycles(member_id, now) or _cycles(None, now)
    found: dict[str, Moment] = {}
    for group, number_of_cycle, due_on, due_at, grace_days in rows:
        grace_over = due_at + grace_days * DAY
        for kind, at in (
            ("reminder", datetime.combine(due_on, REMINDERS_AT, tzinfo=zone()).astimezone(UTC)),
            ("due", due_at),
            ("payout", _first(PAYOUTS_AT, due_at)),
            ("late_fee", _first(LATE_FEES_AT, grace_over)),
        ):
            later = Moment(kind, group, number_of_cycle, at + A_LITTLE_LATER)
            if later.at > now and (kind not in found or later.at < found[kind].at):
                found[kind] = later
    return tuple(sorted(found.values(), key=lambda each: each.at))


def _cycles(member_id: int | None, now: datetime) -> list[Any]:
    rows: list[Any] = database.execute_sql(_CYCLES, {"member": member_id, "now": now}).fetchall()
    return rows


def _first(hour: time, after: datetime) -> datetime:
    """The first time at or after this that a clock on the wall shows this hour."""
    today = datetime.combine(local_date(after), hour, tzinfo=zone())
    at = today if today >= after else datetime.combine(local_date(after) + DAY, hour, tzinfo=zone())
    return at.astimezone(UTC)


def _told(row: Sequence[Any]) -> Told:
    key, command, channel, sealed, at = row
    opened = _opened(sealed, f"performed.outcome:{key}")
    kept: dict[str, Any] = {"refused": "not readable"} if opened is None else json.loads(opened)
    return Told(at, channel, command, kept.get("done", {}), kept.get("refused"))


def _opened(sealed: Any, place: str) -> str | None:
    """None for what is not there, and for what was sealed with a key that is gone."""
    try:
        return None if sealed is None else keys().open(sealed, place)
    except CannotOpen:
        return None
