"""A ring names a job and a row, is heard once, and costs nobody anything when Redis is away."""

import re
import threading
import time
from pathlib import Path

import pytest
import redis
from rq import Queue
from rq.serializers import JSONSerializer

from bot import process, queue
from bot.queue import JOBS, QUEUE, job_path, ring_all, signal_answer, wait_answer
from models.doorbell import Ring

RINGS = {
    "charge": queue.charge,
    "check_payment": queue.check_payment,
    "look_up_account": queue.look_up_account,
    "send_payout": queue.send_payout,
    "process_event": queue.process_event,
    "send_mail": queue.send_mail,
    "send_reply": queue.send_reply,
    "fetch_media": queue.fetch_media,
    "start_group": queue.start_group,
}


@pytest.fixture
def ours(redis_client: redis.Redis) -> Queue:
    """The queue as a worker sees it."""
    process.use_redis(redis_client)
    return Queue(QUEUE, connection=redis_client, serializer=JSONSerializer)


@pytest.fixture
def nobody() -> None:
    """A Redis that is not there."""
    process.use_redis(process.connect_redis("redis://127.0.0.1:1/0"))


@pytest.mark.parametrize("name", RINGS)
def test_every_bell_starts_its_own_job(ours: Queue, name: str) -> None:
    RINGS[name](17)
    [job] = ours.jobs
    assert (job.func_name, job.args, job.id) == (JOBS[name], [17], f"{name}-17")


def test_a_bell_that_is_rung_twice_is_heard_once(ours: Queue) -> None:
    ring_all([Ring("send_mail", 3), Ring("charge", 3), Ring("send_mail", 3)])
    queue.send_mail(3)
    assert sorted(ours.job_ids) == ["charge-3", "send_mail-3"]


def test_a_periodic_job_is_named_and_has_more_time(ours: Queue) -> None:
    queue.ring_periodic("late_fees")
    queue.ring_periodic("late_fees")
    [job] = ours.jobs
    assert (job.func_name, job.args) == (JOBS["run_periodic"], ["late_fees"])
    assert job.timeout == queue.PERIODIC_TIMEOUT_SECONDS


def test_nothing_but_ids_and_json_goes_into_redis(ours: Queue, redis_client: redis.Redis) -> None:
    queue.charge(5)
    stored = redis_client.hgetall("rq:job:charge-5")
    assert b"pickle" not in b"".join(stored.values())
    assert ours.jobs[0].kwargs == {}
    assert ours.jobs[0].result_ttl == 0


def test_a_ring_into_the_void_is_no_error(nobody: None) -> None:
    ring_all([Ring("charge", 1)])
    signal_answer("charge", 1)
    assert wait_answer("charge", 1, 200) is False


def test_the_one_who_waits_hears_the_answer(ours: Queue) -> None:
    answers = threading.Timer(0.1, signal_answer, ("charge", 8))
    answers.start()
    began = time.monotonic()
    assert wait_answer("charge", 8, 30_000) is True
    assert time.monotonic() - began < 10
    answers.join()


def test_an_answer_that_was_there_first_is_heard_too_but_not_for_ever(ours: Queue, redis_client: redis.Redis) -> None:
    signal_answer("charge", 9)
    assert 0 < redis_client.ttl("ajo:answer:charge:9") <= queue.ANSWER_SECONDS
    assert wait_answer("charge", 9, 50) is True
    assert wait_answer("charge", 9, 50) is False


def test_another_row_is_not_the_answer(ours: Queue) -> None:
    signal_answer("charge", 1)
    assert wait_answer("charge", 2, 30) is False
    assert wait_answer("check_payment", 1, 30) is False


def test_who_may_not_wait_does_not(ours: Queue) -> None:
    signal_answer("charge", 1)
    assert wait_answer("charge", 1, 0) is False


def test_dotted_paths_of_jobs_stand_here_and_nowhere_else() -> None:
    root = Path(queue.__file__).parents[1]
    elsewhere = [
        path
        for folder in ("bot", "flows", "models")
        for path in (root / folder).rglob("*.py")
        if path.name != "queue.py" and re.search(r"[\"']jobs\.\w+\.\w+[\"']", path.read_text())
    ]
    assert elsewhere == []
    assert job_path("charge") == JOBS["charge"]
