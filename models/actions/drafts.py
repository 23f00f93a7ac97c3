"""Groups that the office prepares: opened for a member who is asked to be the head, changed while they form.

Nobody promises for anybody else. A group of the office is a draft until its head has accepted the rules with
her PIN, like any member (`joining`); and when a rule is changed, all promises to the old ones are void: the group is a
draft again, the head is asked first, then those who had been in (circle-rules 4.1).
"""

from collections.abc import Iterable
from datetime import datetime

from models.actions import audit, authority, inviting, pot_limits
from models.actions import staff as staff_actions
from models.actions.forms import Effect
from models.actions.groups import columns_of, insert_group, rules_as_json
from models.actions.mail import queue_message
from models.actions.signing_in import Somebody
from models.base import move, transaction
from models.commands import OpenGroup
from models.phones import parse
from models.queries.groups import ASKING, above_limit, terms_of
from models.rules import names, terms
from models.rules.refused import Refused
from models.rules.staff import own_groups_only
from models.rules.terms import GroupTerms
from models.sealing import keys
from models.tables.groups import Group, GroupRules, Invitation, Officer, Seat
from models.tables.people import Member

EDITABLE = ("draft", "forming")


@transaction
def open_draft(who: Somebody, wish: OpenGroup, head_phone: str, now: datetime) -> Effect | Refused:
    """Prepare a group and ask a member to be its head.

    Refused: bad_name, bad_amount, bad_size, bad_start, head_unknown, head_frozen.
    """
    judged = terms.check(wish, now)
    if isinstance(judged, Refused):
        return judged
    head = _head(head_phone)
    if isinstance(head, Refused):
        return head
    group_id = insert_group(judged, head.id, "draft", now)
    _write_rules(group_id, 1, judged, who, now)
    if own_groups_only(who.role):
        staff_actions.look_after(who.staff_id, group_id, actor=who.actor, now=now)
    _ask(authority.load_group(group_id), head, who, now)
    audit.note("group.draft", f"group:{group_id}", actor=who.actor, now=now, group_id=group_id)
    return Effect("group_drafted", facts={"group_id": group_id, "group": judged.name})


@transaction
def change_rules(who: Somebody, group_id: int, wish: OpenGroup, now: datetime) -> Effect | Refused:
    """Another name, or other rules. The name binds nobody; with the rules go all promises, the head's too.

    Refused: as for open_draft; gone, not_forming, nothing_new, someone_asks (and has to be answered first),
    seats_taken (more are in than there would be seats).
    """
    group = _own(who, group_id)
    if group is None:
        return Refused("gone")
    if group.status not in EDITABLE:
        return Refused("not_forming")
    if _same_rules(group, wish):
        return _rename(group, wish.name, who, now)
    judged = terms.check(wish, now)
    if isinstance(judged, Refused):
        return judged
    if Seat.select().where((Seat.group == group.id) & Seat.status.in_(ASKING)).exists():
        return Refused("someone_asks")
    promised = list(Seat.select().where((Seat.group == group.id) & (Seat.status == "accepted")).order_by(Seat.id))
    if len(promised) > judged.terms.seats:
        return Refused("seats_taken")
    version = group.rules_version + 1
    Group.update(rules_version=version, **columns_of(judged, group.id)).where(Group.id == group.id).execute()
    _write_rules(group.id, version, judged, who, now)
    _take_back(group, promised, who, now)
    move(Group, group.id, "forming", "draft")
    _ask(authority.load_group(group.id), Member.get_by_id(group.head_id), who, now)
    audit.note(
        "group.rules", f"group:{group.id}", actor=who.actor, now=now, group_id=group.id, detail={"version": version}
    )
    return Effect("rules_changed_now", facts={"group_id": group.id, "n": len(promised)})


@transaction
def ask_head(who: Somebody, group_id: int, head_phone: str, now: datetime) -> Effect | Refused:
    """Ask another member to be the head of a draft, or the same one again.

    Refused: gone, not_draft, head_unknown, head_frozen.
    """
    group = _own(who, group_id)
    if group is None:
        return Refused("gone")
    if group.status != "draft":
        return Refused("not_draft")
    head = _head(head_phone)
    if isinstance(head, Refused):
        return head
    if head.id != group.head_id:
        before = keys().index(_phone_of(Member.get_by_id(group.head_id)), "phone")
        _lapse([row for row in _open_invitations(group.id) if bytes(row.phone_index) == before], now)
        Group.update(head=head.id).where(Group.id == group.id).execute()
    _ask(authority.load_group(group.id), head, who, now)
    audit.note(
        "group.ask_head", f"group:{group.id}", actor=who.actor, now=now, group_id=group.id, detail={"head": head.id}
    )
    return Effect("head_asked")


