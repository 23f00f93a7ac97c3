"""Reminding by hand: one of the staff asks those who have not paid, one by one or many at a time.

It says the same as an officer's reminder (S44). Nobody hears it twice in a day, or as a third reminder of that
day, or at night, or after she said STOP; and whoever has paid in the meantime is not asked.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from models import policy
from models.actions import audit, news, reminders, switches, unwinding_news
from models.actions.forms import Effect
from models.actions.mail import queue_message
from models.actions.obligations import paid_count
from models.actions.signing_in import Somebody
from models.base import transaction
from models.money import show
from models.rules.circle import UNPAID
from models.rules.refused import Refused
from models.rules.schedule import AWAKE, LAGOS, local_date
from models.rules.staff import own_groups_only
from models.tables.cycles import Cycle, Obligation
from models.tables.groups import Group, Seat
from models.tables.people import Member
from models.tables.ways import OptOut

MOST_AT_ONCE: Final = 100  # more is an announcement, and that takes a second person
RUNNING: Final = ("active", "paused")


@transaction
def remind(seat_ids: Sequence[int], who: Somebody, now: datetime) -> Effect | Refused:
    """Remind the holders of these seats of what they owe, the oldest of it.

    Done: reminded (sent, enough, stopped, paid). Refused: nobody_chosen, too_many_chosen, at_night, reminders_held,
    and when nobody was reminded the reason: reminded_enough, reminders_stopped, owes_nothing.
    """
    chosen = sorted(set(seat_ids))
    if not chosen or len(chosen) > MOST_AT_ONCE:
        return Refused("too_many_chosen" if chosen else "nobody_chosen")
    if now.astimezone(LAGOS).hour not in AWAKE:
        return Refused("at_night")
    if switches.blasts_stopped():
        return Refused("reminders_held")
    counts = Counter(_remind(seat_id, who, now) for seat_id in chosen)
    if not counts["sent"]:
        worst = max(("enough", "stopped", "paid"), key=lambda word: counts[word])
        return Refused({"enough": "reminded_enough", "stopped": "reminders_stopped", "paid": "owes_nothing"}[worst])
    key = "reminded" if counts["sent"] == len(chosen) else "reminded_some"
    return Effect(key, facts={"sent": counts["sent"], "not_sent": len(chosen) - counts["sent"]})


def _remind(seat_id: int, who: Somebody, now: datetime) -> str:
    """sent | enough (today) | stopped (she said STOP) | paid (owes nothing by now, or is not to be seen)."""
    seat = Seat.get_or_none(Seat.id == seat_id)
    if seat is None or (own_groups_only(who.role) and seat.group_id not in who.groups):
        return "paid"
    row = _oldest_debt(seat)
    if row is None:
        return "paid"
    member = reminders.locked(seat.member_id)
    if _said_stop(member):
        return "stopped"
    if member.status == "closed" or reminders.had_enough(member, now) or not _queue(row, seat, now):
        return "enough"
    audit.note("member.remind", f"member:{member.id}", actor=who.actor, now=now, detail={"obligation": row.id})
    return "sent"


def _oldest_debt(seat: Seat) -> Obligation | None:
    of_a_cycle = (Obligation.kind == "contribution") & Cycle.status.not_in(("scheduled", "cancelled"))
    at_the_end = (Obligation.kind == "unwinding") & (Group.status == "dissolving")
    found: Obligation | None = (
        Obligation.select(Obligation, Cycle)
        .join(Cycle)
        .join(Group)
        .where(
            (Obligation.seat == seat.id)
            & Obligation.status.in_(sorted(UNPAID))
            & ((of_a_cycle & Group.status.in_(RUNNING)) | at_the_end)
        )
        .order_by(Obligation.due_at, Obligation.id)
        .first()
    )
    return found


def _said_stop(member: Member) -> bool:
    stopped = (OptOut.phone_index == member.phone_index) & OptOut.started_at.is_null()
    return member.reminders_stopped_at is not None or bool(OptOut.select().where(stopped).exists())


def _queue(row: Obligation, seat: Seat, now: datetime) -> bool:
    """S44, once a day for each debt, whoever of the office asks for it; of a group that ends what was told then."""
    group = row.cycle.group
    if row.kind == "unwinding":
        return unwinding_news.remind_of_debt(group, row, f"remind:{row.id}:office:{local_date(now)}", now)
    sent = queue_message(
        "S44",
        dedupe_key=f"remind:{row.id}:office:{local_date(now)}",
        facts={
            "name": news.first(seat.member_id),
            "amt": show(row.amount_kobo - row.paid_kobo),
            "group": group.name,
            "n": str(paid_count(row.cycle_id)),
            "m": str(group.seats),
        },
        member_id=seat.member_id,
        group_id=group.id,
        reminder=True,
        expires_at=now + policy.REMINDER_LIFE,
        now=now,
    )
    return sent is not None
