"""Two of the staff take off a late fee: the bank was down, the phone was stolen, the officers do not answer.

It ends the member's own question if she has asked one. A no of the officers, or their silence, is shown to both; they
may take the fee off all the same. What is paid stays with the group (`waivers`).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from models.actions import waivers
from models.actions.forms import Effect
from models.actions.proposing import About, Agreed, Kind, row_id
from models.money import show
from models.rules.refused import Refused
from models.tables.cycles import Obligation
from models.tables.groups import Group
from models.tables.money import Approval
from models.tables.requests import Waiver

CHANNEL: Final = "panel"
ANSWERS: Final = ("refused", "expired")
REASON: Final = "unsaid"  # the note of the proposal says it


def about_fee(subject: str, _wanted: Mapping[str, Any], _now: datetime) -> About | Refused:
    """A late fee that is not paid, with what the officers have answered to her. Refused: gone."""
    fee = Obligation.get_or_none((Obligation.id == row_id(subject)) & (Obligation.kind == "penalty"))
    if fee is None or fee.status != "pending" or fee.seat.group.status not in ("active", "paused"):
        return Refused("gone")
    asked = Waiver.get_or_none(Waiver.obligation == fee.id)
    return About(
        facts={
            "amount_kobo": fee.amount_kobo,
            "member_id": fee.seat.member_id,
            "seat_id": fee.seat_id,
            "cycle_id": fee.cycle_id,
            "answer": asked.status if asked is not None and asked.status in ANSWERS else "",
        },
        group_id=fee.seat.group_id,
        members=frozenset({fee.seat.member_id}),
        risk_kobo=fee.amount_kobo,
    )


def waive(agreed: Agreed) -> Effect | Refused:
    """The contra entry, and a word to her."""
    fee = Obligation.get_by_id(agreed.subject_id)
    waiver = Waiver.get_or_none(Waiver.obligation == fee.id) or _asked(fee, agreed)
    for staff_id in (agreed.maker_id, agreed.checker_id):
        Approval.insert(
            subject=waivers.subject(waiver),
            payload_hash="",
            staff=staff_id,
            verdict="yes",
            channel=CHANNEL,
            given_at=agreed.now,
        ).on_conflict(action="IGNORE").execute()
    waivers.take_off(waiver, Group.get_by_id(agreed.group_id), fee, actor=agreed.actor, now=agreed.now)
    return Effect("fee_waived", facts={"amount": show(fee.amount_kobo)})


def _asked(fee: Obligation, agreed: Agreed) -> Waiver:
    """The row that stands for the question, although it was not she who asked."""
    return Waiver.create(
        group=agreed.group_id,
        obligation=fee.id,
        reason=REASON,
        status="asked",
        asked_at=agreed.now,
        expires_at=agreed.now,
    )


LATE_FEE: Final = Kind("late_fee_waiver", about_fee, waive)
