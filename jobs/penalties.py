"""Late fees, after the days of grace. At 01:00.

A fee is charged only when we know that no payment is on its way: first every open
payment is asked for, then the fees are added (ledger.md 3.5). A payment about which
there was no answer stays open, and the action leaves its seat alone; so one that can
never be asked about holds up one fee, and only a provider that is silent all of them.
"""

from datetime import datetime

from jobs.base import for_each
from jobs.payments import check_all
from models.actions import penalties


def add_due(now: datetime) -> dict[str, int]:
    """Charge every late fee that is due; none at all while the provider answers about no open payment."""
    asked = check_all(now)
    checked_at = now if asked["done"] or not asked["failed"] else None

    def charge(obligation_id: int) -> str:
        return "charged" if penalties.add_penalty(obligation_id, now, checked_at=checked_at) else "not now"

    counts = for_each(penalties.penalties_due(now, checked_at=checked_at), charge, "late fee")
    return {"charged": counts["done"], "failed": counts["failed"], "unanswered": asked["failed"] + asked["left"]}
