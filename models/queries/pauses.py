"""Reads about pauses: what a pause would move, what going on early would move back, which one runs, and past ones.

Nothing is written here; `actions.pausing` carries a plan out.
"""

from dataclasses import dataclass, field
from datetime import datetime

from models.rules import pausing
from models.rules.pausing import Calendar, Dated, Plan
from models.rules.refused import Refused
from models.tables.cycles import Cycle
from models.tables.groups import Group
from models.tables.pauses import GroupPause


@dataclass(frozen=True)
class PauseLine:
    """One pause as the panel shows it. early: two of the staff ended it before its time."""

    pause_id: int
    intervals: int
    first_cycle: int
    paused_at: datetime
    ends_at: datetime
    ended_at: datetime | None
    early: bool
    moved_back: int
    proposal_id: int
    reason: str = field(repr=False)


def current(group_id: int) -> GroupPause | None:
    """The pause that runs; None when there is none."""
    return GroupPause.get_or_none((GroupPause.group == group_id) & GroupPause.ended_at.is_null())


def pauses_of(group_id: int) -> tuple[PauseLine, ...]:
    """All pauses of a group, the newest first."""
    rows = GroupPause.select().where(GroupPause.group == group_id).order_by(GroupPause.id.desc())
    return tuple(
        PauseLine(
            pause_id=row.id,
            intervals=row.intervals,
            first_cycle=row.first_cycle,
            paused_at=row.paused_at,
            ends_at=row.ends_at,
            ended_at=row.ended_at,
            early=row.ended_proposal_id is not None,
            moved_back=row.moved_back,
            proposal_id=row.proposal_id,
            reason=row.proposal.note,
        )
        for row in rows
    )


def plan(group: Group, intervals: int, now: datetime) -> Plan | Refused:
    """What a pause from now on would move. Refused: bad_intervals, nothing_ahead."""
    cycles = _cycles(group.id)
    return pausing.pause(_calendar(group, cycles), cycles, intervals, now)


def plan_back(group: Group, pause: GroupPause, now: datetime) -> Plan:
    """What would come back if the group went on now."""
    cycles = _cycles(group.id)
    return pausing.resume(_calendar(group, cycles), cycles, pause.intervals, now)


def calendar_of(group: Group) -> Calendar:
    """How the group counts."""
    return _calendar(group, _cycles(group.id))


def next_due(group_id: int, now: datetime) -> Dated | None:
    """The first cycle of which nothing is due yet."""
    return next((cycle for cycle in _cycles(group_id) if cycle.is_undue(now)), None)


def _calendar(group: Group, cycles: list[Dated]) -> Calendar:
    return pausing.calendar(group.frequency, group.anchor_on, group.cutoff_hour, cycles)


def _cycles(group_id: int) -> list[Dated]:
    rows = Cycle.select().where((Cycle.group == group_id) & (Cycle.status != "cancelled")).order_by(Cycle.number)
    return [Dated(row.id, row.number, row.status, row.due_on, row.due_at) for row in rows]
