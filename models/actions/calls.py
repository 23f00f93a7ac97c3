"""A member wants to talk: the head of her own group gets her number, and nobody else does."""

from models.actions import audit, authority
from models.actions import request_news as tell
from models.actions.context import Context, Outcome
from models.base import transaction
from models.commands import AskCall, Done
from models.queries.groups import IN_GROUP
from models.rules.refused import Refused
from models.tables.people import Member


@transaction
def ask_call(command: AskCall, context: Context) -> Outcome:
    """Once a day for each group."""
    seat = authority.own_seat(context.member, command.seat_id)
    if seat is None or seat.status not in IN_GROUP or seat.group.head_id == context.member:
        return Refused("gone")
    if not tell.please_call(seat.group, Member.get_by_id(context.member), context.now):
        return Refused("asked_today")
    audit.note("call.ask", f"seat:{seat.id}", actor=context.actor, now=context.now, group_id=seat.group_id)
    return Done()
