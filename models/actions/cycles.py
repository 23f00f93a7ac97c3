"""A group becomes ready, starts, and passes the cut-off of each day. What goes on inside a cycle is `running`'s.

Dates come from the anchor that the head chose. When the first cut-off is too close by
the time that the group is full, the whole calendar moves by whole intervals; the anchor stays.
"""

from datetime import datetime

from models import doorbell, policy
from models.actions import audit, ballots, books, news, pot_limits
from models.actions.obligations import refresh_arrears
from models.actions.running import (
    ACTOR,
    complete_if_paid,
    finish_if_done,
    open_next_cycle,
    payout_has_left,
)
from models.base import move, transaction
from models.queries.groups import above_limit
from models.rules import rotation
from models.rules.circle import UNPAID
from models.rules.schedule import LEAD, cutoff_at, due_on
from models.tables.cycles import Cycle, Obligation, Pot
from models.tables.groups import Group, Seat

__all__ = [
    "back_to_forming",
    "become_ready",
    "complete_if_paid",
    "cycles_past_cutoff",
    "finish_if_done",
    "groups_to_start",
    "open_next_cycle",
    "pass_cutoff",
    "pass_cutoffs",
    "payout_has_left",
    "start_due_groups",
    "start_group",
]


@transaction
def become_ready(group_id: int, now: datetime) -> bool:
    """Every seat is taken: settle the order of turns, make the calendar, tell everybody her turn.

    False when the group still waits for something: a seat, a higher limit for its pot, or the head's order.
    """
    group = books.lock_group(group_id)
    seats = _accepted(group_id)
    if group.status != "forming" or len(seats) != group.seats or above_limit(group):
        return False
    order = _order(group, seats)
    if order is None:
        return False
    for turn, seat_id in enumerate(order, start=1):
        Seat.update(turn=turn).where(Seat.id == seat_id).execute()
    skipped = _intervals_too_soon(group, now)
    _write_calendar(group, order, skipped)
    move(
        Group,
        group_id,
        "forming",
        "ready",
        order_set_at=now,
        skipped_intervals=skipped,
        draw_secret=ballots.secret_of(group),
    )
    audit.note(
        "group.ready", f"group:{group_id}", actor=ACTOR, now=now, group_id=group_id, detail={"order": list(order)}
    )
    _tell_turns(Group.get_by_id(group_id), now)
    doorbell.ring("start_group", group_id)
    return True


@transaction
def back_to_forming(group_id: int, now: datetime) -> bool:
    """A seat of a ready group was given back: the order no longer holds, and the group waits for people again.

    The secret of its ballot is known by now; the next draw gets another one.
    """
    ballot = ballots.new(group_id) if Group.get_by_id(group_id).draw_secret_sealed is not None else {}
    if not move(Group, group_id, "ready", "forming", order_set_at=None, **ballot):
        return False
    Seat.update(turn=None).where(Seat.group == group_id).execute()
    audit.note("group.forming", f"group:{group_id}", actor=ACTOR, now=now, group_id=group_id)
    return True


def groups_to_start(now: datetime) -> list[int]:
    """Ready groups whose first interval has begun."""
    firsts = Cycle.select(Cycle, Group).join(Group).where((Cycle.number == 1) & (Group.status == "ready"))
    return [row.group_id for row in firsts.order_by(Cycle.group) if now >= row.due_at - LEAD[row.group.frequency]]


def start_due_groups(now: datetime) -> int:
    """Start every group whose time has come, each in a transaction of its own. How many were started."""
    return sum(start_group(group_id, now) for group_id in groups_to_start(now))


@transaction
def start_group(group_id: int, now: datetime) -> bool:
    """ready -> active, and the first cycle opens. False when it is too early or done already."""
    group = books.lock_group(group_id)
    first = Cycle.get_or_none((Cycle.group == group_id) & (Cycle.number == 1))
    if group.status == "ready" and above_limit(group):
        # The country's limit has come down since its turns were drawn: it waits for a higher one of its own.
        back_to_forming(group_id, now)
        pot_limits.tell_head(group, now)
        return False
    if first is None or now < first.due_at - LEAD[group.frequency]:
        return False
    if not move(Group, group_id, "ready", "active", started_at=now):
        return False
    for seat in _accepted(group_id):
        move(Seat, seat.id, "accepted", "active")
    audit.note("group.start", f"group:{group_id}", actor=ACTOR, now=now, group_id=group_id)
    open_next_cycle(group_id, now)
    return True


