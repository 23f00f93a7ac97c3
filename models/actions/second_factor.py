"""The codes of her phone, and what becomes of wrong ones: each code works once, five failures make a rest.

At sign-in and at the moment of an approval it is the same: the same codes, counted together, so that whoever
sits before an open browser of hers has five guesses and no more (security.md, threat 16). Who has given a code a moment
ago with this browser is not asked again; that stands with her session in the database.

A wrong password from a browser that she has not used before is a stranger's: it counts for such browsers alone, so that
nobody who knows her address can keep her from her work (threat 8).
"""

from datetime import datetime
from typing import Final

from models.actions import audit, staff_news
from models.actions.staff import totp_step
from models.base import transaction
from models.rules import staff as rules
from models.rules.refused import Refused
from models.sealing import keys
from models.tables.staff import Staff, StaffFailure, StaffSession

# Whose failures, by the columns' beginnings: hers alone, or for a browser that she has not used before both.
_DOORS: Final = {False: ("",), True: ("", "door_")}


@transaction
def is_fresh(session_id: int, now: datetime) -> bool:
    """Whether this browser has given a code in the last minutes, so that nobody is asked for one."""
    row = StaffSession.get_or_none((StaffSession.id == session_id) & StaffSession.ended_at.is_null())
    return row is not None and row.code_at is not None and now - row.code_at < rules.CODE_HOLDS


def step_up(session_id: int, code: str, address: str, now: datetime) -> Refused | None:
    """Her phone once more, before something that moves money or power; None when it is she.

    Refused: no_code (none was typed), wrong (also: used before, a recovery code), locked, too_many.
    """
    if is_fresh(session_id, now):
        return None
    if not code.strip():
        return Refused("no_code")
    if too_many(address, now):
        return Refused("too_many")
    return _step_up(session_id, code, address, now)


@transaction
def _step_up(session_id: int, code: str, address: str, now: datetime) -> Refused | None:
    session = StaffSession.get_by_id(session_id)
    row = Staff.select().where(Staff.id == session.staff_id).for_update().get()
    if is_fresh(session_id, now):
        return None  # the same form, sent twice at the same moment: the other one has used the code
    refusal = take_code(row, code, address, now)
    if refusal is None:
        StaffSession.update(code_at=now).where(StaffSession.id == session_id).execute()
    return refusal


def take_code(staff: Staff, code: str, address: str, now: datetime) -> Refused | None:
    """Within a transaction, with her row locked: a code of her phone, used up by it; None when it is right.

    Refused: locked, wrong.
    """
    if is_locked(staff, now):
        return Refused("locked")
    if not right_code(staff, code, now):
        return failed(staff.id, address, now)
    forgive(staff.id)
    return None


def right_code(staff: Staff, code: str, now: datetime) -> bool:
    """Each code works once: whoever looked over her shoulder comes too late."""
    if staff.totp_sealed is None:
        return False
    step = totp_step(keys().open(staff.totp_sealed, f"staff.totp:{staff.id}"), code, now)
    if step is None:
        return False
    used = Staff.update(totp_step=step).where((Staff.id == staff.id) & (Staff.totp_step < step))
    return bool(used.execute())


def forgive(staff_id: int, *, stranger: bool = False) -> None:
    """It was she: her failures are forgotten. stranger: in a browser new to her; then those of its like too."""
    for door in _DOORS[stranger]:
        clear = {f"{door}failures": 0, f"{door}locks": 0, f"{door}locked_until": None}
        Staff.update(**clear).where(Staff.id == staff_id).execute()


@transaction
def failed(staff_id: int | None, address: str, now: datetime, *, stranger: bool = False) -> Refused:
    """One failure more, by person and by network address. stranger: a wrong password from a browser that is not hers.

    Refused: wrong, locked (this one was the fifth).
    """
    StaffFailure.insert(address_index=keys().index(address, "address"), at=now).execute()
    if staff_id is None:
        return Refused("wrong")
    staff = Staff.select().where(Staff.id == staff_id).for_update().get()
    if is_locked(staff, now, stranger=stranger):
        return Refused("locked")
    door = _DOORS[stranger][-1]
    failures, locks = getattr(staff, f"{door}failures") + 1, getattr(staff, f"{door}locks")
    if failures < rules.TRIES:
        Staff.update(**{f"{door}failures": failures}).where(Staff.id == staff_id).execute()
        return Refused("wrong")
    locked = {f"{door}failures": 0, f"{door}locks": locks + 1, f"{door}locked_until": now + rules.lock_for(locks)}
    Staff.update(**locked).where(Staff.id == staff_id).execute()
    detail = {"by": "a new browser"} if stranger else {}
    audit.note("staff.lock", f"staff:{staff_id}", actor="system", now=now, detail=detail)
    staff_news.locked(staff, now, stranger=stranger)
    return Refused("locked")


def is_locked(staff: Staff, now: datetime, *, stranger: bool = False) -> bool:
    """Whether her tries rest; for a browser that she has not used before also those of its like."""
    rests = (getattr(staff, f"{door}locked_until") for door in _DOORS[stranger])
    return any(until is not None and until > now for until in rests)


def too_many(address: str, now: datetime) -> bool:
    """Whether too much has gone wrong from this network address lately."""
    lately = (StaffFailure.address_index == keys().index(address, "address")) & (
        StaffFailure.at > now - rules.ADDRESS_WINDOW
    )
    return int(StaffFailure.select().where(lately).count()) >= rules.TRIES_OF_ADDRESS
