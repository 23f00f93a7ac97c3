"""The worker and the clock as whole processes, with a real Redis: started, killed, robbed of their memory.

What is done in each life is one story, because a process takes its time to start.
"""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import redis
from rq import Queue
from rq.job import Job
from rq.serializers import DefaultSerializer, JSONSerializer

from bot import queue
from bot.sandbox.ports import some_free
from jobs import rung
from jobs.clock import Clock, entry_id, put_back
from jobs.schedule import PERIODIC
from models.tables.mail import JobRun
from models.tables.money import Payment
from tests.bot.sandbox import support
from tests.jobs.processes import Process, running
from tests.jobs.scene import Scene

ENTRIES = {entry_id(job.name) for job in PERIODIC}
SECONDS = 60.0  # of patience, on a busy machine


def eventually(look: Callable[[], object]) -> None:
    support.eventually(look, bool, SECONDS)


def entries(client: redis.Redis) -> set[str]:
    return {each.decode() for each in client.zrange(Clock.scheduled_jobs_key, 0, -1)}


def status(payment_id: int) -> str:
    return Payment.get_by_id(payment_id).status


def runs(name: str) -> int:
    return JobRun.select().where((JobRun.name == name) & JobRun.ended_at.is_null(False)).count()


def evil_jobs(client: redis.Redis, folder: Path) -> list[str]:
    """What somebody who can write to Redis might queue: a pickle, and a function that is not ours."""
    jobs = [
        Queue(queue.QUEUE, connection=client, serializer=serializer).enqueue_call(
            "os.mkdir", args=(str(folder / name),), job_id=name
        )
        for name, serializer in (("evil-pickle", DefaultSerializer), ("evil-json", JSONSerializer))
    ]
    return [job.id for job in jobs]


def test_a_worker_answers_and_whatever_is_taken_from_it_comes_back(
    scene: Scene, our_environ: dict[str, str], tmp_path: Path
):
    circle = scene.circle()
    with running("jobs.worker", our_environ, tmp_path) as worker:
        # It starts, says so, and does everything that is due.
        eventually(lambda: scene.redis.exists("ajo:beat:worker"))
        eventually(lambda: all(runs(job.name) for job in PERIODIC))
        assert entries(scene.redis) == ENTRIES

        # It answers a ring, and refuses what is not ours.
        evil = evil_jobs(scene.redis, tmp_path)
        first = scene.wish(circle, "Ada")
        queue.charge(first)
        eventually(lambda: status(first) == "pending")
        assert [name for name in evil if (tmp_path / name).exists()] == []

        # Redis is emptied: what is due is rung for all the same, and the clock's entries come back.
        second = scene.wish(circle, "Bisi")
        scene.redis.flushdb()
        eventually(lambda: status(second) == "pending")
        eventually(lambda: entries(scene.redis) == ENTRIES)
        eventually(lambda: scene.redis.exists("ajo:beat:worker"))

        # One of its workers is killed in the middle of a charge: another takes its place, and nothing is charged twice.
        third = kill_in_the_middle(scene, worker, scene.wish(circle, "Chidi"))
        eventually(lambda: len(worker.children("rq")) == 2)
        eventually(lambda: status(third) == "success")

        # Only the parent is killed: nobody is left over.
        family = [child.pid for child in worker.children()]
        worker.kill_alone()
        eventually(lambda: not any(psutil.pid_exists(pid) for pid in family))
    scene.assert_books()
    assert len(scene.client.charges()) == 3


def kill_in_the_middle(scene: Scene, worker: Process, payment_id: int) -> int:
    """She pays with a code that we never read, because whoever waited for it was killed."""
    scene.client.knob("paystack.charge", "slow_seconds", 30, times=1)
    queue.charge(payment_id)
    reference = Payment.get_by_id(payment_id).reference
    eventually(lambda: any(each["reference"] == reference for each in scene.client.charges()))
    for child in worker.children("rq"):
        child.kill()
    assert status(payment_id) == "sending"
    scene.client.pay(reference)
    scene.advance("2m")
    return payment_id


