"""Money that left and was not sent by this program: two of the staff say what it was, and it leaves suspense.

Somebody of ours has moved it to our own bank account, or it is lost. Where it stands afterwards is never members'
money: what they are owed stays what it was, and the house carries the rest (ledger 2.3: exp.loss). A transfer that
bears a reference of a payout, or that came back, needs nobody's word (`unknown_transfers`); one whose name only looks
like ours may be a payout that a restore has forgotten, which both are told.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from models.actions import attempts, books
from models.actions.forms import Effect
from models.actions.proposing import About, Agreed, Kind, row_id
from models.base import move
from models.rules import accounts, codes, posting
from models.rules.refused import Refused
from models.tables.money import PayoutAttempt, Suspense

# What it was -> where it stands from then on.
WAS: Final[dict[str, str]] = {"bank": accounts.BANK, "loss": accounts.LOSS}


def about(subject: str, wanted: Mapping[str, Any], _now: datetime) -> About | Refused:
    """The line, and what it is said to have been. Refused: gone, no_such_kind, ours_after_all."""
    row = Suspense.get_or_none(
        (Suspense.id == row_id(subject)) & (Suspense.status == "open") & (Suspense.direction == "out")
    )
    if row is None:
        return Refused("gone")
    if wanted.get("was") not in WAS:
        return Refused("no_such_kind")
    ours = (PayoutAttempt.reference == row.reference) & (PayoutAttempt.status != "failed")
    if PayoutAttempt.select().where(ours).exists():
        return Refused("ours_after_all")
    facts = {
        "kobo": row.kobo,
        "currency": row.currency,
        "reference": row.reference,
        "was": wanted["was"],
        "named_like_ours": row.reference.startswith(codes.TRANSFER),
    }
    return About(facts, risk_kobo=row.kobo)


def settle(agreed: Agreed) -> Effect | Refused:
    """One entry, under the lock of the balance: a payout that turns out to bear its reference waits, or was first."""
    attempts.lock_balance()
    row = Suspense.get_by_id(agreed.subject_id)
    if not move(Suspense, row.id, "open", "resolved", resolved_at=agreed.now):
        return Refused("gone")
    entry = posting.transfer_settled(row.id, WAS[agreed.facts["was"]], row.kobo)
    books.post(entry, actor=agreed.actor, now=agreed.now, reason=f"proposal:{agreed.proposal_id}")
    return Effect("suspense_settled", facts={"suspense_id": row.id})


SETTLE: Final = Kind("suspense_out", about, settle)
