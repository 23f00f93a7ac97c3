"""The one loop: a request of a session comes in, what is new in it is found, the conversation takes a step, the
commands that it asks for are performed, the place is kept, an answer goes out.

It decides nothing about savings and nothing about words. Reading needs no write to the database and no lock; one
round trip to Redis stands before the step and one after it. Every command has a key made of session and hop, so
that nothing is done twice, whoever repeats it. There is always an answer: what breaks is told to the log, with
what was typed masked, and to her as "busy, dial again".
"""

import time
from dataclasses import dataclass, field
from datetime import datetime

from redis import RedisError

from bot import clock, place, said
from bot.answers import completed
from bot.logs import log, typed_secret
from bot.place import Found, Place, mark_of_session
from bot.process import redis_of
from bot.queue import ring_all
from bot.rebuild import dialled, rebuild
from bot.turns import Diverged, Fresh, Retry, UssdHop, new_input, remember, tokens
from flows.engine import Engine, Heard, Outcome, Step, Talk, busy, is_secret
from models.actions import perform
from models.actions.context import Context
from models.actions.people import SaidRow
from models.actions.pins import Busy
from models.commands import Command, Done
from models.doorbell import collecting
from models.facts import Facts
from models.phones import mask
from models.queries.facts import DatabaseFacts
from models.rules.refused import Refused
from models.sealing import keys

SHORTEST_SECRET = 4


@dataclass(frozen=True)
class Answer:
    """What goes back on the request; `end`: the session is over. `state` and `result` are for the log."""

    text: str = field(repr=False)
    end: bool
    state: str = ""
    result: str = ""


@dataclass(frozen=True)
class Hop:
    """One request with all that its turn needs."""

    channel: str
    ussd: UssdHop
    session: str  # the mark of session and phone
    number: int  # replies so far; 0 when she has just dialled
    now: datetime
    began: float

    @property
    def phone(self) -> str:
        return self.ussd.phone


@dataclass(frozen=True)
class Turn:
    """What was heard where, and the first step that it led to. `heard` is fit to be kept."""

    before: str
    heard: str = field(repr=False)
    step: Step


