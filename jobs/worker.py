"""The worker: `python -m jobs.worker` keeps an RQ worker and the poll running, side by side.

The RQ worker answers the bell; the poll (jobs/poll.py) looks at the database every
few seconds and rings for whatever was due and not rung for. Each is a process of its
own; one that dies is started again; when this one goes, however it goes, they go too.
"""

import signal
import subprocess
import sys
import time
from types import FrameType

from rq import Queue, Worker
from rq.serializers import JSONSerializer

from bot.lifeline import die_with_parent
from bot.logs import log
from bot.process import redis_of, start
from bot.queue import QUEUE
from jobs.poll import poll_for_ever

ROLES = ("rq", "poll")
LOOK_SECONDS = 0.5
# Found again in about a minute after a kill, not in thirteen (libraries.md).
WORKER_TTL = 20
MAINTENANCE_SECONDS = 10
MONITORING_SECONDS = 5


def main() -> None:
    """With a role: be that child. Without: keep one of each."""
    if len(sys.argv) > 1:
        die_with_parent()
        start(f"worker-{sys.argv[1]}")
        {"rq": run_rq, "poll": poll_for_ever}[sys.argv[1]]()
        return
    start("worker")
    keep_running()


def run_rq() -> None:
    """Work off the queue until told to stop."""
    redis = redis_of()
    Worker(
        [Queue(QUEUE, connection=redis, serializer=JSONSerializer)],
        connection=redis,
        serializer=JSONSerializer,
        worker_ttl=WORKER_TTL,
        maintenance_interval=MAINTENANCE_SECONDS,
        job_monitoring_interval=MONITORING_SECONDS,
    ).work(logging_level="WARNING")


def keep_running() -> None:
    """Start the children, start again one that ends, stop them all when asked to."""
    children = {role: _spawn(role) for role in ROLES}

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    try:
        while True:
            time.sleep(LOOK_SECONDS)
            for role, child in children.items():
                if child.poll() is not None:
                    log.warning("worker", what="child ended", role=role, code=child.returncode)
                    children[role] = _spawn(role)
    finally:
        for child in children.values():
            child.terminate()
        for child in children.values():
            child.wait()


def _spawn(role: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-m", "jobs.worker", role])


if __name__ == "__main__":
    main()
