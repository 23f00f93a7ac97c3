"""What somebody of the staff is told about her own account, by SMS to her own phone: nobody else hears of it."""

from datetime import datetime

from models.actions.mail import queue_message
from models.news_values import clock, day
from models.rules import schedule
from models.sealing import keys
from models.tables.staff import Staff


def new_browser(staff: Staff, mark: str, now: datetime) -> None:
    """S70: somebody has signed in as her with a browser that she has not used before."""
    _tell(staff, "S70", f"staff-device:{staff.id}:{mark}", now)


def locked(staff: Staff, now: datetime) -> None:
    """S71: five failures, and signing in rests."""
    _tell(staff, "S71", f"staff-locked:{staff.id}:{now.isoformat()}", now)


def new_link(staff: Staff, now: datetime) -> None:
    """S72: with a link that was made just now, somebody sets her account up anew."""
    _tell(staff, "S72", f"staff-link:{staff.id}:{now.isoformat()}", now)


def new_password(staff: Staff, now: datetime) -> None:
    """S74: her password is another one."""
    _tell(staff, "S74", f"staff-password:{staff.id}:{now.isoformat()}", now)


def new_recovery_codes(staff: Staff, now: datetime) -> None:
    """S74c: the codes on her paper are worth nothing any more."""
    _tell(staff, "S74c", f"staff-recovery:{staff.id}:{now.isoformat()}", now)


def _tell(staff: Staff, key: str, dedupe: str, now: datetime) -> None:
    queue_message(
        key,
        dedupe_key=dedupe,
        facts={"name": staff.name.split(" ")[0], "date": day(schedule.local_date(now)), "time": clock(now)},
        phone=keys().open(staff.phone_sealed, f"staff.phone:{staff.id}"),
        now=now,
    )
