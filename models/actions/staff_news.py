"""What the staff is told about accounts, by SMS to their own phones: each about hers, and those who check about a
colleague's link and her end, for one person alone could make herself a second one by them."""

from datetime import datetime
from typing import Final

from models.actions.mail import queue_message
from models.news_values import clock, day
from models.rules import schedule
from models.rules.staff import RIGHTS, Right
from models.sealing import keys
from models.tables.staff import Staff

CHECKERS: Final = tuple(role.value for role, rights in RIGHTS.items() if Right.CHECK in rights)


def new_browser(staff: Staff, mark: str, now: datetime) -> None:
    """S70: somebody has signed in as her with a browser that she has not used before."""
    _tell(staff, "S70", f"staff-device:{staff.id}:{mark}", now)


def locked(staff: Staff, now: datetime, *, stranger: bool = False) -> None:
    """S71: five failures, and signing in rests; S71n: in browsers that she has not used before."""
    _tell(staff, "S71n" if stranger else "S71", f"staff-locked:{staff.id}:{now.isoformat()}", now)


def new_link(staff: Staff, now: datetime) -> None:
    """S72: with a link that was made just now, somebody sets her account up anew."""
    _tell(staff, "S72", f"staff-link:{staff.id}:{now.isoformat()}", now)


def new_password(staff: Staff, now: datetime) -> None:
    """S74: her password is another one."""
    _tell(staff, "S74", f"staff-password:{staff.id}:{now.isoformat()}", now)


def new_recovery_codes(staff: Staff, now: datetime) -> None:
    """S74c: the codes on her paper are worth nothing any more."""
    _tell(staff, "S74c", f"staff-recovery:{staff.id}:{now.isoformat()}", now)


def tell_checkers(key: str, about: Staff, actor: str, now: datetime) -> None:
    """S72o, S72d: a colleague's account is set up anew, or closed. To the others at work who may check, but not to
    whoever did it."""
    others = Staff.select().where((Staff.status == "active") & Staff.role.in_(CHECKERS) & (Staff.id != about.id))
    for each in others.order_by(Staff.id):
        if actor != f"staff:{each.id}":
            dedupe = f"staff-other:{key}:{about.id}:{each.id}:{now.isoformat()}"
            _tell(each, key, dedupe, now, who=about.name.split(" ")[0])


def _tell(staff: Staff, key: str, dedupe: str, now: datetime, **more: str) -> None:
    queue_message(
        key,
        dedupe_key=dedupe,
        facts={"name": staff.name.split(" ")[0], "date": day(schedule.local_date(now)), "time": clock(now), **more},
        phone=keys().open(staff.phone_sealed, f"staff.phone:{staff.id}"),
        now=now,
    )
