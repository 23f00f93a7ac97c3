"""Moves the circles on: pauses end, groups whose time has come start, cut-offs pass."""

from datetime import datetime

from bot import clock
from jobs.base import for_each, job
from models.actions import cycles, pausing


@job
def start_group(group_id: int) -> str:
    """Start this group, if its first interval has begun."""
    return _start(group_id, clock.now())


def move_on(now: datetime) -> dict[str, int]:
    """End every pause that is over, start every group that is due, pass every cut-off that is due."""
    resumed = for_each(pausing.pauses_over(now), lambda group_id: _go_on(group_id, now), "end_pause")
    started = for_each(cycles.groups_to_start(now), lambda group_id: _start(group_id, now), "start_group")
    passed = for_each(cycles.cycles_past_cutoff(now), lambda cycle_id: _pass_cutoff(cycle_id, now), "pass_cutoff")
    return {
        "resumed": resumed["done"],
        "started": started["done"],
        "cut_off": passed["done"],
        "failed": resumed["failed"] + started["failed"] + passed["failed"],
    }


def _start(group_id: int, now: datetime) -> str:
    return "started" if cycles.start_group(group_id, now) else "not yet"


def _go_on(group_id: int, now: datetime) -> str:
    return "goes on" if pausing.end_pause(group_id, now) else "nothing to do"


def _pass_cutoff(cycle_id: int, now: datetime) -> str:
    return "cut off" if cycles.pass_cutoff(cycle_id, now) else "nothing to do"
