"""A digit that answers two messages of ours: which of them she means (R11).

What a digit means is kept with the message, as an intent. Here it leads where that intent
leads, and never further: what it opens asks for the confirmation itself.
"""

from collections.abc import Sequence

from flows.asking import sets
from flows.flow import Act, Flow, Fork, Jump, Screen, Turn, row
from flows.talk import Place, Words
from models.chat_commands import AnswerPrompt, OpenPrompt
from models.commands import Command

DIGITS = {"1": "one", "2": "two", "3": "three"}
LEADS = {
    "pay": Place("contribute", "start"),
    "more_time": Place("more_time", "start"),
    "report": Place("report", "start"),
    "swap": Place("swap", "start"),
}


def asked(turn: Turn) -> Sequence[OpenPrompt]:
    """Those of her open messages that this digit answers."""
    digit = turn.memory.get("digit", "")
    return [each for each in turn.facts.prompts() if digit in each.choices]


def rows(turn: Turn) -> Sequence[Words]:
    return [Words("R11r", {"group": each.about}) for each in asked(turn)]


def is_open(turn: Turn) -> bool:
    return bool(asked(turn))


def means(turn: Turn) -> None:
    chosen = asked(turn)[turn.value]
    turn.memory["prompt_id"] = chosen.prompt_id
    turn.memory["wants"] = chosen.choices[turn.memory["digit"]]


def answering(turn: Turn) -> Command:
    return AnswerPrompt(turn.memory["prompt_id"])


def onward(turn: Turn) -> Place | None:
    """Where the digit leads, about the group of that message. Home for what this version does not know."""
    name, _, seat_id = str(turn.memory.pop("wants", "")).removeprefix("=").partition(":")
    if any(str(seat.seat_id) == seat_id for seat in turn.facts.home.seats):
        turn.memory["seat_id"] = int(seat_id)
    return LEADS.get(name)


FLOW = Flow(
    "prompts",
    states=[
        *(Fork(name) for name in DIGITS.values()),
        Fork("start"),
        Screen("R11", rows=rows, picks=True),
        Act("answer", AnswerPrompt, answering),
        Jump("onward", onward),
    ],
    table=[
        *(row("go", name, "start", then=sets(digit=digit)) for digit, name in DIGITS.items()),
        row("go", "start", "R11", when=is_open),
        row("go", "start", "menu.home"),
        row("pick", "R11", "answer", then=means),
        row("done", "answer", "onward"),
    ],
)
