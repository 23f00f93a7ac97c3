"""Signing in to the panel: a password, then a code of the phone; five failures, then a rest.

Failures are counted in the database, by person and by network address, so that nothing
is forgiven by a restart (security.md, threats 16 and 25). Whether an address is known is
told to nobody: a wrong one takes as long and is answered alike. A browser is known by a
token of which only the mark is kept; it gets a new one when the second factor is proven.
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from models.actions import audit, passwords, second_factor, staff_news
from models.actions.staff import clean_email
from models.base import transaction
from models.rules import staff as rules
from models.rules.refused import Refused
from models.rules.staff import Role
from models.sealing import keys
from models.tables.staff import Staff, StaffDevice, StaffGroup, StaffRecovery, StaffSession

TOKEN_BYTES: Final = 24
LONGEST_BROWSER: Final = 60


@dataclass(frozen=True)
class Somebody:
    """Who is signed in. groups: the ids that a field officer looks after; for others it says nothing."""

    staff_id: int
    name: str
    role: Role
    phone_index: bytes = field(repr=False)
    groups: frozenset[int]

    @property
    def actor(self) -> str:
        """How the audit trail names her."""
        return f"staff:{self.staff_id}"


@dataclass(frozen=True)
class Session:
    """A browser. proven: the second factor was given, too. csrf: what every form of hers has to bring."""

    session_id: int
    proven: bool
    csrf: str = field(repr=False)
    who: Somebody


@dataclass(frozen=True)
class SignedIn:
    """A browser's new token, for its cookie and for nothing else."""

    token: str = field(repr=False)


def sign_in(email: str, password: str, address: str, now: datetime, *, device: str = "") -> SignedIn | Refused:
    """The first factor. Refused: wrong (whatever it was, also while it is locked), too_many (from this address).

    device: by what this browser is known, "" for a new one: wrong passwords from such lock such alone.
    That somebody is locked is told to herself, by SMS, and not to whoever tries her name.
    """
    if second_factor.too_many(address, now):
        return Refused("too_many")
    plain = clean_email(email)
    row = Staff.get_or_none(Staff.email_index == keys().index(plain or "", "email"))
    known = row if row is not None and row.status == "active" else None
    right = passwords.matches(password, known.password_hash if known else None)
    stranger = known is not None and not _is_hers(known.id, device)
    if known is not None and right and not second_factor.is_locked(known, now, stranger=stranger):
        return SignedIn(_new_session(known.id, "", proven=False, code_at=None, now=now))
    second_factor.failed(known.id if known else None, address, now, stranger=stranger)
    return Refused("wrong")


def prove(
    session: Session, code: str, address: str, device: str, now: datetime, *, browser: str = ""
) -> SignedIn | Refused:
    """The second factor: a code of her phone, or one of her recovery codes. Refused: wrong, locked, too_many.

    browser: what it calls itself, for the list of hers.
    """
    if second_factor.too_many(address, now):
        return Refused("too_many")
    return _prove(session, code, address, device, browser, now)


@transaction
def session_of(token: str, now: datetime, *, awake: bool = True) -> Session | None:
    """Who this browser is, and that it is still there: None after a quarter of an hour of silence or eight hours.

    awake: somebody did something; without it the silence goes on.
    """
    row = StaffSession.get_or_none(
        (StaffSession.token_index == keys().index(token, "staff session")) & StaffSession.ended_at.is_null()
    )
    if row is None:
        return None
    staff = row.staff
    if staff.status != "active" or now - row.seen_at > rules.IDLE or now - row.made_at > rules.LONGEST:
        end_session(row.id, now)
        return None
    if awake:
        StaffSession.update(seen_at=now).where(StaffSession.id == row.id).execute()
    return Session(row.id, row.proven, row.csrf, _somebody(staff))


def somebody(staff_id: int) -> Somebody | None:
    """One of the staff who has begun something that is finished without her; None when she works here no longer."""
    staff = Staff.get_or_none((Staff.id == staff_id) & (Staff.status == "active"))
    return None if staff is None else _somebody(staff)


def _somebody(staff: Staff) -> Somebody:
    groups = [line.group_id for line in StaffGroup.select().where(StaffGroup.staff == staff.id)]
    return Somebody(staff.id, staff.name, Role(staff.role), bytes(staff.phone_index), frozenset(groups))


@transaction
def end_session(session_id: int, now: datetime) -> None:
    """Signed out."""
    StaffSession.update(ended_at=now).where((StaffSession.id == session_id) & StaffSession.ended_at.is_null()).execute()


@transaction
def _prove(session: Session, code: str, address: str, device: str, browser: str, now: datetime) -> SignedIn | Refused:
    staff = Staff.select().where(Staff.id == session.who.staff_id).for_update().get()
    if second_factor.is_locked(staff, now):
        return Refused("locked")
    recovered = not (by_phone := second_factor.right_code(staff, code, now)) and _recovered(staff.id, code, now)
    if not by_phone and not recovered:
        return second_factor.failed(staff.id, address, now)
    second_factor.forgive(staff.id, stranger=not _is_hers(staff.id, device))
    Staff.update(signed_in_at=now).where(Staff.id == staff.id).execute()
    end_session(session.session_id, now)
    _greet(staff, device, now)
    by = "recovery code" if recovered else "phone"
    audit.note("staff.sign_in", f"staff:{staff.id}", actor=f"staff:{staff.id}", now=now, detail={"by": by})
    return SignedIn(_new_session(staff.id, browser, proven=True, code_at=now if by_phone else None, now=now))


def _recovered(staff_id: int, code: str, now: datetime) -> bool:
    index = keys().index(code.strip().casefold(), "staff recovery")
    used = StaffRecovery.update(used_at=now).where(
        (StaffRecovery.staff == staff_id) & (StaffRecovery.code_index == index) & StaffRecovery.used_at.is_null()
    )
    return bool(used.execute())


def _new_session(staff_id: int, browser: str, *, proven: bool, code_at: datetime | None, now: datetime) -> str:
    token = secrets.token_urlsafe(TOKEN_BYTES)
    StaffSession.insert(
        staff=staff_id,
        token_index=keys().index(token, "staff session"),
        csrf=secrets.token_urlsafe(TOKEN_BYTES),
        proven=proven,
        code_at=code_at,
        browser=browser[:LONGEST_BROWSER],
        made_at=now,
        seen_at=now,
    ).execute()
    return token


def _is_hers(staff_id: int, device: str) -> bool:
    """Whether she has signed in from this browser before."""
    mine = (StaffDevice.staff == staff_id) & (StaffDevice.device_index == keys().index(device, "device"))
    return bool(StaffDevice.select().where(mine).exists())


def _greet(staff: Staff, device: str, now: datetime) -> None:
    """A browser that she has not used before is told to her by SMS, unless it is her first."""
    index = keys().index(device, "device")
    first = not StaffDevice.select().where(StaffDevice.staff == staff.id).exists()
    new = StaffDevice.insert(staff=staff.id, device_index=index, first_seen_at=now).on_conflict(action="IGNORE")
    if new.as_rowcount().execute() and not first:
        staff_news.new_browser(staff, index.hex()[:16], now)
