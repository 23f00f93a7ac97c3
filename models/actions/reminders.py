"""Reminders of what is owed and of who collects tomorrow: decided when their day has come, worth nothing after it.

A reminder belongs to one local day. When the clock was down for three days, the days
that have passed are passed over: nobody gets three messages at once.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from models import policy
from models.actions import audit, authority, news
from models.actions.context import Context, Outcome
from models.actions.obligations import owed_by_seat, paid_count
from models.base import transaction
from models.commands import Done, RemindUnpaid
from models.money import show
from models.queries.payouts import approvers_of
from models.queries.people import known_as, name_of
from models.rules.circle import UNPAID
from models.rules.refused import Refused
from models.rules.schedule import local_date, show_date, show_day
from models.tables.cycles import Cycle, Obligation, Pot
from models.tables.groups import Group, Seat
from models.tables.people import BankAccount

# Days from now to the due day -> what is said then. A negative number: so many days late.
KINDS = {2: "two_days_before", 0: "due_today", -1: "overdue", -policy.HEAD_TOLD_AFTER_DAYS: "head_told"}
CHECK_BANK = "check_bank"


@dataclass(frozen=True)
class Reminder:
    """One reminder that is due today. row_id: an obligation, or for check_bank a seat."""

    kind: str
    row_id: int


def reminders_due(now: datetime) -> list[Reminder]:
    """Whom to remind of what, by the local date."""
    return [*_of_obligations(now), *_of_pots(now)]


@transaction
def remind(reminder: Reminder, now: datetime) -> bool:
    """Send one, if it still holds. False when it was sent before or there is nothing to remind of any more."""
    if reminder.kind == CHECK_BANK:
        return _check_bank(Seat.get_by_id(reminder.row_id), now)
    row = Obligation.get_by_id(reminder.row_id)
    if row.status not in UNPAID or KINDS.get(_days_to(row, now)) != reminder.kind:
        return False
    return _WORDS[reminder.kind](row, row.cycle.group, row.seat, now)


@transaction
def remind_unpaid(command: RemindUnpaid, context: Context) -> Outcome:
    """An officer's nudge to each who has not paid this cycle, at most once a day."""
    cycle = Cycle.get_or_none(Cycle.id == command.cycle_id)
    if cycle is None:
        return Refused("not_allowed")
    group = authority.load_group(cycle.group_id)
    recipient = Pot.get((Pot.cycle == cycle.id) & (Pot.number == 1)).seat.member_id
    if context.member not in approvers_of(group.id, recipient):
        return Refused("not_allowed")
    unpaid = _unpaid(cycle.id)
    sent = sum(_nudge(row, group, context.now) for row in unpaid)
    if unpaid and not sent:
        return Refused("already_today")
    audit.note("cycle.remind", f"cycle:{cycle.id}", actor=context.actor, now=context.now, group_id=group.id)
    return Done({"sent": sent})


def _of_obligations(now: datetime) -> Iterator[Reminder]:
    rows = (
        Obligation.select(Obligation, Cycle, Group)
        .join(Cycle)
        .join(Group)
        .where(
            (Obligation.kind == "contribution")
            & Obligation.status.in_(list(UNPAID))
            & Cycle.status.in_(("open", "grace", "closing", "short_paid"))
            & (Group.status == "active")
            & (Obligation.due_at < now + timedelta(days=max(KINDS) + 1))
            & (Obligation.due_at > now + timedelta(days=min(KINDS) - 1))
        )
        .order_by(Obligation.id)
    )
    for row in rows:
        kind = KINDS.get(_days_to(row, now))
        if kind is not None:
            yield Reminder(kind, row.id)


def _of_pots(now: datetime) -> Iterator[Reminder]:
    """Who collects tomorrow."""
    tomorrow = local_date(now) + timedelta(days=1)
    rows = (
        Pot.select(Pot, Cycle)
        .join(Cycle)
        .where((Cycle.due_on == tomorrow) & Cycle.status.in_(("open", "closing")))
        .order_by(Pot.seat)
    )
    for pot in rows:
        yield Reminder(CHECK_BANK, pot.seat_id)


