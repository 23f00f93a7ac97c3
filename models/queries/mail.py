"""What was written to a number, for whoever has to answer "what did you tell me?"."""

import json
from dataclasses import dataclass, field
from datetime import datetime

from models.news_values import NewsFacts
from models.sealing import keys
from models.tables.mail import Outbox


@dataclass(frozen=True)
class Letter:
    """A message that was decided, whatever has become of it since."""

    text_key: str
    facts: NewsFacts = field(repr=False)
    status: str
    created_at: datetime
    sent_at: datetime | None


def written_to(phone: str) -> tuple[Letter, ...]:
    """All messages to a number, oldest first."""
    rows = Outbox.select().where(Outbox.phone_index == keys().index(phone, "phone")).order_by(Outbox.id)
    return tuple(
        Letter(
            text_key=row.text_key,
            facts=json.loads(keys().open(row.facts_sealed, f"outbox.facts:{row.id}")),
            status=row.status,
            created_at=row.created_at,
            sent_at=row.sent_at,
        )
        for row in rows
    )
