"""A gentle reminder that any member may ask for: to all who have not paid this cycle, naming nobody."""

from datetime import datetime

from models import policy
from models.account_commands import NudgeGently
from models.actions import audit, authority, books
from models.actions.context import Context, Outcome
from models.actions.mail import queue_message
from models.base import transaction
from models.commands import Done
from models.money import show
from models.news_values import day_month
from models.queries.people import first_name, name_of
from models.rules.circle import UNPAID
from models.rules.refused import Refused
from models.tables.cycles import Cycle, Obligation
from models.tables.groups import Group, Seat
from models.tables.mail import Outbox

ACTIVE = ("active", "in_arrears")


@transaction
def nudge_gently(command: NudgeGently, context: Context) -> Outcome:
    """One round of S62 in a cycle, whoever asks first. The group's lock makes it one."""
    seat = authority.own_seat(context.member, command.seat_id)
    if seat is None or seat.status not in ACTIVE:
        return Refused("not_active")
    group = books.lock_group(seat.group_id)
    cycle = Cycle.get_or_none((Cycle.group == group.id) & Cycle.status.in_(("open", "grace")))
    if group.status == "paused":
        return Refused("paused")
    if cycle is None:
        return Refused("not_active")
    if _was_nudged(cycle):
        return Refused("already_nudged")
    unpaid = _unpaid(cycle, but=context.member)
    if not unpaid:
        return Refused("nobody_left")
    for row in unpaid:
        _nudge(row, group, cycle, context.now)
    audit.note("cycle.nudge", f"cycle:{cycle.id}", actor=context.actor, now=context.now, group_id=group.id)
    return Done({"sent": len({row.seat.member_id for row in unpaid})})


def _unpaid(cycle: Cycle, *, but: int) -> list[Obligation]:
    """What others owe of it. Nobody is asked to nudge herself."""
    owed = (Obligation.cycle == cycle.id) & (Obligation.kind == "contribution") & Obligation.status.in_(UNPAID)
    return list(
        Obligation.select(Obligation, Seat).join(Seat).where(owed & (Seat.member != but)).order_by(Obligation.id)
    )


def _was_nudged(cycle: Cycle) -> bool:
    seats = Seat.select(Seat.member).join(Obligation).where(Obligation.cycle == cycle.id)
    keys = [_key(cycle, row.member_id) for row in seats]
    return bool(Outbox.select().where(Outbox.dedupe_key.in_(keys)).exists())


def _key(cycle: Cycle, member_id: int) -> str:
    return f"nudge:{cycle.id}:{member_id}"


def _nudge(row: Obligation, group: Group, cycle: Cycle, now: datetime) -> None:
    member_id = row.seat.member_id
    queue_message(
        "S62",
        dedupe_key=_key(cycle, member_id),
        facts={
            "name": first_name(name_of(member_id)),
            "group": group.name,
            "amt": show(row.amount_kobo - row.paid_kobo),
            "d": day_month(cycle.due_on),
        },
        member_id=member_id,
        group_id=group.id,
        reminder=True,
        expires_at=now + policy.REMINDER_LIFE,
        now=now,
    )
