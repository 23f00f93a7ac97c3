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
from typing import Any

from redis import Redis
from rq.job import Job
from rq.serializers import JSONSerializer
from rq_scheduler import Scheduler

from bot.logs import log
from bot.process import start
from bot.queue import QUEUE, job_path
from bot.settings import current
from jobs.schedule import PERIODIC

POLL_SECONDS = 5
ZONE = "Africa/Lagos"


class JsonJob(Job):
    """A job whose arguments are JSON, whoever reads it back."""

    @classmethod
    def create(cls, *args: Any, **kwargs: Any) -> Job:
        """As in rq, with the serializer set."""
        return super().create(*args, **{**kwargs, "serializer": JSONSerializer})

    @classmethod
    def fetch(cls, id: str, *args: Any, **kwargs: Any) -> Job:
        """As in rq, with the serializer set."""
        return super().fetch(id, *args, **{**kwargs, "serializer": JSONSerializer})


def scheduler(redis: Redis) -> Scheduler:
    """rq-scheduler on our queue."""
    return Scheduler(queue_name=QUEUE, connection=redis, interval=POLL_SECONDS, job_class=JsonJob)


def put_back(redis: Redis) -> list[str]:
    """Register every periodic job that has no entry; returns the names of those."""
    clock = scheduler(redis)
    lost = [job for job in PERIODIC if entry_id(job.name) not in clock]
    for job in lost:
        clock.cron(
            job.cron,
            func=job_path("run_periodic"),
            args=[job.name],
            id=entry_id(job.name),
            queue_name=QUEUE,
            timeout=600,
            use_local_timezone=True,
        )
    return [job.name for job in lost]


def entry_id(name: str) -> str:
    """The id under which a periodic job is registered."""
    return f"periodic-{name}"


def main() -> None:
    """Run until Redis goes away; whoever supervises starts us again."""
    os.environ["TZ"] = ZONE
    time.tzset()
    start("clock")
    redis: Redis = Redis.from_url(current().redis_url)
    log.info("clock", what="put back", names=put_back(redis))
    scheduler(redis).run()


if __name__ == "__main__":
    main()
