"""Report a problem (L): what is wrong, when it happened, and a reference to be asked by.

What it is about (the group, the payment) is found by the action. A suspicion goes to the office
alone; so does whoever only wants to be called.
"""

from collections.abc import Mapping

from flows.asking import is_registered, keep_why, seat_of, sets, unless, why_not
from flows.flow import Act, Flow, Fork, Screen, Turn, row
from flows.talk import Value, Words
from models.account_commands import OpenReport
from models.commands import Command

# The office calls her; nothing is to be looked up first.
CALLS = ("call_me", "forgot_pin", "unfreeze", "name")


def is_known_already(turn: Turn) -> bool:
    return bool(turn.data.get("again"))


def wants_a_call(turn: Turn) -> bool:
    return turn.memory.get("kind") in CALLS


def is_secret(turn: Turn) -> bool:
    return turn.memory.get("kind") == "cheating"


def reference(turn: Turn) -> Mapping[str, Value]:
    return {"ref": str(turn.data.get("ref", ""))}


def reporting(turn: Turn) -> Command:
    seat = seat_of(turn)
    return OpenReport(
        kind=turn.memory["kind"],
        happened=str(turn.memory.get("happened", "")),
        seat_id=seat.seat_id if seat else None,
    )


def _doing(turn: Turn) -> Words | None:
    return Words("DO_report") if turn.state == "L2" else None


FLOW = Flow(
    "report",
    states=[
        Fork("start"),
        Screen("L1"),
        Screen("L2"),
        Act("send", OpenReport, reporting),
        Screen("L3", shows=reference, end=True),
        Screen("L3a", shows=reference, end=True),
        Screen("L3c", shows=reference, end=True),
        Screen("L3o", shows=reference, end=True),
        Screen("no", "X2", shows=why_not),
    ],
    table=[
        row("go", "start", "help.N5", when=unless(is_registered)),
        row("go", "start", "L1"),
        row("1", "L1", "L2", then=sets(kind="not_shown")),
        row("2", "L1", "send", then=sets(kind="no_payout", happened="")),
        row("3", "L1", "send", then=sets(kind="wrong_amount", happened="")),
        row("4", "L1", "send", then=sets(kind="cheating", happened="")),
        row("5", "L1", "send", then=sets(kind="call_me", happened="")),
        row("1", "L2", "send", then=sets(happened="today")),
        row("2", "L2", "send", then=sets(happened="yesterday")),
        row("3", "L2", "send", then=sets(happened="before")),
        row("done", "send", "L3a", when=is_known_already),
        row("done", "send", "L3c", when=wants_a_call),
        row("done", "send", "L3o", when=is_secret),
        row("done", "send", "L3"),
        row("refused", "send", "no", then=keep_why),
    ],
    doing=_doing,
)
