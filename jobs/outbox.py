"""Sends what transactions decided to send.

A ring names one message, but whatever else is due goes along, so that a burst of
receipts costs a few jobs and not one each. What a message says is worded here, at the
last moment, in the language of its reader.
"""

import time
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Final

from rq.timeouts import JobTimeoutException

from bot import clock
from bot.channels.base import Outcome, Outgoing, Sent
from bot.channels.registry import CHATS
from bot.logs import log
from bot.settings import current
from bot.text import screens_of
from flows.forms import Message
from flows.screens import Screens
from jobs.base import job
from models.actions import mail
from models.actions.mail import Mail
from models.phones import mask
from models.rules.schedule import LAGOS

BATCH: Final = 20
SECONDS: Final = 30.0  # one job's share; whoever claims a message has it for a minute only
TRIES: Final = 24  # with the rests between them most of a day
MORNINGS: Final = 3  # of a number that is not to be disturbed
REST: Final = timedelta(seconds=30)  # doubled with each try
REST_MOST: Final = timedelta(hours=1)
REST_OF_QUEUE: Final = timedelta(minutes=10)  # when the provider takes nothing from us at all
SMS_CHANNEL: Final = "africastalking-sms"
MORNING_HOUR: Final = 8  # promotional senders are refused from 20:00 to 08:00 (providers.md 2.2)


@job
def send_mail(_outbox_id: int) -> str:
    """Send this message and all that are due with it."""
    return f"{sweep(clock.now())['sent']} sent"


@job
def send_reply(_outbox_id: int) -> str:
    """Somebody waits in her chat: send her answer, and whatever else is due after it."""
    return f"{sweep(clock.now())['sent']} sent"


def sweep(now: datetime) -> dict[str, int]:
    """Send what is due, as much as there is time for. Counts: sent, put_off, failed."""
    counts = Counter(sent=0, put_off=0, failed=0)
    until = time.monotonic() + SECONDS
    while time.monotonic() < until and (batch := mail.claim_mail(now, limit=BATCH)):
        if not _send_all(batch, now, until, counts):
            break
    return dict(counts)


def _send_all(batch: Sequence[Mail], now: datetime, until: float, counts: Counter[str]) -> bool:
    """Send a batch, counting. False when the provider takes nothing from us at all."""
    for n, message in enumerate(batch):
        if time.monotonic() > until:
            counts["put_off"] += _put_off(batch[n:], "no_time", now, now)
            break
        sent = _send(message)
        counts[_settle(message, sent, now)] += 1
        if sent.stop_queue:
            log.error("outbox", what="the provider takes no messages from us", reason=sent.reason)
            counts["put_off"] += _put_off(batch[n + 1 :], "queue_stopped", now, now + REST_OF_QUEUE)
            return False
    return True


def _put_off(messages: Sequence[Mail], reason: str, now: datetime, until: datetime) -> int:
    for message in messages:
        mail.mail_failed(message.outbox_id, reason, now, retry_at=until)
    return len(messages)


@cache
def _channel(name: str) -> Outgoing:
    return CHATS[name](current())


@cache
def _screens() -> Screens:
    return screens_of(current())


def _send(message: Mail) -> Sent:
    """Hand one message over. One that cannot be worded stops only itself."""
    began = time.monotonic()
    try:
        channel = _channel(message.channel or SMS_CHANNEL)
        sent = channel.send(message.phone, _worded(message), reference=str(message.outbox_id))
    except JobTimeoutException:
        raise
    except Exception as trouble:  # noqa: BLE001 (a door: log it, leave the row to be tried later)
        log.exception("sms", what=message.text_key, row=message.outbox_id)
        return Sent(Outcome.TEMPORARY, reason=type(trouble).__name__)
    log.info(
        "sms",
        who=mask(message.phone),
        what=message.text_key,
        result=sent.outcome.value,
        reason=sent.reason,
        ms=round((time.monotonic() - began) * 1000),
    )
    return sent


def _worded(message: Mail) -> Message:
    if message.kind == mail.REPLY:
        return Message.from_json(message.content)
    return Message(_screens().sms(message.text_key, message.language, **message.facts))


def _settle(message: Mail, sent: Sent, now: datetime) -> str:
    """Write down what became of it; the name of the count it belongs to."""
    match sent.outcome:
        case Outcome.ACCEPTED:
            mail.mail_sent(message.outbox_id, sent.message_id, _cost(sent.cost_kobo), None, now)
            return "sent"
        case Outcome.UNKNOWN:
            mail.mail_unknown(message.outbox_id, sent.reason, now)
            return "put_off"
    retry_at = _again_at(message, sent, now)
    mail.mail_failed(message.outbox_id, sent.reason, now, retry_at=retry_at)
    return "failed" if retry_at is None else "put_off"


def _again_at(message: Mail, sent: Sent, now: datetime) -> datetime | None:
    """When to try a message again that was surely not sent; None: never."""
    if message.attempts >= TRIES:
        return None
    match sent.outcome:
        case Outcome.REFUSED if not sent.stop_queue:
            return None
        case Outcome.DO_NOT_DISTURB:
            return _next_morning(now) if message.attempts < MORNINGS else None
    # What is said of us as a whole says nothing against this message.
    rest = REST_OF_QUEUE if sent.stop_queue else min(REST * (1 << (message.attempts - 1)), REST_MOST)
    return now + max(rest, timedelta(seconds=sent.retry_after_seconds or 0))


def _next_morning(now: datetime) -> datetime:
    local = now.astimezone(LAGOS)
    morning = local.replace(hour=MORNING_HOUR, minute=5, second=0, microsecond=0)
    return morning if morning > local else morning + timedelta(days=1)


def _cost(kobo: int | None) -> str | None:
    return None if kobo is None else f"NGN {kobo // 100}.{kobo % 100:02d}"
