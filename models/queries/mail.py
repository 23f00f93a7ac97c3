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


@dataclass(frozen=True)
class Decided:
    """What a message is made of: a reply has content, news has its key and facts."""

    text_key: str
    facts: NewsFacts = field(repr=False)
    content: str | None = field(repr=False)
    language: str
    member_id: int | None
    created_at: datetime


def decided(outbox_id: int) -> Decided | None:
    """A message by its id. None for one that has been erased after its term, too."""
    row = Outbox.get_or_none(Outbox.id == outbox_id)
    if row is None or not row.facts_sealed:
        return None
    content = row.content_sealed
    return Decided(
        text_key=row.text_key,
        facts=json.loads(keys().open(row.facts_sealed, f"outbox.facts:{row.id}")),
        content=None if content is None else keys().open(content, f"outbox.content:{row.id}"),
        language=row.language,
        member_id=row.member_id,
        created_at=row.created_at,
    )


def written_to(phone: str) -> tuple[Letter, ...]:
    """All messages to a number, oldest first."""
    rows = Outbox.select().where(Outbox.phone_index == keys().index(phone, "phone")).order_by(Outbox.id)
    return tuple(
        Letter(
            text_key=row.text_key,
            facts=json.loads(keys().open_if_kept(row.facts_sealed, f"outbox.facts:{row.id}") or "{}"),
            status=row.status,
            created_at=row.created_at,
            sent_at=row.sent_at,
        )
        for row in rows
    )