def _two_days_before(row: Obligation, group: Group, seat: Seat, now: datetime) -> bool:
    facts = _amount(row) | {
        "date": show_date(local_date(row.due_at)),
        "r": str(news.cycles_paid(seat.id)),
        "m": str(group.cycles),
    }
    return news.remind("S04", _dedupe(row, "two_days_before", now), group, seat.member_id, facts, now)


def _due_today(row: Obligation, group: Group, seat: Seat, now: datetime) -> bool:
    """S05b for one who has still to collect: what she keeps by paying. Else how many have paid."""
    if seat.turn is not None and seat.turn > row.cycle.number:
        facts = {"pot": show(news.collect_kobo(group)), "date2": show_date(news.collects_on(seat))}
        key = "S05b"
    else:
        facts = {"n": str(paid_count(row.cycle_id)), "m": str(group.seats)}
        key = "S05"
    return news.remind(key, _dedupe(row, "due_today", now), group, seat.member_id, _amount(row) | facts, now)


def _overdue(row: Obligation, group: Group, seat: Seat, now: datetime) -> bool:
    fee_from = local_date(row.due_at + timedelta(days=group.grace_days))
    facts = _amount(row) | {
        "d": show_day(local_date(row.due_at)),
        "fee": show(group.late_fee_kobo),
        "date2": show_date(fee_from),
    }
    return news.remind("S06", _dedupe(row, "overdue", now), group, seat.member_id, facts, now)


def _head_told(row: Obligation, group: Group, seat: Seat, now: datetime) -> bool:
    """To her, and to the head (unless it is the head who is late)."""
    facts = _amount(row) | {"head": known_as(name_of(group.head_id)), "total": show(owed_by_seat(seat.id))}
    sent = news.remind("S08", _dedupe(row, "head_told", now), group, seat.member_id, facts, now)
    if group.head_id != seat.member_id:
        facts = _amount(row) | {"who": known_as(name_of(seat.member_id))}
        news.remind("S40", _dedupe(row, "head", now), group, group.head_id, facts, now)
    return sent


_WORDS = {
    "two_days_before": _two_days_before,
    "due_today": _due_today,
    "overdue": _overdue,
    "head_told": _head_told,
}


def _check_bank(seat: Seat, now: datetime) -> bool:
    group = seat.group
    account = BankAccount.get_or_none((BankAccount.member == seat.member_id) & (BankAccount.status == "confirmed"))
    facts = {"pot": show(news.collect_kobo(group))}
    if account is not None:
        facts |= {"bank": account.bank_name, "last4": account.last4}
    key = "S12n" if account is None else "S12"
    return news.remind(key, f"remind:seat:{seat.id}:{CHECK_BANK}:{local_date(now)}", group, seat.member_id, facts, now)


def _nudge(row: Obligation, group: Group, now: datetime) -> bool:
    facts = _amount(row) | {"n": str(paid_count(row.cycle_id)), "m": str(group.seats)}
    return news.remind("S43", _dedupe(row, "officer", now), group, row.seat.member_id, facts, now)


def _unpaid(cycle_id: int) -> list[Obligation]:
    query = Obligation.select().where(
        (Obligation.cycle == cycle_id) & (Obligation.kind == "contribution") & Obligation.status.in_(list(UNPAID))
    )
    return list(query.order_by(Obligation.id))


def _days_to(row: Obligation, now: datetime) -> int:
    return (local_date(row.due_at) - local_date(now)).days


def _amount(row: Obligation) -> dict[str, str]:
    """What is still owed of it, not what it was."""
    return {"amt": show(row.amount_kobo - row.paid_kobo)}


def _dedupe(row: Obligation, kind: str, now: datetime) -> str:
    return f"remind:{row.id}:{kind}:{local_date(now)}"
