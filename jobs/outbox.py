"""Sends what transactions decided to send.

A ring names one message, but whatever else is due goes along, so that a burst of
receipts costs a few jobs and not one each. Which way a message takes is `carrying`'s
business; what it says is worded at the last moment, in the language of its reader.
"""

import time
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from bot import clock
from bot.channels.base import Bill, Outcome, Sent
from bot.logs import log
from jobs import prompting
from jobs.base import job
from jobs.carrying import Carried, carry
from jobs.wording import follow_up
from models.actions import mail
from models.actions.mail import Mail
from models.rules.schedule import LAGOS

BATCH: Final = 20
SECONDS: Final = 30.0  # one job's share; whoever claims a message has it for a minute only
TRIES: Final = 24  # with the rests between them most of a day
MORNINGS: Final = 3  # of a number that is not to be disturbed
REST: Final = timedelta(seconds=30)  # doubled with each try
REST_MOST: Final = timedelta(hours=1)
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
        _send_all(batch, now, until, counts)
    return dict(counts)


def _send_all(batch: Sequence[Mail], now: datetime, until: float, counts: Counter[str]) -> None:
    for n, message in enumerate(batch):
        if time.monotonic() > until:
            for left in batch[n:]:
                mail.put_back(left.outbox_id, now)
            counts["put_off"] += len(batch) - n
            break
        counts[_settle(message, carry(message, now), now)] += 1


def _settle(message: Mail, carried: Carried, now: datetime) -> str:
    """Write down what became of it; the name of the count it belongs to."""
    sent = carried.sent
    match sent.outcome:
        case Outcome.ACCEPTED:
            cost, segments = _bill(sent)
            then = follow_up(message)
            mail.mail_sent(message.outbox_id, sent.message_id, cost, segments, now, way=carried.way, then=then)
            prompting.note(message, carried.way, now)
            return "sent"
        case Outcome.UNKNOWN:
            mail.mail_unknown(message.outbox_id, sent.reason, now, way=carried.way)
            return "put_off"
    if not carried.asked and carried.rests_until is not None:
        mail.put_back(message.outbox_id, carried.rests_until)
        return "put_off"
    if sent.stop_queue:
        log.error("outbox", what="a provider takes no messages from us", reason=sent.reason)
    retry_at = _again_at(message, carried, now)
    mail.mail_failed(message.outbox_id, sent.reason, now, retry_at=retry_at, tried=carried.tried)
    return "failed" if retry_at is None else "put_off"


def _again_at(message: Mail, carried: Carried, now: datetime) -> datetime | None:
    """When to try a message again that was surely not sent; None: never."""
    if message.attempts >= TRIES:
        return None
    sent = carried.sent
    match sent.outcome:
        case Outcome.REFUSED if not sent.stop_queue:
            return None
        case Outcome.DO_NOT_DISTURB:
            return _next_morning(now) if message.attempts < MORNINGS else None
    # What is said of us as a whole says nothing against this message.
    rest = min(REST * (1 << (message.attempts - 1)), REST_MOST)
    later = now + max(rest, timedelta(seconds=sent.retry_after_seconds or 0))
    return max(later, carried.rests_until or later)


def _next_morning(now: datetime) -> datetime:
    local = now.astimezone(LAGOS)
    morning = local.replace(hour=MORNING_HOUR, minute=5, second=0, microsecond=0)
    return morning if morning > local else morning + timedelta(days=1)


def _bill(sent: Sent) -> tuple[str | None, int | None]:
    """What it cost, in the provider's currency, and in how many segments it went; None while nobody says."""
    kobo, bill = sent.cost_kobo, sent.bill or Bill()
    naira = None if kobo is None else f"NGN {kobo // 100}.{kobo % 100:02d}"
    return bill.cost or naira, bill.segments
