"""Swap of turns (J): whom to ask, the question to the other one, and her answer.

Both sides prove it with their PIN, because a turn is a pot of money; an officer decides last
(`requests`). Until then nothing moves. The partners that are offered, and why somebody
cannot swap at all, are the rules' decision.
"""

from collections.abc import Mapping, Sequence

from flows.asking import HEAD, keep_why, seat_of, sets, why_not
from flows.flow import Act, Flow, Fork, Screen, Turn, row
from flows.officer import current, not_done, put_off, task_key
from flows.pin import pin_rows, pin_states
from flows.talk import Day, DayMonth, Naira, Name, Value, Words
from models.commands import AnswerSwap, AskSwap, Command, WithdrawSwap
from models.facts import SwapChoices, SwapPartner, SwapTask

# --- what holds ---------------------------------------------------------------------------------------------------


def is_asked(turn: Turn) -> bool:
    """Somebody waits for her answer."""
    return any(isinstance(task, SwapTask) for task in turn.facts.home.tasks)


def waits_for_answer(turn: Turn) -> bool:
    choices = _choices(turn)
    return choices is not None and choices.open_swap_id is not None


def has_agreed(turn: Turn) -> bool:
    choices = _choices(turn)
    return choices is not None and bool(choices.open_with)


def may_not(turn: Turn) -> bool:
    choices = _choices(turn)
    return choices is None or bool(choices.obstacle) or choices.on is None


def has_partners(turn: Turn) -> bool:
    choices = _choices(turn)
    return choices is not None and bool(choices.partners)


def _choices(turn: Turn) -> SwapChoices | None:
    seat = seat_of(turn)
    return turn.facts.swaps(seat.seat_id) if seat else None


def _partner(turn: Turn) -> SwapPartner | None:
    choices = _choices(turn)
    partners = choices.partners if choices else ()
    return next((partner for partner in partners if partner.seat_id == turn.memory.get("other_seat_id")), None)


# --- what it says -------------------------------------------------------------------------------------------------


def mine(turn: Turn) -> Mapping[str, Value] | None:
    choices = _choices(turn)
    return {"t": choices.number, "d2": DayMonth(choices.on)} if choices and choices.on else None


def partners(turn: Turn) -> Sequence[Words]:
    choices = _choices(turn)
    return [
        Words("J1p", {"t": partner.number, "who": Name(partner.who), "d": DayMonth(partner.on)})
        for partner in (choices.partners if choices else ())
    ]


def wish(turn: Turn) -> Mapping[str, Value] | None:
    choices, partner = _choices(turn), _partner(turn)
    if choices is None or choices.on is None or partner is None:
        return None
    return {
        "who": Name(partner.who),
        "head": Name(choices.decider, HEAD),
        "d": DayMonth(partner.on),
        "d2": DayMonth(choices.on),
    }


def open_request(turn: Turn) -> Mapping[str, Value] | None:
    choices = _choices(turn)
    if choices is None or choices.on is None or not choices.open_with:
        return None
    return {"who": Name(choices.open_with), "date": Day(choices.on)}


def whom(turn: Turn) -> Mapping[str, Value]:
    """She cannot be found among the partners any more when this is said, so the name was kept."""
    return {"who": Name(str(turn.memory.get("who", "")))}


def question(turn: Turn) -> Mapping[str, Value] | None:
    task = current(turn, SwapTask)
    if task is None:
        return None
    return {
        "group": task.group,
        "name": Name(task.who),
        "who": Name(task.who),
        "d": DayMonth(task.mine_on),
        "d2": DayMonth(task.theirs_on),
        "date2": Day(task.theirs_on),
        "pot": Naira(task.collect_kobo),
    }


def _doing(turn: Turn) -> Words | None:
    if turn.state.startswith("J2") and (partner := _partner(turn)):
        return Words("DO_swap", {"who": Name(partner.who)})
    if turn.state.startswith("J5") and (task := current(turn, SwapTask)):
        return Words("DO_swap", {"who": Name(task.who)})
    return None


# --- what it does -------------------------------------------------------------------------------------------------


def take_partner(turn: Turn) -> None:
    choices = _choices(turn)
    if choices:
        turn.memory["other_seat_id"] = choices.partners[turn.value].seat_id


def keep_whom(turn: Turn) -> None:
    turn.memory["who"] = turn.data.get("who", "")


def keep_obstacle(turn: Turn) -> None:
    choices = _choices(turn)
    turn.memory["why"] = choices.obstacle if choices else "gone"


def keep_swap(turn: Turn) -> None:
    choices = _choices(turn)
    turn.memory["swap_id"] = choices.open_swap_id if choices else 0


def take_task(turn: Turn) -> None:
    """The question that she was asked, when it is not the officer's list that brings her here."""
    task = next(task for task in turn.facts.home.tasks if isinstance(task, SwapTask))
    turn.memory["task"] = task_key(task)


def answered(turn: Turn) -> None:
    put_off(turn)
    turn.memory["did"] = "DID_swap_agree" if turn.data.get("agreed") else "DID_swap_no"
    turn.memory["who"] = turn.data.get("who", "")


def asking(turn: Turn) -> Command:
    seat = seat_of(turn)
    return AskSwap(seat.seat_id if seat else 0, turn.memory["other_seat_id"])


def withdrawing(turn: Turn) -> Command:
    return WithdrawSwap(int(turn.memory.get("swap_id") or 0))


def answering(turn: Turn) -> Command:
    return AnswerSwap(int(str(turn.memory["task"]).partition(":")[2]), agree=bool(turn.memory["yes"]))


FLOW = Flow(
    "swap",
    states=[
        Fork("start"),
        Screen("J1", shows=mine, rows=partners, picks=True),
        Screen("J1e"),
        Screen("J1w", shows=open_request),
        Screen("J1o", shows=open_request),
        *pin_states("J2", "ask PIN", shows=wish, gone_on="J2y"),
        Act("ask", AskSwap, asking),
        Screen("J3", shows=whom, end=True),
        Act("withdraw", WithdrawSwap, withdrawing),
        Screen("J3w", end=True),
        Fork("asked"),
        Screen("J4", shows=question),
        *pin_states("J5", "agree PIN", shows=question, gone_on="J5y"),
        Act("answer", AnswerSwap, answering),
        Screen("no", "X2", shows=why_not),
    ],
    table=[
        row("go", "start", "asked", when=is_asked),
        row("go", "start", "J1w", when=waits_for_answer),
        row("go", "start", "J1o", when=has_agreed),
        row("go", "start", "no", when=may_not, then=keep_obstacle),
        row("go", "start", "J1", when=has_partners),
        row("go", "start", "J1e"),
        row("pick", "J1", "ask PIN", then=take_partner),
        *pin_rows("J2", "ask PIN", to="ask", gone_on="J2y"),
        row("done", "ask", "J3", then=keep_whom),
        row("refused", "ask", "no", then=keep_why),
        row("1", "J1w", "withdraw", then=keep_swap),
        row("done", "withdraw", "J3w"),
        row("refused", "withdraw", "no", then=keep_why),
        row("go", "asked", "J4", when=is_asked, then=take_task),
        row("go", "asked", "start"),
        row("1", "J4", "agree PIN", then=sets(yes=True)),
        row("2", "J4", "answer", then=sets(yes=False)),
        row("0", "J4", "officer.next", then=put_off),
        *pin_rows("J5", "agree PIN", to="answer", gone_on="J5y"),
        row("done", "answer", "officer.did", then=answered),
        row("refused", "answer", "officer.did", then=not_done),
    ],
    doing=_doing,
)