@transaction
def call_off(who: Somebody, group_id: int, now: datetime) -> Effect | Refused:
    """A draft comes to nothing; whoever was asked by the office hears of it. Refused: gone, not_draft."""
    group = _own(who, group_id)
    if group is None:
        return Refused("gone")
    if not move(Group, group.id, "draft", "cancelled", ended_at=now):
        return Refused("not_draft")
    asked = _open_invitations(group.id)
    for invitation in asked:
        queue_message(
            "S34",
            dedupe_key=f"cancelled:invitation:{invitation.id}",
            facts={"group": group.name},
            phone=inviting.phone_of(invitation),
            group_id=group.id,
            now=now,
        )
    _lapse(asked, now)
    audit.note("group.call_off", f"group:{group.id}", actor=who.actor, now=now, group_id=group.id)
    return Effect("group_called_off")


def begin(group: Group, now: datetime) -> None:
    """The head has accepted: the group takes people, and those who were in it before are asked again."""
    move(Group, group.id, "draft", "forming")
    Officer.insert(group=group.id, member=group.head_id, role="head", since=now).execute()
    queue_message(
        "S25",
        dedupe_key=f"code:{group.id}:{group.head_id}:begins:{group.rules_version}",
        facts={"group": group.name, "code": group.code},
        member_id=group.head_id,
        group_id=group.id,
        now=now,
    )
    if above_limit(group):
        pot_limits.tell_head(group, now)
    for invitation in _open_invitations(group.id):
        inviting.send(group, group.head_id, inviting.phone_of(invitation), now)


def _own(who: Somebody, group_id: int) -> Group | None:
    """The group under its lock; somebody else's does not exist for a field officer."""
    if own_groups_only(who.role) and group_id not in who.groups:
        return None
    return Group.select().where(Group.id == group_id).for_update().get_or_none()


def _head(phone: str) -> Member | Refused:
    """Only a member can be asked, and only one who may act."""
    number = parse(phone)
    row = None if number is None else Member.get_or_none(Member.phone_index == keys().index(number, "phone"))
    if row is None or row.status == "closed":
        return Refused("head_unknown")
    return row if row.status == "active" else Refused("head_frozen")


def _ask(group: Group, head: Member, who: Somebody, now: datetime) -> None:
    phone = _phone_of(head)
    mine = (Invitation.group == group.id) & (Invitation.phone_index == keys().index(phone, "phone"))
    if not Invitation.select().where(mine & (Invitation.status == "open")).exists():
        inviting.write(group, phone, now, by_staff=who.staff_id)
    inviting.ask_head(group, phone, now)


def _write_rules(group_id: int, version: int, judged: GroupTerms, who: Somebody, now: datetime) -> None:
    GroupRules.insert(
        group=group_id, version=version, terms=rules_as_json(judged), made_by_staff_id=who.staff_id, made_at=now
    ).execute()


def _same_rules(group: Group, wish: OpenGroup) -> bool:
    """Whether nothing but the name would be another."""
    now = terms_of(group)
    return (wish.contribution_kobo, wish.frequency, wish.seats, wish.order, wish.start_on) == (
        now.contribution_kobo, now.frequency, now.seats, now.order, now.starts_on,
    )  # fmt: skip


def _rename(group: Group, wanted: str, who: Somebody, now: datetime) -> Effect | Refused:
    name = names.group_name(wanted)
    if isinstance(name, Refused):
        return name
    if name == group.name:
        return Refused("nothing_new")
    Group.update(name=name).where(Group.id == group.id).execute()
    audit.note("group.name", f"group:{group.id}", actor=who.actor, now=now, group_id=group.id)
    return Effect("group_named", facts={"group_id": group.id, "group": name})


def _take_back(group: Group, promised: Iterable[Seat], who: Somebody, now: datetime) -> None:
    """Nobody is in any more; each has an invitation from the office, and an officer will be one again."""
    officers = {row.member_id for row in Officer.select().where(Officer.group == group.id)}
    old = {bytes(row.phone_index): row for row in _open_invitations(group.id)}
    for seat in promised:
        move(Seat, seat.id, "accepted", "withdrawn", turn=None, ended_at=now)
        phone = _phone_of(Member.get_by_id(seat.member_id))
        # She was let in by another way than this invitation, which nobody has closed.
        _lapse([row for index, row in old.items() if index == keys().index(phone, "phone")], now)
        inviting.write(
            group,
            phone,
            now,
            by_staff=who.staff_id,
            as_officer=seat.member_id in officers and seat.member_id != group.head_id,
        )
    Officer.delete().where(Officer.group == group.id).execute()


def _open_invitations(group_id: int) -> list[Invitation]:
    open_now = (Invitation.group == group_id) & (Invitation.status == "open")
    return list(Invitation.select().where(open_now).order_by(Invitation.id))


def _lapse(invitations: Iterable[Invitation], now: datetime) -> None:
    for row in invitations:
        Invitation.update(status="expired", answered_at=now).where(
            (Invitation.id == row.id) & (Invitation.status == "open")
        ).execute()


def _phone_of(member: Member) -> str:
    return keys().open(member.phone_sealed, f"member.phone:{member.id}")
