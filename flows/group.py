"""My group (H): who has paid as far as this group lets people see it, whose turn is next, the rules, leaving.

How much of "who has paid" a member may see is decided by the query that reads it
(privacy levels 1 to 3); the screens here only have less or more to show.
"""

from collections.abc import Mapping, Sequence

from flows import ending
from flows.asking import FORMING, HEAD, all_of, find_seat, is_let_in, keep_why, listed, seat_of, why_not
from flows.flow import Act, Flow, Fork, Screen, Turn, row
from flows.join_group import described
from flows.talk import Day, DayMonth, Naira, Name, Value, Words
from models.account_commands import NudgeGently
from models.commands import AskCall, Command, LeaveGroup
from models.facts import SeatCard, WhoPaid

FRONT = ("H1", "H1f", "H1h")
PAID = ("H2a", "H2b", "H2c")

# --- what holds ---------------------------------------------------------------------------------------------------


def has_begun(turn: Turn) -> bool:
    seat = _seat(turn)
    return seat is not None and seat.cycle_number > 0


def is_resting(turn: Turn) -> bool:
    seat = _seat(turn)
    return seat is not None and seat.paused_until is not None


def is_ending(turn: Turn) -> bool:
    seat = _seat(turn)
    return seat is not None and seat.ending is not None


def has_turns(turn: Turn) -> bool:
    seat = _seat(turn)
    return seat is not None and bool(turn.facts.turns(seat.seat_id))


def may_invite(turn: Turn) -> bool:
    seat = _seat(turn)
    return seat is not None and (seat.officer or seat.head_is_me) and seat.group_status == "forming"


def has_not_started(turn: Turn) -> bool:
    seat = _seat(turn)
    return seat is not None and seat.group_status in FORMING


def is_head(turn: Turn) -> bool:
    seat = _seat(turn)
    return seat is not None and seat.head_is_me


def is_alone(turn: Turn) -> bool:
    seat = _seat(turn)
    return seat is not None and seat.taken <= 1


def hides_names(turn: Turn) -> bool:
    paid = _who_paid(turn)
    return paid is not None and paid.privacy == 1


def shows_all(turn: Turn) -> bool:
    paid = _who_paid(turn)
    return paid is not None and paid.privacy >= 3


def nobody_paid(turn: Turn) -> bool:
    paid = _who_paid(turn)
    return paid is not None and not paid.paid


def may_nudge(turn: Turn) -> bool:
    """She has paid, and others have not. Nobody is nudged while the group is paused."""
    seat, paid = _seat(turn), _who_paid(turn)
    if seat is None or paid is None or seat.paused_until is not None:
        return False
    return paid.i_paid and paid.paid_count < paid.seats


def _seat(turn: Turn) -> SeatCard | None:
    """The group that is looked at: an officer looks at the one that she is asked about."""
    return find_seat(turn, turn.memory["look_seat_id"]) if "look_seat_id" in turn.memory else seat_of(turn)


def _who_paid(turn: Turn) -> WhoPaid | None:
    seat = _seat(turn)
    return turn.facts.who_paid(seat.seat_id) if seat else None


# --- what it says -------------------------------------------------------------------------------------------------


def about(turn: Turn) -> Mapping[str, Value] | None:
    seat = _seat(turn)
    if seat is None:
        return None
    return {"group": seat.group, "r": seat.cycle_number, "m": seat.cycles}


def resting(turn: Turn) -> Mapping[str, Value] | None:
    seat, facts = _seat(turn), about(turn)
    return {**facts, "date": Day(seat.paused_until)} if seat and facts and seat.paused_until else None


def ends(turn: Turn) -> Mapping[str, Value] | None:
    seat = _seat(turn)
    return ending.why(seat) if seat else None


def filling(turn: Turn) -> Mapping[str, Value] | None:
    seat = _seat(turn)
    return {"group": seat.group, "n": seat.taken, "m": seat.seats} if seat else None


def who_paid(turn: Turn) -> Mapping[str, Value] | None:
    paid = _who_paid(turn)
    if paid is None:
        return None
    return {
        "r": paid.cycle_number,
        "n": paid.paid_count,
        "m": paid.seats,
        "you": Words("YOU_paid" if paid.i_paid else "YOU_not"),
        "names": listed(paid.paid) or Words("NOBODY"),
        "names2": listed(paid.unpaid) or Words("NOBODY"),
    }


def turns(turn: Turn) -> Sequence[Words]:
    """From the next one on; when all have collected, all of them."""
    seat = _seat(turn)
    every_turn = turn.facts.turns(seat.seat_id) if seat else ()
    ahead = [at for at in every_turn if not at.done] or every_turn
    return [
        Words("H3y" if at.me else "H3t", {"t": at.number, "d": DayMonth(at.on), "who": Name(at.who)}) for at in ahead
    ]


