"""A running group from cycle to cycle: one opens, fills up, is paid out, is settled, and the next one opens.

One cycle at a time. How a group gets here is `cycles`'s, how a pot leaves is `payouts`'s
and `transfers`'s. All of these decide under the lock of the group's row.
"""

from datetime import datetime

from models import policy
from models.actions import audit, books, news, payouts, short_pots, unwinding
from models.actions.obligations import PAYING, owed_in_group, raise_contribution, states
from models.base import move, transaction
from models.money import split
from models.rules import accounts, circle, posting
from models.rules.circle import OVER, UNPAID
from models.rules.schedule import local_date
from models.tables.cycles import Cycle, Obligation, Pot
from models.tables.groups import Group, Seat
from models.tables.money import Payout

ACTOR = "system"


@transaction
def open_next_cycle(group_id: int, now: datetime) -> int | None:
    """Open the first cycle that waits, when none is current: every seat owes its contribution. The cycle's id.

    Nobody gets less than a day's notice, however late the cycle opens; the dates of later cycles do not move.
    """
    group = books.lock_group(group_id)
    if group.status != "active":
        return None
    number = circle.next_cycle([(row.number, row.status) for row in _cycles(group_id)])
    if number is None:
        return None
    cycle = Cycle.get((Cycle.group == group_id) & (Cycle.number == number))
    due_at = max(cycle.due_at, now + policy.LEAST_NOTICE)
    move(Cycle, cycle.id, "scheduled", "open", opened_at=now, due_at=due_at, due_on=local_date(due_at))
    cycle = Cycle.get_by_id(cycle.id)
    for seat in Seat.select().where((Seat.group == group_id) & Seat.status.in_(PAYING)).order_by(Seat.id):
        raise_contribution(group, seat.id, cycle, actor=ACTOR, now=now)
    # What was raised early is due when the others' is.
    Obligation.update(due_at=due_at).where(
        (Obligation.cycle == cycle.id) & (Obligation.kind == "contribution") & Obligation.status.in_(list(UNPAID))
    ).execute()
    audit.note("cycle.open", f"cycle:{cycle.id}", actor=ACTOR, now=now, group_id=group_id)
    complete_if_paid(cycle.id, now)
    return int(cycle.id)


@transaction
def complete_if_paid(cycle_id: int, now: datetime) -> bool:
    """When nobody owes this cycle anything any more: tell all, and open the payout. True when it is this call's doing.

    A pot that was paid out short gets what came later as another part, without waiting for the last who owes it.
    """
    cycle = Cycle.get_by_id(cycle_id)
    group = books.lock_group(cycle.group_id)
    complete = circle.cycle_complete(states(cycle_id))
    if complete and move(Cycle, cycle_id, ("open", "grace"), "closing", complete_at=now):
        news.cycle_full(group, cycle, _recipients(cycle_id), now)
        return bool(payouts.open_payouts(cycle_id, now, ACTOR))
    return bool(short_pots.open_rest(cycle_id, now))


@transaction
def payout_has_left(payout: Payout, now: datetime) -> None:
    """After a payout was paid: settle its cycle as far as that goes, and let the circle go on (or come to its end)."""
    if payout.kind == payouts.WALLET:
        return
    if payout.kind == payouts.CLAIM or payout.cycle.group.status == "dissolving":
        unwinding.claim_has_left(payout, now)
        return
    cycle = Cycle.get_by_id(payout.cycle_id)
    group = books.lock_group(cycle.group_id)
    news.pot_gone(group, cycle, payout, now)
    if payouts.live(cycle.id):
        return
    complete = circle.cycle_complete(states(cycle.id))
    rest = books.held(accounts.pot(cycle.id))
    if complete and not rest:
        if move(Cycle, cycle.id, "closing", "paid"):
            move(Cycle, cycle.id, "paid", "settled", closed_at=now)
        move(Cycle, cycle.id, "short_paid", "settled", closed_at=now)
    else:
        move(Cycle, cycle.id, "closing", "short_paid")
        short_pots.open_rest(cycle.id, now)
    open_next_cycle(group.id, now)
    finish_if_done(group.id, now)


@transaction
def finish_if_done(group_id: int, now: datetime) -> bool:
    """The group is complete when every cycle is settled, nothing is owed, nothing is held and no payout has come back.

    The late fees that it collected are the group's own money: they go, in equal parts, to the seats that
    were never late (circle-rules 4.6), or to all when everybody was.
    """
    group = books.lock_group(group_id)
    if group.status != "active" or not _only_the_pool_is_left(group):
        return False
    _share_pool(group, now)
    move(Group, group_id, "active", "completed", ended_at=now)
    for seat in news.in_group(group_id):
        move(Seat, seat.id, ("active", "defaulted"), "completed", ended_at=now)
    audit.note("group.complete", f"group:{group_id}", actor=ACTOR, now=now, group_id=group_id)
    news.group_over(group, now)
    return True


def _only_the_pool_is_left(group: Group) -> bool:
    cycles = _cycles(group.id)
    if any(cycle.status not in OVER for cycle in cycles):
        return False  # after nearly every payment: spare the questions below
    held = sum(books.held(accounts.pot(cycle.id)) for cycle in cycles)
    held += sum(books.held(accounts.deposit(seat.id)) for seat in news.in_group(group.id))
    return circle.group_complete(
        [cycle.status for cycle in cycles], owed_kobo=owed_in_group(group.id), held_kobo=held
    ) and not any(payouts.live(cycle.id) or payouts.sent_back(cycle.id) for cycle in cycles)


def _share_pool(group: Group, now: datetime) -> None:
    pool = books.held(accounts.penalty_pool(group.id))
    if not pool:
        return
    late = Obligation.select(Obligation.seat).where(Obligation.status == "paid_late")
    seats = [seat for seat in news.in_group(group.id) if seat.status in PAYING]
    never_late = [seat for seat in seats if seat.id not in {row.seat_id for row in late.join(Cycle).where(
        Cycle.group == group.id)}]  # fmt: skip
    sharers = never_late or seats
    shares = [(seat.member_id, kobo) for seat, kobo in zip(sharers, split(pool, len(sharers)), strict=True) if kobo]
    books.post(posting.penalty_pool_shared(group.id, shares), actor=ACTOR, now=now, group_id=group.id)
    by_member: dict[int, int] = {}
    for member_id, kobo in shares:
        by_member[member_id] = by_member.get(member_id, 0) + kobo
    for member_id, kobo in by_member.items():
        news.pool_share(group, member_id, kobo, now)


def _cycles(group_id: int) -> list[Cycle]:
    return list(Cycle.select().where(Cycle.group == group_id).order_by(Cycle.number))


def _recipients(cycle_id: int) -> list[int]:
    pots = Pot.select(Pot, Seat).join(Seat).where(Pot.cycle == cycle_id).order_by(Pot.number)
    return [pot.seat.member_id for pot in pots]
