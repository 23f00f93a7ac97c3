"""What an owner does about her colleagues: takes them in, gives them a new link, unlocks them, sends them home.

One takes in whoever cannot decide about money; whoever can is taken in as an auditor, and that she becomes more is
proposed with it. Only while there is no second person to ask, the first owner takes in the first colleague alone.
"""

from dataclasses import dataclass, field
from datetime import datetime

from models import phones
from models.actions import audit, proposals, staff
from models.actions.forms import Effect
from models.actions.proposals import Wish
from models.actions.signing_in import Somebody
from models.actions.staff import Invited
from models.base import transaction
from models.rules.proposals import note_refusal
from models.rules.refused import Refused
from models.rules.staff import RIGHTS, Right, Role, may
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

    Refused: not_allowed, bad_email, bad_phone, bad_name, no_role, active_already, and what a proposal may be refused
    for.
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
    role = Role(newcomer.role)
    by_two = may(role, Right.CHECK) and somebody_else_checks(who.staff_id)
    first_role = Role.AUDITOR if by_two else role
    known = staff.is_known(newcomer.email)
    invited = staff.invite(email=newcomer.email, phone=number, name=name, role=first_role, actor=who.actor, now=now)
    if isinstance(invited, Refused):
        return invited
    if not by_two or known:
        return Effect("staff_invited", facts={"name": name}), invited
    wish = Wish("staff_role", f"staff:{invited.staff_id}", {"role": role.value}, newcomer.note)
    proposed = proposals.propose(wish, who, now)
    if isinstance(proposed, Refused):
        return proposed
    return Effect("staff_invited_role", facts={"name": name}), invited


@transaction
def unlock(staff_id: int, who: Somebody, now: datetime) -> Effect | Refused:
    """Whoever failed five times may try again. Done: staff_unlocked. Refused: not_allowed, not_locked."""
    if not may(who.role, Right.STAFF):
        return Refused("not_allowed")
    locked = (Staff.id == staff_id) & Staff.locked_until.is_null(False) & (Staff.locked_until > now)
    if not Staff.update(failures=0, locked_until=None).where(locked).execute():
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


def somebody_else_checks(staff_id: int) -> bool:
    """Whether there is a second person at work who may say yes."""
    checkers = [role.value for role, rights in RIGHTS.items() if Right.CHECK in rights]
    others = (Staff.id != staff_id) & (Staff.status == "active") & Staff.role.in_(checkers)
    return bool(Staff.select().where(others).exists())
