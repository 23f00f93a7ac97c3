"""Late fees, after the days of grace. At 01:00.

A fee is charged only when we know that no payment is on its way: first every open
payment is asked for, then the fees are added (ledger.md 3.5).
"""

from datetime import datetime

from jobs.base import for_each
from jobs.payments import check_all
from models.actions import penalties


def add_due(now: datetime) -> dict[str, int]:
    """Charge every late fee that is due; none at all while the provider does not answer about open payments."""
    checked_at = now if check_all(now)["failed"] == 0 else None

    def charge(obligation_id: int) -> str:
        return "charged" if penalties.add_penalty(obligation_id, now, checked_at=checked_at) else "not now"

    return for_each(penalties.penalties_due(now, checked_at=checked_at), charge, "late fee")
