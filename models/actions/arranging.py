"""The order of turns, set by the office for a head who has asked for it: the same order, by the same rules as hers.

While a group fills up the order is a draft that anybody who may arrange can change; in force it is only once the
group is full, and from then on turns change by swaps alone (circle-rules 4.3).
"""

from collections.abc import Sequence
from datetime import datetime

from models.actions import audit, cycles
from models.actions.forms import Effect
from models.actions.groups import put_in_order
from models.actions.signing_in import Somebody
from models.base import transaction
from models.queries.groups import above_limit
from models.rules import rotation
from models.rules.refused import Refused
from models.rules.staff import own_groups_only
from models.tables.groups import Group, Seat


@transaction
def keep_order(who: Somebody, group_id: int, seat_ids: Sequence[int], now: datetime) -> Effect | Refused:
    """Keep the order as a draft. Refused: gone, not_forming, not_arranged, seats_changed."""
    group = _arranged(who, group_id)
    if isinstance(group, Refused):
        return group
    seats = [row.id for row in Seat.select(Seat.id).where((Seat.group == group.id) & (Seat.status == "accepted"))]
    order = rotation.arranged(seat_ids, seats)
    if isinstance(order, Refused):
        return order
    for turn, seat_id in enumerate(order, start=1):
        Seat.update(turn=turn).where(Seat.id == seat_id).execute()
    audit.note(
        "group.order_draft",
        f"group:{group.id}",
        actor=who.actor,
        now=now,
        group_id=group.id,
        detail={"seats": list(order)},
    )
    return Effect("order_kept")


@transaction
def put_into_force(who: Somebody, group_id: int, seat_ids: Sequence[int], now: datetime) -> Effect | Refused:
    """The group has waited for nothing else: it is ready, and everybody is told her turn. Refused: as above."""
    group = _arranged(who, group_id)
    if isinstance(group, Refused):
        return group
    refusal = put_in_order(group, seat_ids, who.actor, now)
    return Effect("order_in_force") if refusal is None else refusal


@transaction
def draw(who: Somebody, group_id: int, now: datetime) -> Effect | Refused:
    """Run the ballot of a full group, or take the order of joining. Refused: gone, not_forming, above_limit,
    not_full, not_drawn."""
    group = _own(who, group_id)
    if group is None:
        return Refused("gone")
    if group.turn_order == "arranged":
        return Refused("not_drawn")
    if group.status != "forming":
        return Refused("not_forming")
    if above_limit(group):
        return Refused("above_limit")
    if not cycles.become_ready(group.id, now):
        return Refused("not_full")
    audit.note("group.draw", f"group:{group.id}", actor=who.actor, now=now, group_id=group.id)
    return Effect("order_drawn")


def _arranged(who: Somebody, group_id: int) -> Group | Refused:
    group = _own(who, group_id)
    if group is None:
        return Refused("gone")
    if group.turn_order != "arranged":
        return Refused("not_arranged")
    return group if group.status == "forming" else Refused("not_forming")


def _own(who: Somebody, group_id: int) -> Group | None:
    """The group under its lock; somebody else's does not exist for a field officer."""
    if own_groups_only(who.role) and group_id not in who.groups:
        return None
    return Group.select().where(Group.id == group_id).for_update().get_or_none()
