"""Reminders of what is owed and of who collects tomorrow: decided when their day has come, worth nothing after it.

Each member chooses how often: both days, the due day only, or not at all (M9); that a pot is hers tomorrow she hears
in any case. Each kind has its one local date (circle-rules 4.2): two days before, the day itself, the
day after, three days after. What was missed on its date is never sent later, so that a
house which was down for days does not shout at everybody on its return. Nobody is
reminded at night, or more than twice a day over all her groups.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from models import policy
from models.actions import news
from models.actions.mail import queue_message
from models.actions.obligations import owed_by_seat, states
from models.base import database, transaction
from models.money import show
from models.news_values import NewsFacts, NewsValue, day, day_month
from models.rules import dues
from models.rules.circle import COUNTS_IN, UNPAID
from models.rules.rotation import cycle_of_turn
from models.rules.schedule import AWAKE, DAY, local_date, zone
from models.tables.cycles import Cycle, Obligation, Pot
from models.tables.groups import Group, Seat
from models.tables.mail import Outbox
from models.tables.people import BankAccount, Member

MOST_A_DAY: Final = 2

CHECK_BANK: Final = "check_bank"
HEAD_TOLD: Final = "head_told"
OVERDUE: Final = "overdue"
DUE_TODAY: Final = "due_today"
TWO_DAYS_BEFORE: Final = "two_days_before"

# How many days after the due date (check_bank has its own). The most urgent first: of three, a member hears two.
DAYS_AFTER: Final = {HEAD_TOLD: policy.HEAD_TOLD_AFTER_DAYS, OVERDUE: 1, DUE_TODAY: 0, TWO_DAYS_BEFORE: -2}

# What each plan lets through. She is told of a debt that is overdue for as long as she is reminded at all.
WANTED: Final = {
    "both": frozenset(DAYS_AFTER),
    "due_day": frozenset(DAYS_AFTER) - {TWO_DAYS_BEFORE},
    "none": frozenset[str](),
}

Worded = tuple[str, NewsFacts]


@dataclass(frozen=True)
class Reminder:
    """A reminder that belongs to this day: of an obligation, or (check_bank) of a pot, by its cycle and number."""

    kind: str
    row_id: int
    pot_number: int = 0

    def key(self, on: date) -> str:
        """Its dedupe key: once per subject, kind and local date."""
        subject = f"pot:{self.row_id}:{self.pot_number}" if self.kind == CHECK_BANK else str(self.row_id)
        return f"remind:{subject}:{self.kind}:{on}"


def reminders_due(now: datetime) -> list[Reminder]:
    """All that belong to this day and have not been decided yet, the most urgent first. None at night.

    At most one for each obligation, because no two kinds share a date.
    """
    if now.astimezone(zone()).hour not in AWAKE:
        return []
    found = [*_pots_to_collect(local_date(now)), *_unpaid(now)]
    keys = {reminder.key(local_date(now)): reminder for reminder in found}
    rows = database.execute_sql("SELECT dedupe_key FROM outbox WHERE dedupe_key = ANY(%s)", (list(keys),)).fetchall()
    done = {key for (key,) in rows}
    return [reminder for key, reminder in keys.items() if key not in done]


@transaction
def remind(reminder: Reminder, now: datetime) -> str:
    """Decide one reminder, if it still holds: queued | already | enough (today) | not_wanted | not_due (any more)."""
    if reminder.kind == CHECK_BANK:
        return _remind_of_pot(reminder, now)
    return _remind_of_debt(reminder, now)


def _pots_to_collect(today: date) -> Iterator[Reminder]:
    """Pots of tomorrow that nobody has been paid yet, in groups that are not behind."""
    rows = database.execute_sql(
        """
        SELECT pot.cycle_id, pot.number
          FROM cycle c
          JOIN savings_group g ON g.id = c.group_id AND g.status = 'active'
          JOIN pot ON pot.cycle_id = c.id
         WHERE c.due_on = %s AND c.status IN ('scheduled', 'open', 'closing')
           AND NOT EXISTS (SELECT 1 FROM cycle b WHERE b.group_id = g.id AND b.id <> c.id
                              AND b.status IN ('grace', 'closing', 'held'))
           AND NOT EXISTS (SELECT 1 FROM payout p WHERE p.cycle_id = pot.cycle_id AND p.pot_number = pot.number
                              AND p.kind = 'pot' AND p.status NOT IN ('held', 'awaiting_approval', 'cancelled'))
         ORDER BY pot.cycle_id, pot.number
        """,
        (today + DAY,),
    ).fetchall()
    return (Reminder(CHECK_BANK, cycle_id, number) for cycle_id, number in rows)


def _unpaid(now: datetime) -> Iterator[Reminder]:
    """Contributions of running groups that are owed and whose due date is the right number of days away."""
    for kind, days in DAYS_AFTER.items():
        since, until = _span(local_date(now) - timedelta(days=days))
        rows = database.execute_sql(
            """
            SELECT o.id
              FROM obligation o
              JOIN cycle c ON c.id = o.cycle_id AND c.status NOT IN ('scheduled', 'cancelled')
              JOIN savings_group g ON g.id = c.group_id AND g.status = 'active'
             WHERE o.kind = 'contribution' AND o.status = ANY(%s) AND o.due_at >= %s AND o.due_at < %s
             ORDER BY o.id
            """,
            (sorted(UNPAID), max(since, now) if days == 0 else since, until),
        ).fetchall()
        yield from (Reminder(kind, obligation_id) for (obligation_id,) in rows)


def _remind_of_debt(reminder: Reminder, now: datetime) -> str:
    row = Obligation.get_by_id(reminder.row_id)
    days = timedelta(days=DAYS_AFTER[reminder.kind])
    on_time = local_date(row.due_at) + days == local_date(now) and (days or row.due_at >= now)
    if row.status not in UNPAID or not on_time:
        return "not_due"
    seat, group = row.seat, row.cycle.group
    member = locked(seat.member_id)
    if reminder.kind not in WANTED[member.reminder_plan]:
        if reminder.kind == HEAD_TOLD and group.head_id != member.id:
            _tell_head(row, seat, group, now)  # that is the head's to know, whatever she wants to hear herself
        return "not_wanted"
    if had_enough(member, now):
        if reminder.kind == HEAD_TOLD and group.head_id != member.id:
            _tell_head(row, seat, group, now)
        return "enough"
    key, facts = _WORDS[reminder.kind](row, seat, group, now)
    if not news.remind(key, reminder.key(local_date(now)), group, seat.member_id, facts, now):
        return "already"
    if key == "S08":
        _tell_head(row, seat, group, now)
    return "queued"


def _remind_of_pot(reminder: Reminder, now: datetime) -> str:
    pot = Pot.get((Pot.cycle == reminder.row_id) & (Pot.number == reminder.pot_number))
    if pot.cycle.due_on != local_date(now) + DAY:
        return "not_due"
    member_id, group = pot.seat.member_id, pot.cycle.group
    if had_enough(locked(member_id), now):
        return "enough"
    account = BankAccount.get_or_none((BankAccount.member == member_id) & (BankAccount.status == "confirmed"))
    facts = {"pot": show(news.collect_kobo(group))}
    if account is not None:
        facts |= {"bank": account.bank_name, "last4": account.last4}
    key = "S12n" if account is None else "S12"
    return "queued" if news.remind(key, reminder.key(local_date(now)), group, member_id, facts, now) else "already"


def locked(member_id: int) -> Member:
    """Her row under its lock, so that two runs at once do not both say that she may hear one more."""
    # peewee takes the lock's own words here; its stubs know only the flag.
    found: Member = Member.select().where(Member.id == member_id).for_update("FOR NO KEY UPDATE").get()  # type: ignore[arg-type]
    return found


def had_enough(member: Member, now: datetime) -> bool:
    """Whether the house reminded her often enough today. What other members asked for (S62, S44) does not count."""
    midnight, _ = _span(local_date(now))
    today = (Outbox.phone_index == member.phone_index) & Outbox.reminder & (Outbox.created_at >= midnight)
    asked_for = Outbox.dedupe_key.startswith("nudge:") | Outbox.dedupe_key.contains(":officer:")
    return int(Outbox.select().where(today & ~asked_for).count()) >= MOST_A_DAY


def _tell_head(row: Obligation, seat: Seat, group: Group, now: datetime) -> None:
    """S40: the head hears it too. This is a duty of hers, not a reminder that she could stop."""
    queue_message(
        "S40",
        dedupe_key=f"remind:{row.id}:head:{local_date(now)}",
        facts={"who": news.known(seat.member_id), "amt": _left(row), "group": group.name},
        member_id=group.head_id,
        group_id=group.id,
        expires_at=now + policy.REMINDER_LIFE,
        now=now,
    )


# --- what each kind says --------------------------------------------------------------------


def _two_days_before(row: Obligation, seat: Seat, group: Group, now: datetime) -> Worded:
    """S04: how far she has come, not a threat."""
    return "S04", {
        "amt": _left(row),
        "date": day(local_date(row.due_at)),
        "r": str(news.cycles_paid(seat.id)),
        "m": str(group.cycles),
    }


def _due_today(row: Obligation, seat: Seat, group: Group, now: datetime) -> Worded:
    """S05, and S05b when her own turn is this one or the next: then that is what she pays for."""
    collects = None if seat.turn is None else cycle_of_turn(seat.turn, group.pots_per_cycle)
    if collects is not None and collects - row.cycle.number in (0, 1):
        on = Cycle.get((Cycle.group == group.id) & (Cycle.number == collects)).due_on
        return "S05b", {"amt": _left(row), "pot": show(news.collect_kobo(group)), "date2": day(on)}
    paid = sum(state in COUNTS_IN for state in states(row.cycle_id))
    return "S05", {"amt": _left(row), "n": str(paid), "m": str(group.seats)}


def _overdue(row: Obligation, seat: Seat, group: Group, now: datetime) -> Worded:
    """S06: what it will cost, and from when; S06n where being late costs nothing, or has cost it already."""
    fee_from = max(row.due_at, row.fee_from or row.due_at)  # later, where the group has rested in between
    grace_over_at = fee_from + timedelta(days=group.grace_days)
    fee_kobo = dues.penalty_due(
        grace_over_at,
        fee_from,
        grace_days=group.grace_days,
        outstanding_kobo=row.amount_kobo - row.paid_kobo,
        late_fee_kobo=group.late_fee_kobo,
    )
    facts: dict[str, NewsValue] = {"amt": _left(row), "d": day_month(local_date(row.due_at))}
    charged = Obligation.select().where(
        (Obligation.seat == seat.id) & (Obligation.cycle == row.cycle_id) & (Obligation.kind == "penalty")
    )
    if not fee_kobo or charged.exists():
        return "S06n", facts
    starts_on = max(local_date(grace_over_at), local_date(now))
    return "S06", facts | {"fee": show(fee_kobo), "date2": day(starts_on)}


def _head_told(row: Obligation, seat: Seat, group: Group, now: datetime) -> Worded:
    """S08. The head herself is not threatened with the head."""
    if seat.member_id == group.head_id:
        return "S06n", {"amt": _left(row), "d": day_month(local_date(row.due_at))}
    return "S08", {
        "amt": _left(row),
        "head": news.known(group.head_id),
        "total": show(owed_by_seat(seat.id)),
    }


_WORDS: Final = {
    TWO_DAYS_BEFORE: _two_days_before,
    DUE_TODAY: _due_today,
    OVERDUE: _overdue,
    HEAD_TOLD: _head_told,
}


def _left(row: Obligation) -> str:
    """What is still to be paid, after part payments."""
    return show(row.amount_kobo - row.paid_kobo)


def _span(on: date) -> tuple[datetime, datetime]:
    """The instants between which it is this day for the group."""
    midnight = datetime.combine(on, time(0), tzinfo=zone()).astimezone(UTC)
    return midnight, midnight + DAY
