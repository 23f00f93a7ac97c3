"""Which ways a message may take, the best first. Pure: what is true of its reader at this moment comes in as values.

A reply goes back where it was asked for and nowhere else. News goes to WhatsApp when its reader
wants it there and may be written to: freely within a day of her last word, else with a
template that was approved for it; otherwise by SMS, over the providers of her country in the
order of a setting. What was tried and led nowhere is not tried again, so there is no loop.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

WHATSAPP: Final = "twilio-whatsapp"
TEMPLATE: Final = "/template"
ELSEWHERE: Final = "*"

# WhatsApp lets us answer freely for a day (providers.md 3.2); near its end our clock and theirs may differ.
WINDOW: Final = timedelta(hours=24)
WINDOW_MARGIN: Final = timedelta(minutes=5)

INVITATIONS: Final = frozenset({"S02", "S02h"})
# Alarms (all that ask "NOT YOU?", "Not right?" or "Not expected?") and codes go to the number itself: whoever has got
# hold of her WhatsApp must not be the only one to hear.
TO_THE_NUMBER: Final = frozenset(
    {"S19", "S19h", "S20", "S20l", "S20u", "S30s", "S51o", "S51p", "S52", "S53", "S53n", "S54", "S54h", "S55", "S55n"}
    | {"S59", "S63", "S70", "S71", "S71n", "S72", "S72d", "S72o", "S74", "S74c"}
)

Routes = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Way:
    """One channel, and whether the message goes as a template that was approved before."""

    channel: str
    template: bool = False

    @property
    def name(self) -> str:
        """How the outbox remembers it: 'twilio-whatsapp/template'."""
        return self.channel + (TEMPLATE if self.template else "")


@dataclass(frozen=True)
class Reader:
    """What is known of the one who is written to.

    country: of her number, "" when she hides it. opted_in: she has written to us on WhatsApp, and has not said STOP.
    refused: channels whose provider does not reach her.
    """

    country: str
    prefers_whatsapp: bool = False
    opted_in: bool = False
    window_until: datetime | None = None
    refused: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Letter:
    """What is known of the message. channel: of a reply. tried: names of ways. template: whether one is approved."""

    text_key: str
    channel: str = ""
    template: bool = False
    tried: frozenset[str] = frozenset()


def ways(letter: Letter, reader: Reader, routes: Routes, now: datetime) -> tuple[Way, ...]:
    """The ways that are left, in order; none when nobody can carry it."""
    if letter.channel:
        return () if letter.channel in letter.tried else (Way(letter.channel),)
    by_sms = tuple(Way(channel) for channel in sms_channels(reader.country, routes))
    by_whatsapp = _by_whatsapp(letter, reader, now)
    whatsapp_first = reader.prefers_whatsapp or not reader.country
    every = by_whatsapp + by_sms if whatsapp_first else by_sms + by_whatsapp
    return tuple(way for way in every if way.channel not in reader.refused and way.name not in letter.tried)


def sms_channels(country: str, routes: Routes) -> tuple[str, ...]:
    """Who carries an SMS to this country, in order; nobody where there is no number."""
    return routes.get(country, routes.get(ELSEWHERE, ())) if country else ()


def window_until(heard_at: datetime | None) -> datetime | None:
    """Until when she may be answered freely."""
    return None if heard_at is None else heard_at + WINDOW - WINDOW_MARGIN


def silenced(text_key: str, *, reminder: bool) -> bool:
    """Whether STOP silences it: reminders and invitations. Receipts and alarms go on (R07)."""
    return reminder or text_key in INVITATIONS


def parse_routes(text: str) -> dict[str, tuple[str, ...]]:
    """Read 'NG:africastalking-sms,twilio-sms;*:twilio-sms'. Raises ValueError with what is wrong."""
    routes: dict[str, tuple[str, ...]] = {}
    for part in text.split(";"):
        country, _, names = (piece.strip() for piece in part.partition(":"))
        channels = tuple(name.strip() for name in names.split(","))
        if country != ELSEWHERE and not (len(country) == 2 and country.isalpha() and country.isupper()):
            raise ValueError("names a country by its two capital letters, or * for all others")
        if country in routes or not all(channels) or len(set(channels)) != len(channels):
            raise ValueError("gives each country its channels once, with commas between them")
        routes[country] = channels
    if ELSEWHERE not in routes:
        raise ValueError("says with * who carries a message to any other country")
    return routes


def _by_whatsapp(letter: Letter, reader: Reader, now: datetime) -> tuple[Way, ...]:
    if not reader.opted_in or letter.text_key in TO_THE_NUMBER:
        return ()
    open_now = reader.window_until is not None and now < reader.window_until
    free = (Way(WHATSAPP),) if open_now else ()
    return (*free, Way(WHATSAPP, template=True)) if letter.template else free
