"""Switches that are kept with the data: whether pots are paid out at all, and, outside production, the time.

A switch that stops something works at once and for everybody; only people turn it
back on. It is read where money moves (T1 and T2), never from a cache.
"""

from datetime import UTC, datetime
from typing import Any

from models.actions import audit
from models.base import transaction
from models.tables.mail import Setting

PAYOUTS_STOPPED = "payouts_stopped"
CLOCK_OFFSET = "clock_offset_seconds"


@transaction
def stop_payouts(reason: str, *, actor: str, now: datetime) -> bool:
    """Stop all payouts, because something is wrong with all of them. False when they were stopped already."""
    if payouts_stopped():
        return False
    _write(PAYOUTS_STOPPED, reason, actor, now)
    audit.note("payouts.stop", PAYOUTS_STOPPED, actor=actor, now=now, detail={"reason": reason})
    return True


@transaction
def resume_payouts(*, actor: str, now: datetime) -> bool:
    """Let payouts go again. False when they were going."""
    if not payouts_stopped():
        return False
    _write(PAYOUTS_STOPPED, False, actor, now)
    audit.note("payouts.resume", PAYOUTS_STOPPED, actor=actor, now=now)
    return True


def payouts_stopped() -> str | None:
    """Why all payouts are stopped, or None."""
    found = _read(PAYOUTS_STOPPED)
    return str(found) if found else None


def clock_offset() -> float:
    """By how many seconds the time of this installation has been moved."""
    return float(_read(CLOCK_OFFSET) or 0.0)


@transaction
def set_clock_offset(seconds: float) -> None:
    """Move the time. The door that offers this does not exist in production (bot/clock.py)."""
    _write(CLOCK_OFFSET, seconds, "clock", datetime.now(UTC))


def _read(name: str) -> Any:
    row = Setting.get_or_none(Setting.name == name)
    return None if row is None else row.value


def _write(name: str, value: Any, actor: str, now: datetime) -> None:
    Setting.insert(name=name, value=value, changed_at=now, changed_by=actor).on_conflict(
        conflict_target=[Setting.name],
        update={Setting.value: value, Setting.changed_at: now, Setting.changed_by: actor},
    ).execute()
