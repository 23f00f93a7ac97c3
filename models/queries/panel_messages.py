"""The outbox as the office sees it: what goes out, by which way, whether it arrived and what it cost.

Costs are the providers' own words ('NGN 4.00', 'USD 0.0083') and are added up by currency, never exchanged.
"""

import json
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from models.base import database
from models.country import home
from models.news_values import NewsFacts
from models.queries.people import open_name
from models.sealing import keys

# What the filters know, and which states of a row each of them means.
STATES: Final[dict[str, tuple[str, ...]]] = {
    "waiting": ("queued", "sending"),
    "sent": ("sent",),
    "arrived": ("delivered", "read"),
    "failed": ("failed", "unknown"),
    "dropped": ("suppressed",),
}
KINDS: Final = ("news", "reminder", "reply")
CHANNELS: Final = ("sms", "whatsapp")
PROVIDERS: Final = ("africastalking", "twilio", "sandbox")
BILLS: Final = timedelta(days=30)  # by which a price is known

LINES: Final = """
SELECT o.id, o.created_at, o.kind, o.text_key, o.reminder, o.status, coalesce(o.channel, ''), o.template, o.attempts,
       coalesce(o.reason, ''), coalesce(o.cost, ''), o.segments, o.language, o.sent_at, o.ended_at, o.next_at,
       m.id, m.name_sealed, o.phone_sealed, coalesce(g.name, ''), o.group_id
  FROM outbox o
  LEFT JOIN member m ON m.id = o.member_id
   AND (%(groups)s::bigint[] IS NULL OR EXISTS (
          SELECT 1 FROM seat s WHERE s.member_id = o.member_id AND s.group_id = ANY(%(groups)s)))
  LEFT JOIN savings_group g ON g.id = o.group_id
 WHERE (%(groups)s::bigint[] IS NULL OR o.group_id = ANY(%(groups)s))
   AND (%(id)s::bigint IS NULL OR o.id = %(id)s)
   AND (%(before)s::bigint IS NULL OR o.id < %(before)s)
   AND (%(states)s::text[] IS NULL OR o.status = ANY(%(states)s))
   AND (%(channel)s = '' OR o.channel LIKE '%%-' || %(channel)s)
   AND (%(provider)s = '' OR o.channel LIKE %(provider)s || '-%%')
   AND (%(kind)s = '' OR (%(kind)s = 'reply') = (o.kind = 'reply') AND (%(kind)s = 'reminder') = o.reminder)
   AND (%(key)s = '' OR o.text_key = %(key)s)
 ORDER BY o.id DESC LIMIT %(page)s
"""
SEALED: Final = "SELECT facts_sealed, content_sealed, tried FROM outbox WHERE id = %s"
# A cost is a currency and an amount; anything else counts as none.
DAYS: Final = """
SELECT (o.created_at AT TIME ZONE %(zone)s)::date, coalesce(o.channel, ''), count(*),
       count(*) FILTER (WHERE o.status IN ('sent', 'delivered', 'read')),
       count(*) FILTER (WHERE o.status IN ('delivered', 'read')),
       count(*) FILTER (WHERE o.status IN ('failed', 'unknown')),
       coalesce(sum(o.segments), 0)::bigint
  FROM outbox o
 WHERE o.created_at >= %(since)s AND (%(groups)s::bigint[] IS NULL OR o.group_id = ANY(%(groups)s))
 GROUP BY 1, 2 ORDER BY 1 DESC, 2
"""
COSTS: Final = """
SELECT (o.created_at AT TIME ZONE %(zone)s)::date, coalesce(o.channel, ''), split_part(o.cost, ' ', 1),
       sum(split_part(o.cost, ' ', 2)::numeric)
  FROM outbox o
 WHERE o.created_at >= %(since)s AND (%(groups)s::bigint[] IS NULL OR o.group_id = ANY(%(groups)s))
   AND o.cost ~ '^[A-Z]{3} [0-9]+([.][0-9]+)?$'
 GROUP BY 1, 2, 3 ORDER BY 3
"""
PRICE: Final = """
SELECT sum(split_part(o.cost, ' ', 2)::numeric) * 100 / sum(o.segments)
  FROM outbox o
 WHERE o.created_at >= %(since)s AND o.channel = %(channel)s AND o.segments > 0
   AND o.cost ~ ('^' || %(currency)s || ' [0-9]+([.][0-9]+)?$')
"""


