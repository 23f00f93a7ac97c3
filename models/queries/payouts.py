"""Reads about payouts: who may approve one, and who has."""

from peewee import fn

from models.base import database
from models.queries.groups import officers
from models.rules import approvals
from models.tables.groups import Seat
from models.tables.ledger import JournalEntry
from models.tables.money import Approval, Payout


def subject(payout_id: int) -> str:
    """How approvals name a payout."""
    return f"payout:{payout_id}"


def approvers_of(group_id: int, recipient_id: int) -> tuple[int, ...]:
    """Members who may approve a payout to this recipient (at least two in any group of three)."""
    seats = Seat.select(Seat.member).where((Seat.group == group_id) & Seat.turn.is_null(False)).order_by(Seat.turn)
    return approvals.approvers(officers(group_id), [seat.member_id for seat in seats], recipient_id)


def approvers_for(payout: Payout) -> tuple[int, ...]:
    """Members who may approve this payout. What is kept for a member is no group's business: the staff say yes."""
    return () if payout.kind == "wallet" else approvers_of(payout.seat.group_id, payout.member_id)


def books_of(payout: Payout) -> int | None:
    """In which group's books it stands: what is kept for a member is in none of them."""
    return None if payout.kind == "wallet" else payout.seat.group_id


def yes_of(payout: Payout) -> set[int]:
    """Members whose yes counts for the payout as it stands now: for this content, not for an earlier one."""
    return {row.member_id for row in _yeses(payout) if row.member_id is not None}


def staff_yes_of(payout: Payout) -> set[int]:
    """Those of the staff whose yes counts for the payout as it stands now."""
    return {row.staff_id for row in _yeses(payout) if row.staff_id is not None}


def voices(payout: Payout) -> int:
    """How many different people have said yes to the payout as it stands now."""
    return approvals.voices(yes_of(payout), payout.member_id, staff_yes_of(payout))


def _yeses(payout: Payout) -> list[Approval]:
    query = Approval.select(Approval.member, Approval.staff).where(
        (Approval.subject == subject(payout.id))
        & (Approval.payload_hash == payout.payload_hash)
        & (Approval.verdict == "yes")
    )
    return list(query)


def times_repaid(payout_id: int) -> int:
    """How often it was set aside again after its bank had sent it back. Then what is sent is the net, without a fee."""
    repaid = (JournalEntry.payout == payout_id) & (JournalEntry.kind == "repay")
    return int(JournalEntry.select().where(repaid).count())


def approved_kobo() -> int:
    """What goes out as soon as nothing stops it."""
    waiting = Payout.status.in_(("approved", "reserved", "retry"))
    return int(Payout.select(fn.COALESCE(fn.SUM(Payout.net_kobo), 0)).where(waiting).scalar())


def in_flight_kobo(most_fee_kobo: int) -> int:
    """What is promised to transfers that are under way, with the dearest fee for each."""
    row = database.execute_sql(
        """
        SELECT COALESCE(sum(net_kobo + %s), 0) FROM payout WHERE status IN ('reserved', 'in_flight', 'retry')
        """,
        (most_fee_kobo,),
    ).fetchone()
    return int(row[0])
