"""What a dissolution owes is paid as money comes, until nothing is owed: then the group is over (circle-rules 4.9 E).

How it begins is `dissolving`'s. A claim is paid by payouts, with two people's yes like any pot; a debt is an obligation
and paid like a contribution. What a debtor does not pay stays open, and the group stays with it.
"""

from datetime import datetime

from models import policy
from models.actions import audit, books, payouts, unwinding_news
from models.base import move, transaction
from models.country import home
from models.queries import unwinding as reads
from models.rules.dissolution import parts_to_pay
from models.tables.groups import Group, Seat
from models.tables.money import Payout
from models.tables.unwinding import Unwinding

ACTOR = "system"
HOLDING = ("active", "in_arrears", "defaulted", "exiting")


@transaction
def go_on(group_id: int, now: datetime) -> list[int]:
    """After money has come or gone: pay what can be paid, or end the group. The payouts that were opened."""
    group = books.lock_group(group_id)
    if group.status != "dissolving" or _end(group, now):
        return []
    claims, free = reads.claims(group_id)
    least = policy.LEAST_CLAIM_PARTS * home().least_payment
    parts = zip(claims, parts_to_pay(claims, free, least), strict=True)
    return [payouts.open_claim(claim.seat_id, kobo, now, ACTOR) for claim, kobo in parts if kobo]


def claim_has_left(payout: Payout, now: datetime) -> None:
    """A part of a claim, or what had come back of a pot, was sent to its owner's bank."""
    go_on(payout.cycle.group_id, now)


def _end(group: Group, now: datetime) -> bool:
    """dissolving -> cancelled when everybody has been paid and nobody owes anything."""
    if not reads.all_paid(group.id):
        return False
    move(Group, group.id, "dissolving", "cancelled", ended_at=now)
    Unwinding.update(ended_at=now).where(Unwinding.group == group.id).execute()
    for seat in Seat.select(Seat.id).where((Seat.group == group.id) & Seat.status.in_(HOLDING)):
        move(Seat, seat.id, "defaulted", "active")
        move(Seat, seat.id, ("active", "in_arrears"), "exiting")
        move(Seat, seat.id, "exiting", "exited", ended_at=now)
    audit.note("group.unwound", f"group:{group.id}", actor=ACTOR, now=now, group_id=group.id)
    unwinding_news.over(group, now)
    return True
