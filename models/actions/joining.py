"""How people get into a group: invited by number, or by code and let in by the head.

Every way in locks the group's row first, so that two who come at once cannot both
get the last seat.
"""

from models import news_values
from models.actions import audit, authority, drafts, inviting
from models.actions.context import Context, Outcome
from models.actions.groups import ask_officers, fill
from models.actions.mail import queue_message
from models.base import move
from models.commands import DecideJoiner, DeclineInvitation, Done, InvitePhone, JoinGroup
from models.money import show
from models.phones import mask_local, parse
from models.queries.groups import ASKING, BEFORE_START, IN_GROUP, OFFICE, starts_on, taken
from models.queries.people import first_name, known_as, member_id_of, name_of
from models.rules.refused import Refused
from models.sealing import keys
from models.tables.groups import Group, Invitation, Officer, Seat

# A group may write to so many numbers per seat: invitations are SMS to people who have not asked for any.
INVITATIONS_PER_SEAT = 3


def invite_phone(command: InvitePhone, context: Context) -> Outcome:
    """Ask a number to join. Who follows an invitation is let in at once."""
    found = authority.group_of_officer(context.member, command.group_id, lock=True)
    if found is None:
        return Refused("not_allowed")
    group = found[0]
    phone = parse(command.phone)
    if phone is None:
        return Refused("bad_phone")
    if (obstacle := _why_not_invite(group, phone)) is not None:
        return obstacle
    invitation_id = inviting.write(group, phone, context.now, by_member=context.member)
    inviting.send(group, context.member, phone, context.now)
    audit.note("group.invite", f"invitation:{invitation_id}", actor=context.actor, now=context.now, group_id=group.id)
    asked = taken(group.id) + _open_invitations(group.id)
    return Done({"masked": mask_local(phone), "asked": min(asked, group.seats), "of": group.seats})


def decline_invitation(command: DeclineInvitation, context: Context) -> Outcome:
    """Not for her. Whoever invited her is told, so that the seat can go to somebody else."""
    row = Invitation.get_or_none(
        (Invitation.id == command.invitation_id)
        & (Invitation.phone_index == keys().index(context.phone, "phone"))
        & (Invitation.status == "open")
    )
    if row is None or not _answer(row, "declined", context):
        return Refused("gone")
    group = authority.load_group(row.group_id)
    if row.invited_by_id is not None:
        queue_message(
            "S28",
            dedupe_key=f"declined:{row.id}",
            facts={"who": mask_local(context.phone), "group": group.name},
            member_id=row.invited_by_id,
            group_id=group.id,
            now=context.now,
        )
    audit.note("invitation.decline", f"invitation:{row.id}", actor=context.actor, now=context.now, group_id=group.id)
    return Done({"head": OFFICE if row.invited_by_id is None else known_as(name_of(row.invited_by_id))})


def join_group(command: JoinGroup, context: Context) -> Outcome:
    """Accept the rules and take or ask for a seat."""
    group = Group.select().where(Group.id == command.group_id).for_update().get_or_none()
    if group is None or group.status in ("cancelled", "completed") or not _may_know(group, context):
        return Refused("no_such_group")
    full = taken(group.id) >= group.seats
    if (obstacle := _why_not_join(group, command, context, full)) is not None:
        return obstacle
    invitation = _invitation_of(context.phone, group.id)
    status = "waiting" if full else "requested" if invitation is None else "accepted"
    seat_id = _insert_seat(group, status, context)
    if status == "accepted":
        _answer(invitation, "accepted", context)
        if group.status == "draft":
            drafts.begin(group, context.now)
        elif invitation is not None and invitation.as_officer:
            Officer.insert(group=group.id, member=context.member, role="officer", since=context.now).execute()
        _let_in(group, seat_id, context.member, context)
    elif status == "requested":
        ask_officers(group, seat_id, context.member, context.now)
    audit.note(
        "seat.ask", f"seat:{seat_id}", actor=context.actor, now=context.now, group_id=group.id, detail={"as": status}
    )
    return Done({"seat_id": seat_id, "let_in": status == "accepted", "waiting": status == "waiting"})


