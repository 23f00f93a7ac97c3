"""Groups: opening one, its code, the head's own order of turns, leaving before it starts.

How people get in is `joining`'s; what happens once a group is full is `cycles`'s.
"""

import secrets
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from models.actions import audit, authority, ballots, cycles, pot_limits
from models.actions.context import Context, Outcome
from models.actions.mail import queue_message
from models.base import move, next_id
from models.commands import ArrangeOrder, Done, LeaveGroup, OpenGroup, SendGroupCode
from models.queries import groups as reads
from models.queries.groups import ASKING, BEFORE_START, IN_GROUP
from models.queries.people import known_as, name_of
from models.rules import codes, rotation, schedule, terms
from models.rules.refused import Refused
from models.rules.terms import GroupTerms
from models.tables.groups import Group, GroupRules, Invitation, Officer, Seat

CODE_TRIES = 20


def open_group(command: OpenGroup, context: Context) -> Outcome:
    """Found a group. The one who opens it is its head and has its first seat."""
    wish = terms.check(command, context.now)
    if isinstance(wish, Refused):
        return wish
    group_id = insert_group(wish, context.member, "forming", context.now)
    GroupRules.insert(
        group=group_id,
        version=1,
        terms=rules_as_json(wish),
        made_by=context.member,
        made_at=context.now,
    ).execute()
    Officer.insert(group=group_id, member=context.member, role="head", since=context.now).execute()
    Seat.insert(
        group=group_id,
        member=context.member,
        status="accepted",
        rules_version=1,
        asked_at=context.now,
        accepted_at=context.now,
    ).execute()
    audit.note("group.open", f"group:{group_id}", actor=context.actor, now=context.now, group_id=group_id)
    return Done({"group_id": group_id, "code": Group.get_by_id(group_id).code})


def send_group_code(command: SendGroupCode, context: Context) -> Outcome:
    """The code by SMS, to pass on. At most one an hour: a message costs money."""
    if not authority.holds_seat(context.member, command.group_id):
        return Refused("not_allowed")
    group = authority.load_group(command.group_id)
    queue_message(
        "S25",
        dedupe_key=f"code:{group.id}:{context.member}:{context.now:%Y%m%d%H}",
        facts={"group": group.name, "code": group.code},
        member_id=context.member,
        group_id=group.id,
        now=context.now,
    )
    return Done()


def arrange_order(command: ArrangeOrder, context: Context) -> Outcome:
    """Put the head's order into force. The group has waited for nothing else."""
    found = authority.group_of_officer(context.member, command.group_id, lock=True)
    if found is None or found[1] != "head" or found[0].turn_order != "arranged":
        return Refused("not_allowed")
    refusal = put_in_order(found[0], command.seat_ids, context.actor, context.now)
    return Done() if refusal is None else refusal


def put_in_order(group: Group, seat_ids: Sequence[int], actor: str, now: datetime) -> Refused | None:
    """The order of a full group, put into force. Refused: not_forming, above_limit, seats_changed."""
    if group.status != "forming":
        return Refused("not_forming")
    if reads.above_limit(group):
        return Refused("above_limit")
    seats = [row.id for row in Seat.select(Seat.id).where((Seat.group == group.id) & (Seat.status == "accepted"))]
    order = rotation.arranged(seat_ids, seats)
    if isinstance(order, Refused) or len(seats) != group.seats:
        return Refused("seats_changed")
    for turn, seat_id in enumerate(order, start=1):
        Seat.update(turn=turn).where(Seat.id == seat_id).execute()
    cycles.become_ready(group.id, now)
    audit.note(
        "group.arrange",
        f"group:{group.id}",
        actor=actor,
        now=now,
        group_id=group.id,
        detail={"seats": list(order)},
    )
    return None


def leave_group(command: LeaveGroup, context: Context) -> Outcome:
    """Give a seat back while nothing has started. A head who is alone takes the group with her."""
    seat = authority.own_seat(context.member, command.seat_id)
    if seat is None or seat.status not in (*ASKING, *IN_GROUP):
        return Refused("gone")
    group = authority.load_group(seat.group_id, lock=True)
    if seat.status in IN_GROUP and group.status not in BEFORE_START:
        return Refused("already_active")
    if group.head_id == context.member and seat.status in IN_GROUP:
        if reads.taken(group.id) > 1:
            return Refused("head_stays")
        _cancel(group, context.now)
    if not move(Seat, seat.id, seat.status, "withdrawn", turn=None, ended_at=context.now):
        return Refused("gone")
    if seat.status in IN_GROUP:
        Officer.delete().where((Officer.group == group.id) & (Officer.member == context.member)).execute()
        _seat_is_free(group, context.now)
    audit.note("seat.leave", f"seat:{seat.id}", actor=context.actor, now=context.now, group_id=group.id)
    return Done({"group": group.name})


