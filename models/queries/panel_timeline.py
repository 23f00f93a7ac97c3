"""One line after the other, over all channels: what a member typed and was shown, what was written to her, her money.

The newest first, paged by key: (moment, source, row). What was typed as a secret was masked before it was kept;
account numbers and links that were on her screen are masked by whoever shows this. On a number that she
has not had all the time, only what was said while it was hers.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from models.actions.signing_in import Somebody
from models.base import database
from models.news_values import NewsFacts
from models.queries.panel_scope import groups_of
from models.sealing import CannotOpen, keys

PAGE: Final = 40
SOURCES: Final = ("audit", "mail", "payment", "payout", "picture", "report", "session", "turn")


@dataclass(frozen=True)
class Key:
    """The place of a line. An address has it as 2026-11-23T08:00:00.000001+00:00~turn~12."""

    at: datetime
    source: str
    row_id: int

    def __str__(self) -> str:
        return f"{self.at.astimezone(UTC).isoformat()}~{self.source}~{self.row_id}"

    @classmethod
    def parse(cls, text: str) -> "Key | None":
        """None for what is no key."""
        at, _, rest = text.partition("~")
        source, _, row_id = rest.partition("~")
        try:
            moment = datetime.fromisoformat(at)
        except ValueError:
            return None
        fine = moment.tzinfo is not None and source in SOURCES and row_id.isdecimal() and len(row_id) < 19
        return cls(moment, source, int(row_id)) if fine else None


@dataclass(frozen=True)
class Line:
    """One event.

    what: turn | mail | reply | session | payment | payout | report | picture | audit. title: a state, a text key, a
    verb. heard: what she typed; said: what a screen showed. facts, language: of a message that is worded when shown.
    cost: as the provider wrote it.
    """

    key: Key
    what: str
    title: str = ""
    after: str = ""
    heard: str = field(default="", repr=False)
    said: str = field(default="", repr=False)
    facts: NewsFacts = field(default_factory=dict, repr=False)
    language: str = "en"
    channel: str = ""
    status: str = ""
    reason: str = ""
    cost: str = ""
    segments: int | None = None
    kobo: int | None = None
    ref: str = ""
    group: str = ""
    actor: str = ""
    done_at: datetime | None = None
    took_ms: int | None = None
    reminder: bool = False
    template: bool = False


@dataclass(frozen=True)
class Timeline:
    """A page of it. before: the key of the next, older page."""

    lines: tuple[Line, ...]
    before: str | None


# numbers: those that were hers, and when. Before she registered she had it for a day at most, as far as we know.
_NUMBERS: Final = """
numbers AS (
  SELECT m.phone_index, greatest(m.created_at - interval '1 day',
           (SELECT max(f.until_at) FROM former_number f WHERE f.phone_index = m.phone_index OR f.member_id = m.id))
           AS since, 'infinity'::timestamptz AS until
    FROM member m WHERE m.id = %(id)s AND m.status <> 'closed'
  UNION ALL
  SELECT f.phone_index, m.created_at - interval '1 day', f.until_at
    FROM former_number f JOIN member m ON m.id = f.member_id WHERE f.member_id = %(id)s)
