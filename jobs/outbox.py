"""Sends what transactions decided to send.

A ring names one message, but whatever else is due goes along, so that a burst of
receipts costs a few jobs and not one each. What a message says is worded here, at the
last moment, in the language of its reader.
"""

from datetime import datetime, timedelta
from functools import cache
from typing import Final

from bot import clock
from bot.channels.base import Outcome, Outgoing, Sent
from bot.channels.registry import OUTGOING
from bot.logs import log
from bot.settings import current
from bot.text import screens_of
from flows.screens import Screens
from jobs.base import job
from models.actions import mail
from models.actions.mail import Mail
from models.phones import mask
from models.rules.schedule import LAGOS

BATCH: Final = 50
TRIES: Final = 8
REST: Final = timedelta(seconds=30)  # doubled with each try
REST_MOST: Final = timedelta(hours=1)
REST_OF_QUEUE: Final = timedelta(minutes=10)  # when the provider takes nothing from us at all
SMS_CHANNEL: Final = "africastalking-sms"
MORNING_HOUR: Final = 8  # promotional senders are refused from 20:00 to 08:00 (providers.md 2.2)


@job
def send_mail(_outbox_id: int) -> str:
    """Send this message and all that are due with it."""
    return f"{sweep(clock.now())['sent']} sent"


def sweep(now: datetime) -> dict[str, int]:
    """Send everything that is due. Counts: sent, put_off, failed."""
    counts = {"sent": 0, "put_off": 0, "failed": 0}
    while batch := mail.claim_mail(now, limit=BATCH):
        stopped = False
        for message in batch:
            if stopped:
                mail.mail_failed(message.outbox_id, "queue_stopped", now, retry_at=now + REST_OF_QUEUE)
                counts["put_off"] += 1
                continue
            sent = _send(message)
            stopped = sent.stop_queue
            counts[_settle(message, sent, now)] += 1
        if stopped:
            log.error("outbox", what="the provider takes no messages from us", reason=sent.reason)
            break
    return counts


@cache
def _channel() -> Outgoing:
    return OUTGOING[SMS_CHANNEL](current())


@cache
def _screens() -> Screens:
    return screens_of(current())


def _send(message: Mail) -> Sent:
    text = _screens().sms(message.text_key, message.language, **message.facts)
    sent = _channel().send(message.phone, text, reference=str(message.outbox_id))
    log.info(
        "sms",
        who=mask(message.phone),
        what=message.text_key,
        result=sent.outcome.value,
        reason=sent.reason,
    )
    return sent


def _settle(message: Mail, sent: Sent, now: datetime) -> str:
    """Write down what became of it; the name of the count it belongs to."""
    match sent.outcome:
        case Outcome.ACCEPTED:
            cost = None if sent.cost_kobo is None else f"NGN {sent.cost_kobo / 100:.2f}"
            mail.mail_sent(message.outbox_id, sent.message_id, cost, None, now)
            return "sent"
        case Outcome.UNKNOWN:
            mail.mail_unknown(message.outbox_id, sent.reason, now)
            return "put_off"
        case Outcome.REFUSED:
            # A refusal of the whole queue says nothing against this message.
            retry_at = now + REST_OF_QUEUE if sent.stop_queue and message.attempts < TRIES else None
        case Outcome.DO_NOT_DISTURB:
            retry_at = _next_morning(now)
        case _:
            retry_at = _later(message, sent, now)
    mail.mail_failed(message.outbox_id, sent.reason, now, retry_at=retry_at)
    return "failed" if retry_at is None else "put_off"


def _later(message: Mail, sent: Sent, now: datetime) -> datetime | None:
    if message.attempts >= TRIES:
        return None
    rest = min(REST * (1 << (message.attempts - 1)), REST_MOST)
    return now + max(rest, timedelta(seconds=sent.retry_after_seconds or 0))


def _next_morning(now: datetime) -> datetime:
    local = now.astimezone(LAGOS)
    morning = local.replace(hour=MORNING_HOUR, minute=5, second=0, microsecond=0)
    return morning if morning > local else morning + timedelta(days=1)