def fill(group: Group, now: datetime) -> None:
    """After somebody was let in: with the last seat taken the group is ready, or its head has to arrange the turns.

    With a pot above its limit it waits for two of the staff, who call this again.
    """
    if reads.taken(group.id) < group.seats:
        return
    if reads.above_limit(group):
        pot_limits.tell_head(group, now)
        return
    if group.turn_order != "arranged":
        cycles.become_ready(group.id, now)
        return
    queue_message(
        "S29",
        dedupe_key=f"arrange:{group.id}:{schedule.local_date(now)}",
        facts={"group": group.name},
        member_id=group.head_id,
        group_id=group.id,
        now=now,
    )


def ask_officers(group: Group, seat_id: int, member_id: int, now: datetime) -> None:
    """Tell those who may answer that somebody would like a seat."""
    facts = {
        "who": known_as(name_of(member_id)),
        "group": group.name,
        "n": str(reads.taken(group.id)),
        "m": str(group.seats),
    }
    for officer in reads.officers(group.id):
        queue_message(
            "S26",
            dedupe_key=f"asks:{seat_id}:{officer}",
            facts=facts,
            member_id=officer,
            group_id=group.id,
            now=now,
        )


def insert_group(wish: GroupTerms, head_id: int, status: str, now: datetime) -> int:
    """Write the group under a code that nobody has. The ballot's secret is fixed before anybody can join."""
    group_id = next_id(Group)
    for _ in range(CODE_TRIES):
        written = (
            Group.insert(
                id=group_id,
                code=codes.group_code(secrets.randbelow(codes.GROUP_CODES)),
                head=head_id,
                status=status,
                created_at=now,
                **columns_of(wish, group_id),
            )
            .on_conflict(conflict_target=[Group.code], action="IGNORE")
            .returning(Group.id)
            .execute()
        )
        if list(written):
            return group_id
    raise RuntimeError(f"no free group code in {CODE_TRIES} tries")


def columns_of(wish: GroupTerms, group_id: int) -> dict[str, Any]:
    """The terms as the group's own row has them. With a ballot a secret is chosen, of which the mark is public."""
    return {
        "name": wish.name,
        "contribution_kobo": wish.terms.contribution_kobo,
        "frequency": wish.terms.frequency,
        "seats": wish.terms.seats,
        "pots_per_cycle": wish.pots_per_cycle,
        "cycles": wish.terms.cycles,
        "turn_order": wish.terms.order,
        "anchor_on": wish.terms.starts_on,
        "cutoff_hour": wish.terms.cutoff_hour,
        "grace_days": wish.terms.grace_days,
        "late_fee_kobo": wish.terms.late_fee_kobo,
        "service_fee_bps": wish.terms.service_fee_bps,
        "privacy": wish.privacy,
        **(ballots.new(group_id) if wish.terms.order == "ballot" else ballots.NONE),
    }


def rules_as_json(wish: GroupTerms) -> dict[str, Any]:
    """The terms as they are kept for ever, whatever becomes of the columns."""
    rules = {
        name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in asdict(wish.terms).items()
    }
    return rules | {"privacy": wish.privacy, "pots_per_cycle": wish.pots_per_cycle, "pot_kobo": wish.pot_kobo}


def _cancel(group: Group, now: datetime) -> None:
    """End a group that nobody but its head was in. Those who had asked are told; open invitations lapse."""
    move(Group, group.id, BEFORE_START, "cancelled", ended_at=now)
    asking = list(Seat.select().where((Seat.group == group.id) & Seat.status.in_(ASKING)).order_by(Seat.id))
    for seat in asking:
        move(Seat, seat.id, seat.status, "withdrawn", ended_at=now)
        queue_message(
            "S34",
            dedupe_key=f"cancelled:{seat.id}",
            facts={"group": group.name},
            member_id=seat.member_id,
            group_id=group.id,
            now=now,
        )
    Invitation.update(status="expired", answered_at=now).where(
        (Invitation.group == group.id) & (Invitation.status == "open")
    ).execute()


def _seat_is_free(group: Group, now: datetime) -> None:
    """A ready group waits for people again, and the first of the waiting list may ask."""
    if group.status == "ready":
        cycles.back_to_forming(group.id, now)
    waiting = (
        Seat.select()
        .where((Seat.group == group.id) & (Seat.status == "waiting"))
        .order_by(Seat.asked_at, Seat.id)
        .first()
    )
    if waiting is not None and move(Seat, waiting.id, "waiting", "requested"):
        ask_officers(group, waiting.id, waiting.member_id, now)