def cycles_past_cutoff(now: datetime) -> list[int]:
    """Open cycles whose cut-off has passed. The cut-off itself is still in time; none comes while a group rests."""
    due = (Cycle.status == "open") & (Cycle.due_at < now) & (Group.status != "paused")
    return [row.id for row in Cycle.select(Cycle.id).join(Group).where(due).order_by(Cycle.due_at)]


def pass_cutoffs(now: datetime) -> int:
    """Pass every cut-off that has come, each in a transaction of its own. How many."""
    return sum(pass_cutoff(cycle_id, now) for cycle_id in cycles_past_cutoff(now))


@transaction
def pass_cutoff(cycle_id: int, now: datetime) -> bool:
    """open -> grace, and who has not paid is in arrears. False when it is not open any more, or its group rests."""
    cycle = Cycle.get_by_id(cycle_id)
    group = books.lock_group(cycle.group_id)
    if group.status == "paused" or not move(Cycle, cycle_id, "open", "grace"):
        return False
    unpaid = Obligation.select(Obligation.seat).where(
        (Obligation.cycle == cycle_id) & Obligation.status.in_(list(UNPAID))
    )
    for row in unpaid:
        refresh_arrears(row.seat_id, now)
    return True


def _accepted(group_id: int) -> list[Seat]:
    return list(Seat.select().where((Seat.group == group_id) & (Seat.status == "accepted")).order_by(Seat.id))


def _order(group: Group, seats: list[Seat]) -> tuple[int, ...] | None:
    """Seat ids, first to collect first; None while the head has not arranged them."""
    if group.turn_order == "joined":
        return rotation.joined([(seat.id, seat.accepted_at or seat.asked_at) for seat in seats])
    if group.turn_order == "ballot":
        secret = ballots.secret_of(group)
        if secret is None:
            raise RuntimeError(f"group {group.id} draws lots and has no secret")
        return rotation.draw(bytes.fromhex(secret), {seat.id: seat.draw_number or 0 for seat in seats})
    by_turn = sorted((seat.turn, seat.id) for seat in seats if seat.turn is not None)
    return tuple(seat_id for _, seat_id in by_turn) if len(by_turn) == len(seats) else None


def _intervals_too_soon(group: Group, now: datetime) -> int:
    """How many due dates at the beginning would leave less than a day's notice."""
    k = 0
    while cutoff_at(due_on(group.anchor_on, group.frequency, k), group.cutoff_hour) < now + policy.LEAST_NOTICE:
        k += 1
    return k


def _write_calendar(group: Group, order: tuple[int, ...], skipped: int) -> None:
    """The cycles with their pots. A group that was ready before has them already, and gets new dates and recipients."""
    for number in range(1, group.cycles + 1):
        on = due_on(group.anchor_on, group.frequency, skipped + number - 1)
        dates = {"due_on": on, "due_at": cutoff_at(on, group.cutoff_hour)}
        Cycle.insert(group=group.id, number=number, status="scheduled", **dates).on_conflict(
            conflict_target=[Cycle.group, Cycle.number], update=dates
        ).execute()
    cycle_ids = {row.number: row.id for row in Cycle.select().where(Cycle.group == group.id)}
    for turn, seat_id in enumerate(order, start=1):
        cycle_id = cycle_ids[rotation.cycle_of_turn(turn, group.pots_per_cycle)]
        Pot.insert(cycle=cycle_id, number=(turn - 1) % group.pots_per_cycle + 1, seat=seat_id).on_conflict(
            conflict_target=[Pot.cycle, Pot.number], update={"seat": seat_id}
        ).execute()


def _tell_turns(group: Group, now: datetime) -> None:
    due = {row.number: row.due_on for row in Cycle.select().where(Cycle.group == group.id)}
    for seat in news.in_group(group.id):
        if seat.turn is not None:
            collects_on = due[rotation.cycle_of_turn(seat.turn, group.pots_per_cycle)]
            news.turn_known(group, seat, due[1], collects_on, now)
