"""Two of the staff let a group rest, or go on before its time (the platform's order of circle-rules 4.9 G).

What both are shown, and what is hashed, is every date before and after. When the group has moved on between the first
and the second, the dates are others and nothing happens.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from models.actions import pausing
from models.actions.forms import Effect
from models.actions.proposing import About, Agreed, Kind, row_id
from models.queries import pauses
from models.rules.pausing import Plan
from models.rules.refused import Refused
from models.rules.schedule import local_date
from models.tables.cycles import Cycle
from models.tables.groups import Group

PAUSE: Final = "group_pause"
RESUME: Final = "group_resume"


def subject_of(group_id: int) -> str:
    """How a proposal names the group."""
    return f"group:{group_id}"


def about_pause(subject: str, wanted: Mapping[str, Any], now: datetime) -> About | Refused:
    """The dates. Refused: gone (not a running group), bad_intervals, nothing_ahead."""
    group = Group.get_or_none(Group.id == row_id(subject))
    if group is None or group.status != "active":
        return Refused("gone")
    intervals = wanted.get("intervals")
    if not isinstance(intervals, int) or isinstance(intervals, bool):
        return Refused("bad_intervals")
    plan = pauses.plan(group, intervals, now)
    if isinstance(plan, Refused):
        return plan
    facts = {
        "intervals": intervals,
        "until_on": local_date(plan.ends_at).isoformat(),
        "next_on": plan.moves[0].new_on.isoformat(),
    }
    return _about(group, facts, plan)


def about_resume(subject: str, _wanted: Mapping[str, Any], now: datetime) -> About | Refused:
    """Which dates come back. Refused: gone (it does not rest)."""
    group = Group.get_or_none(Group.id == row_id(subject))
    pause = None if group is None else pauses.current(group.id)
    if group is None or pause is None or group.status != "paused":
        return Refused("gone")
    plan = pauses.plan_back(group, pause, now)
    following = pauses.next_due(group.id, now)
    next_on = plan.moves[0].new_on if plan.moves else None if following is None else following.due_on
    facts = {
        "pause_id": pause.id,
        "until_on": local_date(pause.ends_at).isoformat(),
        "next_on": None if next_on is None else next_on.isoformat(),
    }
    return _about(group, facts, plan)


def pause(agreed: Agreed) -> Effect | Refused:
    """It rests from now on, and everybody is told. Refused: not_running, bad_intervals, nothing_ahead."""
    intervals = int(agreed.wanted["intervals"])
    plan = pausing.begin(agreed.subject_id, intervals, agreed.proposal_id, actor=agreed.actor, now=agreed.now)
    return plan if isinstance(plan, Refused) else _done("group_paused", agreed)


def resume(agreed: Agreed) -> Effect | Refused:
    """It goes on from now on, and everybody is told. Refused: gone."""
    plan = pausing.resume(agreed.subject_id, agreed.proposal_id, actor=agreed.actor, now=agreed.now)
    return plan if isinstance(plan, Refused) else _done("group_resumed", agreed)


def _done(key: str, agreed: Agreed) -> Effect:
    return Effect(key, facts={"group": Group.get_by_id(agreed.subject_id).name})


def _about(group: Group, facts: dict[str, Any], plan: Plan) -> About:
    """dates: number, before, after. last_before, last_on: the last day of all."""
    last = Cycle.select().where(Cycle.group == group.id).order_by(Cycle.number.desc()).get()
    dates = [[step.number, step.old_on.isoformat(), step.new_on.isoformat()] for step in plan.moves]
    last_on = plan.moves[-1].new_on if plan.moves else last.due_on
    more = {"dates": dates, "last_before": last.due_on.isoformat(), "last_on": last_on.isoformat()}
    return About(facts=facts | more, group_id=group.id)


GROUP_PAUSE: Final = Kind(PAUSE, about_pause, pause)
GROUP_RESUME: Final = Kind(RESUME, about_resume, resume)
