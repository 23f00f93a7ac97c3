"""What somebody sent us that cannot be read here: a picture, a voice note, a file. A person looks at it.

When money is awaited from her a picture may be a receipt: she is asked, and it is put beside the
payment. That proves nothing; whether the money is in, the bank says.
"""

from collections.abc import Mapping

from flows.asking import keep_why, why_not
from flows.flow import Act, Flow, Fork, Screen, Turn, row
from flows.talk import Naira, Value, Words
from models.chat_commands import TellOfPicture
from models.commands import Command
from models.facts import SeatCard


def awaited(turn: Turn) -> SeatCard | None:
    """The seat from which money is awaited: one with a payment on its way first, then one that owes."""
    seats = [seat for seat in turn.facts.home.seats if seat.pending_payment_id is not None or seat.due_kobo > 0]
    return min(seats, key=lambda seat: seat.pending_payment_id is None, default=None)


def is_awaited(turn: Turn) -> bool:
    return awaited(turn) is not None


def is_being_checked(turn: Turn) -> bool:
    return bool(turn.data.get("checking"))


def money(turn: Turn) -> Mapping[str, Value] | None:
    seat = awaited(turn)
    if seat is None:
        return None
    return {"amt": Naira(seat.pending_kobo or seat.due_kobo), "group": seat.group}


def telling(turn: Turn) -> Command:
    seat = awaited(turn)
    return TellOfPicture(seat.seat_id if seat else 0, is_receipt=bool(turn.memory.get("receipt")))


def yes(turn: Turn) -> None:
    turn.memory["receipt"] = True


def no(turn: Turn) -> None:
    turn.memory["receipt"] = False


def _doing(_: Turn) -> Words | None:
    return None


FLOW = Flow(
    "attached",
    states=[
        Fork("picture"),
        Fork("voice"),
        Screen("X3r", shows=money),
        Act("tell", TellOfPicture, telling),
        Screen("X3c", end=True),
        Screen("X3p", end=True),
        Screen("X2v", end=True),
        Screen("no", "X2", shows=why_not),
    ],
    table=[
        row("go", "voice", "X2v"),
        row("go", "picture", "X3r", when=is_awaited),
        row("go", "picture", "X3p"),
        row("1", "X3r", "tell", then=yes),
        row("2", "X3r", "tell", then=no),
        row("done", "tell", "X3c", when=is_being_checked),
        row("done", "tell", "X3p"),
        row("gone", "tell", "X3p"),
        row("refused", "tell", "no", then=keep_why),
    ],
    doing=_doing,
)
