"""What came in from a chat, as it waits in the inbox, and what of it may be kept.

A message is stored before anything is done about it, in the words of our own channels and
not of a provider. Which of the events of a talk it is, is said by its name.
"""

import json
import re
from dataclasses import asdict
from typing import Any, Final

from bot.channels.base import ChatMessage, Media
from models.actions.inbox import Event
from models.sealing import keys

MESSAGE: Final = "message"

SHORTEST_SECRET: Final = 4

# A PIN or an account number, perhaps among other words; 98 and 00 are none.
_SECRET = re.compile(r"\d(?:[ .-]?\d){2,}")
# Digits are answers; so short a text is no machine's.
_ANSWER = re.compile(r"[\d\s.*#]*")


def as_body(message: ChatMessage) -> bytes:
    """A message as the inbox keeps it, sealed there."""
    return json.dumps(asdict(message), separators=(",", ":")).encode()


def from_body(body: bytes) -> ChatMessage:
    """Raises ValueError, KeyError or TypeError for what `as_body` did not write."""
    fields: dict[str, Any] = json.loads(body)
    return ChatMessage(**fields | {"media": tuple(Media(**each) for each in fields["media"])})


def in_words(event: Event) -> list[str]:
    """Whatever she wrote that may be a secret, for the log to leave out."""
    if event.event != MESSAGE:
        return []
    return [word for word in from_body(event.body).text.split() if len(word) >= SHORTEST_SECRET]


def looks_secret(text: str) -> bool:
    """Whether she may have typed a PIN or an account number."""
    return _SECRET.search(text) is not None


def mark_of(message: ChatMessage) -> bytes | None:
    """By which the same text is known again. None for a tap and for digits: machines answer in words."""
    text = " ".join(message.text.casefold().split())
    return None if message.choice or _ANSWER.fullmatch(text) else keys().index(text, "text")
