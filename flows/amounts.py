"""How much she pays (F): what she owes, what is left of the next round, and what she may pay of both at once."""

from collections.abc import Mapping

from flows.asking import seat_of
from flows.flow import Turn
from flows.talk import Naira, Value, Words
from models.country import home
from models.facts import SeatCard


def owes(turn: Turn) -> bool:
    seat = seat_of(turn)
    return seat is not None and seat.due_kobo > 0


def may_pay_early(turn: Turn) -> bool:
    seat = seat_of(turn)
    return seat is not None and not seat.next_paid and seat.next_due_on is not None


def is_enough(turn: Turn) -> bool:
    seat = seat_of(turn)
    return seat is not None and home().least_payment <= turn.value <= most_kobo(seat)


def to_pay_kobo(seat: SeatCard) -> int:
    """What she pays next: all that she owes, or the next round, less what was paid of it early."""
    return seat.due_kobo or seat.next_left_kobo or seat.contribution_kobo


def most_kobo(seat: SeatCard) -> int:
    """What she may pay at once: all that she owes, and the next round early."""
    return max(seat.due_kobo + seat.next_left_kobo, home().least_payment)


def limits(turn: Turn) -> Mapping[str, Value] | None:
    seat, here = seat_of(turn), home()
    if seat is None:
        return None
    return {"least": Naira(here.least_payment), "amt": Naira(most_kobo(seat)), "unit": Words(f"UNIT_{here.currency}")}


def pay_early(turn: Turn) -> None:
    seat = seat_of(turn)
    turn.memory.update(early=True, amount=seat.next_left_kobo if seat else 0)


def keep_amount(turn: Turn) -> None:
    """What is more than she owes goes to the next round."""
    seat = seat_of(turn)
    turn.memory.update(amount=turn.value, early=seat is not None and turn.value > seat.due_kobo)