def rules(turn: Turn) -> Mapping[str, Value] | None:
    seat = _seat(turn)
    return described(turn.facts.group_card(seat.group_id)) if seat else None


def still_to_pay(turn: Turn) -> Mapping[str, Value] | None:
    seat = _seat(turn)
    card = turn.facts.group_card(seat.group_id) if seat else None
    if seat is None or card is None:
        return None
    money = turn.facts.money(seat.seat_id)
    return {
        "group": seat.group,
        "head": Name(seat.head, HEAD),
        "amt": Naira(seat.contribution_kobo),
        "k": max(money.cycles - money.cycles_paid, 0),
        "date": Day(card.terms.ends_on),
    }


def left(turn: Turn) -> Mapping[str, Value]:
    return {"group": str(turn.memory.get("left", ""))}


def _doing(turn: Turn) -> Words | None:
    seat = _seat(turn)
    return Words("DO_leave", {"group": seat.group}) if seat and turn.state == "H5f" else None


# --- what it does -------------------------------------------------------------------------------------------------


def invite_here(turn: Turn) -> None:
    seat = _seat(turn)
    turn.memory.pop("group_code", None)
    turn.memory["group_id"] = seat.group_id if seat else 0


def leaving(turn: Turn) -> Command:
    seat = _seat(turn)
    return LeaveGroup(seat.seat_id if seat else 0)


def nudging(turn: Turn) -> Command:
    seat = _seat(turn)
    return NudgeGently(seat.seat_id if seat else 0)


def calling(turn: Turn) -> Command:
    seat = _seat(turn)
    return AskCall(seat.seat_id if seat else 0)


def keep_group_name(turn: Turn) -> None:
    """The seat is gone by the time the goodbye is said."""
    turn.memory["left"] = turn.data.get("group", "")


def forget_seat(turn: Turn) -> None:
    turn.memory.pop("seat_id", None)


FLOW = Flow(
    "group",
    states=[
        Fork("start"),
        Screen("H1", shows=about),
        Screen("H1f", shows=filling),
        Screen("H1h", shows=resting),
        Screen("H1e", shows=ends),
        Fork("status"),
        Fork("who"),
        Screen("H2a", shows=who_paid),
        Screen("H2b", shows=who_paid),
        Screen("H2n", shows=who_paid),
        Screen("H2c", shows=who_paid),
        Act("nudge", NudgeGently, nudging, settles=False),
        Screen("H4"),
        Screen("H4a"),
        Fork("turns"),
        Screen("H3", rows=turns),
        Screen("H3n"),
        Screen("rules", "C3", shows=rules),
        Fork("leave"),
        Screen("H5", shows=still_to_pay),
        Screen("H5h", shows=still_to_pay),
        Screen("H5f", shows=filling),
        Screen("H5e", shows=filling),
        Act("leave it", LeaveGroup, leaving),
        Act("call head", AskCall, calling),
        Screen("H5c", shows=still_to_pay, end=True),
        Screen("H5d", shows=left, end=True),
        Screen("no", "X2", shows=why_not),
    ],
    table=[
        row("go", "start", "H1e", when=is_ending),
        row("go", "start", "H1h", when=is_resting),
        row("go", "start", "H1", when=has_begun),
        row("go", "start", "H1f"),
        row("go", "status", "who", when=has_begun),
        row("go", "status", "start"),
        row("1", ["H1", "H1h"], "who"),
        row("go", "who", "H2a", when=hides_names),
        row("go", "who", "H2c", when=shows_all),
        row("go", "who", "H2n", when=nobody_paid),
        row("go", "who", "H2b"),
        row("1", PAID, "nudge", when=may_nudge),
        row("done", "nudge", "H4"),
        row("already_nudged", "nudge", "H4a"),
        row("nobody_left", "nudge", "who"),
        row("refused", "nudge", "no", then=keep_why),
        row("2", FRONT, "turns"),
        row("go", "turns", "H3", when=has_turns),
        row("go", "turns", "H3n"),
        row("3", [*FRONT, "H1e"], "rules"),
        row("4", ["H1", "H1f"], "invite.E9", when=may_invite, then=invite_here),
        row("5", FRONT, "leave", when=is_let_in),
        row("go", "leave", "H5e", when=[is_head, has_not_started, is_alone]),
        row("go", "leave", "H5h", when=is_head),
        row("go", "leave", "H5f", when=has_not_started),
        row("go", "leave", "H5"),
        row("1", "H5", "call head"),
        row("done", "call head", "H5c"),
        row("refused", "call head", "no", then=keep_why),
        row("1", ["H5f", "H5e"], "leave it"),
        row("2", ["H5f", "H5e"], "start"),
        row("done", "leave it", "H5d", then=all_of(keep_group_name, forget_seat)),
        row("head_stays", "leave it", "H5h"),
        row("already_active", "leave it", "H5"),
        row("refused", "leave it", "no", then=keep_why),
    ],
    doing=_doing,
)
