"""What members ask for and an officer decides (O4, O8): more time, a late fee to be taken off, a swap of turns.

They come among her tasks (`officer`), and never about herself: those are not among hers.
"""

from collections.abc import Mapping

from flows.asking import sets
from flows.flow import Act, Flow, Fork, Guard, Screen, Turn, row
from flows.officer import current, not_done, put_off
from flows.talk import Day, DayMonth, Naira, Name, Value, Words
from models.commands import Command, DecideMoreTime, DecideSwap, DecideWaiver
from models.facts import SwapDecisionTask, TimeTask, WaiverTask

# --- what holds ---------------------------------------------------------------------------------------------------


def is_about(kind: type[TimeTask] | type[WaiverTask]) -> Guard:
    return lambda turn: current(turn, kind) is not None


def may_keep_fee(turn: Turn) -> bool:
    task = current(turn, TimeTask)
    return task is not None and task.may_keep_fee


# --- what it says -------------------------------------------------------------------------------------------------


def time(turn: Turn) -> Mapping[str, Value] | None:
    task = current(turn, TimeTask)
    if task is None:
        return None
    return {
        "group": task.group,
        "who": Name(task.who),
        "more": Words(f"TIME_{task.kind}"),
        "amt": Naira(task.amount_kobo),
        "date2": Day(task.until_on),
        "reason": Words(f"WHY_{task.reason}"),
    }


def late_fee(turn: Turn) -> Mapping[str, Value] | None:
    task = current(turn, WaiverTask)
    if task is None:
        return None
    return {
        "group": task.group,
        "who": Name(task.who),
        "fee": Naira(task.fee_kobo),
        "reason": Words(f"WHY_{task.reason}"),
    }


def swap(turn: Turn) -> Mapping[str, Value] | None:
    task = current(turn, SwapDecisionTask)
    if task is None:
        return None
    return {
        "group": task.group,
        "who": Name(task.who),
        "name": Name(task.name),
        "d": DayMonth(task.who_on),
        "d2": DayMonth(task.name_on),
    }


# --- what it does -------------------------------------------------------------------------------------------------


def time_decided(turn: Turn) -> None:
    _decided(turn, f"DID_time_{turn.data['verdict']}")


def fee_decided(turn: Turn) -> None:
    if not turn.data.get("allow"):
        _decided(turn, "DID_fee_stays")
    elif int(turn.data.get("approvals", 0)) < int(turn.data.get("needed", 2)):
        _decided(turn, "DID_fee_half")
    else:
        _decided(turn, "DID_fee_off")


def swap_decided(turn: Turn) -> None:
    _decided(turn, "DID_swap_allow" if turn.data.get("allowed") else "DID_swap_refuse")


def _decided(turn: Turn, did: str) -> None:
    put_off(turn)
    turn.memory["did"] = did
    turn.memory["who"] = turn.data.get("who", "")


def _id(turn: Turn) -> int:
    return int(str(turn.memory["task"]).partition(":")[2])


def deciding_time(turn: Turn) -> Command:
    return DecideMoreTime(_id(turn), turn.memory["verdict"])


def deciding_fee(turn: Turn) -> Command:
    return DecideWaiver(_id(turn), allow=bool(turn.memory["yes"]))


def deciding_swap(turn: Turn) -> Command:
    return DecideSwap(_id(turn), allow=bool(turn.memory["yes"]))


FLOW = Flow(
    "requests",
    states=[
        Fork("start"),
        Screen("O4", shows=time),
        Act("decide time", DecideMoreTime, deciding_time),
        Screen("O4w", shows=late_fee),
        Act("decide fee", DecideWaiver, deciding_fee),
        Screen("O8", shows=swap),
        Act("decide swap", DecideSwap, deciding_swap),
    ],
    table=[
        row("go", "start", "O4", when=is_about(TimeTask)),
        row("go", "start", "O4w", when=is_about(WaiverTask)),
        row("go", "start", "O8"),
        row("1", "O4", "decide time", then=sets(verdict="allow")),
        row("2", "O4", "decide time", then=sets(verdict="refuse")),
        row("3", "O4", "decide time", when=may_keep_fee, then=sets(verdict="keep_fee")),
        row("1", "O4w", "decide fee", then=sets(yes=True)),
        row("2", "O4w", "decide fee", then=sets(yes=False)),
        row("1", "O8", "decide swap", then=sets(yes=True)),
        row("2", "O8", "decide swap", then=sets(yes=False)),
        row("0", ["O4", "O4w", "O8"], "officer.next", then=put_off),
        row("done", "decide time", "officer.did", then=time_decided),
        row("done", "decide fee", "officer.did", then=fee_decided),
        row("done", "decide swap", "officer.did", then=swap_decided),
        row("refused", ["decide time", "decide fee", "decide swap"], "officer.did", then=not_done),
    ],
)
