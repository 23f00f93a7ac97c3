"""What time it is. The only place that asks; everybody below the doors is handed `now`.

In production it is the plain UTC time. Elsewhere the time of all processes can be moved together: the offset in
seconds stands in PostgreSQL, and a copy of it in Redis, which may be emptied at any moment, is what each process
looks at, at most five times a second. How the offset is stored in PostgreSQL is handed in by the caller.
"""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from redis import Redis, RedisError

KEY = "ajo:clock"
LOOK_AGAIN_SECONDS = 0.2
UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}


class NotMovable(Exception):
    """Somebody wanted to move the time of production."""


@dataclass
class _Shared:
    """An offset that all processes share, and what this one last saw of it."""

    redis: "Redis"
    load: Callable[[], float]
    save: Callable[[float], None]
    seen: float = 0.0
    look_at: float = 0.0

    def offset(self) -> float:
        if time.monotonic() >= self.look_at:
            self.seen = self._look()
            self.look_at = time.monotonic() + LOOK_AGAIN_SECONDS
        return self.seen

    def set(self, offset: float) -> None:
        """PostgreSQL first: if Redis is not there, the next one to look finds the truth."""
        self.save(offset)
        self.redis.set(KEY, repr(offset))
        self.look_at = 0.0

    def _look(self) -> float:
        try:
            copy = self.redis.get(KEY)
        except RedisError:
            return self.load()
        if copy is not None:
            return float(str(copy, "ascii") if isinstance(copy, bytes) else str(copy))
        offset = self.load()
        try:
            # Only when it is still absent: somebody may have moved the time since we read.
            self.redis.set(KEY, repr(offset), nx=True)
        except RedisError:
            return offset
        return offset


_shared: list[_Shared] = []


def configure(redis: "Redis", load_offset: Callable[[], float], save_offset: Callable[[float], None]) -> None:
    """Let the time of this process be moved. Never called in production, where `now` reads nothing."""
    _shared[:] = [_Shared(redis, load_offset, save_offset)]


def plain() -> None:
    """Back to the plain time."""
    _shared.clear()


def now() -> datetime:
    """The time, aware and in UTC."""
    real = datetime.now(UTC)
    return real + timedelta(seconds=_shared[0].offset()) if _shared else real


def set_to(instant: datetime) -> datetime:
    """Make it this time, in every process. Returns the new time. Raises NotMovable in production."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    _movable().set((instant - datetime.now(UTC)).total_seconds())
    return now()


def advance(duration: str) -> datetime:
    """Move the time by "7d", "36h", "90m", in every process. Returns the new time. Raises NotMovable in production."""
    step = parse_duration(duration).total_seconds()
    shared = _movable()
    shared.set(shared.load() + step)
    return now()


def parse_duration(text: str) -> timedelta:
    """Read "7d", "36h", "90m", "45s" or some of them in a row, "1d12h". Raises ValueError."""
    parts = re.findall(r"([0-9]{1,6})([dhms])", text.strip().lower())
    if not parts or "".join(number + unit for number, unit in parts) != text.strip().lower():
        raise ValueError("a duration looks like 7d, 36h, 90m or 1d12h")
    return sum((timedelta(**{UNITS[unit]: int(number)}) for number, unit in parts), timedelta())


def _movable() -> _Shared:
    if not _shared:
        raise NotMovable("the time of this process cannot be moved")
    return _shared[0]
