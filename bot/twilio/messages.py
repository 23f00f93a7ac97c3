"""Messages at Twilio: handed over, billed, and listed when we were not there to hear them."""

from datetime import datetime
from typing import Any, Final

from twilio.base.exceptions import TwilioException
from twilio.rest.api.v2010.account.message import MessageInstance

from bot.channels.base import Bill, Outcome, Sent
from bot.errors import Kind, ProviderError, ProviderRefusesUs
from bot.twilio.client import UNREADABLE, Twilio, code_of
from bot.twilio.outcomes import outcome_of

INBOUND: Final = "inbound"
MOST_RECEIVED: Final = 500


def send(twilio: Twilio, reference: str, **message: Any) -> Sent:
    """Hand over a message, with the names of the SDK. Never raises for what they or the network do.

    `reference` is the outbox's, for the log.
    """
    try:
        created = twilio.sdk(reference).messages.create(**message)
    except ProviderRefusesUs as error:
        return Sent(Outcome.REFUSED, reason=error.why, stop_queue=True)
    except ProviderError as error:
        unclear = error.kind is Kind.UNKNOWN
        return Sent(
            Outcome.UNKNOWN if unclear else Outcome.TEMPORARY,
            reason=error.why,
            retry_after_seconds=error.retry_after_seconds,
        )
    except TwilioException as error:
        return outcome_of(code_of(error))
    except UNREADABLE:
        return Sent(Outcome.UNKNOWN, reason="unreadable")  # it was taken, in words that nobody understands
    if not created.sid:
        return Sent(Outcome.UNKNOWN, reason="unreadable")
    return Sent(Outcome.ACCEPTED, created.sid, bill=_bill(created))


def bill_of(twilio: Twilio, message_id: str) -> Bill | None:
    """What a message has cost, None while that cannot be had. The price follows minutes after the delivery."""
    try:
        return _bill(twilio.sdk().messages(message_id).fetch())
    except (ProviderError, TwilioException, *UNREADABLE):
        return None


def received(twilio: Twilio, by: str, since: datetime, until: datetime) -> list[dict[str, str]]:
    """The messages to this number of ours, oldest first, as their callbacks would have told them.

    Of a tap their list keeps only the title, and of the oldest nothing when there were very many. Empty when it
    cannot be had now.
    """
    try:
        listed = twilio.sdk().messages.list(to=by, date_sent_after=since, limit=MOST_RECEIVED)
        wanted = [each for each in listed if each.direction == INBOUND and since <= _told_at(each) < until]
        return [_as_callback(twilio, each) for each in sorted(wanted, key=_told_at)]
    except (ProviderError, TwilioException, *UNREADABLE):
        return []


def _as_callback(twilio: Twilio, message: MessageInstance) -> dict[str, str]:
    form = {"MessageSid": message.sid, "From": message.from_, "To": message.to, "Body": message.body or ""}
    if (message.num_media or "0") == "0":
        return form
    files = list(twilio.sdk().messages(message.sid).media.list())
    for n, file in enumerate(files):
        form |= {f"MediaUrl{n}": twilio.url + str(file.uri).removesuffix(".json")}
        form |= {f"MediaContentType{n}": str(file.content_type or "")}
    return form | {"NumMedia": str(len(files))}


def _told_at(message: MessageInstance) -> datetime:
    """When it came; their lists know no finer order."""
    found: datetime = message.date_created or message.date_sent
    return found


def _bill(message: MessageInstance) -> Bill:
    """Their price is a negative text, and null until it is known; the segments are a text, too."""
    segments = str(message.num_segments or "")
    price, unit = str(message.price or ""), str(message.price_unit or "").upper()
    return Bill(
        cost=f"{unit} {price.removeprefix('-')}" if price and unit else "",
        segments=int(segments) if segments.isascii() and segments.isdigit() else None,
    )
