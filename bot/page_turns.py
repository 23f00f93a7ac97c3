"""A turn on a private page: what she types there goes into the very talk that sent her, and comes out of it.

A page belongs to one chat and goes on from one version of it; as long as the talk asks for
secrets the page asks them, and what is no secret any more is said in the chat again. A
page takes the chat's lane like a worker does, so that no message is dealt with meanwhile.
"""

import os
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from bot import clock, said
from bot.chat import remember, talk_of
from bot.logs import typed_secret
from bot.place import mark_of_session
from bot.queue import ring_all
from bot.steps import Asking, Told, state_of, until_said
from flows.engine import Engine, Heard, Talk, asks_for_secret
from flows.forms import Form
from flows.talk import Reply
from models.actions import chats, lanes, private_links
from models.actions.chats import Answered, ChatState
from models.actions.people import SaidRow
from models.actions.private_links import Page
from models.doorbell import collecting
from models.facts import Facts
from models.queries.facts import DatabaseFacts

WAIT_SECONDS: Final = 4.0  # for a message of hers that is being answered just now
LOOK_SECONDS: Final = 0.05


class Engaged(Exception):
    """Her chat is being dealt with elsewhere: she may try again."""


@dataclass(frozen=True)
class Sheet:
    """What the page shows. done: this was the last of it, and the rest is said in the chat."""

    reply: Reply
    talk: Talk
    version: int
    done: bool = False


@dataclass(frozen=True)
class _Open:
    """A page that may go on, with the chat that it belongs to."""

    page: Page
    chat: ChatState
    talk: Talk
    form: Form
    now: datetime

    def facts(self) -> Facts:
        return DatabaseFacts(self.chat.phone, self.now)


class PageTurns:
    """Takes turns on private pages. `forms`: what the chats can show, by their names."""

    def __init__(self, engine: Engine, wait_ms: int, forms: Mapping[str, Form]) -> None:
        self.engine = engine
        self._wait_ms = wait_ms
        self._forms = forms

    def show(self, token: str) -> Sheet | None:
        """What it asks now. None: it was used, is too old, or never was. Looking at it changes nothing."""
        found = self._find(token)
        return None if found is None else self._shown(found)

    def answer(self, token: str, text: str, version: int) -> Sheet | None:
        """Go on with what she has typed. Raises Engaged, pins.Busy, and what breaks."""
        found = self._find(token)
        if found is None:
            return None
        holder = f"page.{os.getpid()}.{secrets.token_hex(4)}"
        _claim(found.chat.lane, holder)
        with collecting() as rings:
            try:
                return self._go_on(token, text, version)
            finally:
                lanes.drop_lane(found.chat.lane, holder, clock.now())
                ring_all(rings)

    def _find(self, token: str) -> _Open | None:
        now = clock.now()
        page = private_links.find(token, now)
        if page is None:
            return None
        chat = chats.get(page.chat_id)
        talk = talk_of(chat.talk)
        if talk is None or chat.version != page.version or not asks_for_secret(talk):
            return None  # she has gone on without it
        return _Open(page, chat, talk, replace(self._forms[chat.channel], secrets=True), now)

    def _shown(self, found: _Open) -> Sheet:
        step = self.engine.step(found.talk, Heard(""), found.facts(), found.form)
        if step.reply is None:
            raise RuntimeError(f"{state_of(found.talk)} says nothing")
        return Sheet(step.reply, found.talk, found.chat.version)

    def _go_on(self, token: str, text: str, version: int) -> Sheet | None:
        found = self._find(token)  # again: a message may have been answered since
        if found is None:
            return None
        if version != found.chat.version:
            return self._shown(found)  # sent twice
        post = private_links.count_post(found.page, found.now)
        if not post:
            return None
        with typed_secret(text):
            facts = found.facts()
            step = self.engine.step(found.talk, Heard(text), facts, found.form)
            told = until_said(self.engine, step, facts, _asking(found, post), self._wait_ms)
            return self._settle(found, told, post)

    def _settle(self, found: _Open, told: Told, post: int) -> Sheet:
        chat, reply = found.chat, told.reply
        done = not reply.secret or reply.end
        shown = self.engine.screens.message(reply, self._forms[chat.channel]) if done else None
        answered = Answered(
            key=_asking(found, post).key,
            talk=told.talk.to_json(),
            over=reply.end,
            reply=shown.to_json() if shown else None,
            language=reply.language,
            member_id=told.facts.home.me.member_id,
            page=found.page.link_id,
            heard=False,
        )
        chats.settle(chat, answered, found.now)
        spoken = SaidRow(
            stream_id="",
            at=found.now,
            phone=chat.phone or chat.address,
            channel=chat.channel,
            session=mark_of_session(chat.channel, chat.address, ""),
            state_before=state_of(found.talk),
            state_after=told.state,
            heard=said.MASK,
            said=self.engine.screens.ussd(reply),
            took_ms=0,
        )
        remember(spoken, told)
        return Sheet(reply, told.talk, chat.version + 1, done)


def _asking(found: _Open, post: int) -> Asking:
    chat = found.chat
    session = mark_of_session(chat.channel, chat.address, "")
    return Asking(
        channel=chat.channel,
        form=found.form,
        address=chat.address,
        session=session,
        hop=chat.version,
        key=f"{chat.channel}:{session}:page{found.page.link_id}.{post}",
        now=found.now,
        read=found.facts,
    )


def _claim(lane: bytes, holder: str) -> None:
    until = time.monotonic() + WAIT_SECONDS
    while not lanes.claim_lane(lane, holder, clock.now()):
        if time.monotonic() > until:
            raise Engaged
        time.sleep(LOOK_SECONDS)
