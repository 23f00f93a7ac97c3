"""A group that is being dissolved, in words: what somebody still gets back from it, still owes to it, or neither."""

from collections.abc import Mapping

from flows.asking import seat_of
from flows.flow import Turn
from flows.talk import Day, Naira, Value, Words
from models.facts import SeatCard


def is_ending(turn: Turn) -> bool:
    seat = seat_of(turn)
    return seat is not None and seat.ending is not None


def owes_at_the_end(turn: Turn) -> bool:
    """What she has collected above what she has paid is asked back."""
    seat = seat_of(turn)
    return seat is not None and seat.ending is not None and seat.due_kobo > 0


def in_words(seat: SeatCard) -> Words:
    """Where she stands with it, as a part of a screen."""
    if seat.ending is not None and seat.ending.back_kobo:
        return Words("ENDS_back", {"pot": Naira(seat.ending.back_kobo), "sent": Naira(seat.ending.sent_kobo)})
    if seat.due_kobo and seat.due_on:
        return Words("ENDS_owe", {"pot": Naira(seat.due_kobo), "date": Day(seat.due_on)})
    return Words("ENDS_even")


def why(seat: SeatCard) -> Mapping[str, Value] | None:
    """The group, and the reason that everybody was told."""
    return {"group": seat.group, "why": Words(f"END_{seat.ending.reason}")} if seat.ending else None
