"""What waits for an officer (O): a payout to approve, a short pot, somebody at the door, turns to arrange.

On a plain dial these come before her menu, one after the other; "0. Later" puts one off
for this session. Approving shows the name and the end of the number of the bank account,
and goes with the hash of what was shown, so that nothing can be changed in between.
"""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from flows.asking import ACCOUNT_NAME, keep_why, listed, reason, sets
from flows.flow import Act, Flow, Fork, Guard, Screen, Then, Turn, row
from flows.pin import pin_rows, pin_states
from flows.talk import DayMonth, Naira, Name, Value, Words
from models.commands import (
    ApprovePayout,
    ArrangeOrder,
    Command,
    DecideJoiner,
    HoldPayout,
    PayShort,
    RemindUnpaid,
    WaitOneDay,
)
from models.facts import (
    ArrangeTask,
    JoinTask,
    PayoutTask,
    ShortPotTask,
    SwapDecisionTask,
    SwapTask,
    Task,
    TimeTask,
    WaiverTask,
)
from models.vouches import VouchTask

OneTask = TypeVar("OneTask", bound=Task)


# --- which task ---------------------------------------------------------------------------------------------------


def task_key(task: Task) -> str:
    """How a talk remembers a task: by what it is about, never by its place in the list."""
    match task:
        case PayoutTask(payout_id):
            return f"payout:{payout_id}"
        case ShortPotTask(cycle_id):
            return f"short:{cycle_id}"
        case JoinTask(seat_id):
            return f"join:{seat_id}"
        case ArrangeTask(group_id):
            return f"arrange:{group_id}"
        case VouchTask(vouch_id):
            return f"vouch:{vouch_id}"
        case SwapTask(swap_id):
            return f"swap:{swap_id}"
        case SwapDecisionTask(swap_id):
            return f"decide:{swap_id}"
        case TimeTask(extension_id):
            return f"time:{extension_id}"
        case WaiverTask(waiver_id):
            return f"waiver:{waiver_id}"


def waiting(turn: Turn) -> list[Task]:
    later = turn.memory.get("put_off", [])
    return [task for task in turn.facts.home.tasks if task_key(task) not in later]


def has_task(turn: Turn) -> bool:
    return bool(waiting(turn))


def next_is_claim(turn: Turn) -> bool:
    """A part of what a group that is being dissolved owes somebody."""
    task = next(iter(waiting(turn)), None)
    return isinstance(task, PayoutTask) and task.claim


def next_is(kind: type[Task]) -> Guard:
    def guard(turn: Turn) -> bool:
        return isinstance(next(iter(waiting(turn)), None), kind)

    return guard


def current(turn: Turn, kind: type[OneTask]) -> OneTask | None:
    """The task that is talked about; None when it is settled by now."""
    key = turn.memory.get("task")
    return next((task for task in turn.facts.home.tasks if isinstance(task, kind) and task_key(task) == key), None)


def begin(turn: Turn) -> None:
    for name in ("arranged", "did", "who"):
        turn.memory.pop(name, None)
    turn.memory["task"] = task_key(waiting(turn)[0])


def put_off(turn: Turn) -> None:
    turn.memory["put_off"] = [*turn.memory.get("put_off", []), turn.memory["task"]]


# --- what holds ---------------------------------------------------------------------------------------------------


def is_second_yes(turn: Turn) -> bool:
    return int(turn.data.get("approvals", 0)) >= int(turn.data.get("needed", 2))


def may_name_officer(turn: Turn) -> bool:
    task = current(turn, JoinTask)
    return task is not None and task.may_name_officer


def may_look(turn: Turn) -> bool:
    """Only with a seat in that group can she see who has paid."""
    return _seat_id(turn) is not None


def one_is_left(turn: Turn) -> bool:
    return len(_unplaced(turn)) <= 2


def _seat_id(turn: Turn) -> int | None:
    task = current(turn, PayoutTask)
    seats = turn.facts.home.seats
    return next((seat.seat_id for seat in seats if task and seat.cycle_id == task.cycle_id), None)


def _unplaced(turn: Turn) -> list[tuple[int, str]]:
    task = current(turn, ArrangeTask)
    placed = turn.memory.get("arranged", [])
    return [seat for seat in task.seats if seat[0] not in placed] if task else []


# --- what it says -------------------------------------------------------------------------------------------------


