"""RQ's classes with our promises: what a rung job may be, and the worker that does it.

Whoever can write to Redis can queue what he likes. So a job is JSON, never a pickle, and
only what bot/queue.py names is run, whatever else a payload asks for.

The worker does its jobs in its own process. RQ's usual one forks for each, which costs
ten times what a job of ours takes; what the fork would protect from (a leak, a crash)
is answered by whoever keeps the worker running (jobs/worker.py).
"""

import os
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from redis import Redis
from redis.client import Pipeline
from rq import Queue, SimpleWorker
from rq.exceptions import NoSuchJobError
from rq.job import Job
from rq.serializers import JSONSerializer
from rq.worker import BaseWorker

from bot.logs import log
from bot.queue import JOBS, QUEUE

ALLOWED = frozenset(JOBS.values())


class NotOurs(Exception):
    """A job that none of our doors can have asked for."""


class RungJob(Job):
    """A job whose arguments are JSON, whoever reads it back, and whose function is one of ours."""

    @classmethod
    def create(cls, *args: Any, **kwargs: Any) -> Job:
        """As in rq, with the serializer set."""
        return super().create(*args, **{**kwargs, "serializer": JSONSerializer})

    @classmethod
    def fetch(cls, id: str, connection: "Redis | None" = None, serializer: Any = None) -> "RungJob":
        """As in rq, with the serializer set."""
        found: RungJob = super().fetch(id, connection, JSONSerializer)  # type: ignore[assignment]
        return found

    @property
    def func(self) -> Callable[..., Any]:
        """The function to call. Raises NotOurs."""
        if self.func_name not in ALLOWED or self.instance is not None:
            raise NotOurs(self.id)
        found: Callable[..., Any] = super().func
        return found

    @property
    def success_callback(self) -> None:
        """None: a payload does not choose what else is called."""
        return None

    @property
    def failure_callback(self) -> None:
        """None, likewise."""
        return None


class RungWorker(SimpleWorker):
    """Works off our queue, one job after the other, in this process."""

    job_class = RungJob
    max_connection_wait_time = 5.0  # after Redis was away; RQ's own minute is longer than a hop has
    log_result_lifespan = False
    log_job_description = False

    def heartbeat(self, timeout: int | None = None, pipeline: "Pipeline | None" = None) -> None:
        """As in rq, and registered anew when Redis has forgotten us."""
        if pipeline is None and not self.connection.sismember(self.redis_workers_keys, self.key):
            self.connection.delete(self.key)
            self.register_birth()  # type: ignore[no-untyped-call]
        super().heartbeat(timeout, pipeline)


def queue_of(redis: Redis) -> Queue:
    """Our queue, as a worker sees it."""
    return Queue(QUEUE, connection=redis, job_class=RungJob, serializer=JSONSerializer)


def bury_the_dead(redis: Redis, give_up: Callable[[str], None]) -> list[str]:
    """Clear away what killed workers of this machine had in hand, so that it can be rung for again. The jobs' ids.

    RQ does so too, but minutes later; until then a job of that id counts as running. Each is given up before it is
    cleared: several of us may be at this at the same time, and who comes second finds nothing to clear.
    """
    found = []
    for worker in RungWorker.all(connection=redis, serializer=JSONSerializer):
        if _may_live(worker):
            continue
        had = [execution.job_id for execution in worker.get_current_executions(refresh=True)]
        for job_id in had:
            give_up(job_id)
        found += _clear(redis, had)
        worker.register_death()  # type: ignore[no-untyped-call]
    found += _clear(redis, _popped_and_not_begun(redis))
    if found:
        log.warning("worker", what="jobs of killed workers may be rung for again", jobs=found)
    return found


def _clear(redis: Redis, job_ids: list[str]) -> list[str]:
    """Forget these jobs; those that were there."""
    cleared = []
    for job_id in job_ids:
        with suppress(NoSuchJobError):
            RungJob.fetch(job_id, redis).delete()
            cleared.append(job_id)
    return cleared


def _popped_and_not_begun(redis: Redis) -> list[str]:
    """Jobs that a worker took off the queue and then died. While one lives they may be its own, about to begin:
    then they are left to RQ, which waits a minute. Read first, asked after: who pops has registered before.
    """
    queue = queue_of(redis)
    between = [job_id for job_id in queue.intermediate_queue.get_job_ids() if job_id not in queue.started_job_registry]
    if any(_may_live(worker) for worker in RungWorker.all(connection=redis, serializer=JSONSerializer)):
        return []
    for job_id in between:
        queue.intermediate_queue.remove(job_id)
    return between


def _may_live(worker: BaseWorker) -> bool:
    """Of a worker on another machine we cannot know."""
    return worker.hostname != socket.gethostname() or lives(worker.pid)


def lives(pid: int | None) -> bool:
    """Whether somebody else has this pid: ours has not registered yet, so what bears our own is an earlier one."""
    if pid is None or pid == os.getpid():
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return not _is_zombie(pid)


def _is_zombie(pid: int) -> bool:
    """Dead, and nobody has asked how it ended: in a container without an init it stays like that."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] in ("Z", "X")
