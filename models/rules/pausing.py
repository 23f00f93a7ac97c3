"""A pause (circle-rules 4.9 G): which dates move and where to, and until when the group rests. Pure.

A pause of n intervals skips the next n due dates: all that is not due yet moves by whole intervals, and the group goes
on at the last of the skipped dates, one interval before the next payment. What is due already stays due.
A group that runs behind its calendar is taken where it really is, so its dates may move by more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from models.rules.refused import Refused
from models.rules.schedule import LEAD, cutoff_at, moved

LEAST: Final = 1
MOST: Final = 12


@dataclass(frozen=True)
class Calendar:
    """How a group counts. anchor_day: the day of the month that it goes by."""

    frequency: str
    anchor_day: int
    cutoff_hour: int

    def moved(self, on: date, intervals: int) -> date:
        return moved(on, self.frequency, intervals, self.anchor_day)

    def cutoff(self, on: date) -> datetime:
        return cutoff_at(on, self.cutoff_hour)


@dataclass(frozen=True)
class Dated:
    """A cycle with its date. status: as in the lifecycle of a cycle."""

    cycle_id: int
    number: int
    status: str
    due_on: date
    due_at: datetime

    def is_undue(self, now: datetime) -> bool:
        """Whether nothing of it is due yet. A cycle that everybody has paid before its time is done with."""
        return self.status == "scheduled" or (self.status == "open" and self.due_at >= now)


@dataclass(frozen=True)
class Move:
    """One cycle's date before and after. intervals: by how many it moves, negative when it comes back."""

    cycle_id: int
    number: int
    old_on: date
    old_at: datetime
    new_on: date
    new_at: datetime
    intervals: int


@dataclass(frozen=True)
class Plan:
    """All that moves, in order. ends_at: when the group goes on."""

    moves: tuple[Move, ...]
    ends_at: datetime

    @property
    def first(self) -> Move | None:
        return self.moves[0] if self.moves else None

    @property
    def last(self) -> Move | None:
        return self.moves[-1] if self.moves else None


def calendar(frequency: str, anchor_on: date, cutoff_hour: int, cycles: Sequence[Dated]) -> Calendar:
    """The calendar of a group. An old one that was put off to a short month has lost its day; later dates have it."""
    days = [cycle.due_on.day for cycle in cycles if cycle.status == "scheduled"]
    return Calendar(frequency, max(anchor_on.day, *days, 0), cutoff_hour)


def pause(how: Calendar, cycles: Sequence[Dated], intervals: int, now: datetime) -> Plan | Refused:
    """A pause from now on. Refused: bad_intervals, nothing_ahead (no date could move)."""
    if not LEAST <= intervals <= MOST:
        return Refused("bad_intervals")
    ahead = _undue(cycles, now)
    if not ahead:
        return Refused("nothing_ahead")
    by, moves, after = intervals, list[Move](), _day_before(cycles, ahead[0])
    while how.cutoff(how.moved(ahead[0].due_on, by - 1)) <= now:
        by += 1
    for cycle in ahead:
        while after is not None and how.moved(cycle.due_on, by) <= after:
            by += 1
        moves.append(_move(how, cycle, by))
        after = moves[-1].new_on
    return Plan(tuple(moves), how.cutoff(how.moved(moves[0].new_on, -1)))


def resume(how: Calendar, cycles: Sequence[Dated], most: int, now: datetime) -> Plan:
    """The group goes on before its time: dates come back by whole intervals, at most by `most`.

    Nobody gets less notice than when a group starts, and no date comes before that of an earlier cycle. Where
    that leaves no room, all dates stay as they are.
    """
    ahead = _undue(cycles, now)
    if not ahead:
        return Plan((), now)
    first, after = ahead[0], _day_before(cycles, ahead[0])

    def fits(back: int) -> bool:
        on = how.moved(first.due_on, -back)
        return how.cutoff(on) >= now + LEAD[how.frequency] and (after is None or on > after)

    back = next((back for back in range(most, 0, -1) if fits(back)), 0)
    return Plan(tuple(_move(how, cycle, -back) for cycle in ahead) if back else (), now)


def _undue(cycles: Sequence[Dated], now: datetime) -> list[Dated]:
    return [cycle for cycle in sorted(cycles, key=lambda cycle: cycle.number) if cycle.is_undue(now)]


def _day_before(cycles: Sequence[Dated], first: Dated) -> date | None:
    """The latest date of the cycles before it."""
    return max((cycle.due_on for cycle in cycles if cycle.number < first.number), default=None)


def _move(how: Calendar, cycle: Dated, by: int) -> Move:
    new_on = how.moved(cycle.due_on, by)
    return Move(cycle.cycle_id, cycle.number, cycle.due_on, cycle.due_at, new_on, how.cutoff(new_on), by)
