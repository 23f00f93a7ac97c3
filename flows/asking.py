"""What most conversations ask of the facts and understand of an answer. What only one of them needs stands there."""

from collections.abc import Iterable, Mapping
from datetime import date

from flows.catalogue import CATALOGUES, ENGLISH
from flows.flow import Guard, Then, Turn
from flows.talk import Day, Name, Value, Words
from models import money
from models.commands import Secret
from models.facts import GroupCard, Me, SeatCard
from models.rules import names, pins
from models.rules.refused import Refused

# By how many signs a head is known on a screen; other people by their first name (12).
HEAD = 13
# A bank's name for an account can be as long as it likes.
ACCOUNT_NAME = 23

FORMING = ("forming", "ready")
RUNNING = ("active", "paused")
NOT_LET_IN = ("invited", "requested", "waiting")


# --- who and what -------------------------------------------------------------------------------------------------


def me(turn: Turn) -> Me:
    return turn.facts.home.me


def is_registered(turn: Turn) -> bool:
    return me(turn).registered


def is_frozen(turn: Turn) -> bool:
    return me(turn).frozen


def pin_was_right(turn: Turn) -> bool:
    return turn.pin_ok


def first_name(turn: Turn) -> Name:
    """Hers, also in the very hop in which she registered."""
    return Name(me(turn).first_name or str(turn.memory.get("name", "")).split(" ")[0])


def by_name(turn: Turn) -> Mapping[str, Value]:
    return {"name": first_name(turn)}


def find_seat(turn: Turn, seat_id: object) -> SeatCard | None:
    return next((seat for seat in turn.facts.home.seats if seat.seat_id == seat_id), None)


def seat_of(turn: Turn) -> SeatCard | None:
    """The seat that she chose, or her only one. None when she has several and has not chosen."""
    seats = turn.facts.home.seats
    return find_seat(turn, turn.memory.get("seat_id")) or (seats[0] if len(seats) == 1 else None)


def has_seat(turn: Turn) -> bool:
    return seat_of(turn) is not None


def is_let_in(turn: Turn) -> bool:
    seat = seat_of(turn)
    return seat is not None and seat.seat_status not in NOT_LET_IN


def is_paused(turn: Turn) -> bool:
    """The group of her seat rests. Until when is known as long as it does."""
    seat = seat_of(turn)
    return seat is not None and seat.paused_until is not None


def card_of(turn: Turn) -> GroupCard | None:
    """The group that is talked about, as an outsider sees it. Whoever came by its code shows it the code each time."""
    if "group_code" in turn.memory:
        return turn.facts.group_by_code(turn.memory["group_code"])
    return turn.facts.group_card(turn.memory["group_id"]) if "group_id" in turn.memory else None


# --- words --------------------------------------------------------------------------------------------------------


def every(frequency: str) -> Words:
    return Words(f"EVERY_{frequency}")


def once(frequency: str) -> Words:
    return Words(f"ONCE_{frequency}")


def listed(names: Iterable[str]) -> str:
    """Names with commas, each as short as a screen wants it."""
    return ", ".join(name if len(name) <= Name(name).most else f"{name[: Name(name).most - 1]}." for name in names)


def iso_day(text: str) -> Day:
    return Day(date.fromisoformat(text))


# --- refusals -----------------------------------------------------------------------------------------------------


def reason(why: object, among: str = "NO") -> Words:
    """The sentence for a refusal; one for all of those that nobody foresaw."""
    key = f"{among}_{why}"
    return Words(key if key in CATALOGUES[ENGLISH] else "NO_other")


def keep_why(turn: Turn) -> None:
    turn.memory["why"] = turn.data.get("why", "other")


def why_not(turn: Turn) -> Mapping[str, Value]:
    return {"why": reason(turn.memory.get("why"))}


# --- answers ------------------------------------------------------------------------------------------------------


def a_pin(text: str) -> Secret | None:
    return Secret(text) if pins.well_formed(text) else None


def an_amount(text: str) -> int | None:
    """Whole naira, in kobo."""
    kobo = money.parse(text)
    return kobo if kobo and kobo % 100 == 0 else None


def a_name(text: str) -> str | None:
    name = names.member_name(text)
    return None if isinstance(name, Refused) else name


def a_number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 4 else None


def any_text(text: str) -> str:
    return text


def is_weak_pin(turn: Turn) -> bool:
    return pins.is_weak(turn.value.value, me(turn).phone)


# --- what is written down -----------------------------------------------------------------------------------------


def keeps(name: str) -> Then:
    """Remember under this name what was heard."""

    def then(turn: Turn) -> None:
        turn.memory[name] = turn.value

    return then


def sets(**values: object) -> Then:
    """Remember these."""

    def then(turn: Turn) -> None:
        turn.memory.update(values)

    return then


def forgets(*names: str) -> Then:
    def then(turn: Turn) -> None:
        for name in names:
            turn.memory.pop(name, None)

    return then


def all_of(*steps: Then) -> Then:
    def then(turn: Turn) -> None:
        for step in steps:
            step(turn)

    return then


def unless(guard: Guard) -> Guard:
    def opposite(turn: Turn) -> bool:
        return not guard(turn)

    opposite.__name__ = f"not {guard.__name__}"
    return opposite
