"""Moves the circles on: groups whose time has come start, cut-offs pass."""

from datetime import datetime

from bot import clock
from jobs.base import job
from models.actions import cycles


@job
def start_group(group_id: int) -> str:
    """Start this group, if its first interval has begun."""
    return "started" if cycles.start_group(group_id, clock.now()) else "not yet"


def move_on(now: datetime) -> dict[str, int]:
    """Start every group that is due, pass every cut-off that is due."""
    return {"started": cycles.start_due_groups(now), "cut_off": cycles.pass_cutoffs(now)}
