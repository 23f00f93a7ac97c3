"""Moves the circles on: groups whose time has come start, cut-offs pass."""

from datetime import datetime

from bot import clock
from jobs.base import for_each, job
from models.actions import cycles


@job
def start_group(group_id: int) -> str:
    """Start this group, if its first interval has begun."""
    return _start(group_id, clock.now())


def move_on(now: datetime) -> dict[str, int]:
    """Start every group that is due, pass every cut-off that is due."""
    started = for_each(cycles.groups_to_start(now), lambda group_id: _start(group_id, now), "start_group")
    passed = for_each(cycles.cycles_past_cutoff(now), lambda cycle_id: _pass_cutoff(cycle_id, now), "pass_cutoff")
    return {"started": started["done"], "cut_off": passed["done"], "failed": started["failed"] + passed["failed"]}


def _start(group_id: int, now: datetime) -> str:
    return "started" if cycles.start_group(group_id, now) else "not yet"


def _pass_cutoff(cycle_id: int, now: datetime) -> str:
    return "cut off" if cycles.pass_cutoff(cycle_id, now) else "nothing to do"
