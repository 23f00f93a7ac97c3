"""Reads about more time: what a seat owes first, what may be asked for it, and what became of an earlier question."""

from datetime import datetime

from models.facts import MoreTime, TimeOffer
from models.queries.swaps import decider_of
from models.rules import extensions
from models.rules.circle import UNPAID
from models.rules.extensions import Offer
from models.rules.schedule import cutoff_at, due_on, local_date
from models.tables.cycles import Cycle, Obligation
from models.tables.groups import Group, Seat
from models.tables.requests import Extension, Waiver


def oldest_due(seat_id: int) -> Obligation | None:
    """The contribution that a seat has owed for longest."""
    begun = Cycle.status.not_in(("scheduled", "cancelled"))
    unpaid = (Obligation.seat == seat_id) & (Obligation.kind == "contribution") & Obligation.status.in_(list(UNPAID))
    query = Obligation.select(Obligation, Cycle).join(Cycle).where(unpaid & begun)
    row: Obligation | None = query.order_by(Obligation.due_at, Obligation.id).first()
    return row


def fees_of(seat_id: int) -> list[Obligation]:
    """The late fees of a seat that were not taken off, the oldest first."""
    fees = (Obligation.seat == seat_id) & (Obligation.kind == "penalty") & (Obligation.status != "waived")
    return list(Obligation.select().where(fees).order_by(Obligation.id))


def offers_for(row: Obligation, group: Group, now: datetime) -> dict[str, Offer]:
    """What can be asked for this contribution."""
    coming = Cycle.select(Cycle.due_at).where((Cycle.group == group.id) & (Cycle.status != "cancelled"))
    last = group.skipped_intervals + group.cycles + group.paused_intervals
    following = cutoff_at(due_on(group.anchor_on, group.frequency, last), group.cutoff_hour)
    limit_at = extensions.limit_at([cycle.due_at for cycle in coming], now, row.due_at, following)
    left_kobo = row.amount_kobo - row.paid_kobo
    return extensions.offers(now, due_at=row.due_at, left_kobo=left_kobo, limit_at=limit_at)


def of_seat(seat_id: int, now: datetime) -> MoreTime:
    """K1 for this seat. The caller has seen to it that it is hers."""
    seat = Seat.get_by_id(seat_id)
    row, fees = oldest_due(seat_id), fees_of(seat_id)
    unpaid = next((fee for fee in fees if fee.status == "pending"), None)
    asked = None if row is None else Extension.get_or_none(Extension.obligation == row.id)
    found = {} if row is None or asked else offers_for(row, seat.group, now)
    return MoreTime(
        decider=decider_of(seat.group_id, seat.member_id),
        amount_kobo=0 if row is None else row.amount_kobo - row.paid_kobo,
        due_on=None if row is None else local_date(row.due_at),
        asked="" if asked is None else "waiting" if asked.status == "asked" else "answered",
        offers=tuple(_shown(offer) for offer in found.values()),
        fee_kobo=0 if unpaid is None else unpaid.amount_kobo,
        fee_asked=unpaid is not None and Waiver.select().where(Waiver.obligation == unpaid.id).exists(),
        fee_paid=unpaid is None and bool(fees),
    )


def _shown(offer: Offer) -> TimeOffer:
    first_on = None if offer.first_by is None else local_date(offer.first_by)
    return TimeOffer(offer.kind, local_date(offer.until_at), offer.first_kobo, first_on)
