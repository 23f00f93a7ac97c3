"""Money that came and could not be placed: two of the staff say whose it is, or that it was given back.

Which obligations it pays, and what becomes the member's own, is computed when it is proposed and once more
when it is checked; should anything differ, nothing happens. It counts as paid when the
provider received it, so a late fee that came of our not knowing is taken back.
Only receipts in our own money can be placed. Money of another kind can be given back; play money of a
test mode is not in the books and can be neither.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from models.actions import attempts, books, receipts
from models.actions.forms import Effect
from models.actions.obligations import open_dues, pay
from models.actions.proposing import About, Agreed, Kind, row_id
from models.base import move
from models.country import home
from models.rules import accounts, codes, dues, posting
from models.rules.dues import Placed
from models.rules.refused import Refused
from models.tables.cycles import Cycle, Obligation
from models.tables.groups import Group, Seat
from models.tables.ledger import JournalEntry
from models.tables.money import Payment, Suspense
from models.tables.people import Member

LEAST_REFUND_REF: Final = 4
MOST_REFUND_REF: Final = 60


@dataclass(frozen=True)
class FoundReceipt:
    """What a member's receipt says of money that people have placed."""

    reference: str
    short_ref: str
    member_id: int


def preview(suspense_id: int, seat_id: int, now: datetime) -> About | Refused:
    """What assigning would do, for the form that proposes it. Refused: gone, not_placeable, no_seat."""
    return _about_assigning(f"suspense:{suspense_id}", {"seat_id": seat_id}, now)


def _about_assigning(subject: str, wanted: Mapping[str, Any], now: datetime) -> About | Refused:
    row = _waiting(subject)
    if row is None:
        return Refused("gone")
    if row.currency != home().currency or row.reason == "wrong_domain":
        return Refused("not_placeable")
    seat = Seat.get_or_none(Seat.id == wanted.get("seat_id"))
    if seat is None or seat.turn is None or Member.get_by_id(seat.member_id).status == "closed":
        return Refused("no_seat")
    placed = dues.waterfall(row.kobo, 0, open_dues(seat.id))
    facts = _receipt_facts(row) | {
        "group_id": seat.group_id,
        "seat_id": seat.id,
        "member_id": seat.member_id,
        "parts": [_part(obligation_id, kobo) for obligation_id, kobo in placed.allocations],
        "wallet_kobo": placed.wallet_kobo,
    }
    return About(facts, seat.group_id, frozenset({seat.member_id}), risk_kobo=row.kobo)


def _assign(agreed: Agreed) -> Effect | Refused:
    """Its group is locked. One entry, the obligations, the receipt, and whatever follows from it."""
    row, facts, now = Suspense.get_by_id(agreed.subject_id), agreed.facts, agreed.now
    if not move(Suspense, row.id, "open", "resolved", resolved_at=now):
        return Refused("gone")
    seat, group = Seat.get_by_id(facts["seat_id"]), Group.get_by_id(facts["group_id"])
    allocations = tuple((part["obligation_id"], part["kobo"]) for part in facts["parts"])
    placed = Placed(allocations, 0, facts["wallet_kobo"])
    came_at = _came_at(row)
    touched = [pay(obligation_id, kobo, came_at) for obligation_id, kobo in allocations]
    entry = posting.suspense_assigned(
        row.id,
        seat.member_id,
        row.kobo,
        parts=receipts.parts_of(placed, touched, group),
        wallet_kobo=placed.wallet_kobo,
    )
    reason = f"proposal:{agreed.proposal_id}"
    books.post(entry, actor=agreed.actor, now=now, group_id=group.id, reason=reason)
    receipt = FoundReceipt(row.reference, codes.suspense_ref(row.id), seat.member_id)
    receipts.tell(receipt, seat, group, placed, touched, now)
    receipts.go_on(seat, group, touched, now)
    return Effect("suspense_assigned", facts={"suspense_id": row.id})


def _about_returning(subject: str, wanted: Mapping[str, Any], now: datetime) -> About | Refused:
    row = _waiting(subject)
    if row is None:
        return Refused("gone")
    if row.reason == "wrong_domain":
        return Refused("not_placeable")
    refund = str(wanted.get("refund", ""))
    if not LEAST_REFUND_REF <= len(refund) <= MOST_REFUND_REF or not refund.isprintable():
        return Refused("no_refund_ref")
    payment = None if row.payment_id is None else Payment.get_by_id(row.payment_id)
    return About(
        _receipt_facts(row) | {"refund": refund},
        None if payment is None else payment.seat.group_id,
        frozenset() if payment is None else frozenset({payment.member_id}),
        risk_kobo=row.kobo,
    )


def _return(agreed: Agreed) -> Effect | Refused:
    """It left our balance at the provider. Money of another kind never got so far: it leaves from where it lies."""
    row, now = Suspense.get_by_id(agreed.subject_id), agreed.now
    if not move(Suspense, row.id, "open", "resolved", resolved_at=now):
        return Refused("gone")
    ours = row.currency == home().currency
    if ours:
        attempts.make_room(row.kobo, now)
        if books.balance(accounts.PAYSTACK_BALANCE) < row.kobo:
            return Refused("no_balance")
    entry = posting.suspense_returned(
        row.id, row.kobo, held_in=accounts.PAYSTACK_BALANCE if ours else accounts.PAYSTACK_CLEARING
    )
    books.post(
        entry,
        actor=agreed.actor,
        now=now,
        group_id=agreed.group_id,
        payment_id=row.payment_id,
        reason=f"proposal:{agreed.proposal_id}",
        currency=row.currency,
    )
    if row.payment_id is not None:
        move(Payment, row.payment_id, "success", "refunding")
        move(Payment, row.payment_id, "refunding", "refunded")
    return Effect("suspense_returned", facts={"suspense_id": row.id})


def _waiting(subject: str) -> Suspense | None:
    """What came in and waits; transfers that we never made are nobody's to place."""
    return Suspense.get_or_none(
        (Suspense.id == row_id(subject)) & (Suspense.status == "open") & (Suspense.direction == "in")
    )


def _receipt_facts(row: Suspense) -> dict[str, Any]:
    return {"kobo": row.kobo, "currency": row.currency, "provider": row.provider, "reference": row.reference}


def _part(obligation_id: int, kobo: int) -> dict[str, Any]:
    row = Obligation.select(Obligation, Cycle).join(Cycle).where(Obligation.id == obligation_id).get()
    return {"obligation_id": obligation_id, "kind": row.kind, "cycle": row.cycle.number, "kobo": kobo}


def _came_at(row: Suspense) -> datetime:
    """When the provider received it: by that it was on time or late."""
    at: datetime = JournalEntry.get(JournalEntry.idem == f"charge:{row.reference}").effective_at
    return at


ASSIGN: Final = Kind("suspense_assign", _about_assigning, _assign)
RETURN: Final = Kind("suspense_return", _about_returning, _return)
