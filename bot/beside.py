"""What is done about a message beside the talk, which stays where it is.

STOP and START mean the same in every language and wherever she is. A machine that answers us by
itself is not answered. What a person sends us that cannot be read (a picture, a voice note) goes to the staff.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from bot.channels.base import ChatMessage
from bot.hearing import looks_secret, mark_of
from flows import intents
from flows.catalogue import LANGUAGES
from models.actions.chats import ChatState
from models.actions.opt_outs import opted_out_at_provider, start_reminders, stop_reminders

SAME_TEXTS: Final = 3  # nobody writes the same words three times in a row and wants an answer to them


@dataclass(frozen=True)
class Machine:
    """What tells that nobody sits at the other end: the mark of what was written, and how often in a row."""

    text: bytes | None
    times: int

    @classmethod
    def heard(cls, chat: ChatState, message: ChatMessage) -> "Machine":
        mark = mark_of(message)
        return cls(mark, 0 if mark is None else chat.same_texts + 1 if mark == chat.last_text else 1)

    def is_one(self, message: ChatMessage) -> bool:
        return self.times >= SAME_TEXTS and not any(intents.by_word(message.text, each) for each in LANGUAGES)


def reserved(message: ChatMessage) -> str:
    """stop, start or help, in whatever language it was written."""
    return next((word for each in LANGUAGES if (word := intents.reserved(message.text, each))), "")


def may_be_secret(text: str) -> bool:
    """Whether she may have typed a PIN or an account number. PAY 3000 is a wish."""
    return looks_secret(text) and not any(intents.by_word(text, each) for each in LANGUAGES)


def heed(chat: ChatState, message: ChatMessage, now: datetime) -> ChatMessage:
    """Do what STOP and START ask for. The message, with the word in a language that everybody understands.

    What was tapped is an answer to its screen, whatever its title says.
    """
    word = message.word or ("" if message.choice else reserved(message))
    if not word:
        return message
    number, actor = chat.phone or chat.address, f"channel:{chat.channel}"
    if message.word == intents.STOP:
        opted_out_at_provider(chat.channel, number, actor=f"provider:{chat.channel}", now=now)
    elif act := ACTS.get(word):
        act(number, actor=actor, now=now, channel=chat.channel)
    return replace(message, text=word, choice="")


ACTS: Final[dict[str, Callable[..., bool]]] = {intents.STOP: stop_reminders, intents.START: start_reminders}
