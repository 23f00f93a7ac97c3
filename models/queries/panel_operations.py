"""Is the machine alive: the runs of the periodic jobs, and what waits in the database to be worked off."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from models.base import database

PAGE: Final = 50

_LAST: Final = """
SELECT names.name, run.id, run.slot_at, run.started_at, run.ended_at, run.lease_until, run.took_ms, run.counts,
       run.error
  FROM unnest(%(names)s) AS names (name)
 CROSS JOIN LATERAL (SELECT * FROM job_run r WHERE r.name = names.name ORDER BY r.id DESC LIMIT 1) run
"""
_RUNS: Final = """
SELECT name, id, slot_at, started_at, ended_at, lease_until, took_ms, counts, error
  FROM job_run
 WHERE name = %(name)s AND (%(after)s::bigint IS NULL OR id < %(after)s)
 ORDER BY id DESC LIMIT %(limit)s
"""
_WAITING: Final = """
SELECT (SELECT count(*) FROM outbox WHERE status = 'queued' AND next_at <= %(now)s),
       (SELECT count(*) FROM outbox WHERE status = 'unknown'),
       (SELECT count(*) FROM inbox WHERE done_at IS NULL AND parked_at IS NULL),
       (SELECT count(*) FROM inbox WHERE done_at IS NULL AND parked_at IS NOT NULL),
       (SELECT count(*) FROM payment WHERE status IN ('created', 'sending', 'pending')),
       (SELECT count(*) FROM payout_attempt WHERE status IN ('sending', 'pending', 'unknown', 'manual'))
"""


@dataclass(frozen=True)
class Run:
    """One run. slot_at: the time of the timetable that it stands for, None when somebody ran it by hand."""

    name: str
    run_id: int
    slot_at: datetime | None
    started_at: datetime
    ended_at: datetime | None
    lease_until: datetime | None
    took_ms: int | None
    counts: dict[str, Any]
    error: str | None

    def state(self, now: datetime) -> str:
        """done | failed | running | broken_off (whoever ran it has died)."""
        if self.error is not None:
            return "failed"
        if self.ended_at is not None:
            return "done"
        return "running" if self.lease_until is not None and self.lease_until > now else "broken_off"


@dataclass(frozen=True)
class Waiting:
    """How many rows wait. parked: events of a provider that need a person; unsure: transfers without an outcome."""

    messages: int
    messages_unknown: int
    events: int
    events_parked: int
    payments: int
    transfers_unsure: int


def last_runs(names: Sequence[str]) -> dict[str, Run]:
    """The newest run of each job, by name; a job that never ran is not there."""
    return {row[0]: _run(row) for row in database.execute_sql(_LAST, {"names": list(names)}).fetchall()}


def runs_of(name: str, after: int | None = None, limit: int = PAGE) -> list[Run]:
    """The newest first, one more than a page when there are more. after: the id of the last run that was shown."""
    return [_run(row) for row in database.execute_sql(_RUNS, {"name": name, "after": after, "limit": limit + 1})]


def waiting(now: datetime) -> Waiting:
    """What is to be worked off, in one look."""
    return Waiting(*map(int, database.execute_sql(_WAITING, {"now": now}).fetchone()))


def _run(row: Sequence[Any]) -> Run:
    name, run_id, slot_at, started_at, ended_at, lease_until, took_ms, counts, error = row
    return Run(name, run_id, slot_at, started_at, ended_at, lease_until, took_ms, counts or {}, error)
