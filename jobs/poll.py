"""The poll: every few seconds it asks the database what is due, and rings for it.

A bell can be lost (Redis was emptied, a worker died with a job in its hand); what is
due cannot, because it stands in the database. So this is the recovery of everything,
and needs no case of its own for any. It also puts back the entries of rq-scheduler
that were lost, and says to /readyz that the worker lives.
"""

import os
import time
from collections.abc import Hashable, Iterable
from typing import Final, TypeVar

from redis import RedisError
from rq import Worker

from bot import clock, health
from bot.logs import log
from bot.process import redis_of
from bot.queue import ring_all, ring_periodic
from jobs import schedule
from jobs.clock import put_back, use_zone
from models.base import database
from models.queries.due import due

EVERY_SECONDS: Final = 2.0
REST_MOST_SECONDS: Final = 60.0

T = TypeVar("T", bound=Hashable)


class Patience:
    """Who was rung for and is still due is rung for again after 2, 4, 8 ... seconds, at most a minute.

    So a lost ring is found at the next look, and what can do nothing yet (a payout while the
    balance is not there, everything while payouts are stopped) does not keep the workers busy.
    Kept in memory, because all that it saves is work.
    """

    def __init__(self) -> None:
        self._next: dict[Hashable, tuple[float, float]] = {}

    def impatient(self, found: Iterable[T], now_seconds: float) -> list[T]:
        """Those to ring for now, of all that are due now. Who is not among them any more is forgotten."""
        waiting = list(found)
        before, self._next = self._next, {}
        chosen = []
        for each in waiting:
            at, rest = before.get(each, (now_seconds, EVERY_SECONDS / 2))
            if now_seconds >= at:
                chosen.append(each)
                rest = min(rest * 2, REST_MOST_SECONDS)
                at = now_seconds + rest
            self._next[each] = (at, rest)
        return chosen

    def forget(self) -> None:
        """Start over: nobody has been rung for."""
        self._next.clear()


class Poll:
    """Looks and rings."""

    def __init__(self) -> None:
        self._rows, self._runs = Patience(), Patience()

    def once(self) -> None:
        """One look at everything. Nothing is rung while Redis is away: nobody would hear."""
        now, at = clock.now(), time.monotonic()
        try:
            self._tend_redis()
        except RedisError as trouble:
            log.warning("poll", what="Redis is away", result=type(trouble).__name__)
            return
        ring_all(self._rows.impatient(due(now), at))
        for name in self._runs.impatient(schedule.due(now), at):
            ring_periodic(name)

    def _tend_redis(self) -> None:
        redis = redis_of()
        if lost := put_back(redis):
            # They are lost all at once when Redis was emptied, and then what we rang for is lost too.
            log.warning("clock", what="entries were lost and put back", names=lost)
            self._rows.forget()
            self._runs.forget()
        if Worker.count(redis):
            health.beat("worker")


def poll_for_ever() -> None:
    """Until the worker has gone."""
    use_zone()
    parent = os.getppid()
    poll = Poll()
    while os.getppid() == parent:
        try:
            poll.once()
        except Exception:  # noqa: BLE001 (a door: the next look may fare better)
            log.exception("poll")
        finally:
            if not database.is_closed():
                database.close()
        time.sleep(EVERY_SECONDS)
