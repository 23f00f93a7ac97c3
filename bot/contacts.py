"""Contact cards that somebody sends while she is asking people to join: the numbers on them, one after the other.

Only the numbers are read, and nothing of a card is kept: it is about somebody who has not written to us.
"""

import re
from collections.abc import Callable, Sequence
from typing import Final

from bot.channels.base import ChatMessage, Media
from flows.talk import Talk
from models import phones

CARDS: Final = ("text/vcard", "text/x-vcard")
MOST: Final = 20  # numbers of one message
NO_NUMBER: Final = "?"  # heard as an answer that is no number

# Where she asks people to join, and the answer that leads there from a group that has just been opened.
INVITING: Final = "invite"
OPENED: Final = {("open_group", "E8"): "1", ("open_group", "E8s"): "1"}

_TEL = re.compile(rb"^(?:[\w-]+\.)?TEL[^:\r\n]*:([^\r\n]+)", re.IGNORECASE | re.MULTILINE)

Fetch = Callable[[Media], bytes]


def answers_of(message: ChatMessage, talk: Talk | None, fetch: Fetch) -> Sequence[str]:
    """What the cards of a message say to the question that is open, as if she had typed it; nothing elsewhere."""
    cards = [each for each in message.media if each.content_type in CARDS]
    if talk is None or not cards or (talk.flow != INVITING and (talk.flow, talk.state) not in OPENED):
        return ()
    first = OPENED.get((talk.flow, talk.state))
    numbers = [number for card in cards for number in numbers_on(fetch(card))][:MOST]
    return [*([first] if first else []), *(numbers or [NO_NUMBER])]


def numbers_on(card: bytes) -> list[str]:
    """The mobile numbers of a card, or of several in one file, each once."""
    found = (phones.parse(each.decode("utf-8", "replace").removeprefix("tel:")) for each in _TEL.findall(card))
    return list(dict.fromkeys(number for number in found if number))
