"""The poll: every few seconds it asks the database what is due, and rings for it.

A bell can be lost (Redis was emptied, a worker died with a job in its hand); what is
due cannot, because it stands in the database. So this is the recovery of everything,
and needs no case of its own for any. It also puts back the entries of rq-scheduler
that were lost, and leaves a heartbeat for /readyz.
"""

import os
import time
from collections.abc import Callable
from typing import Final

from redis import RedisError

from bot import clock, health, said
from bot.logs import log
from bot.process import redis_of
from bot.queue import ring_all, ring_periodic
from jobs import accounts, housekeeping, payments, payouts, schedule
from jobs.clock import put_back
from models.actions import mail
from models.base import database
from models.doorbell import Ring

EVERY_SECONDS: Final = 2.0
LIMIT: Final = 200


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


def poll_once() -> dict[str, int]:
    """One look. Counts of what was rung for, by bell."""
    now = clock.now()
    looks: dict[str, Callable[[], list[int]]] = {
        "process_event": lambda: mail.events_due(now, LIMIT),
        "send_mail": lambda: mail.mail_due(now, 1),
        "look_up_account": lambda: accounts.lookups_due(now, LIMIT),
    }
    rung: dict[str, int] = {}
    return rung
