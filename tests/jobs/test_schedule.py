"""The periodic jobs: each slot once, missed ones caught up in one run, a failed one again after a minute."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from rq.timeouts import JobTimeoutException

from bot import queue
from bot.errors import Kind, ProviderError
from jobs import reminders, schedule
from jobs.base import SILENCE, for_each
from jobs.poll import Patience, Poll
from jobs.schedule import BY_NAME, PERIODIC, run_by_hand, run_periodic
from models import doorbell
from models.actions import runs
from models.base import database
from models.queries.due import due
from models.tables.mail import JobRun, Outbox
from tests.jobs.processes import ROOT
from tests.jobs.scene import Scene

NAMES = [
    "late_fees",
    "banks",
    "name_words",
    "retention",
    "templates",
    "reminders",
    "payouts",
    "payment_check",
    "missed",
    "cycles",
    "requests",
    "reconcile",
    "bills",
    "blasts",
    "outbox_sweep",
    "chat_silence",
    "said",
]


def test_these_are_all():
    assert [job.name for job in PERIODIC] == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_job_runs_once_in_its_slot_and_changes_nothing_the_second_time(scene: Scene, name: str):
    scene.circle().all_pay(but=("Chidi",))

    assert run_periodic(name) is not None
    assert run_periodic(name) is None
    before = everything()
    run_by_hand(name)

    assert everything() == before
    assert name not in schedule.due(scene.now)
    [run, by_hand] = JobRun.select().order_by(JobRun.id)
    assert (run.name, run.error, run.slot_at is None, by_hand.slot_at) == (name, None, False, None)
    assert run.took_ms >= 0
    scene.assert_books()


def everything() -> dict[str, object]:
    """How many rows every table has, and what is in the books; runs of jobs and times of asking are no news."""
    counted = ("journal_leg", "obligation", "outbox", "payment", "payout", "payout_attempt", "audit", "bank", "cycle")
    rows = {name: database.execute_sql(f"SELECT count(*) FROM {name}").fetchone()[0] for name in counted}
    return rows | {"outbox by status": sorted(Outbox.select(Outbox.status).tuples())}


@pytest.mark.parametrize("name", NAMES)
def test_three_missed_days_are_one_run(scene: Scene, name: str):
    run_periodic(name)
    scene.advance("3d")

    assert name in schedule.due(scene.now)
    assert run_periodic(name) is not None
    assert name not in schedule.due(scene.now)
    assert JobRun.select().where(JobRun.name == name).count() == 2


def test_two_schedulers_at_once_are_one_run(scene: Scene):
    with ThreadPoolExecutor(8) as workers:
        answers = list(workers.map(lambda _: run_periodic("reminders"), range(8)))

    assert sum(answer is not None for answer in answers) == 1
    assert JobRun.select().count() == 1


def test_two_processes_at_once_are_one_run(scene: Scene, our_environ: dict[str, str]):
    circle = scene.circle()
    scene.set_time(circle.cycle(1).due_at.replace(hour=8, minute=1))  # nine o'clock in Lagos, on the day
    program = (
        "from bot import process; from jobs import schedule; process.start('x'); schedule.run_periodic('reminders')"
    )
    both = [subprocess.Popen([sys.executable, "-c", program], env=our_environ, cwd=ROOT) for _ in range(2)]

    assert [process.wait(60) for process in both] == [0, 0]
    assert JobRun.select().count() == 1
    assert len(scene.texts("S05", "S05b")) == 3


def test_a_run_that_failed_is_tried_again_after_a_minute(scene: Scene, monkeypatch: pytest.MonkeyPatch):
    def fails(now: datetime) -> dict[str, int]:
        raise ProviderError(Kind.TEMPORARY, "no_connection")

    broken = replace(BY_NAME["reconcile"], run=fails)
    monkeypatch.setitem(BY_NAME, "reconcile", broken)

    assert run_periodic("reconcile") is None
    assert JobRun.get().error == "ProviderError"
    assert JobRun.get().ended_at is None
    assert "reconcile" not in schedule.due(scene.now)  # not at once
    monkeypatch.undo()
    assert run_periodic("reconcile") is None
    scene.advance("61s")
    assert "reconcile" in schedule.due(scene.now)
    assert run_periodic("reconcile") is not None
    assert JobRun.get().error is None
    assert JobRun.select().count() == 1


def test_a_run_whose_process_died_is_taken_over_when_its_lease_is_over(scene: Scene):
    slot = schedule.latest_slot(BY_NAME["reminders"].cron, scene.now)
    assert runs.claim_run("reminders", slot, scene.now)  # and is heard of no more

    assert run_periodic("reminders") is None
    scene.advance("16m")
    assert "reminders" in schedule.due(scene.now)
    assert run_periodic("reminders") is not None
    assert JobRun.select().count() == 1


def test_a_job_that_is_no_more_is_nothing(scene: Scene):
    assert run_periodic("of_last_year") is None


def test_a_clock_that_goes_back_only_delays(scene: Scene):
    assert run_periodic("reminders") is not None
    scene.set_time(scene.now - timedelta(days=2))

    assert "reminders" not in schedule.due(scene.now)
    scene.advance("3d")
    assert "reminders" in schedule.due(scene.now)


# --- a bad row stops only itself ----------------------------------------------------------------


def test_one_that_fails_does_not_stop_the_others(scene: Scene):
    def act(number: int) -> str:
        if number == 2:
            raise ZeroDivisionError
        return "done"

    assert for_each([1, 2, 3], act, "test") == {"done": 2, "failed": 1, "left": 0}


def test_what_one_has_rung_for_before_it_failed_is_rung_all_the_same(scene: Scene):
    def act(number: int) -> str:
        doorbell.ring("charge", number)
        raise ZeroDivisionError

    for_each([41, 42], act, "test")

    assert scene.rung() == {"charge-41", "charge-42"}


def test_a_provider_that_is_silent_is_not_asked_a_hundred_times(scene: Scene):
    asked = []

    def act(number: int) -> str:
        asked.append(number)
        raise ProviderError(Kind.TEMPORARY, "timeout")

    assert for_each(range(100), act, "test") == {"done": 0, "failed": SILENCE, "left": 100 - SILENCE}
    assert len(asked) == SILENCE


def test_one_whose_time_is_up_stops_the_run(scene: Scene):
    def act(number: int) -> str:
        raise JobTimeoutException("600 seconds")

    with pytest.raises(JobTimeoutException):
        for_each([1, 2], act, "test")


def test_a_bad_reminder_stops_only_itself(scene: Scene, monkeypatch: pytest.MonkeyPatch):
    circle = scene.circle()
    scene.set_time(circle.cycle(1).due_at.replace(hour=8, minute=1))
    remind = reminders.reminders.remind
    bad = reminders.reminders.reminders_due(scene.now)[0]

    def broken(reminder: object, now: datetime) -> str:
        if reminder == bad:
            raise ZeroDivisionError
        return remind(reminder, now)

    monkeypatch.setattr(reminders.reminders, "remind", broken)
    counts = run_periodic("reminders")

    assert counts is not None
    assert (counts["done"], counts["failed"]) == (2, 1)
    assert len(scene.texts("S05", "S05b")) == 2


def test_whoever_waits_on_the_line_does_not_stand_behind_a_burst_of_webhooks(scene: Scene):
    queue.ring_all([doorbell.Ring("process_event", n) for n in range(3)])
    queue.charge(7)

    assert scene.redis.lindex("rq:queue:ajo", 0) == b"charge-7"


# --- the poll ---------------------------------------------------------------------------------


def test_the_poll_rings_for_what_is_due_and_puts_the_entries_back(scene: Scene):
    circle = scene.circle()
    payment_id = scene.wish(circle)

    Poll().once()

    assert f"charge-{payment_id}" in scene.rung()
    assert {f"run_periodic-{name}" for name in NAMES} <= scene.rung()
    assert scene.redis.zcard("rq:scheduler:scheduled_jobs") == len(NAMES)


def test_an_emptied_redis_is_rung_full_again_at_once(scene: Scene):
    circle = scene.circle()
    scene.wish(circle)
    poll = Poll()
    for _ in range(4):
        poll.once()
    before = scene.rung()

    scene.redis.flushdb()
    poll.once()

    assert scene.rung() == before


def test_every_bell_of_the_poll_is_a_job(scene: Scene):
    _, payout_id = scene.approved()

    assert doorbell.Ring("send_payout", payout_id) in due(scene.now)
    assert any(ring.name == "send_mail" for ring in due(scene.now))


def test_who_stays_due_is_rung_for_ever_more_rarely():
    patience, rung = Patience(), []

    for second in range(200):
        rung += [second for _ in patience.impatient(["a"], float(second))]

    assert rung == [0, 2, 6, 14, 30, 62, 122, 182]


def test_who_was_done_and_is_due_again_is_rung_for_at_once():
    patience = Patience()

    assert patience.impatient(["a", "b"], 0.0) == ["a", "b"]
    assert patience.impatient(["b"], 1.0) == []
    assert patience.impatient(["a", "b"], 1.5) == ["a"]
    patience.forget()
    assert patience.impatient(["a", "b"], 1.6) == ["a", "b"]
