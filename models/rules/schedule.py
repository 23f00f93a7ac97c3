"""Dates of a group: when a cycle is due, when the day is cut off, how a date is typed and shown.

Every due date is computed from the anchor (the first one), never from the one
before: chained from 31 January, all later months would fall on the 28th.
Instants are UTC, dates are local to the group. The time comes in as `now`.
"""

import calendar
import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from models.country import LAGOS as LAGOS
from models.country import home

DAY = timedelta(days=1)

CUTOFF_HOUR = 18
AWAKE = range(7, 21)  # local hours in which people may be reminded
NOTICE = timedelta(hours=24)  # nobody owes anything sooner than this after a group starts (4.1)
FURTHEST = timedelta(days=366)  # a typed day and month mean the next one, within a year

STEP_DAYS = {"daily": 1, "weekly": 7, "two_weekly": 14}
# How long before its first due time a group starts: one interval, a month counted as four weeks.
LEAD = {
    "daily": timedelta(days=1),
    "weekly": timedelta(days=7),
    "two_weekly": timedelta(days=14),
    "monthly": timedelta(days=28),
}
FREQUENCIES = ("daily", "weekly", "two_weekly", "monthly")

# Our own tables: Babel's carry signs that do not fit GSM-7, strftime's follow the host's locale.
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sept", "Oct", "Nov", "Dec")
FRIDAY = 4

_DDMM = re.compile(r"([0-9]{2})[ /.-]?([0-9]{2})")


def zone() -> ZoneInfo:
    """The time zone of the groups."""
    return home().zone


def waking(now: datetime) -> datetime:
    """When people may be reminded: now, or at night the next morning."""
    local = now.astimezone(zone())
    if local.hour in AWAKE:
        return now
    on = local.date() + (DAY if local.hour >= AWAKE.stop else timedelta())
    return datetime.combine(on, time(AWAKE.start), tzinfo=zone()).astimezone(UTC)


def day_over(now: datetime) -> datetime:
    """The midnight at the end of this local day."""
    return datetime.combine(local_date(now) + DAY, time(0), tzinfo=zone()).astimezone(UTC)


def due_on(anchor: date, frequency: str, k: int) -> date:
    """The local due date of cycle k, where k = 0 is the anchor itself."""
    if frequency == "monthly":
        return _months_later(anchor, k)
    return anchor + timedelta(days=STEP_DAYS[frequency] * k)


def moved(on: date, frequency: str, intervals: int, anchor_day: int) -> date:
    """A due date some whole intervals later, or earlier where intervals is negative.

    anchor_day: the day of the month that the group goes by. A date that stands on it, or at the end of a month that is
    too short for it, stays on it: moved by a month, 28 February of an anchor on the 31st becomes 31 March.
    """
    if frequency != "monthly":
        return on + timedelta(days=STEP_DAYS[frequency] * intervals)
    by_anchor = on.day == _in_month(on, anchor_day).day
    return _in_month(_months_later(on.replace(day=1), intervals), anchor_day if by_anchor else on.day)


def cutoff_at(on: date, hour: int = CUTOFF_HOUR) -> datetime:
    """The instant up to which a payment is on time."""
    return datetime.combine(on, time(hour), tzinfo=zone()).astimezone(UTC)


def local_date(now: datetime) -> date:
    """Which day it is for the group."""
    return _local(now).date()


def earliest_start(now: datetime, cutoff_hour: int = CUTOFF_HOUR) -> date:
    """The first day whose cut-off is still a full day's notice away."""
    today = local_date(now)
    return next(on for on in (today + DAY, today + 2 * DAY) if cutoff_at(on, cutoff_hour) >= now + NOTICE)


def first_start_choices(now: datetime, cutoff_hour: int = CUTOFF_HOUR) -> tuple[date, date]:
    """What E6 proposes: the coming Friday, when the working week ends, and the one three weeks later."""
    earliest = earliest_start(now, cutoff_hour)
    friday = earliest + timedelta(days=(FRIDAY - earliest.weekday()) % 7)
    return friday, friday + timedelta(weeks=3)


def parse_ddmm(text: str, today: date) -> date | None:
    """2711 is the next 27 November, today included. None if there is no such day within a year (3102, 2902 mostly)."""
    found = _DDMM.fullmatch(text.strip())
    if found is None:
        return None
    day, month = int(found[1]), int(found[2])
    on = next((on for year in (today.year, today.year + 1) if (on := _date(year, month, day)) and on >= today), None)
    return on if on is not None and on - today <= FURTHEST else None


def show_date(on: date) -> str:
    """'Fri 27 Nov': a date never stands without its day of the week where there is room."""
    return f"{WEEKDAYS[on.weekday()]} {show_day(on)}"


def show_day(on: date) -> str:
    """'27 Nov'."""
    return f"{on.day} {MONTHS[on.month - 1]}"


def show_time(at: datetime) -> str:
    """'4:30pm' in the group's zone, '6pm' on the hour."""
    local = _local(at)
    return _clock(local.hour, local.minute)


def show_hour(hour: int) -> str:
    """'6pm' for the cut-off hour 18."""
    return _clock(hour, 0)


def _clock(hour: int, minute: int) -> str:
    minutes = f":{minute:02d}" if minute else ""
    return f"{hour % 12 or 12}{minutes}{'am' if hour < 12 else 'pm'}"


def _local(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("an instant needs its time zone")
    return at.astimezone(zone())


def _months_later(anchor: date, months: int) -> date:
    years, month0 = divmod(anchor.month - 1 + months, 12)
    return _in_month(date(anchor.year + years, month0 + 1, 1), anchor.day)


def _in_month(on: date, day: int) -> date:
    """This day of the month of `on`, or its last."""
    return on.replace(day=min(day, calendar.monthrange(on.year, on.month)[1]))


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
