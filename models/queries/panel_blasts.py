"""Who an announcement reaches, and how those stand that were made."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from models.base import database
from models.rules.blasts import Audience

PEOPLE: Final = """
  FROM member m
  LEFT JOIN opt_out stop ON stop.phone_index = m.phone_index AND stop.started_at IS NULL
 WHERE m.id > %(after)s AND m.id <= %(last)s AND m.status <> 'closed' AND m.closed_at IS NULL
   AND (%(language)s = '' OR m.language = %(language)s)
   AND EXISTS (
     SELECT 1 FROM seat s JOIN savings_group g ON g.id = s.group_id
      WHERE s.member_id = m.id AND s.status IN ('accepted', 'active', 'in_arrears', 'defaulted', 'exiting')
        AND g.status IN ('forming', 'ready', 'active', 'paused', 'dissolving')
        AND (%(groups)s::bigint[] IS NULL OR s.group_id = ANY(%(groups)s))
        AND (%(who)s = 'all' OR EXISTS (
          SELECT 1 FROM obligation o WHERE o.seat_id = s.id AND o.status IN ('pending', 'partial')
             AND (%(who)s = 'unpaid' OR o.due_at < %(now)s))))
"""
STOPPED: Final = "(stop.phone_index IS NOT NULL OR m.reminders_stopped_at IS NOT NULL)"
SIZES: Final = f"SELECT m.language, {STOPPED}, count(*), max(m.id) {PEOPLE} GROUP BY 1, 2 ORDER BY 1"
NEXT: Final = f"SELECT m.id {PEOPLE} AND NOT {STOPPED} ORDER BY m.id LIMIT %(page)s"
EVERYBODY: Final = 2**62
DAY: Final = timedelta(hours=24)

BLASTS: Final = """
SELECT b.id, b.text, b.made_at, b.status, b.people, b.queued, s.name, c.name, coalesce(g.name, ''), b.audience,
       (SELECT count(*) FROM outbox o
         WHERE o.created_at >= b.made_at AND o.created_at <= b.made_at + interval '3 days'
           AND o.text_key IN ('S75', 'S76') AND starts_with(o.dedupe_key, 'blast:' || b.id || ':')
           AND o.status IN ('delivered', 'read'))
  FROM blast b
  JOIN staff s ON s.id = b.maker_id
  LEFT JOIN staff c ON c.id = b.checker_id
  LEFT JOIN savings_group g ON g.id = b.group_id
 WHERE (%(before)s::bigint IS NULL OR b.id < %(before)s)
   AND (%(groups)s::bigint[] IS NULL OR b.group_id = ANY(%(groups)s) OR b.maker_id = %(me)s)
 ORDER BY b.id DESC LIMIT %(page)s
"""


@dataclass(frozen=True)
class Sizes:
    """How many it reaches, by language, and how many said STOP. last_id: nobody who comes later is written to."""

    by_language: dict[str, int]
    stopped: int
    last_id: int

    @property
    def people(self) -> int:
        return sum(self.by_language.values())


@dataclass(frozen=True)
class BlastLine:
    """An announcement that was made."""

    blast_id: int
    text: str
    made_at: datetime
    status: str
    people: int
    queued: int
    maker: str
    checker: str | None
    group: str
    audience: Audience
    arrived: int


def sizes(audience: Audience, now: datetime) -> Sizes:
    """Counted now; who says STOP until it is sent gets nothing all the same."""
    rows = database.execute_sql(SIZES, _values(audience, now)).fetchall()
    return Sizes(
        by_language={language: count for language, stopped, count, _ in rows if not stopped},
        stopped=sum(count for _, stopped, count, _ in rows if stopped),
        last_id=max((last for *_, last in rows), default=0),
    )


def written_alone(staff_id: int, now: datetime) -> int:
    """To how many she has written in the last day without a second person; of one that was ended, to whom it went."""
    (people,) = database.execute_sql(
        """
        SELECT coalesce(sum(CASE WHEN status = 'stopped' THEN queued ELSE people END), 0) FROM blast
         WHERE maker_id = %s AND checker_id IS NULL AND made_at > %s
        """,
        (staff_id, now - DAY),
    ).fetchone()
    return int(people)


def next_people(audience: Audience, now: datetime, after_id: int, last_id: int, limit: int) -> list[int]:
    """The next members who get it, by id."""
    values = _values(audience, now) | {"after": after_id, "last": last_id, "page": limit}
    return [row[0] for row in database.execute_sql(NEXT, values).fetchall()]


def blasts(groups: list[int] | None, staff_id: int, before: int | None = None, limit: int = 20) -> list[BlastLine]:
    """The newest first. groups: those that the reader may see; her own announcements she sees in any case."""
    values = {"groups": groups, "me": staff_id, "before": before, "page": limit}
    rows = database.execute_sql(BLASTS, values).fetchall()
    return [BlastLine(*(*line, Audience.of_json(audience), arrived)) for *line, audience, arrived in rows]


def _values(audience: Audience, now: datetime) -> dict[str, Any]:
    return {
        "groups": None if audience.groups is None else list(audience.groups),
        "who": audience.who,
        "language": audience.language,
        "now": now,
        "after": 0,
        "last": EVERYBODY,
    }
