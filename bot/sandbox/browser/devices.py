"""What the three phones of a person show, out of the store: the keypad phone, the chat, the inbox, and the switches.

Only what is on them now. What they do is the control API's.
"""

from collections.abc import Callable, Iterable
from typing import Any

from bot.sandbox.browser import chat, inbox, keypad, switches
from bot.sandbox.twilio.addresses import NUMBER
from bot.sandbox.world import World

# The words are the names of events; each gives JSON with the phone in it.
DEVICES: dict[str, Callable[[World, str], dict[str, Any]]] = {
    "keypad": keypad.shown,
    "chat": chat.shown,
    "inbox": inbox.shown,
    "switches": switches.shown,
}


def numbers_in(given: Iterable[str]) -> list[str]:
    """The international numbers among these, each once. A + in an address may have become a blank."""
    plussed = (f"+{each.strip().removeprefix('+')}" for each in given)
    return list(dict.fromkeys(each for each in plussed if NUMBER.fullmatch(each)))
