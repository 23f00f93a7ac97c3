"""Messages of ours that may still be answered with a digit."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from models.chat_commands import OpenPrompt
from models.sealing import keys
from models.tables.chats import Prompt

ANSWERABLE: Final = timedelta(hours=48)
MOST: Final = 5  # that are looked at


def waiting(phone: str, now: datetime) -> Sequence[OpenPrompt]:
    """What may still be answered, the last one first."""
    query = (
        Prompt.select()
        .where(
            (Prompt.phone_index == keys().index(phone, "phone"))
            & Prompt.answered_at.is_null()
            & (Prompt.asked_at > now - ANSWERABLE)
        )
        .order_by(Prompt.id.desc())
        .limit(MOST)
    )
    return [OpenPrompt(row.id, row.text_key, row.about, row.choices) for row in query]
