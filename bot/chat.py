"""A message in a chat: what it means is found, the conversation takes a step, the commands that it asks for are
performed (`steps`), and the talk, the answer and the end of the event are written down at once.

The counterpart of `runner`, for channels that answer by a message of their own. Messages of one person come here one
after the other (models.actions.lanes). Nothing secret is ever taken from a chat: where a PIN or an account number is
asked for she is sent to her keypad, or to a page of her own, which goes on with the very same talk from here.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from redis import RedisError

from bot import attached, contacts, place, said
from bot.beside import Machine, heed, may_be_secret
from bot.channels.base import ChatMessage
from bot.logs import log
from bot.place import mark_of_session
from bot.process import redis_of
from bot.steps import Asking, Told, state_of, until_said
from flows.engine import Engine, Heard, Said, Talk, asks_for_secret, busy, is_secret
from flows.forms import Form, Message
from flows.talk import Reply
from models.actions import chats, private_links, prompts
from models.actions.chats import Answered, ChatState
from models.actions.people import SaidRow
from models.facts import Facts
from models.phones import mask
from models.queries.facts import DatabaseFacts

PUZZLED = ("R09", "R10")  # we did not understand, or do not know the number
PUZZLED_ONCE_IN = timedelta(hours=1)
PLACEHOLDER = "0000"  # stands for one, so that the conversation can say that it does not belong here
ASIDE = (*PUZZLED, "R07", "R08", "R08n")  # said beside the talk, which stays where it is


@dataclass(frozen=True)
class Where:
    """Where she is: the talk that waits for an answer, if there is one, and what she may be asked to go on with."""

    open: Talk | None
    left: Talk | None

    @property
    def secret(self) -> bool:
        """Whether what she writes may be a secret, also when she took her time over it."""
        return any(talk is not None and is_secret(talk) for talk in (self.open, self.left))


@dataclass(frozen=True)
class Chatting:
    """One turn of a chat with all that it needs."""

    chat: ChatState
    form: Form
    inbox_id: int
    now: datetime
    machine: Machine
    began: float = field(default_factory=time.monotonic)

    @property
    def session(self) -> str:
        return mark_of_session(self.chat.channel, self.chat.address, "")

    @property
    def key(self) -> str:
        return f"{self.chat.channel}:{self.session}:{self.inbox_id}"

    def facts(self) -> Facts:
        """As they are now. A number that was hidden may have become known in this very turn."""
        return DatabaseFacts(self.chat.phone or chats.phone_of(self.chat.address), self.now)

    def was_told(self) -> bool:
        """Whether she has heard lately that we do not understand. A chat with buttons helps her; an SMS costs us."""
        at = self.chat.puzzled_at
        return not self.form.buttons and at is not None and self.now - at < PUZZLED_ONCE_IN

    def asking(self) -> Asking:
        return Asking(
            channel=self.chat.channel,
            form=self.form,
            address=self.chat.address,
            session=self.session,
            hop=self.chat.version,
            key=self.key,
            now=self.now,
            read=self.facts,
        )

    def answered(self, result: str) -> Answered:
        return Answered(
            key=self.key,
            inbox_id=self.inbox_id,
            result=result,
            text=self.machine.text,
            same_texts=self.machine.times,
        )


class ChatRunner:
    """Takes turns for every chat. It keeps nothing between two of them."""

    def __init__(
        self, engine: Engine, wait_ms: int, public_url: str, sessions: Sequence[str], fetch: contacts.Fetch
    ) -> None:
        """`sessions`: the channels from which a talk may have been left to go on here. `fetch`: what came along."""
        self._engine = engine
        self._wait_ms = wait_ms
        self._pages = f"{public_url.rstrip('/')}/s/"
        self._sessions = sessions
        self._fetch = fetch

    # --- a message ------------------------------------------------------------------------------------------------

    def hear(self, channel: str, form: Form, message: ChatMessage, inbox_id: int, now: datetime) -> str:
        """Answer one message. What was done, in a word for the log. Raises what breaks, and Overtaken."""
        chat = chats.load(channel, message.address, message.phone)
        turn = Chatting(chat, form, inbox_id, now, Machine.heard(chat, message))
        if message.word or turn.machine.is_one(message):
            heed(chat, message, now)
            return self._say_nothing(turn, f"{message.word} at the provider" if message.word else "a machine")
        where = self._where(turn, message)
        if answers := contacts.answers_of(message, where.open, self._fetch):
            return self._answer(turn, where, message, self._feed(turn, where, answers))
        heeded = heed(chat, message, now)
        if heeded is message:
            about = state_of(where.open) if where.open else ""
            heeded = attached.take_in(chat, message, about, now, keep_caption=not where.secret)
        choice = heeded.choice or self._prompted(turn, where, heeded.text)
        told = self._listen(turn, where, replace(heeded, choice=choice))
        return self._answer(turn, where, replace(message, choice=choice), told)

    def _say_nothing(self, turn: Chatting, result: str) -> str:
        chats.settle(turn.chat, turn.answered(result), turn.now)
        return result

    def _where(self, turn: Chatting, message: ChatMessage) -> Where:
        """An open talk comes first, unless it waits for a secret and she has gone on somewhere else since.

        Where nothing leads to a page of her own it cannot go on here, so that what is no secret answers something else.
        """
        own = talk_of(turn.chat.talk)
        left = self._elsewhere(turn)
        if left is not None and turn.chat.talked_at is not None and left.at <= turn.chat.talked_at:
            left = None
        gone_on = left is not None or not (turn.form.buttons or may_be_secret(message.text))
        if own is not None and turn.chat.is_open(turn.now) and not (gone_on and asks_for_secret(own)):
            return Where(own, None)
        return Where(None, own if left is None else talk_of(left.talk))

    def _elsewhere(self, turn: Chatting) -> place.Left | None:
        try:
            return place.elsewhere(turn.chat.channel, turn.chat.phone, self._sessions, turn.now)
        except RedisError as trouble:
            log.warning("chat", what="no memory", who=mask(turn.chat.phone), result=type(trouble).__name__)
            return None

    def _listen(self, turn: Chatting, where: Where, message: ChatMessage) -> Told:
        text, facts = message.text, turn.facts()
        if where.open is not None and asks_for_secret(where.open) and may_be_secret(text):
            text = PLACEHOLDER  # hers is not even looked at: she is told where to type it
        step = self._engine.listen(where.open, Said(text, message.choice), facts, where.left, turn.form)
        return until_said(self._engine, step, facts, turn.asking(), self._wait_ms)

    def _feed(self, turn: Chatting, where: Where, answers: Sequence[str]) -> Told:
        """Several answers at once, as long as the question for them is asked again."""
        talk, facts, asking = where.open or Talk(), turn.facts(), turn.asking()
        for n, answer in enumerate(answers):
            step = self._engine.step(talk, Heard(answer), facts, turn.form)
            told = until_said(self._engine, step, facts, replace(asking, key=f"{asking.key}.{n}"), self._wait_ms)
            talk, facts = told.talk, told.facts
            if talk.flow != contacts.INVITING or told.reply.end:
                break
        return told

    def _prompted(self, turn: Chatting, where: Where, text: str) -> str:
        """What a lone digit means when no screen waits for it: the answer to a message of ours that asked for one."""
        digit = text.strip().rstrip(".)")
        if where.open is not None or turn.form.buttons or not (digit.isdigit() and len(digit) == 1):
            return ""
        found = [each for each in prompts.waiting(turn.chat.phone, turn.now) if digit in each.choices]
        return f"=prompts_{digit}" if len(found) > 1 else found[0].choices[digit] if found else ""

    def _answer(self, turn: Chatting, where: Where, message: ChatMessage, told: Told) -> str:
        reply = told.reply
        mute = reply.key in PUZZLED and turn.was_told()
        shown, token = (None, "") if mute else self._worded(turn, reply)
        moves = reply.key not in ASIDE or (reply.key in PUZZLED and where.open is not None)
        answered = replace(
            turn.answered("nothing again" if mute else told.state),
            talk=told.talk.to_json() if moves else None,
            over=reply.end,
            reply=shown.to_json() if shown else None,
            language=reply.language,
            member_id=told.facts.home.me.member_id,
            token=token,
            prompted=message.choice if message.choice.startswith("=") else "",
            puzzled=reply.key in PUZZLED and not mute,
        )
        chats.settle(turn.chat, answered, turn.now)
        self._remember(turn, where, told, said.MASK if where.secret else message.text, shown, token)
        return answered.result

    def _worded(self, turn: Chatting, reply: Reply) -> tuple[Message, str]:
        """The reply as this channel shows it, and the token of the page that it leads to."""
        token = private_links.new_token() if reply.secret and not turn.form.secrets and turn.form.buttons else ""
        page = self._pages + token if token else ""
        return self._engine.screens.message(reply, turn.form, private=page), token

    def _remember(
        self, turn: Chatting, where: Where, told: Told, heard: str, shown: Message | None, token: str
    ) -> None:
        spoken = SaidRow(
            stream_id="",
            at=turn.now,
            phone=turn.chat.phone or turn.chat.address,
            channel=turn.chat.channel,
            session=turn.session,
            state_before=state_of(where.open) if where.open else "",
            state_after=told.state,
            heard=heard,
            said=_as_text(shown, token) if shown else "",
            took_ms=round((time.monotonic() - turn.began) * 1000),
        )
        remember(spoken, told)

    # --- what is not a message ------------------------------------------------------------------------------------

    def apologize(self, channel: str, form: Form, message: ChatMessage, inbox_id: int, now: datetime) -> None:
        """Something broke: she is told so, once."""
        chat = chats.load(channel, message.address, message.phone)
        me = DatabaseFacts(chat.phone, now).home.me
        reply = busy(self._engine.screens.spoken(me.language))
        shown = self._engine.screens.message(reply, form)
        chats.apologize(chat, inbox_id, shown.to_json(), reply.language, now)


def talk_of(text: str | None) -> Talk | None:
    """None also for what another version of the flows wrote: she starts at home."""
    return Talk.from_json(text) if text else None


def remember(spoken: SaidRow, told: Told) -> None:
    """For the timeline, and so that she can go on elsewhere. What is lost with Redis is no more than that."""
    try:
        with redis_of().pipeline(transaction=False) as pipe:
            said.put(pipe, spoken)
            if phone := told.facts.home.me.phone:
                place.put_chat(pipe, spoken.channel, phone, told.talk.to_json(), spoken.at)
            pipe.execute()
    except RedisError as trouble:
        log.warning("chat", what="not remembered", who=mask(spoken.phone), result=type(trouble).__name__)


def _as_text(message: Message, token: str) -> str:
    """For the timeline: what was said, and what could be tapped. The address of a page opens it, and is not kept."""
    lines = [message.body, *(f"[{choice.title}]" for choice in message.choices)]
    text = "\n".join(lines)
    return text.replace(token, said.MASK) if token else text
