"""What members are told of a pause: one message when it begins, and one when the group goes on."""

from datetime import date, datetime

from models import policy
from models.actions import news
from models.actions.mail import queue_message
from models.actions.obligations import PAYING, open_dues
from models.money import show
from models.news_values import NewsValue, day
from models.queries import pauses
from models.rules.schedule import cutoff_at, local_date
from models.tables.groups import Group
from models.tables.pauses import GroupPause


def paused(group: Group, pause: GroupPause, next_on: date, now: datetime) -> None:
    """S80: until when, the next due date, no late fee; S80d to those who owe something that was due before."""
    facts: dict[str, NewsValue] = {"date": day(local_date(pause.ends_at)), "date2": day(next_on)}
    for member_id, seat_ids in _members(group.id).items():
        owed = sum(due.outstanding_kobo for seat in seat_ids for due in open_dues(seat) if due.due_at < now)
        mine = {**facts, "amt": show(owed)} if owed else facts
        _tell("S80d" if owed else "S80", f"pause:{pause.id}", group, member_id, mine, pause.ends_at, now)


def goes_on(group: Group, pause: GroupPause, now: datetime) -> None:
    """S81: with the next due date; S81n when there is none any more."""
    following = pauses.next_due(group.id, now)
    facts: dict[str, NewsValue] = {} if following is None else {"date": day(following.due_on)}
    until = cutoff_at(local_date(now), group.cutoff_hour) if following is None else following.due_at
    key = "S81n" if following is None else "S81"
    for member_id in _members(group.id):
        _tell(key, f"resume:{pause.id}", group, member_id, facts, max(until, now + policy.REMINDER_LIFE), now)


def _members(group_id: int) -> dict[int, list[int]]:
    """Who still pays in it, with her seats."""
    seats: dict[int, list[int]] = {}
    for seat in news.in_group(group_id):
        if seat.status in PAYING:
            seats.setdefault(seat.member_id, []).append(seat.id)
    return seats


def _tell(
    key: str, fact: str, group: Group, member_id: int, facts: dict[str, NewsValue], until: datetime, now: datetime
) -> None:
    """It goes to many, so STOP and the switch hold it; when it is not true any more it is not sent."""
    queue_message(
        key,
        dedupe_key=f"{fact}:{member_id}",
        facts={"group": group.name, "name": news.first(member_id)} | facts,
        member_id=member_id,
        group_id=group.id,
        reminder=True,
        expires_at=until,
        now=now,
    )