def payout(turn: Turn) -> Mapping[str, Value] | None:
    task = current(turn, PayoutTask)
    if task is None:
        return None
    return {
        "group": task.group,
        "pot": Naira(task.net_kobo),
        "who": Name(task.recipient),
        "d": DayMonth(task.due_on),
        "n": task.paid_count,
        "m": task.seats,
        "acname": Name(task.account_name, ACCOUNT_NAME),
        "bank": task.bank,
        "last4": task.last4,
    }


def short_pot(turn: Turn) -> Mapping[str, Value] | None:
    task = current(turn, ShortPotTask)
    if task is None:
        return None
    return {
        "group": task.group,
        "who": Name(task.recipient),
        "pot": Naira(task.full_kobo),
        "amt": Naira(task.in_kobo),
        "d": DayMonth(task.due_on),
        "n": task.paid_count,
        "m": task.seats,
    }


def joiner(turn: Turn) -> Mapping[str, Value] | None:
    task = current(turn, JoinTask)
    return {"who": Name(task.who), "group": task.group, "n": task.taken, "m": task.seats} if task else None


def next_place(turn: Turn) -> Mapping[str, Value] | None:
    task = current(turn, ArrangeTask)
    return {"t": len(turn.memory.get("arranged", [])) + 1, "group": task.group} if task else None


def people(turn: Turn) -> Sequence[Words]:
    return [Words("O6n", {"who": Name(name)}) for _, name in _unplaced(turn)]


def arranged(turn: Turn) -> Mapping[str, Value] | None:
    task = current(turn, ArrangeTask)
    if task is None:
        return None
    names = dict(task.seats)
    return {"group": task.group, "names": listed(names[seat] for seat in turn.memory["arranged"] if seat in names)}


def to_whom(turn: Turn) -> Mapping[str, Value]:
    """The task is settled when this is said, so the name was kept."""
    return {"who": Name(str(turn.memory.get("who", "")))}


def outcome(turn: Turn) -> Mapping[str, Value]:
    did = turn.memory.get("did")
    if did is None:
        return {"why": reason(turn.memory.get("why"))}
    count = int(turn.memory.get("count") or 0)
    return {"why": Words(did, {"who": Name(str(turn.memory.get("who", ""))), "k": count}, count)}


def _doing(turn: Turn) -> Words | None:
    if task := current(turn, PayoutTask):
        return Words("DO_approve", {"pot": Naira(task.net_kobo), "who": Name(task.recipient)})
    if arrange := current(turn, ArrangeTask):
        return Words("DO_arrange", {"group": arrange.group})
    return None


# --- what it does -------------------------------------------------------------------------------------------------


def look_at_its_group(turn: Turn) -> None:
    turn.memory["look_seat_id"] = _seat_id(turn)


def keep_recipient(turn: Turn) -> None:
    task = current(turn, PayoutTask) or current(turn, ShortPotTask)
    turn.memory["who"] = task.recipient if task else ""


def place(turn: Turn) -> None:
    """The last one needs no question."""
    left = _unplaced(turn)
    chosen = left.pop(turn.value)
    placed = [*turn.memory.get("arranged", []), chosen[0]]
    turn.memory["arranged"] = placed + [seat for seat, _ in left] if len(left) == 1 else placed


def keep_shown(turn: Turn) -> None:
    """Her yes is to what she is being shown now."""
    keep_recipient(turn)
    task = current(turn, PayoutTask)
    turn.memory["payload_hash"] = task.payload_hash if task else ""


def start_again(turn: Turn) -> None:
    turn.memory.pop("arranged", None)


def _did(key: str, **kept: str) -> Then:
    """Remember what was done, with these fields of the outcome, and leave the task for this session."""

    def then(turn: Turn) -> None:
        put_off(turn)
        turn.memory["did"] = key
        for name, field in kept.items():
            turn.memory[name] = turn.data.get(field)

    return then


def decided(turn: Turn) -> None:
    _did(f"DID_{turn.data['verdict']}", who="name")(turn)


def reminded(turn: Turn) -> None:
    _did("DID_remind", count="sent")(turn)


def not_done(turn: Turn) -> None:
    keep_why(turn)
    put_off(turn)


def look_again(turn: Turn) -> None:
    """It has changed, or the turns have: the same task comes back with what holds now."""
    keep_why(turn)
    turn.memory.pop("arranged", None)


def _id(turn: Turn) -> int:
    return int(str(turn.memory["task"]).partition(":")[2])