"""
_MINE: Final = "(%(groups)s::bigint[] IS NULL OR {0} = ANY(%(groups)s))"

_KEYS: Final = f"""
WITH {_NUMBERS}, lines AS (
  SELECT s.at, 'turn' AS source, s.id FROM numbers n JOIN said s ON s.phone_index = n.phone_index
     AND s.at >= n.since AND s.at < n.until
  UNION ALL
  SELECT u.ended_at, 'session', u.id FROM numbers n JOIN ussd_session u ON u.phone_index = n.phone_index
     AND u.ended_at >= n.since AND u.ended_at < n.until
  UNION ALL
  SELECT o.created_at, 'mail', o.id FROM numbers n JOIN outbox o ON o.phone_index = n.phone_index
     AND o.created_at >= n.since AND o.created_at < n.until
   WHERE o.group_id IS NULL OR {_MINE.format("o.group_id")}
  UNION ALL
  SELECT a.created_at, 'picture', a.id FROM numbers n JOIN attachment a ON a.phone_index = n.phone_index
     AND a.created_at >= n.since AND a.created_at < n.until
   WHERE a.group_id IS NULL OR {_MINE.format("a.group_id")}
  UNION ALL
  SELECT p.created_at, 'payment', p.id FROM payment p JOIN seat s ON s.id = p.seat_id
   WHERE p.member_id = %(id)s AND {_MINE.format("s.group_id")}
  UNION ALL
  SELECT p.created_at, 'payout', p.id FROM payout p JOIN seat s ON s.id = p.seat_id
   WHERE p.member_id = %(id)s AND {_MINE.format("s.group_id")}
  UNION ALL
  SELECT r.opened_at, 'report', r.id FROM report r
   WHERE r.member_id = %(id)s AND (r.group_id IS NULL OR {_MINE.format("r.group_id")})
  UNION ALL
  SELECT a.at, 'audit', a.id FROM audit a
   WHERE a.subject = %(subject)s AND a.entry_id IS NULL AND a.subject LIKE 'member:%%'
  UNION ALL
  SELECT a.at, 'audit', a.id FROM audit a
   WHERE a.actor = %(subject)s AND a.entry_id IS NULL AND a.actor LIKE 'member:%%' AND a.subject <> a.actor
     AND (%(groups)s::bigint[] IS NULL OR a.chain = 'house'
          OR a.chain = ANY(SELECT 'group:' || g FROM unnest(%(groups)s::bigint[]) g)))
SELECT at, source, id FROM lines
 WHERE %(at)s::timestamptz IS NULL OR (at, source, id) < (%(at)s, %(source)s, %(row)s)
 ORDER BY at DESC, source DESC, id DESC LIMIT %(limit)s
