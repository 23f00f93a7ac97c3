"""More time to pay: what can be asked for, and until when (the late fee goes by the new date: a kept promise, 4.6).

More time never reaches beyond the next due date, so that nobody comes to owe two
contributions at once by it. In parts: half soon, the rest later.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from models import policy
from models.country import home
from models.rules.fees import NAIRA
from models.rules.schedule import DAY, cutoff_at, earliest_start, local_date, zone

TWO_DAYS: Final = "two_days"
WEEK: Final = "week"
PARTS: Final = "parts"
KINDS: Final = (TWO_DAYS, WEEK, PARTS)
REASONS: Final = ("sickness", "slow_sales", "late_salary", "travel", "unsaid")

MORE_DAYS: Final = {TWO_DAYS: 2, WEEK: 7}
REST_AFTER: Final = timedelta(days=7)
ANSWER_TIME: Final = timedelta(hours=24)
WAIVER_TIME: Final = timedelta(days=3)


@dataclass(frozen=True)
class Offer:
    """Something that can be asked for: all of it by until_at, or in parts first_kobo by first_by and the rest then."""

    kind: str
    until_at: datetime
    first_kobo: int = 0
    first_by: datetime | None = None


def offers(now: datetime, *, due_at: datetime, left_kobo: int, limit_at: datetime) -> dict[str, Offer]:
    """What can be asked for a debt, by kind. limit_at: the next due date of the group."""
    hour = due_at.astimezone(zone()).hour
    from_on = max(local_date(due_at), local_date(now))
    found = [Offer(kind, cutoff_at(from_on + days * DAY, hour)) for kind, days in MORE_DAYS.items()]
    parts = _in_parts(now, due_at, left_kobo, limit_at, hour)
    return {offer.kind: offer for offer in (*found, parts) if offer is not None and offer.until_at <= limit_at}


def expires_at(now: datetime, due_at: datetime) -> datetime:
    """Until when an officer may answer: a day after the due date, or after the question if that was later."""
    return max(now, due_at) + ANSWER_TIME


def first_part_by(first_by: datetime, until_at: datetime, now: datetime) -> datetime:
    """When the first part is due, now that it was allowed: as asked for, but with a day's notice."""
    return min(max(first_by, now + policy.LEAST_NOTICE), until_at)


def limit_at(coming: list[datetime], now: datetime, due_at: datetime, following_at: datetime) -> datetime:
    """How far more time may reach. coming: when the group's cycles are due.

    following_at: when another cycle would be due after the last one. What is late even then gets a week from now.
    """
    begin = max(now, due_at)
    after_the_last = following_at if following_at > begin else begin + REST_AFTER + DAY
    return min((at for at in coming if at > begin), default=after_the_last)


def _in_parts(now: datetime, due_at: datetime, left_kobo: int, limit: datetime, hour: int) -> Offer | None:
    """Half of it, in whole naira, as it was due but with a day's notice; the rest a week later."""
    first_by = due_at if due_at >= now + DAY else cutoff_at(earliest_start(now, hour), hour)
    until = min(first_by + REST_AFTER, limit)
    first_kobo = -(-left_kobo // (2 * NAIRA)) * NAIRA
    if until <= first_by or min(first_kobo, left_kobo - first_kobo) < home().least_payment:
        return None
    return Offer(PARTS, until, first_kobo, first_by)
