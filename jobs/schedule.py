"""Every periodic job, one line each. The times are local times of the country.

Each finds what is due by now, so that a run that was missed is caught up by the next,
and each is idempotent, so that one that runs twice does nothing the second time.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot import clock
from bot.logs import log
from jobs import (
    accounts,
    bills,
    blasts,
    chats,
    cycles,
    housekeeping,
    missed,
    outbox,
    payments,
    payouts,
    penalties,
    reconcile,
    reminders,
    requests,
    retention,
    templates,
)
from jobs.base import door, ring_after
from jobs.timetable import latest_slot
from models.actions import runs

Counts = dict[str, int]


@dataclass(frozen=True)
class Periodic:
    """A job with its timetable. `run` gets the time and answers with counts."""

    name: str
    cron: str
    run: Callable[[datetime], Counts]
    what: str


PERIODIC = (
    Periodic("late_fees", "0 1 * * *", penalties.add_due, "late fees after the days of grace"),
    Periodic("banks", "30 3 * * *", accounts.refresh_banks, "the provider's list of banks"),
    Periodic("name_words", "40 3 * * *", housekeeping.mark_names, "names that the search does not find yet"),
    Periodic("retention", "10 4 * * *", retention.erase_old, "words, pictures and voices whose time is over"),
    Periodic("templates", "0 7 * * *", templates.look_again, "what WhatsApp says of our templates"),
    Periodic("reminders", "0 9 * * *", reminders.send_due, "what is due soon, today, or was due"),
    Periodic("payouts", "0 10 * * *", payouts.open_due, "pots that are complete, and those that waited"),
    Periodic("payment_check", "0 * * * *", payments.check_all, "payments whose outcome we do not know"),
    Periodic("missed", "*/5 * * * *", missed.recall, "messages that came while nobody was at the door"),
    Periodic("cycles", "*/10 * * * *", cycles.move_on, "pauses that end, groups that start, cut-offs that pass"),
    Periodic("requests", "*/10 * * * *", requests.end_due, "swaps, more time and proposals that nobody answered"),
    Periodic("reconcile", "20 * * * *", reconcile.compare, "our books against the provider's"),
    Periodic("bills", "35 * * * *", bills.ask, "what messages have cost"),
    Periodic("blasts", "* 8-19 * * *", blasts.go_on, "announcements to many"),
    Periodic("outbox_sweep", "* * * * *", outbox.sweep, "messages that nobody rang for"),
    Periodic("chat_silence", "* * * * *", chats.raise_silences, "chats that nobody has written in for too long"),
    Periodic("said", "* * * * *", housekeeping.write_said, "what was said, into the database"),
)
BY_NAME = {job.name: job for job in PERIODIC}


@door
def run_periodic(name: str) -> Counts | None:
    """Run a job if its latest slot has not been run: what rq-scheduler and the poll ask for."""
    now = clock.now()
    job = BY_NAME[name]
    run_id = runs.claim_run(name, latest_slot(job.cron, now), now)
    return None if run_id is None else _run(job, run_id, now)


def run_by_hand(name: str) -> Counts:
    """Run a job now, whatever the timetable says. Raises what the job raises."""
    now = clock.now()
    run_id = runs.claim_run(name, None, now)
    if run_id is None:
        raise AssertionError("a run without a slot is always granted")
    return _run(BY_NAME[name], run_id, now)


def due(now: datetime) -> list[str]:
    """The jobs whose latest slot nobody has begun, or that failed over it, or whose claimer died."""
    begun = runs.last_slots(tuple(BY_NAME))
    broken = {name for name, slot in runs.unfinished_slots(now) if slot == begun.get(name)}
    return [
        job.name
        for job in PERIODIC
        if job.name in broken or job.name not in begun or begun[job.name] < latest_slot(job.cron, now)
    ]


def _run(job: Periodic, run_id: int, now: datetime) -> Counts:
    """Run it and write down how that went, whatever happens."""
    began = time.monotonic()
    counts: Counts = {}
    error: str | None = None
    try:
        with ring_after():
            counts = job.run(now)
    except Exception as trouble:
        error = type(trouble).__name__
        raise
    finally:
        took_ms = round((time.monotonic() - began) * 1000)
        runs.finish_run(run_id, counts, took_ms, clock.now(), error)
        line = log.error if error else log.info
        line("run", what=job.name, ms=took_ms, result=error or "done", counts=counts)
    return counts
