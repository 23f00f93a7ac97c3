"""What a step asks for is performed, and the next step taken, until there is something to say.

The same for a request of a session, a message in a chat and an answer on a private page.
Every command has a key made of what was heard and of its number in the turn, so that
nothing is done twice, whoever repeats it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from bot.answers import completed
from bot.queue import ring_all
from flows.engine import Engine, Outcome, Step, Talk
from flows.forms import Form
from flows.talk import Reply
from models.actions import perform
from models.actions.context import Context
from models.commands import Command, Done
from models.doorbell import collecting
from models.facts import Facts
from models.rules.refused import Refused


@dataclass(frozen=True)
class Asking:
    """What a turn is about: who was heard where, and the key under which it is performed.

    hop: which turn of the session it is. read: the facts, as they are at that moment.
    """

    channel: str
    form: Form
    address: str = field(repr=False)
    session: str
    hop: int
    key: str
    now: datetime
    read: Callable[[], Facts]


@dataclass(frozen=True)
class Told:
    """Where a turn has come to, with what is to be said, and the facts that it was worked out from."""

    talk: Talk
    reply: Reply
    facts: Facts

    @property
    def state(self) -> str:
        return state_of(self.talk)


def until_said(engine: Engine, step: Step, facts: Facts, asking: Asking, wait_ms: int) -> Told:
    """Perform what the step asks for, and go on. wait_ms: how long a job's answer may be waited for."""
    while step.command is not None:  # the engine stops one that goes in a circle
        outcome = _perform(step.command, _context(asking, step.talk, facts), wait_ms)
        facts = asking.read()  # what was read before is no longer true
        step = engine.step(step.talk, Outcome(type(step.command).__name__, outcome), facts, asking.form)
    if step.reply is None:
        raise RuntimeError(f"{state_of(step.talk)} says nothing")
    return Told(step.talk, step.reply, facts)


def state_of(talk: Talk) -> str:
    """How the log and the timeline call a place."""
    return f"{talk.flow}.{talk.state}"


def _perform(command: Command, context: Context, wait_ms: int) -> Done | Refused:
    with collecting() as rings:
        outcome = perform(command, context)
    ring_all(rings)
    return completed(command, outcome, context, wait_ms)


def _context(asking: Asking, talk: Talk, facts: Facts) -> Context:
    """Who asks, and the key of this command: the nth of its turn."""
    me = facts.home.me
    return Context(
        phone=me.phone,
        member_id=me.member_id,
        channel=asking.channel,
        key=f"{asking.key}:{talk.commands - 1}",
        session=asking.session,
        hop=asking.hop,
        talk=talk.to_json(),
        now=asking.now,
        address=asking.address,
    )
