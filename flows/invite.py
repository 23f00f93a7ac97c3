"""Ask people to join, one number after the other (E9), when a group is new and later from its menu."""

from collections.abc import Mapping

from flows.asking import any_text, card_of, keep_why, reason, sets
from flows.flow import Act, Flow, Screen, Turn, row
from flows.talk import Value, Words
from models import phones
from models.commands import Command, InvitePhone


def is_phone(turn: Turn) -> bool:
    return phones.parse(turn.value) is not None


def inviting(turn: Turn) -> Command:
    return InvitePhone(turn.memory["group_id"], phones.parse(turn.value) or "")


def asked(turn: Turn) -> Mapping[str, Value] | None:
    told = turn.memory.get("asked")
    return {"phone": told[0], "n": told[1], "m": told[2]} if told else None


def keep_asked(turn: Turn) -> None:
    turn.memory["asked"] = [turn.data["masked"], turn.data["asked"], turn.data["of"]]


def why_not_asked(turn: Turn) -> Mapping[str, Value]:
    why = turn.memory.get("why", "bad_phone")
    return {"why": reason(why, "ASK" if why in ASKED_AND_REFUSED else "NO")}


def _doing(turn: Turn) -> Words | None:
    card = card_of(turn)
    return Words("DO_invite", {"group": card.name}) if card else None


# The rest of the reasons say that nobody can be invited any more.
ASKED_AND_REFUSED = ("bad_phone", "already_in", "already_asked", "group_full")

FLOW = Flow(
    "invite",
    states=[
        # A number is somebody else's: it is treated like a secret, so that no log or memory has it.
        Screen("E9", hears=any_text, secret=True, of_others=True),
        Screen("E9n", shows=asked, hears=any_text, secret=True, of_others=True, returns="E9"),
        Screen("E9e", shows=why_not_asked, again="E9"),
        Act("ask", InvitePhone, inviting, settles=False),
    ],
    table=[
        row("heard", ["E9", "E9n"], "ask", when=is_phone),
        row("heard", ["E9", "E9n"], "E9e", then=sets(why="bad_phone")),
        row("done", "ask", "E9n", then=keep_asked),
        row("refused", "ask", "E9e", then=keep_why),
    ],
    doing=_doing,
)