@dataclass(frozen=True)
class Filter:
    """What is asked for; "" for all. state: of `STATES`. kind: of `KINDS`. key: of a text."""

    state: str = ""
    channel: str = ""
    provider: str = ""
    kind: str = ""
    key: str = ""


@dataclass(frozen=True)
class OutboxLine:
    """A message and what became of it."""

    outbox_id: int
    created_at: datetime
    kind: str
    text_key: str
    reminder: bool
    status: str
    channel: str
    template: bool
    attempts: int
    reason: str
    cost: str
    segments: int | None
    language: str
    sent_at: datetime | None
    ended_at: datetime | None
    next_at: datetime
    member_id: int | None
    name: str = field(repr=False)
    address: str = field(repr=False)
    group: str
    group_id: int | None


@dataclass(frozen=True)
class Letter:
    """One message with what it is worded from, unless its time is over. content: of a reply, as JSON. tried: the ways
    that led nowhere.
    """

    line: OutboxLine
    erased: bool
    facts: NewsFacts = field(repr=False)
    content: str | None = field(repr=False)
    tried: tuple[str, ...]


@dataclass(frozen=True)
class DayOfChannel:
    """A day's messages over one channel. channel: "" for those that have not been given to any. costs: by currency."""

    on: date
    channel: str
    decided: int
    sent: int
    arrived: int
    failed: int
    segments: int
    costs: tuple[tuple[str, Decimal], ...]


def lines(groups: list[int] | None, wanted: Filter, before: int | None = None, limit: int = 50) -> list[OutboxLine]:
    """The newest first."""
    rows = database.execute_sql(LINES, _values(groups, wanted, before=before, limit=limit)).fetchall()
    return [_line(row) for row in rows]


def letter(outbox_id: int, groups: list[int] | None) -> Letter | None:
    """One message; None for one that the reader may not see."""
    row = database.execute_sql(LINES, _values(groups, Filter(), outbox_id=outbox_id)).fetchone()
    if row is None:
        return None
    facts, content, tried = database.execute_sql(SEALED, (outbox_id,)).fetchone()
    return Letter(
        line=_line(row),
        erased=not facts,
        facts=json.loads(keys().open_if_kept(facts, f"outbox.facts:{outbox_id}") or "{}"),
        content=None if content is None else keys().open_if_kept(content, f"outbox.content:{outbox_id}"),
        tried=tuple(tried),
    )


def days(groups: list[int] | None, since: datetime) -> list[DayOfChannel]:
    """Every day and channel since then, the newest first."""
    values = {"groups": groups, "since": since, "zone": home().zone.key}
    costs: dict[tuple[date, str], list[tuple[str, Decimal]]] = {}
    for on, channel, currency, amount in database.execute_sql(COSTS, values).fetchall():
        costs.setdefault((on, channel), []).append((currency, amount))
    rows = database.execute_sql(DAYS, values).fetchall()
    return [DayOfChannel(*(*row, tuple(costs.get((row[0], row[1]), ())))) for row in rows]


def price_kobo(channel: str, now: datetime) -> int | None:
    """What a segment over this channel has cost of late, as it was billed; None where nothing was, in naira."""
    values = {"channel": channel, "since": now - BILLS, "currency": home().currency}
    row = database.execute_sql(PRICE, values).fetchone()
    return None if row[0] is None else round(row[0])


def _values(
    groups: list[int] | None, wanted: Filter, *, before: int | None = None, outbox_id: int | None = None, limit: int = 1
) -> dict[str, Any]:
    return {
        "groups": groups,
        "id": outbox_id,
        "before": before,
        "states": list(STATES[wanted.state]) if wanted.state else None,
        "channel": wanted.channel,
        "provider": wanted.provider,
        "kind": wanted.kind,
        "key": wanted.key,
        "page": limit,
    }


def _line(row: Any) -> OutboxLine:
    outbox_id, *rest, member_id, name, phone, group, group_id = row
    known = "" if name is None else open_name(member_id, name)
    address = keys().open_if_kept(phone, f"outbox.phone:{outbox_id}")
    return OutboxLine(*(outbox_id, *rest, member_id, known, address, group, group_id))
