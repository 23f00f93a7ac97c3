"""My payments (I): her last payments into one group, behind the PIN. It only reads."""

from collections.abc import Sequence

from flows.asking import seat_of
from flows.flow import Flow, Fork, Screen, Turn, nothing, row
from flows.pin import pin_rows, pin_states
from flows.talk import DayMonth, Naira, Words
from models.facts import PaymentLine


def has_paid(turn: Turn) -> bool:
    return bool(_payments(turn))


def lines(turn: Turn) -> Sequence[Words]:
    return [Words(f"PAID_{line.status}", {"d": DayMonth(line.on), "amt": Naira(line.kobo)}) for line in _payments(turn)]


def _payments(turn: Turn) -> Sequence[PaymentLine]:
    seat = seat_of(turn)
    return turn.facts.payments(seat.seat_id) if seat else ()


def _doing(_: Turn) -> Words:
    return Words("DO_payments")


FLOW = Flow(
    "statement",
    states=[
        *pin_states("I0", "start", shows=nothing),
        Fork("show"),
        Screen("I1", rows=lines, behind_pin="start", returns="start"),
        Screen("I1n", behind_pin="start", returns="start"),
    ],
    table=[
        *pin_rows("I0", "start", to="show"),
        row("go", "show", "I1", when=has_paid),
        row("go", "show", "I1n"),
    ],
    doing=_doing,
)