def test_a_process_that_died_and_was_not_asked_how_is_no_living_worker():
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        assert rung.lives(process.pid)
        process.kill()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # it is a zombie from here on

        assert not rung.lives(process.pid)
    assert not rung.lives(process.pid)


def test_a_worker_that_is_killed_whole_is_followed_by_one_that_finishes(
    scene: Scene, our_environ: dict[str, str], tmp_path: Path
):
    _, payout_id = scene.approved()
    scene.client.tune(auto_transfer="success", transfer_seconds=0)
    scene.client.knob("paystack.transfer", "slow_seconds", 30, times=1)
    scene.client.knob("paystack.banks", "slow_seconds", 30, times=1)
    with running("jobs.worker", our_environ, tmp_path) as worker:
        queue.send_payout(payout_id)
        queue.ring_periodic("banks")
        eventually(lambda: scene.transfers() and JobRun.select().where(JobRun.name == "banks").exists())
        worker.kill()
    scene.client.take_knobs_away()  # the second time the provider is quick, whether or not it was asked the first time
    assert scene.payout(payout_id).status == "in_flight"
    assert runs("banks") == 0

    scene.advance("2m")  # the lease of the transfer is over by then; that of the run is given up with its worker
    with running("jobs.worker", our_environ, tmp_path):
        eventually(lambda: scene.payout(payout_id).status == "paid")
        eventually(lambda: runs("banks") == 1)

    assert len(scene.transfers()) == 1
    scene.assert_in_step()


def test_the_clock_rings_and_nothing_of_it_is_doubled_or_lost(
    scene: Scene, our_environ: dict[str, str], tmp_path: Path
):
    key, reminders = Clock.scheduled_jobs_key, entry_id("reminders")

    # Registering again leaves alone what is there, also what is overdue; what is lost is put back, what is not ours
    # any more goes.
    assert set(put_back(scene.redis)) == {job.name for job in PERIODIC}
    scene.redis.zadd(key, {reminders: 1.0})
    assert put_back(scene.redis) == []
    assert scene.redis.zscore(key, reminders) == 1.0
    scene.redis.zrem(key, entry_id("payouts"))
    scene.redis.zadd(key, {"periodic-of-last-year": 1.0})
    assert put_back(scene.redis) == ["payouts"]
    assert entries(scene.redis) == ENTRIES
    assert list(Job.fetch(reminders, scene.redis, JSONSerializer).args) == ["reminders"]

    # Two clocks: what is overdue is rung for, and has its next time; nothing is there twice.
    with (
        running("jobs.clock", our_environ, tmp_path) as clock,
        running("jobs.clock", our_environ, tmp_path) as another,
    ):
        eventually(lambda: reminders in scene.rung())
        eventually(lambda: (scene.redis.zscore(key, reminders) or 0) > 1.0)
        eventually(lambda: scene.redis.exists("ajo:beat:clock"))
        assert scene.redis.lrange("rq:queue:ajo", 0, -1).count(reminders.encode()) == 1
        assert entries(scene.redis) == ENTRIES
        assert clock.code is None
        assert another.code is None


def test_redis_goes_away_and_comes_back_empty(scene: Scene, our_environ: dict[str, str], tmp_path: Path):
    """The clock ends, for its supervisor to start it again; the worker waits, and goes on where the database is."""
    circle = scene.circle()
    port = some_free(1)[0]
    tmp_path.chmod(0o755)
    client = redis.Redis(port=port)
    options = ("redis", f"--port={port}", f"--data={tmp_path}", "--fast")
    server = Process("bot.sandbox.services", our_environ, tmp_path / "redis.log", *options)
    environ = our_environ | {"REDIS_URL": f"redis://127.0.0.1:{port}/0"}
    try:
        server.start()
        eventually(lambda: _answers(client))
        with running("jobs.clock", environ, tmp_path) as clock, running("jobs.worker", environ, tmp_path):
            eventually(lambda: client.exists("ajo:beat:clock") and client.exists("ajo:beat:worker"))
            server.stop()
            eventually(lambda: clock.code == 1)
            payment_id = scene.wish(circle)
            server.start()
            eventually(lambda: status(payment_id) == "pending")
        assert "Traceback" not in clock.said()
    finally:
        server.stop()
        client.close()


def _answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
