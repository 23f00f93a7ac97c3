"""A pot whose day has come and which is not full: the officers remind, wait, or pay out what is in.

What comes later follows as further parts, one after the other: each goes out as soon as it is worth a transfer, so that
who never pays holds up nothing but her own share.
"""

from datetime import datetime, timedelta

from models import policy
from models.actions import audit, authority, books, news, payout_news, payouts
from models.actions.context import Context, Outcome
from models.actions.mail import queue_message
from models.actions.obligations import paid_count, states
from models.base import move, transaction
from models.commands import Done, PayShort, RemindUnpaid, WaitOneDay
from models.country import home
from models.money import show
from models.queries.payouts import approvers_of
from models.rules import accounts, approvals
from models.rules.circle import UNPAID, cycle_complete
from models.rules.refused import Refused
from models.rules.schedule import local_date
from models.tables.cycles import Cycle, Obligation, Pot
from models.tables.groups import Group
from models.tables.money import Payout

ACTOR = "system"


def short_pots(now: datetime) -> list[int]:
    """Cycles past their cut-off that are not full, and whose officers did not want to wait until later."""
    asked_for = Cycle.ask_officers_at.is_null() | (Cycle.ask_officers_at <= now)
    return [row.id for row in Cycle.select(Cycle.id).where((Cycle.status == "grace") & asked_for).order_by(Cycle.id)]


@transaction
def ask_officers(cycle_id: int, now: datetime) -> bool:
    """Tell those who decide about it, once a day. False when it has been filled meanwhile."""
    cycle = Cycle.get_by_id(cycle_id)
    if cycle.status != "grace":
        return False
    group = authority.load_group(cycle.group_id)
    recipient = _recipient(cycle_id)
    payout_news.pot_short(group, cycle, recipient, paid_count(cycle_id), approvers_of(group.id, recipient), now)
    return True


@transaction
def remind_unpaid(command: RemindUnpaid, context: Context) -> Outcome:
    """An officer's nudge to each who is behind, at most once a day. Who was given more time is left in peace."""
    found = _short_pot(command.cycle_id, context.member)
    if isinstance(found, Refused):
        return Refused("not_allowed")
    cycle, group = found
    unpaid = Obligation.select().where(
        (Obligation.cycle == cycle.id)
        & (Obligation.kind == "contribution")
        & Obligation.status.in_(list(UNPAID))
        & (Obligation.due_at < context.now)
    )
    if not unpaid.exists():
        return Refused("have_time")
    sent = sum(_nudge(row, group, context.now) for row in unpaid.order_by(Obligation.id))
    if not sent:
        return Refused("already_today")
    audit.note("cycle.remind", f"cycle:{cycle.id}", actor=context.actor, now=context.now, group_id=group.id)
    return Done({"sent": sent})


@transaction
def pay_short(command: PayShort, context: Context) -> Outcome:
    """Pay out what is in. Whoever comes late fills the pot up again, and that follows as another part."""
    found = _short_pot(command.cycle_id, context.member)
    if isinstance(found, Refused):
        return found
    cycle, group = found
    if not books.held(accounts.pot(cycle.id)):
        return Refused("nothing_in")
    move(Cycle, cycle.id, "grace", "closing")
    opened = payouts.open_payouts(cycle.id, context.now, context.actor)
    audit.note("cycle.pay_short", f"cycle:{cycle.id}", actor=context.actor, now=context.now, group_id=group.id)
    payout = Payout.get_by_id(opened[0])
    if payouts.asks(payout):
        return payouts.say_yes(payout, group, context)
    return Done({"approvals": 0, "needed": approvals.NEEDED})


def rests_to_pay_out() -> list[int]:
    """Pots paid out short whose next part should have been opened at once and, for whatever reason, was not."""
    query = Cycle.select(Cycle.id).where(Cycle.status == "short_paid").order_by(Cycle.id)
    return [row.id for row in query if _is_worth_a_part(row.id) and not payouts.live(row.id)]


@transaction
def open_rest(cycle_id: int, now: datetime) -> list[int]:
    """Open the next part of a pot that was paid out short, for what has come since. The ids; none while one is live."""
    books.lock_group(Cycle.get_by_id(cycle_id).group_id)
    if Cycle.get_by_id(cycle_id).status != "short_paid" or not _is_worth_a_part(cycle_id):
        return []
    return payouts.open_payouts(cycle_id, now, ACTOR)


def _is_worth_a_part(cycle_id: int) -> bool:
    """Whether what it holds is worth a transfer for each of its pots, or is the last of it, whatever it is."""
    kobo = books.held(accounts.pot(cycle_id))
    pots = Pot.select().where(Pot.cycle == cycle_id).count()
    least = policy.LEAST_CLAIM_PARTS * home().least_payment
    return bool(kobo >= pots * least or (kobo and cycle_complete(states(cycle_id))))


@transaction
def wait_one_day(command: WaitOneDay, context: Context) -> Outcome:
    """Ask about this short pot again tomorrow."""
    found = _short_pot(command.cycle_id, context.member)
    if isinstance(found, Refused):
        return found
    cycle, group = found
    Cycle.update(ask_officers_at=context.now + timedelta(days=1)).where(Cycle.id == cycle.id).execute()
    audit.note("cycle.wait", f"cycle:{cycle.id}", actor=context.actor, now=context.now, group_id=group.id)
    return Done()


def _nudge(row: Obligation, group: Group, now: datetime) -> bool:
    """S44. A person asked for it, so it does not count among the house's own reminders; STOP stops it all the same."""
    member_id = row.seat.member_id
    sent = queue_message(
        "S44",
        dedupe_key=f"remind:{row.id}:officer:{local_date(now)}",
        facts={
            "name": news.first(member_id),
            "amt": show(row.amount_kobo - row.paid_kobo),
            "group": group.name,
            "n": str(paid_count(row.cycle_id)),
            "m": str(group.seats),
        },
        member_id=member_id,
        group_id=group.id,
        reminder=True,
        expires_at=now + policy.REMINDER_LIFE,
        now=now,
    )
    return sent is not None


def _short_pot(cycle_id: int, member_id: int) -> tuple[Cycle, Group] | Refused:
    """A cycle past its cut-off that is not full, for one who may approve its payout."""
    cycle = Cycle.get_or_none(Cycle.id == cycle_id)
    if cycle is None:
        return Refused("not_allowed")
    group = books.lock_group(cycle.group_id)
    recipient = _recipient(cycle_id)
    if member_id not in approvers_of(group.id, recipient):
        return Refused("not_allowed")
    cycle = Cycle.get_by_id(cycle_id)
    return (cycle, group) if cycle.status == "grace" else Refused("gone")


def _recipient(cycle_id: int) -> int:
    member_id: int = Pot.get((Pot.cycle == cycle_id) & (Pot.number == 1)).seat.member_id
    return member_id
