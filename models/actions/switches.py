"""Switches that are kept with the data: whether pots are paid out, whether many are written to, and, outside
production, the time.

A switch that stops something works at once and for everybody; only people turn it back on. That of the payouts
is read where money moves (T1 and T2), that of the blasts where a message is taken to be sent: never from a cache.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from models.actions import audit
from models.base import transaction
from models.tables.mail import Setting

PAYOUTS_STOPPED = "payouts_stopped"
BLASTS_STOPPED = "blasts_stopped"
CLOCK_OFFSET = "clock_offset_seconds"


@dataclass(frozen=True)
class Stopped:
    """A switch that is pulled: why, since when, and by whom (as the audit trail names people)."""

    reason: str
    since: datetime
    by: str


@transaction
def stop_payouts(reason: str, *, actor: str, now: datetime) -> bool:
    """Stop all payouts, because something is wrong with all of them. False when they were stopped already."""
    return _stop(PAYOUTS_STOPPED, "payouts.stop", reason, actor, now)


@transaction
def resume_payouts(*, actor: str, now: datetime) -> bool:
    """Let payouts go again. False when they were going."""
    return _resume(PAYOUTS_STOPPED, "payouts.resume", actor, now)


def payouts_stopped() -> str | None:
    """Why all payouts are stopped, or None."""
    found = _read(PAYOUTS_STOPPED)
    return str(found) if found else None


@transaction
def stop_blasts(reason: str, *, actor: str, now: datetime) -> bool:
    """Send nothing more that goes to many: reminders, nudges, announcements, also those that are queued already.

    Receipts, answers and codes go on. False when they were stopped already.
    """
    return _stop(BLASTS_STOPPED, "blasts.stop", reason, actor, now)


@transaction
def resume_blasts(*, actor: str, now: datetime) -> bool:
    """Let them go again; what has expired in the meantime is dropped. False when they were going."""
    return _resume(BLASTS_STOPPED, "blasts.resume", actor, now)


def blasts_stopped() -> str | None:
    """Why nothing is sent to many, or None."""
    found = _read(BLASTS_STOPPED)
    return str(found) if found else None


def stopped(name: str) -> Stopped | None:
    """All about a switch that is pulled, by its name; None when it is not."""
    row = Setting.get_or_none(Setting.name == name)
    return Stopped(str(row.value), row.changed_at, row.changed_by) if row is not None and row.value else None


def clock_offset() -> float:
    """By how many seconds the time of this installation has been moved."""
    return float(_read(CLOCK_OFFSET) or 0.0)


@transaction
def set_clock_offset(seconds: float) -> None:
    """Move the time. The door that offers this does not exist in production (bot/clock.py)."""
    _write(CLOCK_OFFSET, seconds, "clock", datetime.now(UTC))


def _stop(name: str, verb: str, reason: str, actor: str, now: datetime) -> bool:
    if _read(name):
        return False
    _write(name, reason, actor, now)
    # What somebody types may name somebody, and nothing is ever taken out of the trail: her words stay here.
    detail = {} if actor.startswith("staff:") else {"reason": reason}
    audit.note(verb, name, actor=actor, now=now, detail=detail)
    return True


def _resume(name: str, verb: str, actor: str, now: datetime) -> bool:
    if not _read(name):
        return False
    _write(name, False, actor, now)
    audit.note(verb, name, actor=actor, now=now)
    return True


def _read(name: str) -> Any:
    row = Setting.get_or_none(Setting.name == name)
    return None if row is None else row.value


def _write(name: str, value: Any, actor: str, now: datetime) -> None:
    Setting.insert(name=name, value=value, changed_at=now, changed_by=actor).on_conflict(
        conflict_target=[Setting.name],
        update={Setting.value: value, Setting.changed_at: now, Setting.changed_by: actor},
    ).execute()
