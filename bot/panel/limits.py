"""How often the panel may be asked: by person once she is signed in, by network address before that.

Counted in Redis for all processes together. While Redis is away each process counts for itself: a flood is still held
up, and nobody is kept from work. Wrong passwords and codes are none of this: they are counted in the database
(models/actions/signing_in.py), where no restart forgives them.
"""

from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Final

from redis import RedisError

from bot.process import redis_of


@dataclass(frozen=True)
class Limit:
    """So many requests in so many seconds."""

    name: str
    most: int
    seconds: int


PAGES: Final = Limit("pages", 300, 60)
FORMS: Final = Limit("forms", 60, 60)
SEARCHES: Final = Limit("searches", 60, 60)
EXPORTS: Final = Limit("exports", 30, 3600)
DOOR: Final = Limit("door", 120, 60)  # the pages of signing in, from one address

_own: dict[str, int] = {}
_lock: Final = Lock()


def over(limit: Limit, whom: str, now: datetime) -> bool:
    """Count this request. Whether it is one too many. whom: 'staff:7', or the mark of an address."""
    window = int(now.timestamp()) // limit.seconds
    key = f"ajo:panel:{limit.name}:{whom}:{window}"
    try:
        with redis_of().pipeline(transaction=False) as pipe:
            pipe.incr(key)
            pipe.expire(key, limit.seconds)
            count = int(pipe.execute()[0])
    except RedisError:
        count = _counted_here(key, str(window))
    return count > limit.most


def _counted_here(key: str, window: str) -> int:
    """This process's own count; what belongs to other windows is forgotten now and then."""
    with _lock:
        if key not in _own and len(_own) > 10_000:
            for old in [each for each in _own if not each.endswith(f":{window}")]:
                del _own[old]
        _own[key] = _own.get(key, 0) + 1
        return _own[key]
