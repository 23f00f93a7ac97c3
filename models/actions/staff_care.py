"""What an owner does about her colleagues: takes them in, gives them a new link, unlocks them, sends them home.

A link makes somebody a colleague a minute later, whoever opens it. So whoever may say the second yes gets hers as an
auditor, and that she becomes more (again) is proposed with it: no single person makes herself a second one (threat 18
in security.md). Where nobody is left to agree, the machine's command is the way.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from models import phones
from models.actions import audit, proposals, staff
from models.actions.forms import Effect
from models.actions.proposals import Wish
from models.actions.signing_in import Somebody
from models.actions.staff import Invited
from models.actions.staff_news import CHECKERS
from models.base import database, transaction
from models.rules.proposals import note_refusal
from models.rules.refused import Refused
from models.rules.staff import Right, Role, may
from models.tables.groups import Group
from models.tables.staff import Staff

LONGEST_NAME = 40


@dataclass(frozen=True)
class Newcomer:
    """Somebody to take in, as an owner has typed her. note: why, for the one who has to agree."""

    email: str = field(repr=False)
    phone: str = field(repr=False)
    name: str
    role: str
    note: str = field(repr=False)


@transaction
def take_in(newcomer: Newcomer, who: Somebody, now: datetime) -> tuple[Effect, Invited] | Refused:
    """The outcome, and the link for the one who asks. Done: staff_invited, staff_invited_role (it waits for a second).

    Whoever is known keeps her role. Refused: not_allowed, bad_email, bad_phone, bad_name, no_role, active_already,
    nobody_agrees, and what a proposal may be refused for.
    """
    if not may(who.role, Right.STAFF):
        return Refused("not_allowed")
    number, name = phones.parse(newcomer.phone), " ".join(newcomer.name.split())
    if number is None:
        return Refused("bad_phone")
    if not 2 <= len(name) <= LONGEST_NAME:
        return Refused("bad_name")
    if newcomer.role not in set(Role):
        return Refused("no_role")
    if (refusal := note_refusal(newcomer.note)) is not None:
        return refusal
    row = staff.known(newcomer.email)
    if row is not None and row.status == "active":
        return Refused("active_already")

    def link(role: Role) -> Invited | Refused:
        return staff.invite(email=newcomer.email, phone=number, name=name, role=role, actor=who.actor, now=now)

    made = _linked(link, Role(newcomer.role) if row is None else row, newcomer.note, who, now)
    if isinstance(made, Refused):
        return made
    by_two, invited = made
    return Effect("staff_invited_role" if by_two else "staff_invited", facts={"name": name}), invited


@transaction
def new_link(staff_id: int, note: str, who: Somebody, now: datetime) -> tuple[Effect, Invited] | Refused:
    """Password or phone lost. note: what a second person reads. Done: staff_linked, staff_linked_role (it waits).

    Refused: not_allowed, gone, is_disabled, yourself, last_owner, nobody_agrees, and what a proposal may be refused
    for.
    """
    if not may(who.role, Right.STAFF):
        return Refused("not_allowed")
    if staff_id == who.staff_id:
        return Refused("yourself")
    row = Staff.get_or_none(Staff.id == staff_id)
    if row is None or row.status == "disabled":
        return Refused("gone" if row is None else "is_disabled")
    made = _linked(lambda _role: staff.new_link(staff_id, actor=who.actor, now=now), row, note, who, now)
    if isinstance(made, Refused):
        return made
    by_two, invited = made
    return Effect("staff_linked_role" if by_two else "staff_linked"), invited


@transaction
def unlock(staff_id: int, who: Somebody, now: datetime) -> Effect | Refused:
    """Whoever failed five times may try again. Done: staff_unlocked. Refused: not_allowed, not_locked."""
    if not may(who.role, Right.STAFF):
        return Refused("not_allowed")
    locked = (Staff.id == staff_id) & ((Staff.locked_until > now) | (Staff.door_locked_until > now))
    clear = {"failures": 0, "locked_until": None, "door_failures": 0, "door_locked_until": None}
    if not Staff.update(**clear).where(locked).execute():
        return Refused("not_locked")
    audit.note("staff.unlock", f"staff:{staff_id}", actor=who.actor, now=now)
    return Effect("staff_unlocked")


@transaction
def sign_out(staff_id: int, who: Somebody, now: datetime) -> Effect | Refused:
    """Out of every browser: a lost laptop. Done: staff_signed_out. Refused: not_allowed, not_signed_in."""
    if not may(who.role, Right.STAFF):
        return Refused("not_allowed")
    ended = staff.end_sessions_of(staff_id, now)
    if not ended:
        return Refused("not_signed_in")
    audit.note("staff.sign_out", f"staff:{staff_id}", actor=who.actor, now=now, detail={"browsers": ended})
    return Effect("staff_signed_out", facts={"n": ended})


@transaction
def disable(staff_id: int, who: Somebody, now: datetime) -> Effect | Refused:
    """She does not work here any more. Done: staff_disabled. Refused: not_allowed, yourself, last_owner, gone."""
    if not may(who.role, Right.STAFF):
        return Refused("not_allowed")
    if staff_id == who.staff_id:
        return Refused("yourself")
    done = staff.disable(staff_id, actor=who.actor, now=now)
    if isinstance(done, Refused):
        return done
    return Effect("staff_disabled") if done else Refused("gone")


@transaction
def give_group(staff_id: int, code: str, who: Somebody, now: datetime) -> Effect | Refused:
    """A field officer gets a group by its code. Done: group_given. Refused: not_allowed, not_field, no_such_group,
    has_group."""
    if not may(who.role, Right.STAFF):
        return Refused("not_allowed")
    if not Staff.select().where((Staff.id == staff_id) & (Staff.role == Role.FIELD)).exists():
        return Refused("not_field")
    group = Group.get_or_none(Group.code == "".join(code.split()))
    if group is None:
        return Refused("no_such_group")
    given = staff.look_after(staff_id, group.id, actor=who.actor, now=now)
    return Effect("group_given", facts={"group": group.name}) if given else Refused("has_group")


@transaction
def take_group(staff_id: int, group_id: int, who: Somebody, now: datetime) -> Effect | Refused:
    """She does not look after it any more. Done: group_taken. Refused: not_allowed, gone."""
    if not may(who.role, Right.STAFF):
        return Refused("not_allowed")
    return Effect("group_taken") if staff.look_away(staff_id, group_id, actor=who.actor, now=now) else Refused("gone")


def somebody_else_checks(*but: int) -> bool:
    """Whether there is another person at work who may say yes."""
    others = Staff.id.not_in(but) & (Staff.status == "active") & Staff.role.in_(CHECKERS)
    return bool(Staff.select().where(others).exists())


def _linked(
    link: Callable[[Role], Invited | Refused], person: Staff | Role, note: str, who: Somebody, now: datetime
) -> tuple[bool, Invited] | Refused:
    """The link, and whether a second person has to agree to the role. person: the role of somebody new."""
    with database.savepoint() as saved:
        made = _link(link, person, note, who, now)
        if isinstance(made, Refused):
            saved.rollback()
    return made


def _link(
    link: Callable[[Role], Invited | Refused], person: Staff | Role, note: str, who: Somebody, now: datetime
) -> tuple[bool, Invited] | Refused:
    role = person if isinstance(person, Role) else _role_of(person.id, who, now)
    by_two = may(role, Right.CHECK)
    if by_two and not isinstance(person, Role) and (refusal := _rest(person.id)) is not None:
        return refusal
    invited = link(Role.AUDITOR if by_two else role)
    if isinstance(invited, Refused) or not by_two:
        return invited if isinstance(invited, Refused) else (False, invited)
    if not somebody_else_checks(who.staff_id, invited.staff_id):
        return Refused("nobody_agrees")
    wish = Wish("staff_role", f"staff:{invited.staff_id}", {"role": role.value}, note)
    proposed = proposals.propose(wish, who, now)
    return proposed if isinstance(proposed, Refused) else (True, invited)


def _role_of(staff_id: int, who: Somebody, now: datetime) -> Role:
    """What she is, or was to become: what waits is given up, for a yes to her last link is none to this one.

    The proposal is locked before her row, as in the second yes.
    """
    wanted = proposals.give_up("staff_role", f"staff:{staff_id}", who.actor, now)
    role = Role(Staff.select().where(Staff.id == staff_id).for_update().get().role)
    return Role(wanted["role"]) if wanted and not may(role, Right.CHECK) else role


def _rest(staff_id: int) -> Refused | None:
    """An auditor until a second person has agreed. Refused: last_owner."""
    row = Staff.get_by_id(staff_id)
    if row.role == Role.OWNER and row.status == "active" and staff.owners(but=staff_id) == 0:
        return Refused("last_owner")
    Staff.update(role=Role.AUDITOR.value).where(Staff.id == staff_id).execute()
    return None
