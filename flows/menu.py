"""The first screen and the way home (A7, B1 to B4): what is most urgent for this person now.

The order of `start` is the order of urgency: an invitation, a talk that broke off, a
decision that waits for an officer, which group, and then the menu. Numbers on the menu
never change their meaning (*347*55*8# is always help), so a line that does not hold now
is left out and the others keep theirs.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from flows import ending, officer, swap
from flows.amounts import to_pay_kobo
from flows.asking import (
    FORMING,
    HEAD,
    NOT_LET_IN,
    RUNNING,
    by_name,
    first_name,
    forgets,
    has_seat,
    is_frozen,
    is_let_in,
    is_paused,
    is_registered,
    me,
    seat_of,
    unless,
)
from flows.flow import Flow, Fork, Jump, Screen, Turn, row
from flows.talk import Day, DayMonth, Naira, Name, Place, Value, Words
from flows.welcome import agreed_to_less
from models.facts import SeatCard

LATE = ("B1l", "B1ln")
MAIN = ("B1", "B1p", "B1d", *LATE, "B1r", "B1f", "B1g", "B1s", "B1w", "B1c", "B1h", "B1hl", "B1hn", "B1q", "B1v")
SECOND_PAGE = "B2"


# --- which screen -------------------------------------------------------------------------------------------------


def hides_number(turn: Turn) -> bool:
    """WhatsApp does not say who she is: nothing can be asked about her before she has proved a number."""
    return not me(turn).phone


def is_invited(turn: Turn) -> bool:
    invitation = turn.facts.home.invitation
    return invitation is not None and f"invitation:{invitation.invitation_id}" not in turn.memory.get("put_off", [])


def was_interrupted(turn: Turn) -> bool:
    return "interrupted" in turn.memory


def was_joining(turn: Turn) -> bool:
    """She was about to become a member, by her invitation: as when a chat has sent her here for her PIN."""
    return was_interrupted(turn) and turn.memory["interrupted"]["flow"] in ("welcome", "join_group")


def has_several(turn: Turn) -> bool:
    return len(turn.facts.home.seats) > 1


def must_choose(turn: Turn) -> bool:
    """Also when the seat that she chose is no longer hers."""
    return has_several(turn) and ("seat_id" not in turn.memory or seat_of(turn) is None)


def is_not_let_in(turn: Turn) -> bool:
    return not is_let_in(turn)


def is_before_start(turn: Turn) -> bool:
    return _seat(turn).group_status in FORMING


def is_ready(turn: Turn) -> bool:
    return _seat(turn).group_status == "ready"


def is_full(turn: Turn) -> bool:
    return _seat(turn).taken >= _seat(turn).seats


def is_over(turn: Turn) -> bool:
    return _seat(turn).group_status not in (*FORMING, *RUNNING)


def is_late(turn: Turn) -> bool:
    return _seat(turn).late_since is not None and _seat(turn).due_kobo > 0


def costs_nothing(turn: Turn) -> bool:
    return not _fee_kobo(_seat(turn))


def collects_now(turn: Turn) -> bool:
    seat = _seat(turn)
    return seat.collects_now and not seat.collected and seat.collect_on is not None


def owes(turn: Turn) -> bool:
    return _seat(turn).due_kobo > 0 and _seat(turn).due_on is not None


def has_next_date(turn: Turn) -> bool:
    return _next_date(_seat(turn)) is not None


def _seat(turn: Turn) -> SeatCard:
    seat = seat_of(turn)
    if seat is None:
        raise LookupError("the menu of a seat without a seat")
    return seat


def _fee_kobo(seat: SeatCard) -> int:
    return seat.late_fee_kobo or seat.fee_to_come_kobo


def _next_date(seat: SeatCard) -> Day | None:
    on = seat.due_on or seat.next_due_on
    return Day(on) if on else None


# --- what it says -------------------------------------------------------------------------------------------------


def about_seat(turn: Turn) -> Mapping[str, Value] | None:
    """All that the first lines of the menus mention; None when the seat is gone."""
    seat = seat_of(turn)
    if seat is None:
        return None
    facts: dict[str, Value] = {
        "name": first_name(turn),
        "group": seat.group,
        "head": Name(seat.head, HEAD),
        "amt": Naira(to_pay_kobo(seat)),
        "fee": Naira(_fee_kobo(seat)),
        "pot": Naira(seat.collect_kobo),
        "n": seat.taken,
        "k": seat.paid_count,
        "m": seat.seats,
    }
    if on := _next_date(seat):
        facts["date"] = on
    return facts


def since(turn: Turn) -> Mapping[str, Value] | None:
    seat = seat_of(turn)
    return _dated(turn, seat.late_since if seat else None)


def collecting(turn: Turn) -> Mapping[str, Value] | None:
    seat = seat_of(turn)
    return _dated(turn, seat.collect_on if seat else None)


def about_end(turn: Turn) -> Mapping[str, Value] | None:
    """The group is being dissolved: where she stands with it."""
    seat, facts = seat_of(turn), about_seat(turn)
    return {**facts, "end": ending.in_words(seat)} if seat and facts and seat.ending else None


def resting(turn: Turn) -> Mapping[str, Value] | None:
    """Until when the group is paused, and since or from when she owes."""
    seat = seat_of(turn)
    facts = _dated(turn, seat.paused_until if seat else None)
    if facts is None or seat is None:
        return None
    on = Day(seat.late_since) if is_late(turn) and seat.late_since else _next_date(seat)
    return {**facts, "date2": on} if on else facts


def resting_with_date(turn: Turn) -> Mapping[str, Value] | None:
    facts = resting(turn)
    return facts if facts and "date2" in facts else None


def _dated(turn: Turn, on: date | None) -> Mapping[str, Value] | None:
    facts = about_seat(turn)
    return {**facts, "date": Day(on)} if facts and on else None


def with_date(turn: Turn) -> Mapping[str, Value] | None:
    facts = about_seat(turn)
    return facts if facts and "date" in facts else None


def groups(turn: Turn) -> Sequence[Words]:
    seats = turn.facts.home.seats
    return [_line(seat, _label(seat, seats)) for seat in seats]


def _label(seat: SeatCard, seats: Sequence[SeatCard]) -> str:
    """Two seats in one group are told apart by a number."""
    same = [other.seat_id for other in seats if other.group_id == seat.group_id]
    return seat.group if len(same) == 1 else f"{seat.group} ({same.index(seat.seat_id) + 1})"


def _line(seat: SeatCard, label: str) -> Words:
    if seat.seat_status in NOT_LET_IN:
        return Words("B3w", {"group": label})
    if seat.group_status in FORMING:
        return Words("B3f", {"group": label, "n": seat.taken, "m": seat.seats})
    if seat.ending:
        return Words("B3e", {"group": label})
    if seat.group_status not in RUNNING:
        return Words("B3c", {"group": label})
    if seat.paused_until and not seat.late_since:
        return Words("B3h", {"group": label})
    if seat.due_kobo and seat.due_on:
        return Words("B3d", {"group": label, "amt": Naira(seat.due_kobo), "d": DayMonth(seat.due_on)})
    return Words("B3p", {"group": label})


def interrupted(turn: Turn) -> Mapping[str, Value] | None:
    return {"doing": turn.memory["interrupted"]["doing"]} if was_interrupted(turn) else None


# --- what it does -------------------------------------------------------------------------------------------------


def choose_seat(turn: Turn) -> None:
    turn.memory["seat_id"] = turn.facts.home.seats[turn.value].seat_id


def pick_up(turn: Turn) -> Place | None:
    """Back into the talk that broke off. The PIN is asked for again: this is another session."""
    kept = turn.memory.pop("interrupted", None)
    if kept is None:
        return None
    turn.memory.update(kept["memory"])
    turn.history = [Place(*at) for at in kept["history"]]
    return Place(kept["flow"], kept["state"])


FLOW = Flow(
    "menu",
    states=[
        Fork("start"),
        Fork("greeted"),
        Fork("home"),
        Fork("main"),
        Screen("B4", shows=interrupted),
        Jump("pick up", pick_up),
        Screen("B3", rows=groups, picks=True, waits_first=True),
        Screen("B1", shows=with_date),
        Screen("B1p", shows=with_date),
        Screen("B1d", shows=about_seat),
        Screen("B1l", shows=since),
        Screen("B1ln", shows=since),
        Screen("B1r", shows=collecting),
        Screen("B1f", shows=about_seat),
        Screen("B1g", shows=about_seat),
        Screen("B1s", shows=with_date),
        Screen("B1w", shows=about_seat),
        Screen("B1c", shows=about_seat),
        Screen("B1h", shows=resting_with_date),
        Screen("B1hl", shows=resting_with_date),
        Screen("B1hn", shows=resting),
        Screen("B1q", shows=about_end),
        Screen("B1v", shows=about_end),
        Screen("B1z", shows=by_name),
        Screen("B1n", shows=by_name),
        Screen("B2"),
        Screen("C0"),
        Fork("ask"),
        Screen("K0"),
        Fork("out"),
        Screen("A7", shows=by_name, end=True),
        Screen("A7x", end=True),
    ],
    table=[
        row("go", "start", "link.start", when=hides_number),
        row("go", "start", "B4", when=was_joining),
        row("go", "start", "join_group.invitation", when=is_invited),
        row("go", "start", "B4", when=was_interrupted),
        row("go", "start", "welcome.A1", when=unless(is_registered)),
        row("go", "start", "home", when=is_frozen),
        row("go", "start", "welcome.A8", when=agreed_to_less),
        row("go", "start", "greeted"),
        row("go", "greeted", "officer.next", when=officer.has_task),
        row("go", "greeted", "home"),
        row("1", "B4", "pick up"),
        row("2", "B4", "join_group.invitation", when=is_invited, then=forgets("interrupted")),
        row("2", "B4", "home", then=forgets("interrupted")),
        row("go", "home", "link.start", when=hides_number),
        row("go", "home", "welcome.A1", when=unless(is_registered)),
        row("go", "home", "B3", when=must_choose, then=forgets("seat_id")),
        row("go", "home", "B1z", when=is_frozen),
        row("go", "home", "main", when=has_seat),
        row("go", "home", "B1n", then=forgets("seat_id")),
        row("pick", "B3", "main", then=choose_seat),
        row("go", "main", "B1z", when=is_frozen),
        row("go", "main", "B1w", when=is_not_let_in),
        row("go", "main", "B1s", when=[is_ready, has_next_date]),
        row("go", "main", "B1g", when=[is_before_start, is_full]),
        row("go", "main", "B1f", when=is_before_start),
        row("go", "main", "B1q", when=ending.owes_at_the_end),
        row("go", "main", "B1v", when=ending.is_ending),
        row("go", "main", "B1c", when=is_over),
        row("go", "main", "B1hl", when=[is_paused, is_late]),
        row("go", "main", "B1h", when=[is_paused, has_next_date]),
        row("go", "main", "B1hn", when=is_paused),
        row("go", "main", "B1ln", when=[is_late, costs_nothing]),
        row("go", "main", "B1l", when=is_late),
        row("go", "main", "B1r", when=collects_now),
        row("go", "main", "B1", when=owes),
        row("go", "main", "B1p", when=has_next_date),
        row("go", "main", "B1d"),
        row("1", [*MAIN, "B1z"], "contribute.start", when=is_let_in),
        row("2", MAIN, "my_turn.start", when=is_let_in),
        row("3", MAIN, "group.start", when=is_let_in),
        row("4", "B1r", "account.bank"),
        row("4", ["B1", "B1p", "B1d", *LATE], "ask"),
        row("go", "ask", "swap.asked", when=swap.is_asked),
        row("go", "ask", "more_time.start", when=is_late),
        row("go", "ask", "K0"),
        row("1", "K0", "swap.start"),
        row("2", "K0", "more_time.start"),
        row("98", MAIN, SECOND_PAGE),
        row("7", "B1z", "freeze.start"),
        row("0", [*MAIN, "B1z"], "B3", when=has_several, then=forgets("seat_id")),
        row("5", [*MAIN, SECOND_PAGE], "statement.start", when=is_let_in),
        row("6", [*MAIN, SECOND_PAGE, "B1n"], "C0"),
        row("7", [*MAIN, SECOND_PAGE, "B1n"], "account.M1"),
        row("8", [*MAIN, SECOND_PAGE, "B1n", "B1z"], "help.N1"),
        row("1", ["B1n", "C0"], "join_group.C1"),
        row("2", ["B1n", "C0"], "open_group.E1"),
        row("go", "out", "A7", when=is_registered),
        row("go", "out", "A7x"),
    ],
)
