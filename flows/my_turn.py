"""My turn and balance (G), behind the PIN because phones are shared. It only reads."""

from collections.abc import Mapping

from flows.asking import seat_of
from flows.flow import Flow, Fork, Screen, Turn, nothing, row
from flows.pin import pin_rows, pin_states
from flows.talk import Day, Naira, Value, Words
from models.facts import Money


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
    return {**facts, "date": Day(money.collect_on)} if money.collect_on else facts


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
        Screen("G1", shows=balance, behind_pin="start", returns="start"),
        Screen("G1n", shows=balance, behind_pin="start", returns="start"),
        Screen("G1c", shows=balance, behind_pin="start", returns="start"),
    ],
    table=[
        *pin_rows("G0", "start", to="show"),
        row("go", "show", "G1c", when=has_collected),
        row("go", "show", "G1", when=has_turn),
        row("go", "show", "G1n"),
    ],
    doing=_doing,
)
