"""Two of the staff stand in for two officers: officers travel, fall out with each other, lose their phones.

Their yeses are approvals like the officers' and count for the same content; neither saves in
the group. What has to be true before a pot may leave is asked again, as for an officer's yes (`payouts`).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from models.actions import audit, payout_news, payouts
from models.actions.forms import Effect
from models.actions.proposing import About, Agreed, Kind, row_id
from models.queries.groups import officers
from models.queries.payouts import approvers_for
from models.queries.payouts import subject as payout_subject
from models.rules.refused import Refused
from models.tables.groups import Group
from models.tables.money import Approval, Payout

CHANNEL = "panel"


def about_payout(subject: str, _wanted: Mapping[str, Any], _now: datetime) -> About | Refused:
    """The payout as the officers see it. Refused: gone (it does not wait for anybody's yes)."""
    payout = Payout.get_or_none(Payout.id == row_id(subject))
    if payout is None or not payouts.asks(payout):
        return Refused("gone")
    return About(
        facts={
            "payload_hash": payout.payload_hash,
            "gross_kobo": payout.gross_kobo,
            "fee_kobo": payout.fee_kobo,
            "net_kobo": payout.net_kobo,
            "recipient_id": payout.member_id,
            "bank_account_id": payout.bank_account_id,
        },
        group_id=payout.cycle.group_id,
        members=frozenset({payout.member_id}),
        risk_kobo=payout.net_kobo,
    )


def approve(agreed: Agreed) -> Effect | Refused:
    """Both yeses at once; the money goes on its way, and the officers hear who stood in. Refused: changed."""
    payouts.look(agreed.subject_id, agreed.now, remind=False)
    payout = Payout.get_by_id(agreed.subject_id)
    if not payouts.asks(payout) or payout.payload_hash != agreed.facts["payload_hash"]:
        return Refused("changed")
    group = Group.get_by_id(agreed.group_id)
    for staff_id in (agreed.maker_id, agreed.checker_id):
        _write_yes(payout, group, staff_id, agreed.now)
    payouts.go_if_approved(payout, agreed.now)
    told = {*officers(group.id), *approvers_for(payout)} if approvers_for(payout) else set()
    payout_news.stood_in(group, payout, sorted(told), agreed.now)
    return Effect("payout_approved", facts={"ref": payout.short_ref})


def _write_yes(payout: Payout, group: Group, staff_id: int, now: datetime) -> None:
    Approval.insert(
        subject=payout_subject(payout.id),
        payload_hash=payout.payload_hash,
        staff=staff_id,
        verdict="yes",
        channel=CHANNEL,
        given_at=now,
    ).on_conflict(action="IGNORE").execute()
    audit.note(
        "payout.yes", payout_subject(payout.id), actor=f"staff:{staff_id}", now=now, group_id=group.id,
        detail={"payload_hash": payout.payload_hash},
    )  # fmt: skip


PAYOUT = Kind("payout", about_payout, approve)
