"""What was said, for the panel's timeline: a stream in Redis that a job writes to the database in bulk.

It is a log and not a book: it may be late, and what lies in a Redis that is lost is lost.
What was typed where a secret was asked for never gets here; everything else about the turn
(her number, names, what the screen said) is sealed while it waits. An entry has the stream's id,
which the database takes once only, so draining twice is draining once.
"""

import json
from datetime import datetime
from typing import Any

from redis.client import Pipeline

from bot.logs import log
from bot.process import redis_of
from models.actions.people import SaidRow, write_said
from models.sealing import CannotOpen, keys

STREAM = "ajo:said"
LONGEST = 100_000  # entries; beyond it the oldest are dropped
BATCH = 500
MASK = "***"


def put(pipe: Pipeline, turn: SaidRow) -> None:
    """Add to a pipeline what keeps this turn for the timeline. Its stream id is given by the stream."""
    value = json.dumps(vars(turn) | {"at": turn.at.isoformat()}, separators=(",", ":"))
    pipe.xadd(STREAM, {"turn": keys().seal(value, STREAM)}, maxlen=LONGEST, approximate=True)


def drain(limit: int = BATCH) -> int:
    """Move the oldest turns to the database; how many were taken from the stream. Raises RedisError."""
    entries: Any = redis_of().xrange(STREAM, count=limit)
    if not entries:
        return 0
    turns = [_opened(stream_id.decode(), fields) for stream_id, fields in entries]
    write_said(turn for turn in turns if turn is not None)
    redis_of().xdel(STREAM, *(stream_id for stream_id, _ in entries))
    return len(entries)


def _opened(stream_id: str, fields: dict[bytes, bytes]) -> SaidRow | None:
    """An entry that does not open is dropped: nobody will ever read it."""
    try:
        values = json.loads(keys().open(fields[b"turn"], STREAM))
        return SaidRow(**values | {"stream_id": stream_id, "at": datetime.fromisoformat(values["at"])})
    except (CannotOpen, ValueError, TypeError, KeyError):
        log.warning("said", what="unreadable", stream_id=stream_id)
        return None
