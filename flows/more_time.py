"""More time (K): what can be asked for the payment that is owed, why, and whom; also that a late fee is taken off.

Nobody needs a PIN to ask. An officer answers (`requests`), by SMS; until then the due date
stays, and every screen says so.
"""

from collections.abc import Mapping

from flows.asking import HEAD, is_paused, keep_why, seat_of, sets, why_not
from flows.flow import Act, Flow, Fork, Guard, Screen, Turn, row
from flows.talk import Day, Naira, Name, Value, Words
from models.commands import AskCall, AskMoreTime, AskWaiver, Command
from models.facts import MoreTime, SeatCard, TimeOffer

# As in rules/extensions.py; the numbers are those of K1 and K2.
TWO_DAYS, WEEK, PARTS, FEE = "two_days", "week", "parts", "fee"
REASONS = {"1": "sickness", "2": "slow_sales", "3": "late_salary", "4": "travel", "5": "unsaid"}
KINDS = ("K1", "K1a", "K1d", "K1f", "K1h")

# --- what holds ---------------------------------------------------------------------------------------------------


def may_ask(kind: str) -> Guard:
    def guard(turn: Turn) -> bool:
        return _offer(turn, kind) is not None

    return guard


def chose(*kinds: str) -> Guard:
    return lambda turn: turn.memory.get("kind") in kinds


def may_ask_anything(turn: Turn) -> bool:
    return bool(_time(turn).offers)


def owes(turn: Turn) -> bool:
    return bool(_time(turn).amount_kobo)


def owes_fee(turn: Turn) -> bool:
    return bool(_time(turn).fee_kobo)


def may_ask_off(turn: Turn) -> bool:
    return owes_fee(turn) and not _time(turn).fee_asked


def has_paid_fee(turn: Turn) -> bool:
    return _time(turn).fee_paid


def waits_for_answer(turn: Turn) -> bool:
    return _time(turn).asked == "waiting"


def has_head(turn: Turn) -> bool:
    """Not the head herself."""
    seat = seat_of(turn)
    return seat is not None and not seat.head_is_me


def _time(turn: Turn) -> MoreTime:
    seat = seat_of(turn)
    return turn.facts.more_time(seat.seat_id) if seat else MoreTime("")


def _offer(turn: Turn, kind: str) -> TimeOffer | None:
    return next((offer for offer in _time(turn).offers if offer.kind == kind), None)


# --- what it says -------------------------------------------------------------------------------------------------


def owing(turn: Turn) -> Mapping[str, Value] | None:
    seat, time = seat_of(turn), _time(turn)
    if seat is None:
        return None
    facts = _of_seat(seat, time)
    return {**facts, "date": Day(time.due_on)} if time.due_on else facts


def owing_since(turn: Turn) -> Mapping[str, Value] | None:
    """None when it was paid in the meantime."""
    facts = owing(turn)
    return facts if facts and "date" in facts else None


def resting(turn: Turn) -> Mapping[str, Value] | None:
    seat, facts = seat_of(turn), owing(turn)
    return {**facts, "date": Day(seat.paused_until)} if seat and facts and seat.paused_until else None


def wish(turn: Turn) -> Mapping[str, Value] | None:
    time, offer = _time(turn), _offer(turn, str(turn.memory.get("kind")))
    if offer is None:
        return None
    facts: dict[str, Value] = {"head": Name(time.decider, HEAD), "amt": Naira(time.amount_kobo)}
    if offer.first_on is None:
        return {**facts, "date2": Day(offer.until_on)}
    return {**facts, "half": Naira(offer.first_kobo), "date": Day(offer.first_on), "date2": Day(offer.until_on)}


def about_fee(turn: Turn) -> Mapping[str, Value] | None:
    time = _time(turn)
    return {"head": Name(time.decider, HEAD), "fee": Naira(time.fee_kobo)} if time.fee_kobo else None


def decider(turn: Turn) -> Mapping[str, Value]:
    return {"head": Name(_time(turn).decider, HEAD)}


