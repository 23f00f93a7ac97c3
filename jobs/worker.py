"""The worker: `python -m jobs.worker` keeps RQ workers and the poll running, side by side.

The RQ workers answer the bell; the poll (jobs/poll.py) looks at the database every few
seconds and rings for whatever was due and not rung for. Each is a process of its own;
one that dies is started again; when this one goes, however it goes, they go too.
"""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType
from typing import Final

from redis import RedisError
from rq.serializers import JSONSerializer

from bot import clock
from bot.lifeline import die_with_parent
from bot.logs import log
from bot.process import redis_of, start
from jobs.poll import poll_for_ever
from jobs.rung import RungWorker, bury_the_dead, queue_of
from models.actions import runs

# Two that answer, so that one slow call to a provider does not hold up everything else.
CHILDREN: Final = ("rq", "rq", "poll")
LOOK_SECONDS: Final = 0.2
JOBS_OF_A_LIFE: Final = 5_000  # then a fresh process takes over: whatever leaks, leaks little
STEADY_SECONDS: Final = 10.0
LONGEST_PAUSE_SECONDS: Final = 5.0
# Found again in about a minute after a kill, not in thirteen (libraries.md).
WORKER_TTL: Final = 20
MAINTENANCE_SECONDS: Final = 10


def main() -> None:
    """With a role: be that child. Without: keep all of them."""
    if len(sys.argv) > 1:
        die_with_parent()
        start(f"worker-{sys.argv[1]}")
        ROLES[sys.argv[1]]()
        return
    start("worker")
    keep_running()


def work() -> None:
    """Work off the queue until told to stop, or old enough."""
    redis = redis_of()
    try:
        bury_the_dead(redis, _give_up)
        RungWorker(
            [queue_of(redis)],
            connection=redis,
            serializer=JSONSerializer,
            worker_ttl=WORKER_TTL,
            maintenance_interval=MAINTENANCE_SECONDS,
        ).work(logging_level="WARNING", max_jobs=JOBS_OF_A_LIFE)
    except RedisError as trouble:
        log.error("worker", what="Redis is away", result=type(trouble).__name__)
        raise SystemExit(1) from None


def _give_up(job_id: str) -> None:
    """A periodic job is not held up by the run that its worker died over; of another kind of job there are no runs."""
    runs.give_up(job_id.rpartition("periodic-")[2], clock.now())


ROLES: Final[dict[str, Callable[[], None]]] = {"rq": work, "poll": poll_for_ever}


@dataclass
class Child:
    """One child process. One that keeps ending at once is given pauses, so that it does not eat a processor."""

    role: str
    process: "subprocess.Popen[bytes] | None" = None
    started_at: float = 0.0
    pause: float = 0.0
    start_at: float = 0.0

    def tend(self, now_seconds: float) -> None:
        """See whether it has ended; start it when it is time to."""
        if self.process is not None and self.process.poll() is not None:
            log.warning("worker", what="child ended", role=self.role, code=self.process.returncode)
            steady = now_seconds - self.started_at >= STEADY_SECONDS
            self.pause = 0.0 if steady else min(self.pause * 2 + LOOK_SECONDS, LONGEST_PAUSE_SECONDS)
            self.process, self.start_at = None, now_seconds + self.pause
        if self.process is None and now_seconds >= self.start_at:
            self.process = subprocess.Popen([sys.executable, "-m", "jobs.worker", self.role])
            self.started_at = now_seconds


def keep_running() -> None:
    """Start the children, start again one that ends, stop them all when asked to."""
    children = [Child(role) for role in CHILDREN]

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    try:
        while True:
            for child in children:
                child.tend(time.monotonic())
            time.sleep(LOOK_SECONDS)
    finally:
        running = [child.process for child in children if child.process is not None]
        for process in running:
            process.terminate()
        for process in running:
            process.wait()


if __name__ == "__main__":
    main()
