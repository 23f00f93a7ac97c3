"""The clock: rq-scheduler in a process of its own, `python -m jobs.clock`.

It only rings. What is due, and whether it has been done, stands in PostgreSQL; the
poll of the worker does what a lost ring would have done. Of rq-scheduler's traps,
measured (libraries.md), these are answered here: an entry without an id doubles at each
start; registering an entry over one that is due loses that run, so only what is
missing is registered; an entry can vanish when the process is killed between two
steps, so `put_back` runs again and again; the cron line is read in the process's time
zone, so the zone is set; jobs are JSON, never pickles.

rq-scheduler's author points to other schedulers in the long run: nothing outside this
module knows it.
"""

import os
import time
import warnings
from typing import Final

from redis import Redis, RedisError
from rq.utils import as_text
from rq_scheduler import Scheduler

from bot import health
from bot.logs import log
from bot.process import redis_of, start
from bot.queue import PERIODIC_TIMEOUT_SECONDS, QUEUE, job_path
from jobs.rung import RungJob
from jobs.schedule import PERIODIC, Periodic
from models.country import home

POLL_SECONDS: Final = 5
PREFIX: Final = "periodic-"


class Clock(Scheduler):  # type: ignore[misc]
    """rq-scheduler, on our queue, that says that it lives."""

    def __init__(self, redis: Redis) -> None:
        super().__init__(queue_name=QUEUE, connection=redis, interval=POLL_SECONDS, job_class=RungJob)

    def heartbeat(self) -> None:
        """As in rq-scheduler, and for /readyz."""
        super().heartbeat()
        health.beat("clock")

    def register(self, job: Periodic) -> None:
        """Make the entry of a periodic job. Its first time is the next one of the timetable."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # of crontab, about a call of rq-scheduler's
            self.cron(
                job.cron,
                func=job_path("run_periodic"),
                args=[job.name],
                id=entry_id(job.name),
                queue_name=QUEUE,
                timeout=PERIODIC_TIMEOUT_SECONDS,
                use_local_timezone=True,
            )


def put_back(redis: Redis) -> list[str]:
    """Register every periodic job that has no entry, and take out entries of jobs that are no more.

    Returns the names of those registered. An entry that is there is left alone, due or not.
    """
    clock = Clock(redis)
    entries = {as_text(entry) for entry, _ in redis.zscan_iter(Clock.scheduled_jobs_key)}
    lost = [job for job in PERIODIC if entry_id(job.name) not in entries]
    for job in lost:
        clock.register(job)
    ours = {entry_id(job.name) for job in PERIODIC}
    for entry in entries - ours:
        if entry.startswith(PREFIX):
            clock.cancel(entry)
    return [job.name for job in lost]


def entry_id(name: str) -> str:
    """The id under which a periodic job is registered."""
    return f"{PREFIX}{name}"


def use_zone() -> None:
    """rq-scheduler reads cron lines in the zone of its process: make that ours, in each that registers entries."""
    os.environ["TZ"] = home().zone.key
    time.tzset()


def main() -> None:
    """Run until Redis goes away or somebody stops us; whoever supervises starts us again."""
    use_zone()
    start("clock")
    try:
        log.info("clock", what="put back", names=put_back(redis_of()))
        Clock(redis_of()).run()
    except RedisError as trouble:
        log.error("clock", what="Redis is away", result=type(trouble).__name__)
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
