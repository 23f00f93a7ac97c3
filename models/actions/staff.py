"""Who works in the panel: invited by an owner, set up by herself, disabled in a moment.

Nobody's password or second factor is ever known to anybody else: a new member of the staff
gets a link that works once, and chooses for herself (security.md, threat 16). There is no
built-in account; the first owner is made by a command on the server.
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import pyotp

from models.actions import audit, passwords, staff_news
from models.base import database, next_id, transaction
from models.rules import staff as rules
from models.rules.refused import Refused
from models.rules.staff import Role
from models.sealing import keys
from models.tables.groups import Group
from models.tables.staff import Staff, StaffGroup, StaffRecovery, StaffSession, StaffSetup

TOKEN_BYTES: Final = 16
RECOVERY_BYTES: Final = 5


@dataclass(frozen=True)
class Invited:
    """Somebody who may set herself up with this token. role: hers, which an invitation does not change."""

    staff_id: int
    token: str = field(repr=False)
    role: Role


@dataclass(frozen=True)
class Setup:
    """What a link for setting up is about. totp_secret: what her phone has to learn."""

    staff_id: int
    email: str = field(repr=False)
    name: str
    totp_secret: str = field(repr=False)


@transaction
def invite(*, email: str, phone: str, name: str, role: Role, actor: str, now: datetime) -> Invited | Refused:
    """Take somebody in, or give a new link to one who is known but not at work. Refused: bad_email, active_already.

    One who is known keeps her role and her phone. This is the machine's act; in the panel `staff_care` sees to it that
    no single person makes a second one for herself.
    """
    plain = clean_email(email)
    if plain is None:
        return Refused("bad_email")
    row = Staff.get_or_none(Staff.email_index == keys().index(plain, "email"))
    if row is not None and row.status == "active":
        return Refused("active_already")
    staff_id = _insert(plain, phone, name, role, actor, now) if row is None else row.id
    if row is not None:
        _tell_of_link(row, actor, now)
    kept = role if row is None else Role(row.role)
    audit.note("staff.invite", f"staff:{staff_id}", actor=actor, now=now, detail={"role": kept.value})
    return Invited(staff_id, _new_setup(staff_id, actor, now), kept)


@transaction
def new_link(staff_id: int, *, actor: str, now: datetime) -> Invited | Refused:
    """Password or phone lost: she sets both anew, and until then nobody is signed in as her. She is told, in case that
    she has lost neither. Refused: gone, is_disabled."""
    row = Staff.get_or_none(Staff.id == staff_id)
    if row is None:
        return Refused("gone")
    if row.status == "disabled":
        return Refused("is_disabled")
    end_sessions_of(staff_id, now)
    _tell_of_link(row, actor, now)
    audit.note("staff.new_link", f"staff:{staff_id}", actor=actor, now=now)
    return Invited(staff_id, _new_setup(staff_id, actor, now), Role(row.role))


@transaction
def new_link_for(email: str, *, actor: str, now: datetime) -> Invited | Refused:
    """The same by her address, for the command on the server: the last owner has nobody else.
    Refused: gone, is_disabled."""
    row = known(email)
    return Refused("gone") if row is None else new_link(row.id, actor=actor, now=now)


@transaction
def setup_of(token: str, now: datetime) -> Setup | None:
    """What the link is about; None for one that is used, too old or nobody's."""
    row = _live_setup(token, now)
    if row is None:
        return None
    staff = Staff.get_by_id(row.staff_id)
    if staff.totp_sealed is None:
        secret = pyotp.random_base32()
        Staff.update(totp_sealed=keys().seal(secret, f"staff.totp:{staff.id}"), totp_confirmed_at=None).where(
            Staff.id == staff.id
        ).execute()
    else:
        secret = keys().open(staff.totp_sealed, f"staff.totp:{staff.id}")
    return Setup(staff.id, keys().open(staff.email_sealed, f"staff.email:{staff.id}"), staff.name, secret)


def finish_setup(token: str, password: str, code: str, now: datetime) -> list[str] | Refused:
    """Password chosen, phone proven: she may sign in. The recovery codes, told this once.

    Refused: gone, short_password, long_password, weak_password, wrong_code.
    """
    setup = setup_of(token, now)
    if setup is None:
        return Refused("gone")
    refusal = rules.password_refusal(password, setup.email)
    if refusal is not None:
        return refusal
    step = totp_step(setup.totp_secret, code, now)
    if step is None:
        return Refused("wrong_code")
    return _activate(token, setup, passwords.hashed(password), step, now)


@transaction
def disable(staff_id: int, *, actor: str, now: datetime) -> bool | Refused:
    """She may not sign in any more, and whatever browser she is signed in with is out. Refused: last_owner."""
    row = Staff.get_by_id(staff_id)
    if row.role == Role.OWNER and owners(but=staff_id) == 0:
        return Refused("last_owner")
    changed = Staff.update(status="disabled").where((Staff.id == staff_id) & (Staff.status != "disabled")).execute()
    end_sessions_of(staff_id, now)
    _use_up_links(staff_id, now)
    if changed:
        staff_news.tell_checkers("S72d", row, actor, now)
        audit.note("staff.disable", f"staff:{staff_id}", actor=actor, now=now)
    return bool(changed)


def end_sessions_of(staff_id: int, now: datetime) -> int:
    """Within a transaction: out of every browser. How many there were."""
    mine = (StaffSession.staff == staff_id) & StaffSession.ended_at.is_null()
    return int(StaffSession.update(ended_at=now).where(mine).execute())


