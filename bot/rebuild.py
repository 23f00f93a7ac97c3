"""A place that was lost: found again from the books and from what the network says was typed.

Two things bring a session that we do not remember with replies in it: somebody dialled them
(*347*55*1#), or Redis was emptied under her. Nothing is ever performed from such replies. What
the books know was performed is taken as done; the rest is replayed to the first question that
asks for a secret or would do something, and there she is asked again.
"""

from flows.engine import Engine, Outcome, Step, Talk
from models.actions import PerformedStep, latest_performed
from models.facts import Facts


def dialled(service_code: str, ours: str) -> tuple[str, ...]:
    """What was dialled behind our code, when the network leaves it there: ("1",) for *347*55*1#."""
    code, own = service_code.rstrip("#"), ours.rstrip("#")
    return tuple(code.removeprefix(own + "*").split("*")) if own and code.startswith(own + "*") else ()


def rebuild(
    engine: Engine,
    facts: Facts,
    session: str,
    shortcut: tuple[str, ...],
    replies: tuple[str, ...],
    *,
    lost: bool,
) -> Step:
    """The step that stands where these replies led. It may ask for a command only when this very hop had begun one.

    shortcut: what was surely dialled. lost: Redis may have been emptied during the session; otherwise all was dialled.
    """
    performed = latest_performed(session, len(replies) + 1) if replies else None
    if performed is not None and (step := _from_books(engine, facts, performed, replies)):
        return step
    return engine.replay((*shortcut, *replies), facts, shortcut=bool(shortcut) or not lost)


def _from_books(engine: Engine, facts: Facts, performed: PerformedStep, replies: tuple[str, ...]) -> Step | None:
    talk = Talk.from_json(performed.talk)
    if talk is None:
        return None
    step = engine.resume_from(talk, Outcome(performed.command, performed.outcome), replies[performed.hop :], facts)
    return step if step.command is None or performed.hop == len(replies) else None