def approving(turn: Turn) -> Command:
    return ApprovePayout(_id(turn), turn.memory["payload_hash"])


def holding(turn: Turn) -> Command:
    return HoldPayout(_id(turn))


def reminding(turn: Turn) -> Command:
    return RemindUnpaid(_id(turn))


def paying_short(turn: Turn) -> Command:
    return PayShort(_id(turn))


def waiting_a_day(turn: Turn) -> Command:
    return WaitOneDay(_id(turn))


def deciding(turn: Turn) -> Command:
    return DecideJoiner(_id(turn), turn.memory["verdict"])


def arranging(turn: Turn) -> Command:
    return ArrangeOrder(_id(turn), tuple(turn.memory["arranged"]))


ACTS = ("approve", "hold", "remind", "pay short", "wait", "decide", "arrange")

FLOW = Flow(
    "officer",
    states=[
        Fork("next"),
        Screen("O1", shows=payout),
        Screen("O1e", shows=payout),
        *pin_states("O2", "approve PIN", shows=payout, gone_on="O2y"),
        Act("approve", ApprovePayout, approving),
        Act("hold", HoldPayout, holding),
        Screen("O1s", shows=short_pot),
        Act("remind", RemindUnpaid, reminding),
        *pin_states("O2s", "short PIN", shows=short_pot, gone_on="O2z"),
        Act("pay short", PayShort, paying_short),
        Act("wait", WaitOneDay, waiting_a_day),
        Screen("O3", shows=to_whom, end=True),
        Screen("O3f", shows=to_whom, end=True),
        Screen("O5", shows=joiner),
        Act("decide", DecideJoiner, deciding),
        Screen("O6", shows=next_place, rows=people, picks=True),
        Screen("O6c", shows=arranged),
        Act("arrange", ArrangeOrder, arranging),
        Screen("did", "X3", shows=outcome),
    ],
    table=[
        row("go", "next", "O1e", when=next_is_claim, then=begin),
        row("go", "next", "O1", when=next_is(PayoutTask), then=begin),
        row("go", "next", "O1s", when=next_is(ShortPotTask), then=begin),
        row("go", "next", "vouching.start", when=next_is(VouchTask), then=begin),
        row("go", "next", "swap.J4", when=next_is(SwapTask), then=begin),
        *(
            row("go", "next", "requests.start", when=next_is(kind), then=begin)
            for kind in (SwapDecisionTask, TimeTask, WaiverTask)
        ),
        row("go", "next", "O5", when=next_is(JoinTask), then=begin),
        row("go", "next", "O6", when=next_is(ArrangeTask), then=begin),
        row("go", "next", "menu.home"),
        row("0", ["O1", "O1e", "O1s", "O5", "O6", "O6c"], "next", then=put_off),
        row("1", ["O1", "O1e"], "approve PIN", then=keep_shown),
        row("2", ["O1", "O1e"], "hold"),
        row("3", "O1", "group.who", when=may_look, then=look_at_its_group),
        *pin_rows("O2", "approve PIN", to="approve", gone_on="O2y"),
        row("1", "O1s", "remind"),
        row("2", "O1s", "short PIN", then=keep_recipient),
        row("3", "O1s", "wait"),
        *pin_rows("O2s", "short PIN", to="pay short", gone_on="O2z"),
        row("1", "O5", "decide", then=sets(verdict="let_in")),
        row("2", "O5", "decide", when=may_name_officer, then=sets(verdict="let_in_officer")),
        row("3", "O5", "decide", then=sets(verdict="refuse")),
        row("pick", "O6", "O6c", when=one_is_left, then=place),
        row("pick", "O6", "O6", then=place),
        row("1", "O6c", "arrange"),
        row("2", "O6c", "O6", then=start_again),
        row("done", ["approve", "pay short"], "O3f", when=is_second_yes),
        row("done", ["approve", "pay short"], "O3"),
        row("done", "hold", "did", then=_did("DID_hold")),
        row("done", "remind", "did", then=reminded),
        row("done", "wait", "did", then=_did("DID_wait")),
        row("done", "decide", "did", then=decided),
        row("done", "arrange", "did", then=_did("DID_arrange")),
        row("changed", "approve", "did", then=look_again),
        row("seats_changed", "arrange", "did", then=look_again),
        row("refused", ACTS, "did", then=not_done),
        row("1", "did", "next"),
        row("0", "did", "menu.out"),
    ],
    doing=_doing,
)
