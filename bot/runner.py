"""A request of a session: what is new in it is found, the conversation takes a step, the commands that it asks for
are performed (`steps`), the place is kept, an answer goes out. A chat's counterpart is `chat`.

It decides nothing about savings and nothing about words. Reading needs no write to the database and no lock; one
round trip to Redis stands before the step and one after it. Every command has a key made of session and hop. There
is always an answer: what breaks is told to the log, with what was typed masked, and to her as "busy, dial again".
"""

import time
from dataclasses import dataclass, field
from datetime import datetime

from redis import RedisError

from bot import clock, place, said
from bot.logs import log, typed_secret
from bot.place import Found, Place, mark_of_session
from bot.process import redis_of
from bot.rebuild import dialled, rebuild
from bot.steps import Asking, state_of, until_said
from bot.turns import Diverged, Fresh, Retry, UssdHop, new_input, remember, tokens
from flows.engine import Engine, Heard, Step, Talk, busy, is_secret
from flows.forms import USSD
from models.actions.people import SaidRow
from models.actions.pins import Busy
from models.facts import Facts
from models.phones import mask
from models.queries.facts import DatabaseFacts
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
        return Turn(state_of(talk), heard, self._engine.step(talk, Heard(text), facts)), facts

    def _begin(self, hop: Hop, found: Found, *, expired: bool) -> tuple[Turn, Facts]:
        """A dial, with or without replies, or a session that has been silent for too long."""
        facts = DatabaseFacts(hop.phone, hop.now)
        shortcut = dialled(hop.ussd.service_code, self._ussd_code)
        if (hop.number or shortcut) and not expired:
            replies = tokens(hop.ussd.history)
            step = rebuild(self._engine, facts, hop.session, shortcut, replies, lost=found.forgetful)
            return Turn("", said.MASK, step), facts
        previous = found.left_last(hop.now)
        return Turn("", "", self._engine.start(facts, Talk.from_json(previous) if previous else None)), facts

    # --- what it asks for -----------------------------------------------------------------------------------------

    def _finish(self, hop: Hop, begun: tuple[Turn, Facts]) -> Answer:
        turn, facts = begun
        asking = Asking(
            channel=hop.channel,
            form=USSD,
            address=hop.phone,
            session=hop.session,
            hop=hop.number,
            key=f"{hop.channel}:{hop.session}:{hop.number}",
            now=hop.now,
            read=lambda: DatabaseFacts(hop.phone, hop.now),
        )
        told = until_said(self._engine, turn.step, facts, asking, self._wait_ms)
        text = self._engine.screens.ussd(told.reply)
        answer = Answer(text, told.reply.end, told.state, "end" if told.reply.end else "con")
        _keep(hop, turn, told.talk, answer)
        return answer

    def _sorry(self, result: str) -> Answer:
        reply = busy()
        return Answer(self._engine.screens.ussd(reply), reply.end, reply.key, result)


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


def _ms_since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