@transaction
def look_after(staff_id: int, group_id: int, *, actor: str, now: datetime) -> bool:
    """A field officer gets a group."""
    Group.get_by_id(group_id)
    written = StaffGroup.insert(staff=staff_id, group=group_id, since=now).on_conflict(action="IGNORE").as_rowcount()
    if written.execute():
        audit.note("staff.group", f"staff:{staff_id}", actor=actor, now=now, group_id=group_id)
        return True
    return False


@transaction
def look_away(staff_id: int, group_id: int, *, actor: str, now: datetime) -> bool:
    """She does not look after it any more."""
    gone = StaffGroup.delete().where((StaffGroup.staff == staff_id) & (StaffGroup.group == group_id)).execute()
    if gone:
        audit.note("staff.no_group", f"staff:{staff_id}", actor=actor, now=now, group_id=group_id)
    return bool(gone)


def totp_step(secret: str, code: str, now: datetime) -> int | None:
    """The time step that a code stands for: this one, or a neighbour, since clocks differ. None for a wrong code."""
    digits = code.replace(" ", "")
    totp = pyotp.TOTP(secret)
    this = int(now.timestamp()) // rules.TOTP_SECONDS
    for step in (this, this - 1, this + 1):
        if pyotp.utils.strings_equal(digits, totp.at(step * rules.TOTP_SECONDS)):
            return step
    return None


def known(email: str) -> Staff | None:
    """Who works or has worked here under this address."""
    row: Staff | None = Staff.get_or_none(Staff.email_index == keys().index(clean_email(email) or "", "email"))
    return row


def clean_email(text: str) -> str | None:
    """An address as it is compared; None when it is none."""
    plain = text.strip().casefold()
    name, at, host = plain.rpartition("@")
    fine = at and name and "." in host and plain.isprintable() and " " not in plain and len(plain) <= 200
    return plain if fine else None


@transaction
def _activate(token: str, setup: Setup, password_hash: str, step: int, now: datetime) -> list[str] | Refused:
    used = StaffSetup.update(used_at=now).where(
        (StaffSetup.token_index == keys().index(token, "staff setup")) & StaffSetup.used_at.is_null()
    )
    if not used.execute():
        return Refused("gone")
    Staff.update(
        status="active", password_hash=password_hash, totp_confirmed_at=now, totp_step=step, failures=0, locks=0,
        locked_until=None, door_failures=0, door_locks=0, door_locked_until=None,
    ).where(Staff.id == setup.staff_id).execute()  # fmt: skip
    end_sessions_of(setup.staff_id, now)
    codes = write_recovery_codes(setup.staff_id, now)
    audit.note("staff.set_up", f"staff:{setup.staff_id}", actor=f"staff:{setup.staff_id}", now=now)
    return codes


def write_recovery_codes(staff_id: int, now: datetime) -> list[str]:
    """Within a transaction: new ones instead of those she has. They are told once; their marks are kept."""
    codes = [_recovery_code() for _ in range(rules.RECOVERY_CODES)]
    StaffRecovery.update(used_at=now).where(
        (StaffRecovery.staff == staff_id) & StaffRecovery.used_at.is_null()
    ).execute()
    StaffRecovery.insert_many(
        {"staff": staff_id, "code_index": keys().index(code, "staff recovery"), "made_at": now} for code in codes
    ).execute()
    return codes


def _insert(email: str, phone: str, name: str, role: Role, actor: str, now: datetime) -> int:
    staff_id = next_id(Staff)
    Staff.insert(
        id=staff_id,
        email_sealed=keys().seal(email, f"staff.email:{staff_id}"),
        email_index=keys().index(email, "email"),
        phone_sealed=keys().seal(phone, f"staff.phone:{staff_id}"),
        phone_index=keys().index(phone, "phone"),
        name=name,
        role=role.value,
        made_by=actor,
        linked_by=actor,
        made_at=now,
    ).execute()
    return staff_id


def _new_setup(staff_id: int, actor: str, now: datetime) -> str:
    """A link of its own; those before it no longer work, nor do password and phone until she has used it."""
    _use_up_links(staff_id, now)
    afresh = {"status": "invited", "linked_by": actor, "totp_sealed": None, "totp_confirmed_at": None}
    Staff.update(**afresh).where(Staff.id == staff_id).execute()
    token = secrets.token_urlsafe(TOKEN_BYTES)
    StaffSetup.insert(
        staff=staff_id,
        token_index=keys().index(token, "staff setup"),
        made_at=now,
        expires_at=now + rules.SETUP_LIFE,
    ).execute()
    return token


def _tell_of_link(row: Staff, actor: str, now: datetime) -> None:
    """Herself, and those who say yes with her."""
    staff_news.new_link(row, now)
    staff_news.tell_checkers("S72o", row, actor, now)


def _use_up_links(staff_id: int, now: datetime) -> None:
    StaffSetup.update(used_at=now).where((StaffSetup.staff == staff_id) & StaffSetup.used_at.is_null()).execute()


def _live_setup(token: str, now: datetime) -> StaffSetup | None:
    """The row of a link that works: unused, young, and its owner was not disabled since."""
    return (
        StaffSetup.select()
        .join(Staff)
        .where(
            (StaffSetup.token_index == keys().index(token, "staff setup"))
            & StaffSetup.used_at.is_null()
            & (StaffSetup.expires_at > now)
            & (Staff.status == "invited")
        )
        .get_or_none()
    )


def _recovery_code() -> str:
    """Like 7f3a9-c21be: read off paper."""
    text = secrets.token_hex(RECOVERY_BYTES)
    return f"{text[:5]}-{text[5:]}"


def owners(*, but: int) -> int:
    """Owners that are at work, under a lock: two who disable each other leave one."""
    rows = database.execute_sql(
        "SELECT id FROM staff WHERE role = 'owner' AND status = 'active' ORDER BY id FOR UPDATE"
    ).fetchall()
    return len([1 for (staff_id,) in rows if staff_id != but])
