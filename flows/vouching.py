"""Is it really she (O9)? Asked of the head, or of another officer when it is about the head.

She is told to call first: what is at stake is somebody's PIN, account or name. A yes needs her
own PIN; a no needs nothing.
"""

from collections.abc import Mapping

from flows.asking import HEAD, sets
from flows.flow import Act, Flow, Fork, Guard, Screen, Turn, row
from flows.officer import current, not_done, put_off
from flows.pin import pin_rows, pin_states
from flows.talk import Name, Value, Words
from models.account_commands import AnswerVouch
from models.commands import Command
from models.vouches import VouchTask


def is_about(purpose: str) -> Guard:
    def guard(turn: Turn) -> bool:
        task = current(turn, VouchTask)
        return task is not None and task.purpose == purpose

    return guard


def person(turn: Turn) -> Mapping[str, Value] | None:
    task = current(turn, VouchTask)
    if task is None:
        return None
    return {"who": Name(task.who, HEAD), "group": task.group, "text": task.name}


def _doing(turn: Turn) -> Words | None:
    facts = person(turn)
    return Words("DO_vouch", facts) if facts else None


def answering(turn: Turn) -> Command:
    return AnswerVouch(int(str(turn.memory["task"]).partition(":")[2]), yes=bool(turn.memory["yes"]))


def answered(turn: Turn) -> None:
    put_off(turn)
    turn.memory["did"] = "DID_vouch" if turn.memory["yes"] else "DID_vouch_no"
    turn.memory["who"] = turn.data.get("name", "")


FLOW = Flow(
    "vouching",
    states=[
        Fork("start"),
        Screen("O9", shows=person),
        Screen("O9u", shows=person),
        Screen("O9n", shows=person),
        *pin_states("O9p", "vouch PIN", shows=person, gone_on="O9y"),
        Act("answer", AnswerVouch, answering),
    ],
    table=[
        row("go", "start", "O9u", when=is_about("unfreeze")),
        row("go", "start", "O9n", when=is_about("name")),
        row("go", "start", "O9"),
        row("1", ["O9", "O9u", "O9n"], "vouch PIN", then=sets(yes=True)),
        row("2", ["O9", "O9u", "O9n"], "answer", then=sets(yes=False)),
        row("0", ["O9", "O9u", "O9n"], "officer.next", then=put_off),
        *pin_rows("O9p", "vouch PIN", to="answer", gone_on="O9y"),
        row("done", "answer", "officer.did", then=answered),
        row("refused", "answer", "officer.did", then=not_done),
    ],
    doing=_doing,
)
