"""My data (M10): a copy, her name set right, what we keep for her, the account closed.

Behind the PIN, because all of it is hers alone.
"""

from collections.abc import Mapping

from flows.asking import a_name, by_name, forgets, keep_why, keeps, me, sets, why_not
from flows.flow import Act, Flow, Fork, Screen, Turn, nothing, row
from flows.pin import pin_rows, pin_states
from flows.talk import Naira, Name, Value, Words
from models.account_commands import CloseAccount, CorrectName, SendKept, SendMyData, UseKept

# By how many signs the one who is asked is known.
WHO = 13


def is_changed(turn: Turn) -> bool:
    return not turn.data.get("who")


def new_name(turn: Turn) -> Mapping[str, Value]:
    return {"text": str(turn.memory.get("new_name", ""))}


def asked(turn: Turn) -> Mapping[str, Value]:
    return {**new_name(turn), "head": Name(str(turn.data.get("who", "")), WHO)}


def is_kept(turn: Turn) -> bool:
    return turn.facts.kept().kobo > 0


def is_going(turn: Turn) -> bool:
    return turn.facts.kept().going_kobo > 0


def what_is_kept(turn: Turn) -> Mapping[str, Value]:
    return {"amt": Naira(turn.facts.kept().kobo)}


def what_is_going(turn: Turn) -> Mapping[str, Value]:
    return {"amt": Naira(turn.facts.kept().going_kobo)}


def used(turn: Turn) -> Mapping[str, Value]:
    return {"amt": Naira(turn.data["used_kobo"]), "total": Naira(turn.data["left_kobo"])}


def sent(turn: Turn) -> Mapping[str, Value]:
    return {"amt": Naira(turn.data["sent_kobo"])}


def keep_language(turn: Turn) -> None:
    """The goodbye is said when nobody knows her any more."""
    turn.memory["language"] = turn.memory.get("language") or me(turn).language


def _doing(turn: Turn) -> Words | None:
    if turn.state.startswith("M12"):
        return Words("DO_name")
    return Words("DO_data") if turn.state.startswith(("M10", "M13", "M14")) else None


FLOW = Flow(
    "my_data",
    states=[
        *pin_states("M10p", "start", shows=nothing),
        Screen("M10", behind_pin="start", returns="start"),
        Act("copy", SendMyData, lambda _: SendMyData()),
        Screen("M10s", end=True),
        Screen("M12", shows=by_name, hears=a_name, behind_pin="start", returns="start"),
        Screen("M12e", "A3e", again="M12"),
        Screen("M12c", shows=new_name, behind_pin="start", returns="start"),
        Act("correct", CorrectName, lambda turn: CorrectName(turn.memory["new_name"])),
        Screen("M12a", shows=asked, end=True),
        Screen("M12d", shows=new_name, end=True),
        Screen("M12o"),
        Screen("M13", behind_pin="start", returns="start"),
        Act("close", CloseAccount, lambda _: CloseAccount()),
        Screen("M13d", end=True),
        Fork("kept"),
        Screen("M14", shows=what_is_kept, behind_pin="start", returns="start"),
        Screen("M14w", shows=what_is_going, behind_pin="start", returns="start"),
        Screen("M14n", behind_pin="start", returns="start"),
        Act("use it", UseKept, lambda _: UseKept()),
        Screen("M14u", shows=used, end=True),
        Act("send it", SendKept, lambda _: SendKept()),
        Screen("M14s", shows=sent, end=True),
        Screen("no", "X2", shows=why_not),
    ],
    table=[
        *pin_rows("M10p", "start", to="M10"),
        row("1", "M10", "copy"),
        row("done", "copy", "M10s"),
        row("2", "M10", "M12"),
        row("heard", "M12", "M12c", then=keeps("new_name")),
        row("wrong", "M12", "M12e"),
        row("1", "M12c", "correct"),
        row("2", "M12c", "M12", then=forgets("new_name")),
        row("done", "correct", "M12d", when=is_changed),
        row("done", "correct", "M12a"),
        row("bad_name", "correct", "M12e"),
        row("no_voucher", "correct", "M12o"),
        row("1", "M12o", "report.send", then=sets(kind="name")),
        row("3", "M10", "M13"),
        row("1", "M13", "close", then=keep_language),
        row("2", "M13", "M10"),
        row("done", "close", "M13d"),
        row("is_owed", "close", "kept", when=is_kept),
        row("4", "M10", "kept"),
        row("go", "kept", "M14", when=is_kept),
        row("go", "kept", "M14w", when=is_going),
        row("go", "kept", "M14n"),
        row("1", "M14", "use it"),
        row("done", "use it", "M14u"),
        row("2", "M14", "send it"),
        row("done", "send it", "M14s"),
        row("refused", ["copy", "correct", "close", "use it", "send it"], "no", then=keep_why),
    ],
    doing=_doing,
)
