"""The audit trail: one row for each act of a person, in a chain of hashes that the database makes.

Entries of the ledger write their own row by trigger; nothing here is about money.
A group's acts are chained by group, all others in the chain of the house. The head
of a chain is locked from the row to the commit, so an action notes last.
"""

from datetime import datetime
from typing import Any

from models.base import transaction
from models.tables.ledger import Audit

HOUSE = "house"


@transaction
def note(
    verb: str,
    subject: str,
    *,
    actor: str,
    now: datetime,
    group_id: int | None = None,
    detail: dict[str, Any] | None = None,
) -> None:
    """Write down who did what to whom.

    verb: "group.open"; subject: "seat:12"; actor: "member:12", "job:penalties", "provider:paystack", "staff:7".
    detail holds ids and amounts only: a name or a number in it could never be taken out again.
    """
    Audit.insert(
        chain=HOUSE if group_id is None else f"group:{group_id}",
        seq=0,
        at=now,
        actor=actor,
        verb=verb,
        subject=subject,
        detail=detail or {},
        prev_hash=b"",
        hash=b"",
    ).execute()
