"""Is it really she (O9)? Asked of the head, or of another officer when it is about the head.

She is told to call first: what is at stake is somebody's PIN, account or name. A yes needs her
own PIN; a no needs nothing. Whether a number is somebody's now (O9q) is asked of two whom the office has chosen, and
whatever they say they say with their PIN: by it the office knows on whose phone it was said.
"""

from collections.abc import Mapping

from flows.asking import HEAD, sets
from flows.flow import Act, Flow, Fork, Guard, Screen, Turn, row
from flows.officer import current, not_done, put_off
from flows.pin import pin_rows, pin_states
from flows.talk import Name, Value, Words
from models.account_commands import AnswerVouch, SayNumber
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


def number(turn: Turn) -> Mapping[str, Value] | None:
    task = current(turn, VouchTask)
    if task is None:
        return None
    said = Words(f"SAY_{turn.memory.get('answer', 'unsure')}")
    return {"who": Name(task.who, HEAD), "group": task.group, "phone": task.name, "what": said}


def _doing(turn: Turn) -> Words | None:
    facts = person(turn)
    if facts is None:
        return None
    return Words("DO_number") if is_about("number")(turn) else Words("DO_vouch", facts)


def _id(turn: Turn) -> int:
    return int(str(turn.memory["task"]).partition(":")[2])


def answering(turn: Turn) -> Command:
    return AnswerVouch(_id(turn), yes=bool(turn.memory["yes"]))


def saying(turn: Turn) -> Command:
    return SayNumber(_id(turn), turn.memory["answer"])


def answered(turn: Turn) -> None:
    put_off(turn)
    turn.memory["did"] = "DID_vouch" if turn.memory["yes"] else "DID_vouch_no"
    turn.memory["who"] = turn.data.get("name", "")


def said(turn: Turn) -> None:
    put_off(turn)
    turn.memory["did"] = f"DID_number_{turn.memory['answer']}"
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
        Screen("O9q", shows=number),
        *pin_states("O9r", "number PIN", shows=number, gone_on="O9s"),
        Act("say", SayNumber, saying),
    ],
    table=[
        row("go", "start", "O9u", when=is_about("unfreeze")),
        row("go", "start", "O9n", when=is_about("name")),
        row("go", "start", "O9q", when=is_about("number")),
        row("go", "start", "O9"),
        row("1", ["O9", "O9u", "O9n"], "vouch PIN", then=sets(yes=True)),
        row("2", ["O9", "O9u", "O9n"], "answer", then=sets(yes=False)),
        row("1", "O9q", "number PIN", then=sets(answer="yes")),
        row("2", "O9q", "number PIN", then=sets(answer="no")),
        row("3", "O9q", "number PIN", then=sets(answer="unsure")),
        row("0", ["O9", "O9u", "O9n", "O9q"], "officer.next", then=put_off),
        *pin_rows("O9p", "vouch PIN", to="answer", gone_on="O9y"),
        *pin_rows("O9r", "number PIN", to="say", gone_on="O9s"),
        row("done", "answer", "officer.did", then=answered),
        row("done", "say", "officer.did", then=said),
        row("refused", ["answer", "say"], "officer.did", then=not_done),
    ],
    doing=_doing,
)