"""  # noqa: S608 (fixed pieces of our own)


def timeline(member_id: int, who: Somebody, *, before: Key | None = None, whole: bool = True, limit: int = PAGE,
             ) -> Timeline:  # fmt: skip
    """A page. whole: False leaves out what was said, for whoever may see only some of her groups."""
    rows = database.execute_sql(
        _KEYS,
        {
            "id": member_id,
            "subject": f"member:{member_id}",
            "groups": groups_of(who),
            "at": before and before.at,
            "source": before.source if before else "",
            "row": before.row_id if before else 0,
            "limit": limit + 1,
        },
    ).fetchall()
    found = [Key(*row) for row in rows[:limit]]
    ids: defaultdict[str, list[int]] = defaultdict(list)
    for key in found:
        ids[key.source].append(key.row_id)
    read = {source: {line.key.row_id: line for line in _READ[source](numbers)} for source, numbers in ids.items()}
    lines = [read[key.source][key.row_id] for key in found]
    return Timeline(
        tuple(line if whole else _without_words(line) for line in lines),
        str(found[-1]) if len(rows) > limit else None,
    )


def _without_words(line: Line) -> Line:
    if line.what not in ("turn", "mail", "reply") or line.group:
        return line
    return Line(line.key, line.what, channel=line.channel, status=line.status, cost=line.cost)


def _turns(ids: list[int]) -> Iterable[Line]:
    for row in _rows("SELECT id, at, stream_id, channel, state_before, state_after, heard_sealed, said_sealed, took_ms "
                     "FROM said WHERE id = ANY(%s)", ids):  # fmt: skip
        row_id, at, stream, channel, state, then, heard, said, took_ms = row
        yield Line(
            Key(at, "turn", row_id), "turn", title=state, after=then, channel=channel, took_ms=took_ms,
            heard=_opened(heard, f"said.heard:{stream}"), said=_opened(said, f"said.said:{stream}"),
        )  # fmt: skip


def _mail(ids: list[int]) -> Iterable[Line]:
    for row in _rows(
        """
        SELECT o.id, o.created_at, o.kind, o.text_key, o.facts_sealed, o.language, coalesce(o.channel, ''), o.status,
               coalesce(o.reason, ''), coalesce(o.cost, ''), o.segments, o.ended_at, o.sent_at, coalesce(g.name, ''),
               o.reminder, o.template
          FROM outbox o LEFT JOIN savings_group g ON g.id = o.group_id WHERE o.id = ANY(%s)
        """,
        ids,
    ):
        (row_id, at, kind, key, facts, language, channel, status, reason, cost, segments, ended_at, sent_at, group,
         reminder, template) = row  # fmt: skip
        yield Line(
            Key(at, "mail", row_id), "reply" if kind == "reply" else "mail", title=key,
            facts=_facts(facts, row_id), language=language, channel=channel, status=status, reason=reason, cost=cost,
            segments=segments, group=group, done_at=ended_at or sent_at, reminder=reminder, template=template,
        )  # fmt: skip


def _sessions(ids: list[int]) -> Iterable[Line]:
    for row in _rows("SELECT id, ended_at, status, cost, took_ms, hops, coalesce(error, '') FROM ussd_session "
                     "WHERE id = ANY(%s)", ids):  # fmt: skip
        row_id, at, status, cost, took_ms, hops, error = row
        yield Line(Key(at, "session", row_id), "session", status=status, cost=cost, took_ms=took_ms, segments=hops,
                   reason=error, channel="ussd")  # fmt: skip


def _payments(ids: list[int]) -> Iterable[Line]:
    for row in _rows(
        """
        SELECT p.id, p.created_at, p.method, p.status, coalesce(p.received_kobo, p.amount_kobo + p.fee_kobo),
               p.short_ref, g.name, p.paid_at, coalesce(p.reason, '')
          FROM payment p JOIN seat s ON s.id = p.seat_id JOIN savings_group g ON g.id = s.group_id
         WHERE p.id = ANY(%s)
        """,
        ids,
    ):
        row_id, at, method, status, kobo, ref, group, paid_at, reason = row
        yield Line(Key(at, "payment", row_id), "payment", title=method, status=status, kobo=kobo, ref=ref, group=group,
                   done_at=paid_at, reason=reason)  # fmt: skip


def _payouts(ids: list[int]) -> Iterable[Line]:
    for row in _rows(
        """
        SELECT p.id, p.created_at, p.status, p.net_kobo, p.short_ref, g.name, p.paid_at, coalesce(p.held_reason, '')
          FROM payout p JOIN seat s ON s.id = p.seat_id JOIN savings_group g ON g.id = s.group_id WHERE p.id = ANY(%s)
        """,
        ids,
    ):
        row_id, at, status, kobo, ref, group, paid_at, reason = row
        yield Line(Key(at, "payout", row_id), "payout", status=status, kobo=kobo, ref=ref, group=group,
                   done_at=paid_at, reason=reason)  # fmt: skip


def _reports(ids: list[int]) -> Iterable[Line]:
    for row in _rows(
        """
        SELECT r.id, r.opened_at, r.kind, r.status, r.short_ref, coalesce(g.name, ''), r.answered_at
          FROM report r LEFT JOIN savings_group g ON g.id = r.group_id WHERE r.id = ANY(%s)
        """,
        ids,
    ):
        row_id, at, kind, status, ref, group, answered_at = row
        yield Line(Key(at, "report", row_id), "report", title=kind, status=status, ref=ref, group=group,
                   done_at=answered_at)  # fmt: skip


def _pictures(ids: list[int]) -> Iterable[Line]:
    for row in _rows("SELECT id, created_at, kind, channel, proof, done_at FROM attachment WHERE id = ANY(%s)", ids):
        row_id, at, kind, channel, proof, done_at = row
        yield Line(Key(at, "picture", row_id), "picture", title=kind, channel=channel, done_at=done_at,
                   status="proof" if proof else "")  # fmt: skip


def _audit(ids: list[int]) -> Iterable[Line]:
    for row in _rows("SELECT id, at, verb, subject, actor FROM audit WHERE id = ANY(%s)", ids):
        row_id, at, verb, subject, actor = row
        yield Line(Key(at, "audit", row_id), "audit", title=verb, ref=subject, actor=actor)


_READ: Final[Mapping[str, Callable[[list[int]], Iterable[Line]]]] = {
    "turn": _turns,
    "mail": _mail,
    "session": _sessions,
    "payment": _payments,
    "payout": _payouts,
    "report": _reports,
    "picture": _pictures,
    "audit": _audit,
}


def _rows(sql: str, ids: list[int]) -> list[Any]:
    rows: list[Any] = database.execute_sql(sql, (ids,)).fetchall()
    return rows


def _facts(sealed: memoryview, row_id: int) -> NewsFacts:
    try:
        facts: NewsFacts = json.loads(keys().open(sealed, f"outbox.facts:{row_id}"))
    except (CannotOpen, ValueError):
        return {}
    return facts


def _opened(sealed: memoryview, place: str) -> str:
    """A turn that does not open holds up nobody's timeline."""
    try:
        return keys().open(sealed, place)
    except CannotOpen:
        return "?"
