"""What somebody's conversations had done, for writing a transcript of them down."""

import json
from dataclasses import dataclass, field
from datetime import datetime

from models.sealing import keys
from models.tables.mail import Performed
from models.tables.people import Member


@dataclass(frozen=True)
class Deed:
    """A command by the name of its class, and its outcome: what it gave, or why it was refused."""

    at: datetime
    command: str
    done: dict[str, object] = field(repr=False)
    refused: str | None


def performed_by(phone: str, since: datetime) -> tuple[Deed, ...]:
    """What was done for the member with this number, oldest first. What a stranger did before she was one is not."""
    rows = (
        Performed.select(Performed)
        .join(Member)
        .where((Member.phone_index == keys().index(phone, "phone")) & (Performed.at >= since))
        .order_by(Performed.at, Performed.hop, Performed.key)
    )
    return tuple(_deed(row) for row in rows)


def _deed(row: Performed) -> Deed:
    kept = json.loads(keys().open_if_kept(row.outcome_sealed, f"performed.outcome:{row.key}") or "{}")
    return Deed(row.at, row.command, kept.get("done", {}), kept.get("refused"))
