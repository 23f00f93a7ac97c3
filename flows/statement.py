"""My payments (I): her last payments into one group, behind the PIN (in a chat without it, if she has asked for that).

All of them at once come by SMS, or as a document where the channel shows one.
"""

from collections.abc import Mapping, Sequence

from flows.asking import is_frozen, keep_why, me, seat_of, unless, why_not
from flows.flow import Act, Flow, Fork, Screen, Turn, nothing, row
from flows.my_turn import may_show_in_chat
from flows.pin import pin_rows, pin_states
from flows.talk import DayMonth, Naira, Value, Words
from models.account_commands import SendStatement
from models.commands import Command
from models.facts import PaymentLine


def has_paid(turn: Turn) -> bool:
    return bool(_payments(turn))


def shows_documents(turn: Turn) -> bool:
    return turn.can.pictures


def lines(turn: Turn) -> Sequence[Words]:
    return [_line(line) for line in _payments(turn)]


def document(turn: Turn) -> Mapping[str, Value] | None:
    """What the statement as a document has on it, line by line."""
    seat = seat_of(turn)
    if seat is None:
        return None
    paid: dict[str, Value] = {f"line{n:02d}": _line(line) for n, line in enumerate(_payments(turn), 1)}
    total = turn.facts.money(seat.seat_id).paid_in_kobo
    return {"seat": seat.seat_id, "name": me(turn).name, "group": seat.group, "bal": Naira(total), **paid}


def sending(turn: Turn) -> Command:
    seat = seat_of(turn)
    return SendStatement(seat.seat_id if seat else 0)


def _line(line: PaymentLine) -> Words:
    return Words(f"PAID_{line.status}", {"d": DayMonth(line.on), "amt": Naira(line.kobo)})


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
        Fork("show in chat"),
        Screen("I1 in chat", "I1", rows=lines, returns="start"),
        Screen("I1n in chat", "I1n", returns="start"),
        Act("send", SendStatement, sending),
        Screen("I2", end=True),
        Screen("I2p", shows=document, end=True),
        Screen("no", "X2", shows=why_not),
    ],
    table=[
        row("go", "start", "show in chat", when=[may_show_in_chat, unless(is_frozen)]),
        *pin_rows("I0", "start", to="show"),
        row("go", "show", "I1", when=has_paid),
        row("go", "show", "I1n"),
        row("go", "show in chat", "I1 in chat", when=has_paid),
        row("go", "show in chat", "I1n in chat"),
        row("1", ["I1", "I1 in chat"], "I2p", when=shows_documents),
        row("1", ["I1", "I1 in chat"], "send"),
        row("done", "send", "I2"),
        row("gone", "send", "menu.home"),
        row("nothing_paid", "send", "show"),
        row("refused", "send", "no", then=keep_why),
    ],
    doing=_doing,
)
