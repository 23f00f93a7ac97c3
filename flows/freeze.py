"""Freeze my account (Z): one yes stops everything but paying in; it takes her PIN and another person to go on.

No PIN to freeze, for the moment when somebody stands beside her. Wherever a frozen member
would be asked for her PIN she is led here instead.
"""

from collections.abc import Mapping

from flows.asking import HEAD, is_frozen, is_registered, keep_why, sets, unless, why_not
from flows.flow import Act, Flow, Fork, Screen, Turn, nothing, row
from flows.pin import pin_rows, pin_states
from flows.talk import Name, Value, Words
from models.account_commands import AskVouch, FreezeAccount


def waits(turn: Turn) -> bool:
    return turn.facts.vouch("unfreeze") is not None


def who_is_asked(turn: Turn) -> Mapping[str, Value]:
    vouch = turn.facts.vouch("unfreeze")
    return {"head": Name(vouch.who if vouch else "", HEAD)}


def who_was_asked(turn: Turn) -> Mapping[str, Value]:
    return {"head": Name(str(turn.data.get("who", "")), HEAD)}


def _doing(turn: Turn) -> Words | None:
    if turn.state.startswith("Z4"):
        return Words("DO_unfreeze")
    return Words("DO_freeze") if turn.state == "Z1" else None


FLOW = Flow(
    "freeze",
    states=[
        Fork("start"),
        Screen("Z1"),
        Act("freeze it", FreezeAccount, lambda _: FreezeAccount()),
        Screen("Z2", end=True),
        Screen("Z3"),
        Screen("Z3w", shows=who_is_asked),
        *pin_states("Z4", "unfreeze", shows=nothing),
        Act("ask", AskVouch, lambda _: AskVouch("unfreeze")),
        Screen("Z5", shows=who_was_asked, end=True),
        Screen("Z6"),
        Screen("no", "X2", shows=why_not),
    ],
    table=[
        row("go", "start", "help.N5", when=unless(is_registered)),
        row("go", "start", "Z3w", when=[is_frozen, waits]),
        row("go", "start", "Z3", when=is_frozen),
        row("go", "start", "Z1"),
        row("1", "Z1", "freeze it"),
        row("2", "Z1", "menu.home"),
        row("done", "freeze it", "Z2"),
        row("already_frozen", "freeze it", "start"),
        row("refused", "freeze it", "no", then=keep_why),
        row("1", "Z3", "unfreeze"),
        row("2", "Z3", "report.send", then=sets(kind="unfreeze", happened="")),
        row("1", ["Z3w", "Z6"], "report.send", then=sets(kind="unfreeze", happened="")),
        *pin_rows("Z4", "unfreeze", to="ask", even_frozen=True),
        row("done", "ask", "Z5"),
        row("no_voucher", "ask", "Z6"),
        row("not_frozen", "ask", "menu.home"),
        row("refused", "ask", "no", then=keep_why),
    ],
    doing=_doing,
)
