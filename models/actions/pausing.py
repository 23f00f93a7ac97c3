"""A group rests and goes on again: dates move, everybody is told, and the time in between costs nobody a late fee.

What moves is decided by `rules.pausing`, that two of the staff have agreed by `pausing_by_two`. While a group rests no
cycle opens and none passes its cut-off; what was due before can be paid, and a full pot goes out.
"""

from datetime import datetime, timedelta
from typing import Final

from models import policy
from models.actions import audit, books, pause_news
from models.actions.cycles import pass_cutoff
from models.actions.penalties import LATE
from models.actions.running import finish_if_done, open_next_cycle
from models.base import database, move, transaction
from models.queries import pauses
from models.rules.circle import UNPAID
from models.rules.pausing import Move, Plan
from models.rules.refused import Refused
from models.rules.schedule import cutoff_at, local_date
from models.tables.cycles import Cycle, Obligation
from models.tables.groups import Group
from models.tables.mail import Outbox
from models.tables.pauses import GroupPause
from models.tables.requests import Extension

SYSTEM: Final = "system"
# The job comes every ten minutes. Whoever is told later than this after the end gets a day's notice anew.
LATE_BY: Final = timedelta(hours=1)


@transaction
def begin(group_id: int, intervals: int, proposal_id: int, *, actor: str, now: datetime) -> Plan | Refused:
    """active -> paused; all that is not due moves. Refused: not_running, bad_intervals, nothing_ahead."""
    group = books.lock_group(group_id)
    if group.status != "active":
        return Refused("not_running")
    for row in Cycle.select().where((Cycle.group == group_id) & (Cycle.status == "open") & (Cycle.due_at < now)):
        pass_cutoff(row.id, now)
    plan = pauses.plan(group, intervals, now)
    if isinstance(plan, Refused):
        return plan
    first, last = plan.moves[0], plan.moves[-1]
    _move_promises(group, first.intervals, now)
    for step in plan.moves:
        _move_cycle(step)
    move(Group, group_id, "active", "paused", paused_intervals=group.paused_intervals + last.intervals)
    pause = GroupPause.create(
        group=group_id,
        intervals=intervals,
        first_cycle=first.number,
        paused_at=now,
        ends_at=plan.ends_at,
        proposal=proposal_id,
    )
    _hush(group_id, "remind:", now)
    _note("group.pause", group_id, actor, now, {"intervals": intervals, "until": local_date(plan.ends_at).isoformat()})
    pause_news.paused(group, pause, first.new_on, now)
    return plan


def pauses_over(now: datetime) -> list[int]:
    """Groups whose pause is over."""
    rows = GroupPause.select(GroupPause.group).where(GroupPause.ended_at.is_null() & (GroupPause.ends_at <= now))
    return [row.group_id for row in rows.order_by(GroupPause.id)]


@transaction
def end_pause(group_id: int, now: datetime) -> bool:
    """The pause is over: the group goes on by itself. False when it is not over, or somebody was quicker."""
    group = books.lock_group(group_id)
    pause = pauses.current(group_id)
    if pause is None or pause.ends_at > now or not move(Group, group_id, "paused", "active"):
        return False
    _go_on(group, pause, None, None, SYSTEM, now)
    return True


@transaction
def resume(group_id: int, proposal_id: int, *, actor: str, now: datetime) -> Plan | Refused:
    """The group goes on before its time, and dates come back as far as there is room. Refused: gone."""
    group = books.lock_group(group_id)
    pause = pauses.current(group_id)
    if pause is None or not move(Group, group_id, "paused", "active"):
        return Refused("gone")
    plan = pauses.plan_back(group, pause, now)
    _go_on(group, pause, plan, proposal_id, actor, now)
    return plan


def _go_on(
    group: Group, pause: GroupPause, plan: Plan | None, proposal_id: int | None, actor: str, now: datetime
) -> None:
    moves = plan.moves if plan is not None else ()
    for step in moves:
        _move_cycle(step)
    back = -moves[-1].intervals if moves else 0
    if back:
        Group.update(paused_intervals=Group.paused_intervals - back).where(Group.id == group.id).execute()
    GroupPause.update(ended_at=now, ended_proposal=proposal_id, moved_back=back).where(
        GroupPause.id == pause.id
    ).execute()
    _hush(group.id, f"pause:{pause.id}:", now)
    _stop_grace(group.id, pause.paused_at, now)
    _give_notice(group, now)
    _note("group.resume", group.id, actor, now, {"moved_back": back})
    open_next_cycle(group.id, now)
    if not finish_if_done(group.id, now):
        pause_news.goes_on(group, pause, now)


