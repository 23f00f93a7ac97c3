"""One message on its way: the first way that takes it, and when none does, when to try again.

A provider that refuses for its own reasons, is down or out of money leaves the message to
the next one. After an answer that was lost nobody else is asked, because the message may
have been sent.
"""

import time
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Final

from rq.timeouts import JobTimeoutException

from bot.channels.base import Bill, Outcome, Sent
from bot.channels.registry import CHATS
from bot.gsm import segments
from bot.logs import log
from bot.settings import current
from jobs import wording
from jobs.rests import Rests
from models.actions import opt_outs, refusals
from models.actions.mail import REPLY, Mail
from models.phones import mask
from models.rules import routes
from models.rules.routes import Letter, Way
from models.rules.schedule import LAGOS
from models.sealing import keys

# Promotional senders are refused in these local hours (providers.md 2.2), and nobody wants a reminder then.
NIGHT: Final = frozenset({*range(20, 24), *range(8)})

NO_WAY: Final = Sent(Outcome.REFUSED, reason="no_way")
RESTING: Final = Sent(Outcome.TEMPORARY, reason="resting")


@dataclass(frozen=True)
class Carried:
    """What the ways that were tried came to. asked: how many providers were asked at all.

    way: that took it, or may have. tried: those that never will. rests_until: when one that rests may be asked again.
    """

    sent: Sent
    way: Way | None = None
    tried: tuple[str, ...] = ()
    asked: int = 0
    rests_until: datetime | None = None


@cache
def rests() -> Rests:
    """This process's."""
    return Rests()


def carry(mail: Mail, now: datetime) -> Carried:
    """Hand the message over by the first way that takes it."""
    ways = _ways(mail, now)
    tried = list(mail.tried)
    answers: list[Sent] = []
    for way in ways:
        if rests().until(way.channel, now) is not None:
            continue
        sent = _hand_over(mail, way, now)
        answers.append(sent)
        if sent.outcome in (Outcome.ACCEPTED, Outcome.UNKNOWN):
            return Carried(sent, way, tuple(tried), len(answers))
        if _is_about_this_message(sent):
            tried.append(way.name)
        if _ends_here(mail, sent, now):
            break
    waits = [until for way in ways if (until := rests().until(way.channel, now)) is not None]
    return Carried(_verdict(answers, waits), None, tuple(tried), len(answers), min(waits, default=None))


def _ways(mail: Mail, now: datetime) -> list[Way]:
    reader = mail.addressee.reader
    template = reader.opted_in and wording.has_template(mail)
    letter = Letter(mail.text_key, mail.channel, template, frozenset(mail.tried))
    found = routes.ways(letter, reader, current().sms_routes, now)
    return [way for way in found if way.channel in CHATS]


def _hand_over(mail: Mail, way: Way, now: datetime) -> Sent:
    """One provider. A message that cannot be worded stops only itself."""
    began = time.monotonic()
    try:
        sent = _sent(mail, way)
    except JobTimeoutException:
        raise
    except Exception as trouble:  # noqa: BLE001 (a door: log it, leave the row to be tried later)
        log.exception("mail", what=mail.text_key, row=mail.outbox_id, channel=way.channel)
        return Sent(Outcome.TEMPORARY, reason=type(trouble).__name__)
    rests().note(way.channel, sent, now)
    _remember(mail, way, sent, now)
    log.info(
        "mail",
        who=mask(mail.phone),
        what=mail.text_key,
        channel=way.name,
        result=sent.outcome.value,
        reason=sent.reason,
        ms=round((time.monotonic() - began) * 1000),
    )
    return sent


def _sent(mail: Mail, way: Way) -> Sent:
    channel = wording.channel_named(way.channel)
    news_on_whatsapp = way.channel == routes.WHATSAPP and mail.kind != REPLY
    to = mail.addressee.whatsapp if news_on_whatsapp else mail.phone
    reference = str(mail.outbox_id)
    if not way.template:
        message = wording.worded(mail, channel)
        sent = channel.send(to, message, reference=reference)
        # Some providers count the segments for us, the others charge for them all the same.
        counted = sent.bill is not None or not channel.form.gsm
        return sent if counted else replace(sent, bill=Bill(segments=segments(message.body)))
    windowed = wording.windowed(way.channel)
    if windowed is None:
        return NO_WAY
    language = wording.screens().spoken(mail.language)
    facts, about = wording.facts_in_words(mail), wording.about(mail)
    return windowed.send_template(to, mail.text_key, language, facts, arg=about, reference=reference)


def _remember(mail: Mail, way: Way, sent: Sent, now: datetime) -> None:
    """What a refusal says about her and this channel, for the messages after this one."""
    if sent.outcome is not Outcome.REFUSED:
        return
    if refusals.REASONS.get(sent.reason) == "opted_out":
        opt_outs.opted_out_at_provider(way.channel, mail.phone, actor=f"provider:{way.channel}", now=now)
    else:
        refusals.note(way.channel, keys().index(mail.phone, "phone"), sent.reason, now)


def _is_about_this_message(sent: Sent) -> bool:
    return sent.outcome is Outcome.REFUSED and not sent.stop_queue


def _ends_here(mail: Mail, sent: Sent, now: datetime) -> bool:
    """A reminder does not look for another way around her STOP, or around her night."""
    if not routes.silenced(mail.text_key, reminder=mail.reminder):
        return False
    at_night = now.astimezone(LAGOS).hour in NIGHT
    return sent.reason == "opted_out" or (sent.outcome is Outcome.DO_NOT_DISTURB and at_night)


def _verdict(answers: list[Sent], waits: list[datetime]) -> Sent:
    """The answer by which the message is put off, if there is one that may change; else the refusal."""
    passing = [sent for sent in answers if not _is_about_this_message(sent)]
    passing.sort(key=lambda sent: sent.outcome is Outcome.DO_NOT_DISTURB)  # the morning is far: the last to wait for
    if passing:
        return passing[0]
    if waits:
        return RESTING
    return answers[0] if answers else NO_WAY
