"""Messages of ours that may be answered with a digit ("reply 1 to pay"), and which one she means.

A digit is read against the last one for two days. What a digit means is an intent of the
flows, kept as a text ("=pay:12"). Nothing is done from here: an intent leads to a screen.
"""

from collections.abc import Mapping
from datetime import datetime

from models.actions.context import Context, Outcome
from models.base import transaction
from models.chat_commands import AnswerPrompt
from models.commands import Done
from models.queries.prompts import ANSWERABLE, waiting
from models.sealing import keys
from models.tables.chats import Prompt

__all__ = ["ANSWERABLE", "answer_prompt", "answered", "leave", "waiting"]


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


@transaction
def answered(phone: str, choice: str, now: datetime) -> int:
    """She has answered with this: what asked for it waits no more. How many did."""
    open_ones = (Prompt.phone_index == keys().index(phone, "phone")) & Prompt.answered_at.is_null()
    settled = [row.id for row in Prompt.select().where(open_ones) if choice in row.choices.values()]
    return int(Prompt.update(answered_at=now).where(Prompt.id.in_(settled)).execute())


def answer_prompt(command: AnswerPrompt, context: Context) -> Outcome:
    """She has said which of several she means."""
    hers = (Prompt.id == command.prompt_id) & (Prompt.phone_index == keys().index(context.phone, "phone"))
    Prompt.update(answered_at=context.now).where(hers & Prompt.answered_at.is_null()).execute()
    return Done()
