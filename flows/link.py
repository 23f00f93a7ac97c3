"""Somebody whose number WhatsApp does not show: which one is hers, proved by a code (LK1 to LK3).

Nobody is known before that, so whatever she writes leads here first.
"""

from collections.abc import Mapping

from flows.flow import Act, Flow, Fork, Screen, Turn, row
from flows.talk import Value
from models import phones
from models.chat_commands import ConfirmLink, SendLinkCode
from models.commands import Command

CODE_DIGITS = 6


def a_code(text: str) -> str | None:
    digits = "".join(text.split())
    return digits if len(digits) == CODE_DIGITS and digits.isascii() and digits.isdigit() else None


def sending(turn: Turn) -> Command:
    return SendLinkCode(turn.value)


def confirming(turn: Turn) -> Command:
    return ConfirmLink(turn.value)


def keep_masked(turn: Turn) -> None:
    turn.memory["sent_to"] = turn.data["masked"]


def keep_tries(turn: Turn) -> None:
    turn.memory["tries"] = turn.value


def sent_to(turn: Turn) -> Mapping[str, Value] | None:
    return {"phone": turn.memory["sent_to"]} if "sent_to" in turn.memory else None


def tries(turn: Turn) -> Mapping[str, Value]:
    return {"k": int(turn.memory.get("tries", 0))}


FLOW = Flow(
    "link",
    states=[
        Fork("start"),
        Screen("LK1", hears=phones.parse),
        Screen("LK1e", again="LK1"),
        Screen("LK1x", again="LK1"),
        Act("send", SendLinkCode, sending, settles=False),
        Screen("LK1m", end=True),
        Screen("LK2", shows=sent_to, hears=a_code),
        Screen("LK2f", shows=sent_to, again="LK2"),
        Screen("LK2e", shows=tries, again="LK2"),
        Act("confirm", ConfirmLink, confirming),
        Screen("LK3"),
    ],
    table=[
        row("go", "start", "LK1"),
        row("heard", "LK1", "send"),
        row("wrong", "LK1", "LK1e"),
        row("done", "send", "LK2", then=keep_masked),
        row("not_hidden", "send", "menu.start"),
        row("too_many", "send", "LK1m"),
        row("heard", "LK2", "confirm"),
        row("wrong", "LK2", "LK2f"),
        row("0", "LK2", "LK1"),
        row("wrong_code", "confirm", "LK2e", then=keep_tries),
        row("gone", "confirm", "LK1x"),
        row("done", "confirm", "LK3"),
        row("1", "LK3", "menu.start"),
    ],
)
