"""What is kept for a member, money that came and was not owed or her share of late fees: to her bank, or what she owes.

It is hers, so no officer of a group is asked: two of the staff say yes, as they stand in for officers elsewhere.
It pays what she owes only when she says so.
"""

from datetime import datetime

from models import policy
from models.account_commands import SendKept, UseKept
from models.actions import books, payouts, receipts
from models.actions.context import Context, Outcome
from models.actions.obligations import open_dues, pay
from models.base import transaction
from models.commands import Done
from models.country import home
from models.queries import wallets as reads
from models.rules import dues, posting
from models.rules.refused import Refused
from models.tables.cycles import Pot
from models.tables.groups import Group, Seat
from models.tables.money import Payout
from models.tables.people import Member

ACTOR = "system"


def due() -> list[int]:
    """Members whose money should be on its way: they save nowhere any more, and it is worth a transfer."""
    return reads.to_send(policy.LEAST_CLAIM_PARTS * home().least_payment)


@transaction
def send(member_id: int, now: datetime, created_by: str = ACTOR) -> int | None:
    """Open a payout for all that is kept for her and not promised yet. None when there is nothing, or one is open."""
    pot = _pot_of(member_id)
    if pot is None:
        return None
    books.lock_group(pot.seat.group_id)
    _lock(member_id)
    kobo = reads.free_kobo(member_id)
    if kobo <= 0 or _is_open(member_id):
        return None
    return payouts.open_for(pot, kobo, payouts.WALLET, now, created_by)


def send_kept(command: SendKept, context: Context) -> Outcome:
    """She wants it at her bank, also while she saves."""
    member_id = context.member
    payout_id = send(member_id, context.now, context.actor)
    return Refused("gone") if payout_id is None else Done({"sent_kobo": Payout.get_by_id(payout_id).gross_kobo})


def use_kept(command: UseKept, context: Context) -> Outcome:
    """She pays what she owes with it, in the group first where something has been owed for longest."""
    member_id = context.member
    if not reads.free_kobo(member_id):
        return Refused("gone")
    used = sum(_pay(seat_id, member_id, context) for seat_id in reads.owing_seats(member_id))
    if not used:
        return Refused("nothing_due")
    return Done({"used_kobo": used, "left_kobo": reads.free_kobo(member_id)})


def _pay(seat_id: int, member_id: int, context: Context) -> int:
    seat = Seat.get_by_id(seat_id)
    group = books.lock_group(seat.group_id)
    _lock(member_id)
    placed = dues.waterfall(reads.free_kobo(member_id), 0, open_dues(seat_id))
    if not placed.allocations:
        return 0
    touched = [pay(obligation_id, kobo, context.now) for obligation_id, kobo in placed.allocations]
    entry = posting.wallet_applied(
        seat_id, reads.times_applied(seat_id, group.id) + 1, member_id, receipts.parts_of(placed, touched, group)
    )
    books.post(entry, actor=context.actor, now=context.now, group_id=group.id)
    receipts.go_on(seat, group, touched, context.now)
    return sum(kobo for _, kobo in placed.allocations)


def _lock(member_id: int) -> None:
    """What is kept for her belongs to no group: whoever takes of it queues here, behind the group's lock."""
    Member.select(Member.id).where(Member.id == member_id).for_update("FOR NO KEY UPDATE").get()  # type: ignore[arg-type]


def _pot_of(member_id: int) -> Pot | None:
    """Under which pot it is listed: that of her latest seat, rather in a group that has ended."""
    pots = Pot.select(Pot, Seat).join(Seat).join(Group).where(Seat.member == member_id)
    found: Pot | None = pots.order_by(Group.ended_at.desc(nulls="LAST"), Seat.id.desc()).first()
    return found


def _is_open(member_id: int) -> bool:
    mine = (
        (Payout.member == member_id) & (Payout.kind == payouts.WALLET) & Payout.status.in_((*payouts.LIVE, "returned"))
    )
    return bool(Payout.select().where(mine).exists())