def decide_joiner(command: DecideJoiner, context: Context) -> Outcome:
    """The answer to somebody who asked. Only the head names officers."""
    seat = Seat.get_or_none(Seat.id == command.seat_id)
    found = None if seat is None else authority.group_of_officer(context.member, seat.group_id, lock=True)
    if seat is None or found is None:
        return Refused("gone")
    group, role = found
    if command.verdict == "let_in_officer" and role != "head":
        return Refused("not_allowed")
    decide = _refuse if command.verdict == "refuse" else _accept
    if (obstacle := decide(group, seat, context)) is not None:
        return obstacle
    if command.verdict == "let_in_officer":
        Officer.insert(group=group.id, member=seat.member_id, role="officer", since=context.now).execute()
    audit.note(f"seat.{command.verdict}", f"seat:{seat.id}", actor=context.actor, now=context.now, group_id=group.id)
    return Done({"name": first_name(name_of(seat.member_id)), "verdict": command.verdict})


def _refuse(group: Group, seat: Seat, context: Context) -> Refused | None:
    if not move(Seat, seat.id, "requested", "refused", ended_at=context.now):
        return Refused("gone")
    queue_message(
        "S27",
        dedupe_key=f"refused:{seat.id}",
        facts={"group": group.name},
        member_id=seat.member_id,
        group_id=group.id,
        now=context.now,
    )
    return None


def _accept(group: Group, seat: Seat, context: Context) -> Refused | None:
    if seat.status != "requested" or group.status not in BEFORE_START:
        return Refused("gone")
    if taken(group.id) >= group.seats:
        return Refused("group_full")
    if not move(Seat, seat.id, "requested", "accepted", accepted_at=context.now):
        return Refused("gone")
    _let_in(group, seat.id, seat.member_id, context)
    return None


def _why_not_invite(group: Group, phone: str) -> Refused | None:
    if group.status != "forming":
        return Refused("group_full" if group.status == "ready" else "not_forming")
    if taken(group.id) >= group.seats:
        return Refused("group_full")
    member_id = member_id_of(phone)
    if member_id is not None and _seat_of(member_id, group.id) is not None:
        return Refused("already_in")
    if _invitation_of(phone, group.id) is not None:
        return Refused("already_asked")
    by_members = Invitation.invited_by.is_null(False)
    ever = Invitation.select().where((Invitation.group == group.id) & by_members).count()
    return Refused("not_allowed") if ever >= INVITATIONS_PER_SEAT * group.seats else None


def _why_not_join(group: Group, command: JoinGroup, context: Context, full: bool) -> Refused | None:
    if _seat_of(context.member, group.id) is not None:
        return Refused("already_in")
    if group.status not in ("draft", *BEFORE_START):
        return Refused("not_forming")
    if command.rules_version != group.rules_version:
        return Refused("rules_changed")
    return Refused("group_full") if full and not command.waiting_list else None


def _may_know(group: Group, context: Context) -> bool:
    """A draft is nobody's business but that of the member who is asked to be its head."""
    if group.status != "draft":
        return True
    return bool(group.head_id == context.member and _invitation_of(context.phone, group.id) is not None)


def _seat_of(member_id: int, group_id: int) -> Seat | None:
    """A seat that she has or has asked for."""
    return Seat.get_or_none(
        (Seat.group == group_id) & (Seat.member == member_id) & Seat.status.in_((*ASKING, *IN_GROUP))
    )


def _invitation_of(phone: str, group_id: int) -> Invitation | None:
    return Invitation.get_or_none(
        (Invitation.group == group_id)
        & (Invitation.phone_index == keys().index(phone, "phone"))
        & (Invitation.status == "open")
    )


def _open_invitations(group_id: int) -> int:
    return int(Invitation.select().where((Invitation.group == group_id) & (Invitation.status == "open")).count())


def _answer(invitation: Invitation | None, status: str, context: Context) -> bool:
    """Close an open invitation. False when it was closed already."""
    if invitation is None:
        return False
    changed = Invitation.update(status=status, answered_at=context.now).where(
        (Invitation.id == invitation.id) & (Invitation.status == "open")
    )
    return bool(changed.execute() == 1)


def _insert_seat(group: Group, status: str, context: Context) -> int:
    return int(
        Seat.insert(
            group=group.id,
            member=context.member,
            status=status,
            rules_version=group.rules_version,
            asked_at=context.now,
            accepted_at=context.now if status == "accepted" else None,
        ).execute()
    )


def _let_in(group: Group, seat_id: int, member_id: int, context: Context) -> None:
    """Tell her that she is in, and see whether hers was the last seat."""
    queue_message(
        "S03w",
        dedupe_key=f"let_in:{seat_id}",
        facts={
            "name": first_name(name_of(member_id)),
            "group": group.name,
            "amt": show(group.contribution_kobo),
            "date": news_values.day(starts_on(group)),
        },
        member_id=member_id,
        group_id=group.id,
        now=context.now,
    )
    fill(group, context.now)
