"""Runs of the periodic jobs: claimed before, finished after, so that a time of the timetable is worked once.

A slot is one time of a job's timetable. Whoever claims it first runs it; one whose
claimer died may be claimed again when the lease has run out. The work itself is
idempotent: the slot saves doing it twice, it does not make that right.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from models.base import database, transaction
from models.tables.mail import JobRun

LEASE: Final = timedelta(minutes=15)
RETRY: Final = timedelta(minutes=1)


@transaction
def claim_run(name: str, slot_at: datetime | None, now: datetime) -> int | None:
    """The id of this run, or None when the slot has been run or is being run. Without a slot: a run by hand, always."""
    row = database.execute_sql(
        """
        INSERT INTO job_run (name, slot_at, started_at, lease_until) VALUES (%s, %s, %s, %s)
        ON CONFLICT (name, slot_at) DO UPDATE SET started_at = EXCLUDED.started_at, lease_until = EXCLUDED.lease_until
          WHERE job_run.ended_at IS NULL AND job_run.lease_until < EXCLUDED.started_at
        RETURNING id
        """,
        (name, slot_at, now, now + LEASE),
    ).fetchone()
    return None if row is None else int(row[0])


@transaction
def finish_run(run_id: int, counts: dict[str, int], took_ms: int, now: datetime, error: str | None = None) -> None:
    """Write down how a run went. One that failed keeps its slot open and is tried again after a minute."""
    failed = error is not None
    JobRun.update(
        ended_at=None if failed else now,
        lease_until=now + RETRY if failed else None,
        took_ms=took_ms,
        counts=counts,
        error=error,
    ).where(JobRun.id == run_id).execute()


@transaction
def give_up(name: str, now: datetime) -> bool:
    """Whoever was running this job has died: its slot may be taken over at once. False when nobody was."""
    mine = (JobRun.name == name) & JobRun.ended_at.is_null() & (JobRun.lease_until > now)
    return bool(JobRun.update(lease_until=now).where(mine).execute())


def last_slots(names: Sequence[str]) -> dict[str, datetime]:
    """The latest slot of each job that has been run or is being run now, by name. One look into an index for each,
    for the poll asks every few seconds and the runs of years are kept."""
    rows = database.execute_sql(
        """
        SELECT name, slot_at FROM unnest(%s) AS names (name)
         CROSS JOIN LATERAL (SELECT max(slot_at) AS slot_at FROM job_run WHERE job_run.name = names.name) AS latest
         WHERE slot_at IS NOT NULL
        """,
        (list(names),),
    ).fetchall()
    return dict(rows)


def unfinished_slots(now: datetime) -> list[tuple[str, datetime]]:
    """Slots whose claimer died: name and slot."""
    query = JobRun.select(JobRun.name, JobRun.slot_at).where(
        JobRun.ended_at.is_null() & JobRun.slot_at.is_null(False) & (JobRun.lease_until < now)
    )
    return [(row.name, row.slot_at) for row in query]


def running(since: datetime) -> list[str]:
    """The names of the jobs that have begun a slot since then and not finished it."""
    query = JobRun.select(JobRun.name).where(
        JobRun.ended_at.is_null() & JobRun.slot_at.is_null(False) & (JobRun.started_at >= since)
    )
    return [row.name for row in query]
