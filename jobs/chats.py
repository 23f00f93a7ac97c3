"""What people write to us, answered: the events of one person's talk in their order, those of others beside them.

An event that breaks is told to her once, tried again, and given up when she has written
something else in the meantime (models.actions.lanes). A talk over which an event was
given up is left: her next message leads home.
"""

import os
import secrets
import time
from datetime import datetime
from functools import cache
from typing import Final

from rq.timeouts import JobTimeoutException

from bot import clock
from bot.channels.base import Media
from bot.channels.registry import SESSIONS
from bot.chat import ChatRunner
from bot.hearing import MESSAGE, from_body, in_words
from bot.logs import log, typed_secret
from bot.settings import current
from bot.twilio.media import MediaRefused, MediaStore
from flows.engine import Engine
from jobs.base import NOTHING_TO_DO, ring_after
from jobs.wording import channel_named, screens
from models.actions import chats, inbox, lanes
from models.actions.chats import Overtaken
from models.actions.inbox import Event

SECONDS: Final = 45.0  # one job's share of a lane; what is left is rung for


def work_off(lane: bytes) -> str:
    """Deal with all that waits in a lane. A word for the log."""
    holder, until, dealt = f"{os.getpid()}.{secrets.token_hex(4)}", time.monotonic() + SECONDS, 0
    if not lanes.claim_lane(lane, holder, clock.now()):
        return "somebody else is at it"
    try:
        while time.monotonic() < until:
            if event := lanes.next_in_lane(lane, holder, clock.now()):
                deal_with(event)
                dealt += 1
            elif lanes.leave_lane(lane, holder, clock.now()):
                break
    except lanes.LostLane:
        log.warning("chat", what="lost a lane", dealt=dealt)
    finally:
        lanes.drop_lane(lane, holder, clock.now())
    return f"{dealt} dealt with" if dealt else NOTHING_TO_DO


def raise_silences(now: datetime) -> dict[str, int]:
    """For the timetable: chats that have been silent for too long."""
    return {"raised": chats.raise_silences(now)}


def deal_with(event: Event) -> None:
    """One event, as a door deals with it: whatever breaks stops only itself."""
    began = time.monotonic()
    with typed_secret(*in_words(event)), ring_after():
        try:
            result = _hear(event) if event.event == MESSAGE else _silence(event)
        except Overtaken:
            result = "overtaken"
        except JobTimeoutException:
            raise
        except Exception as trouble:  # noqa: BLE001 (a door: log it, tell her, leave the event to be tried again)
            log.exception("chat", what="broke", channel=event.provider, row=event.inbox_id)
            result = _broke(event, type(trouble).__name__)
        log.info(
            "chat",
            what=event.event,
            channel=event.provider,
            row=event.inbox_id,
            result=result,
            ms=round((time.monotonic() - began) * 1000),
        )


def _hear(event: Event) -> str:
    channel = channel_named(event.provider)
    return _runner().hear(channel.name, channel.form, from_body(event.body), event.inbox_id, clock.now())


def _silence(event: Event) -> str:
    chat_id, version = (int(part) for part in event.reference.split(":"))
    return event.event if chats.fall_silent(event, chat_id, version, clock.now()) else "heard since"


def _broke(event: Event, error: str) -> str:
    """Say sorry, and leave it to be tried again; or leave the talk when that is over."""
    now = clock.now()
    parked = inbox.event_failed(event.inbox_id, error, now)
    if event.event == MESSAGE:
        try:
            message, channel = from_body(event.body), channel_named(event.provider)
            _runner().apologize(channel.name, channel.form, message, event.inbox_id, now)
            if parked:
                chats.forget(chats.load(channel.name, message.address, message.phone))
        except Exception:  # noqa: BLE001 (a door: the event itself is safe)
            log.exception("chat", what="could not say sorry", row=event.inbox_id)
    return "given up" if parked else "broke"


@cache
def _runner() -> ChatRunner:
    settings = current()
    return ChatRunner(Engine(screens()), settings.answer_wait_ms, settings.public_url, tuple(SESSIONS), _card)


def _card(media: Media) -> bytes:
    """A contact card that came along. Raises ProviderError when it cannot be had now."""
    try:
        return MediaStore.from_settings(current()).fetch(media.url, media.content_type, reference="contact").data
    except MediaRefused:
        return b""  # as good as a card without a number
