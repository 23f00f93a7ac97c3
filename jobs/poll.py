"""The poll: every few seconds it asks the database what is due, and rings for it.

A bell can be lost (Redis was emptied, a worker died with a job in its hand); what is
due cannot, because it stands in the database. So this is the recovery of everything,
and needs no case of its own for any. It also puts back the entries of rq-scheduler
that were lost, and says to /readyz that the worker lives.
"""

import os
import time
from typing import Final

from redis import RedisError

from bot import clock, health
from bot.logs import log
from bot.process import redis_of
from bot.queue import ring_all, ring_periodic
from jobs import schedule
from jobs.clock import put_back
from models.base import database
from models.queries.due import due

EVERY_SECONDS: Final = 2.0


def poll_for_ever() -> None:
    """Until the worker has gone."""
    parent = os.getppid()
    while os.getppid() == parent:
        try:
            poll_once()
        except Exception:  # noqa: BLE001 (a door: the next look may fare better)
            log.exception("poll")
        finally:
            if not database.is_closed():
                database.close()
        time.sleep(EVERY_SECONDS)


def poll_once() -> None:
    """One look at everything."""
    now = clock.now()
    ring_all(due(now))
    for name in schedule.due(now):
        ring_periodic(name)
    _tend_the_clock()
    health.beat("worker")


def _tend_the_clock() -> None:
    try:
        if lost := put_back(redis_of()):
            log.warning("clock", what="entries were lost and put back", names=lost)
    except RedisError as trouble:
        log.warning("clock", what="put back", result=type(trouble).__name__)
