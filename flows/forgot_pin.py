"""Forgot PIN (N4): somebody who knows her says that it is she, and then she chooses a new one.

The one who is asked answers in `vouching`. The yes holds for a day and once; the new PIN is
chosen from her own number, and no further than its hash is ever remembered.
"""

from collections.abc import Mapping

from flows.asking import HEAD, a_pin, forgets, is_frozen, is_registered, is_weak_pin, keep_why, sets, unless, why_not
from flows.flow import Act, Flow, Fork, Screen, Turn, row
from flows.talk import Name, Value, Words
from models.account_commands import AskVouch, ResetPin
from models.commands import Command, PreparePin


def has_yes(turn: Turn) -> bool:
    vouch = turn.facts.vouch("pin")
    return vouch is not None and vouch.given


def waits(turn: Turn) -> bool:
    return turn.facts.vouch("pin") is not None


def can_be_asked(turn: Turn) -> bool:
    return bool(turn.facts.voucher())


def who_is_asked(turn: Turn) -> Mapping[str, Value]:
    vouch = turn.facts.vouch("pin")
    return {"head": Name((vouch and vouch.who) or turn.facts.voucher(), HEAD)}


def who_was_asked(turn: Turn) -> Mapping[str, Value]:
    return {"head": Name(str(turn.data.get("who", "")), HEAD)}


def keep_hash(turn: Turn) -> None:
    turn.memory["pin_hash"] = turn.data["pin_hash"]


def resetting(turn: Turn) -> Command:
    return ResetPin(turn.memory["pin_hash"], turn.value)


def _doing(turn: Turn) -> Words | None:
    return Words("DO_new_pin") if turn.state.startswith("N4p") else None


FLOW = Flow(
    "forgot_pin",
    states=[
        Fork("start"),
        Screen("N4", shows=who_is_asked),
        Screen("N4o"),
        Screen("N4w", shows=who_is_asked),
        Act("ask", AskVouch, lambda _: AskVouch("pin")),
        Screen("N4a", shows=who_was_asked, end=True),
        Screen("N4p", hears=a_pin, secret=True, returns="start"),
        Screen("N4p weak", "A4w", again="N4p"),
        Screen("N4p no PIN", "A4f", again="N4p"),
        Screen("N4p differs", "A5e", again="N4p"),
        Act("hash", PreparePin, lambda turn: PreparePin(turn.value), settles=False),
        Screen("N4p again", "A5", hears=a_pin, secret=True, returns="start"),
        Act("reset", ResetPin, resetting),
        Screen("N4d", end=True),
        Screen("N4g"),
        Screen("no", "X2", shows=why_not),
    ],
    table=[
        row("go", "start", "help.N5", when=unless(is_registered)),
        row("go", "start", "freeze.start", when=is_frozen),
        row("go", "start", "N4p", when=has_yes),
        row("go", "start", "N4w", when=waits),
        row("go", "start", "N4", when=can_be_asked),
        row("go", "start", "N4o"),
        row("1", "N4", "ask"),
        row("2", "N4", "report.send", then=sets(kind="forgot_pin", happened="")),
        row("1", ["N4o", "N4w"], "report.send", then=sets(kind="forgot_pin", happened="")),
        row("done", "ask", "N4a"),
        row("no_voucher", "ask", "N4o"),
        row("refused", "ask", "no", then=keep_why),
        row("heard", "N4p", "N4p weak", when=is_weak_pin),
        row("heard", "N4p", "hash"),
        row("wrong", "N4p", "N4p no PIN"),
        row("done", "hash", "N4p again", then=keep_hash),
        row("weak_pin", "hash", "N4p weak"),
        row("refused", "hash", "no", then=keep_why),
        row("heard", "N4p again", "reset"),
        row("wrong", "N4p again", "N4p differs", then=forgets("pin_hash")),
        row("0", "N4p again", "N4p", then=forgets("pin_hash")),
        row("pin_mismatch", "reset", "N4p differs", then=forgets("pin_hash")),
        row("gone", "reset", "N4g", then=forgets("pin_hash")),
        row("refused", "reset", "no", then=keep_why),
        row("done", "reset", "N4d", then=forgets("pin_hash")),
        row("1", "N4g", "start"),
    ],
    doing=_doing,
)
