"""What somebody of the staff does about her own account: another password, new recovery codes, out of other browsers.

Who finds her browser open must not be able to take her account over: a password asks for the present one and for a
code of her phone, recovery codes for such a code, and both are told to her by SMS. Wrong ones are counted with those
of signing in (`second_factor`). What an owner does about others stands in `staff_care`.
"""

from dataclasses import dataclass, field
from datetime import datetime

from models.actions import audit, passwords, second_factor, staff_news
from models.actions.forms import Effect
from models.actions.signing_in import Session
from models.actions.staff import write_recovery_codes
from models.base import transaction
from models.rules import staff as rules
from models.rules.refused import Refused
from models.sealing import keys
from models.tables.staff import Staff, StaffSession


@dataclass(frozen=True)
class NewPassword:
    """What she has typed."""

    present: str = field(repr=False)
    chosen: str = field(repr=False)
    again: str = field(repr=False)
    code: str = field(repr=False)


@dataclass(frozen=True)
class Hashed:
    """A change that is ready to be written. kept: what her password was when it was compared; right: that it was."""

    kept: str = field(repr=False)
    right: bool
    chosen: str = field(repr=False)


def hashed(typed: NewPassword, session: Session, address: str, now: datetime) -> Hashed | Refused:
    """The slow part, outside any transaction: a quarter of a second for each of the two.

    Refused: too_many, locked, differs, same_password, short_password, long_password, weak_password.
    """
    row = Staff.get_by_id(session.who.staff_id)
    if second_factor.too_many(address, now):
        return Refused("too_many")
    if second_factor.is_locked(row, now):
        return Refused("locked")
    if typed.chosen != typed.again:
        return Refused("differs")
    if typed.chosen == typed.present:
        return Refused("same_password")
    email = keys().open(row.email_sealed, f"staff.email:{row.id}")
    if (refusal := rules.password_refusal(typed.chosen, email)) is not None:
        return refusal
    kept = row.password_hash or ""
    return Hashed(kept, passwords.matches(typed.present, kept), passwords.hashed(typed.chosen))


@transaction
def change_password(ready: Hashed, code: str, session: Session, address: str, now: datetime) -> Effect | Refused:
    """Hers from now on; every other browser of hers is out. Done: password_changed (n: browsers that are out).

    Refused: locked, wrong_present, wrong_code, gone (it has been changed meanwhile).
    """
    row = _locked(session)
    if row.password_hash != ready.kept:
        return Refused("gone")
    if not ready.right:
        return _as(second_factor.failed(row.id, address, now), "wrong_present")
    if (refusal := second_factor.take_code(row, code, address, now)) is not None:
        return _as(refusal, "wrong_code")
    Staff.update(password_hash=ready.chosen).where(Staff.id == row.id).execute()
    ended = _end_others(session, now)
    _note("staff.password", session, now, browsers=ended)
    staff_news.new_password(row, now)
    return Effect("password_changed", facts={"n": ended})


@transaction
def new_recovery_codes(code: str, session: Session, address: str, now: datetime) -> list[str] | Refused:
    """Those on her paper are worth nothing any more; the new ones, told this once. Refused: locked, wrong_code,
    too_many."""
    if second_factor.too_many(address, now):
        return Refused("too_many")
    row = _locked(session)
    if (refusal := second_factor.take_code(row, code, address, now)) is not None:
        return _as(refusal, "wrong_code")
    codes = write_recovery_codes(row.id, now)
    _note("staff.recovery", session, now)
    staff_news.new_recovery_codes(row, now)
    return codes


@transaction
def sign_out_elsewhere(session: Session, now: datetime) -> Effect | Refused:
    """This browser stays. Done: signed_out_elsewhere (n). Refused: nowhere_else."""
    ended = _end_others(session, now)
    if not ended:
        return Refused("nowhere_else")
    _note("staff.sign_out", session, now, browsers=ended)
    return Effect("signed_out_elsewhere", facts={"n": ended})


def _locked(session: Session) -> Staff:
    row: Staff = Staff.select().where(Staff.id == session.who.staff_id).for_update().get()
    return row


def _end_others(session: Session, now: datetime) -> int:
    others = (StaffSession.staff == session.who.staff_id) & (StaffSession.id != session.session_id)
    return int(StaffSession.update(ended_at=now).where(others & StaffSession.ended_at.is_null()).execute())


def _as(refusal: Refused, why: str) -> Refused:
    """Which of her two secrets was wrong; a lock stays a lock."""
    return Refused(why) if refusal.why == "wrong" else refusal


def _note(verb: str, session: Session, now: datetime, **detail: int) -> None:
    who = session.who
    audit.note(verb, f"staff:{who.staff_id}", actor=who.actor, now=now, detail=detail)