class Runner:
    """Takes turns for every channel that answers at once. Threads share it: it keeps nothing between two turns."""

    def __init__(self, engine: Engine, wait_ms: int, ussd_code: str = "") -> None:
        """`wait_ms`: how long a hop may wait for a job's answer. `ussd_code`: ours; more of it was dialled."""
        self._engine = engine
        self._wait_ms = wait_ms
        self._ussd_code = ussd_code

    def take_turn(self, channel: str, ussd: UssdHop) -> Answer:
        """The answer to one request of a session. Never raises, never says nothing."""
        began = time.monotonic()
        # Any reply of the session may have been a PIN, and every later request repeats it.
        with typed_secret(*(each for each in tokens(ussd.history) if len(each) >= SHORTEST_SECRET)):
            try:
                answer = self._answer(channel, ussd, began)
            except Busy:
                answer = self._sorry("too busy")
            except Exception:  # noqa: BLE001 (the door: whatever happens, she gets an answer)
                log.exception("turn", what="broke", who=mask(ussd.phone), channel=channel)
                answer = self._sorry("broke")
            log.info(
                "turn",
                who=mask(ussd.phone),
                channel=channel,
                what=answer.state,
                result=answer.result,
                ms=_ms_since(began),
            )
        return answer

    def _answer(self, channel: str, ussd: UssdHop, began: float) -> Answer:
        session = mark_of_session(channel, ussd.phone, ussd.session_id)
        hop = Hop(channel, ussd, session, len(tokens(ussd.history)), clock.now(), began)
        found = _find(hop)
        if found.stranger:
            log.warning("turn", what="another phone on a session", who=mask(ussd.phone), channel=channel)
            return self._sorry("stranger")
        known = found.place if found.place and found.place.session == session else None
        if known is not None and known.alive(hop.now):
            match new_input(known.seen, ussd, _history_key()):
                case Fresh(text) if not known.end:
                    return self._finish(hop, self._hear(hop, Talk.from_json(known.talk), text))
                case Retry() | Diverged() as repeated:
                    return Answer(known.text, known.end, result=type(repeated).__name__.lower())
        return self._finish(hop, self._begin(hop, found, expired=known is not None))

    # --- the first step -------------------------------------------------------------------------------------------

    def _hear(self, hop: Hop, talk: Talk | None, text: str) -> tuple[Turn, Facts]:
        facts = DatabaseFacts(hop.phone, hop.now)
        if talk is None:  # written by another version of the flows
            return Turn("", said.MASK, self._engine.start(facts)), facts
        heard = said.MASK if is_secret(talk) else text
        return Turn(_state(talk), heard, self._engine.step(talk, Heard(text), facts)), facts

    def _begin(self, hop: Hop, found: Found, *, expired: bool) -> tuple[Turn, Facts]:
        """A dial, with or without replies, or a session that has been silent for too long."""
        facts = DatabaseFacts(hop.phone, hop.now)
        shortcut = dialled(hop.ussd.service_code, self._ussd_code)
        if (hop.number or shortcut) and not expired:
            replies = tokens(hop.ussd.history)
            step = rebuild(self._engine, facts, hop.session, shortcut, replies, lost=found.forgetful)
            return Turn("", said.MASK, step), facts
        previous = found.place if found.place and found.place.worth_resuming(hop.now) else None
        return Turn("", "", self._engine.start(facts, Talk.from_json(previous.talk) if previous else None)), facts

    # --- what it asks for -----------------------------------------------------------------------------------------

    def _finish(self, hop: Hop, begun: tuple[Turn, Facts]) -> Answer:
        turn, facts = begun
        step = turn.step
        while step.command is not None:  # the engine stops one that goes in a circle
            outcome = self._perform(step.command, _context(hop, step.talk, facts))
            facts = DatabaseFacts(hop.phone, hop.now)  # what was read before is no longer true
            step = self._engine.step(step.talk, Outcome(type(step.command).__name__, outcome), facts)
        if step.reply is None:
            raise RuntimeError(f"{_state(step.talk)} says nothing")
        answer = Answer(
            self._engine.screens.ussd(step.reply),
            step.reply.end,
            _state(step.talk),
            "end" if step.reply.end else "con",
        )
        _keep(hop, turn, step.talk, answer)
        return answer

    def _perform(self, command: Command, context: Context) -> Done | Refused:
        with collecting() as rings:
            outcome = perform(command, context)
        ring_all(rings)
        return completed(command, outcome, context, self._wait_ms)

    def _sorry(self, result: str) -> Answer:
        reply = busy()
        return Answer(self._engine.screens.ussd(reply), reply.end, reply.key, result)


def _context(hop: Hop, talk: Talk, facts: Facts) -> Context:
    """Who asks, and the key of this command: the nth of its hop."""
    return Context(
        phone=hop.phone,
        member_id=facts.home.me.member_id,
        channel=hop.channel,
        key=f"{hop.channel}:{hop.session}:{hop.number}:{talk.commands - 1}",
        session=hop.session,
        hop=hop.number,
        talk=talk.to_json(),
        now=hop.now,
    )


def _find(hop: Hop) -> Found:
    """What Redis remembers; without Redis the session is read from what was typed in it."""
    try:
        return place.load(hop.channel, hop.phone, hop.ussd.session_id, hop.now)
    except RedisError as trouble:
        log.warning("turn", what="no memory", who=mask(hop.phone), result=type(trouble).__name__)
        return Found()


def _keep(hop: Hop, turn: Turn, talk: Talk, answer: Answer) -> None:
    kept = Place(
        session=hop.session,
        talk=talk.to_json(),
        seen=remember(hop.ussd, _history_key()),
        text=answer.text,
        end=answer.end,
        at=hop.now,
    )
    spoken = SaidRow(
        stream_id="",
        at=hop.now,
        phone=hop.phone,
        channel=hop.channel,
        session=hop.session,
        state_before=turn.before,
        state_after=answer.state,
        heard=turn.heard,
        said=answer.text,
        took_ms=_ms_since(hop.began),
    )
    try:
        with redis_of().pipeline(transaction=False) as pipe:
            place.put(pipe, hop.channel, hop.phone, hop.ussd.session_id, kept)
            said.put(pipe, spoken)
            pipe.execute()
    except RedisError as trouble:
        log.warning("turn", what="not remembered", who=mask(hop.phone), result=type(trouble).__name__)


def _history_key() -> bytes:
    """The key of the marks by which a history is known again."""
    return keys().index("history", "bot.turns")


def _state(talk: Talk) -> str:
    return f"{talk.flow}.{talk.state}"


def _ms_since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
