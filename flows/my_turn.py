"""My turn and balance (G), behind the PIN because phones are shared; in a chat without it, if she has asked for that.

It reads, and sends the same by SMS on request.
"""

from collections.abc import Mapping

from flows import ending
from flows.asking import is_frozen, keep_why, seat_of, unless, why_not
from flows.flow import Act, Flow, Fork, Screen, Turn, nothing, row
from flows.pin import pin_rows, pin_states
from flows.talk import Day, Naira, Value, Words
from models.account_commands import SendBalance
from models.commands import Command
from models.facts import Money

SHOWN = ("G1", "G1n", "G1c", "G1e")
IN_CHAT = tuple(f"{name} in chat" for name in SHOWN)


def may_show_in_chat(turn: Turn) -> bool:
    """A chat takes no PIN, so it shows money only to those who want it there."""
    return not turn.can.secrets and turn.facts.home.me.money_in_chat


def has_collected(turn: Turn) -> bool:
    money = _money(turn)
    return money is not None and money.collected and money.position is not None


def has_turn(turn: Turn) -> bool:
    money = _money(turn)
    return money is not None and money.position is not None and money.collect_on is not None


def balance(turn: Turn) -> Mapping[str, Value] | None:
    seat, money = seat_of(turn), _money(turn)
    if seat is None or money is None:
        return None
    facts: dict[str, Value] = {
        "group": seat.group,
        "bal": Naira(money.paid_in_kobo),
        "r": money.cycles_paid,
        "m": money.cycles,
        "owed": Naira(money.owing_kobo),
        "t": money.position or 0,
        "pot": Naira(money.collect_kobo),
    }
    if seat.ending:
        return {**facts, "end": ending.in_words(seat)}
    return {**facts, "date": Day(money.collect_on)} if money.collect_on else facts


def sending(turn: Turn) -> Command:
    seat = seat_of(turn)
    return SendBalance(seat.seat_id if seat else 0)


def _money(turn: Turn) -> Money | None:
    seat = seat_of(turn)
    return turn.facts.money(seat.seat_id) if seat else None


def _doing(_: Turn) -> Words:
    return Words("DO_see_money")


FLOW = Flow(
    "my_turn",
    states=[
        *pin_states("G0", "start", shows=nothing),
        Fork("show"),
        *(Screen(name, shows=balance, behind_pin="start", returns="start") for name in SHOWN),
        Fork("show in chat"),
        *(Screen(name, key, shows=balance, returns="start") for name, key in zip(IN_CHAT, SHOWN, strict=True)),
        Act("send", SendBalance, sending),
        Screen("G2", end=True),
        Screen("no", "X2", shows=why_not),
    ],
    table=[
        row("go", "start", "show in chat", when=[may_show_in_chat, unless(is_frozen)]),
        *pin_rows("G0", "start", to="show"),
        row("go", "show", "G1e", when=ending.is_ending),
        row("go", "show", "G1c", when=has_collected),
        row("go", "show", "G1", when=has_turn),
        row("go", "show", "G1n"),
        row("go", "show in chat", "G1e in chat", when=ending.is_ending),
        row("go", "show in chat", "G1c in chat", when=has_collected),
        row("go", "show in chat", "G1 in chat", when=has_turn),
        row("go", "show in chat", "G1n in chat"),
        row("1", [*SHOWN, *IN_CHAT], "send"),
        row("done", "send", "G2"),
        row("gone", "send", "menu.home"),
        row("refused", "send", "no", then=keep_why),
    ],
    doing=_doing,
)