def asked_for(turn: Turn) -> Mapping[str, Value] | None:
    facts = owing_since(turn)
    return {**facts, **decider(turn)} if facts else None


def _of_seat(seat: SeatCard, time: MoreTime) -> dict[str, Value]:
    return {
        "group": seat.group,
        "head": Name(seat.head, HEAD),
        "amt": Naira(time.amount_kobo),
        "fee": Naira(time.fee_kobo),
    }


def _doing(turn: Turn) -> Words | None:
    time = _time(turn)
    asks = turn.state in ("K2", "K3", "K3p") and time.amount_kobo
    return Words("DO_time", {"amt": Naira(time.amount_kobo)}) if asks else None


# --- what it does -------------------------------------------------------------------------------------------------


def asking(turn: Turn) -> Command:
    return AskMoreTime(_seat_id(turn), turn.memory["kind"], turn.memory["reason"])


def asking_off(turn: Turn) -> Command:
    return AskWaiver(_seat_id(turn), turn.memory["reason"])


def calling(turn: Turn) -> Command:
    return AskCall(_seat_id(turn))


def _seat_id(turn: Turn) -> int:
    seat = seat_of(turn)
    return seat.seat_id if seat else 0


FLOW = Flow(
    "more_time",
    states=[
        Fork("start"),
        Screen("K1", shows=owing_since),
        Screen("K1a", shows=owing_since),
        Screen("K1d", shows=owing_since),
        Screen("K1f", shows=owing),
        Screen("K1n", shows=owing),
        Screen("K1h", shows=resting),
        Fork("late fee"),
        Screen("K1p"),
        Screen("K1q", shows=about_fee),
        Screen("K2", shows=decider),
        Fork("sure"),
        Screen("K3", shows=wish),
        Screen("K3p", shows=wish),
        Screen("K3w", shows=about_fee),
        Act("ask", AskMoreTime, asking),
        Act("ask off", AskWaiver, asking_off),
        Screen("K4", shows=asked_for, end=True),
        Screen("K4w", shows=about_fee, end=True),
        Act("call head", AskCall, calling),
        Screen("no", "X2", shows=why_not),
    ],
    table=[
        row("go", "start", "K1h", when=is_paused),
        row("go", "start", "K1a", when=[owes, waits_for_answer]),
        row("go", "start", "K1", when=[owes, may_ask_anything]),
        row("go", "start", "K1d", when=owes),
        row("go", "start", "K1f", when=owes_fee),
        row("go", "start", "K1n"),
        row("1", "K1", "K2", when=may_ask(TWO_DAYS), then=sets(kind=TWO_DAYS)),
        row("2", "K1", "K2", when=may_ask(WEEK), then=sets(kind=WEEK)),
        row("3", KINDS, "late fee", when=owes_fee),
        row("3", [*KINDS, "K1n"], "K1p", when=has_paid_fee),
        row("4", "K1", "K2", when=may_ask(PARTS), then=sets(kind=PARTS)),
        row("5", KINDS, "call head", when=has_head),
        row("go", "late fee", "K2", when=may_ask_off, then=sets(kind=FEE)),
        row("go", "late fee", "K1q"),
        *(row(number, "K2", "sure", then=sets(reason=reason)) for number, reason in REASONS.items()),
        row("go", "sure", "K3", when=chose(TWO_DAYS, WEEK)),
        row("go", "sure", "K3p", when=chose(PARTS)),
        row("go", "sure", "K3w"),
        row("1", ["K3", "K3p"], "ask"),
        row("1", "K3w", "ask off"),
        row("2", ["K3", "K3p", "K3w"], "start"),
        row("done", "ask", "K4"),
        row("refused", "ask", "no", then=keep_why),
        row("done", "ask off", "K4w"),
        row("refused", "ask off", "no", then=keep_why),
        row("done", "call head", "group.H5c"),
        row("refused", "call head", "no", then=keep_why),
    ],
    doing=_doing,
)
