"""Messages of ours that may be answered with a digit ("reply 1 to pay"), and which one she means.

A digit is read against the last one for two days. What a digit means is an intent of the
flows, kept as a text ("=pay:12"). Nothing is done from here: an intent leads to a screen.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from models.base import transaction
from models.sealing import keys
from models.tables.chats import Prompt

ANSWERABLE: Final = timedelta(hours=48)
MOST: Final = 5  # open ones that are looked at


@dataclass(frozen=True)
class OpenPrompt:
    """A message that waits for a digit. about: the group's name, by which she tells two of them apart."""

    prompt_id: int
    text_key: str
    about: str
    choices: Mapping[str, str]


@transaction
def leave(phone: str, text_key: str, about: str, choices: Mapping[str, str], now: datetime) -> int:
    """Note that this message went out and may be answered. A later one of the same kind about the same thing replaces
    it."""
    index = keys().index(phone, "phone")
    same = (Prompt.phone_index == index) & (Prompt.about == about) & Prompt.answered_at.is_null()
    for row in Prompt.select().where(same):
        if set(row.choices.values()) & set(choices.values()):
            Prompt.update(answered_at=now).where(Prompt.id == row.id).execute()
    return int(
        Prompt.insert(phone_index=index, text_key=text_key, about=about, choices=dict(choices), asked_at=now).execute()
    )


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


@transaction
def answered(phone: str, choice: str, now: datetime) -> int:
    """She has answered with this: what asked for it waits no more. How many did."""
    open_ones = (Prompt.phone_index == keys().index(phone, "phone")) & Prompt.answered_at.is_null()
    settled = [row.id for row in Prompt.select().where(open_ones) if choice in row.choices.values()]
    return int(Prompt.update(answered_at=now).where(Prompt.id.in_(settled)).execute())