def _move_cycle(step: Move) -> None:
    """One cycle with all that is due by it, and the promises about that: everything moves by the same time."""
    by = step.new_at - step.old_at
    Cycle.update(due_on=step.new_on, due_at=step.new_at).where(Cycle.id == step.cycle_id).execute()
    owed = (Obligation.cycle == step.cycle_id) & (Obligation.kind == "contribution")
    of_it = Obligation.select(Obligation.id).where(owed)
    Obligation.update(due_at=Obligation.due_at + by, fee_from=Obligation.fee_from + by).where(owed).execute()
    Extension.update(
        due_before=Extension.due_before + by,
        due_after=Extension.due_after + by,
        first_by=Extension.first_by + by,
        expires_at=Extension.expires_at + by,
    ).where(Extension.obligation.in_(of_it)).execute()


def _move_promises(group: Group, intervals: int, now: datetime) -> None:
    """More time that was given for what was due before, and is not over: that is not due yet either."""
    given = (Extension.group == group.id) & (Extension.status == "allowed") & (Extension.due_after >= now)
    query = Extension.select(Extension, Obligation, Cycle).join(Obligation).join(Cycle)
    for row in query.where(given & Obligation.status.in_(sorted(UNPAID)) & (Cycle.due_at < now)):
        by = _step(group, row.due_after, intervals)
        first_by = row.first_by + by if row.first_by is not None and row.first_by >= now else row.first_by
        Extension.update(due_after=row.due_after + by, first_by=first_by).where(Extension.id == row.id).execute()
        Obligation.update(due_at=Obligation.due_at + by).where(Obligation.id == row.obligation_id).execute()


def _step(group: Group, at: datetime, intervals: int) -> timedelta:
    """How long so many intervals are from this date on."""
    on = local_date(at)
    later = pauses.calendar_of(group).moved(on, intervals)
    return cutoff_at(later, group.cutoff_hour) - cutoff_at(on, group.cutoff_hour)


def _stop_grace(group_id: int, paused_at: datetime, now: datetime) -> None:
    """What was due before has as much of its days of grace left as when the pause began."""
    database.execute_sql(
        """
        UPDATE obligation o SET fee_from = due.since + (%(now)s - greatest(%(paused)s, due.since))
          FROM obligation p
          JOIN cycle c ON c.id = p.cycle_id AND c.status NOT IN ('scheduled', 'cancelled')
         CROSS JOIN LATERAL (SELECT coalesce(p.fee_from, p.due_at) AS since) due
         WHERE p.id = o.id AND c.group_id = %(group)s AND o.kind = 'contribution' AND o.status = ANY(%(unpaid)s)
           AND due.since < %(now)s
           AND NOT EXISTS (SELECT 1 FROM obligation f WHERE f.seat_id = o.seat_id AND f.cycle_id = o.cycle_id
                              AND f.kind = 'penalty' AND f.rule = %(rule)s)
        """,
        {"group": group_id, "paused": paused_at, "now": now, "unpaid": sorted(UNPAID), "rule": LATE},
    )


def _give_notice(group: Group, now: datetime) -> None:
    """The house was down when the pause ended: nobody owes anything sooner than a day after she hears of it."""
    due_at = now + policy.LEAST_NOTICE
    late = (Cycle.group == group.id) & (Cycle.status == "open") & (Cycle.due_at < due_at - LATE_BY)
    for row in Cycle.select().where(late):
        _move_cycle(Move(row.id, row.number, row.due_on, row.due_at, local_date(due_at), due_at, 0))


def _hush(group_id: int, keys: str, now: datetime) -> None:
    """What waits in the outbox under these keys is not true any more."""
    waiting = (Outbox.group == group_id) & (Outbox.status == "queued") & Outbox.dedupe_key.startswith(keys)
    Outbox.update(status="suppressed", reason="paused", ended_at=now).where(waiting).execute()


def _note(verb: str, group_id: int, actor: str, now: datetime, detail: dict[str, object]) -> None:
    audit.note(verb, f"group:{group_id}", actor=actor, now=now, group_id=group_id, detail=detail)
