"""What the doors and the sender may ask of a channel, and the values that cross that border.

A channel turns the provider's HTTP into our words and back. It knows no member, no
conversation and no database. Forms are read here, once, for every channel that gets one.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Protocol
from urllib.parse import parse_qsl

from bot.errors import Forged, Malformed, TooLarge
from bot.security import key_matches
from bot.turns import UssdHop
from flows.forms import Form, Message
from models.phones import parse as parse_phone

FORM = "application/x-www-form-urlencoded"
MAX_FORM = 4096
MAX_FIELDS = 32
E164 = re.compile(r"\+[1-9][0-9]{7,14}")


@dataclass(frozen=True)
class Request:
    """An incoming request, free of any web framework. `key` is the secret part of the path."""

    method: str
    content_type: str
    body: bytes = field(repr=False)
    key: str = field(repr=False)
    url: str = field(default="", repr=False)  # as the caller called it: PUBLIC_URL and the path, with its query
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)  # names in lower case


@dataclass(frozen=True)
class Answer:
    """What to send back on the same request."""

    body: bytes
    content_type: str


RECEIVED = Answer(b"ok", "text/plain")


class Outcome(StrEnum):
    """What became of a message that we handed to a provider."""

    ACCEPTED = "accepted"
    REFUSED = "refused"  # will be refused again
    TEMPORARY = "temporary"  # was not sent: try again later
    OUT_OF_MONEY = "out_of_money"
    DO_NOT_DISTURB = "do_not_disturb"  # not at this hour: try in the morning
    UNKNOWN = "unknown"  # may have been sent


@dataclass(frozen=True)
class Bill:
    """What a message has cost, in the provider's currency: 'USD 0.0083'. Some know it only after the delivery."""

    cost: str = ""  # empty while it is not known
    segments: int | None = None


@dataclass(frozen=True)
class Sent:
    """The provider's answer to one message. `reason` is a key, empty when it was accepted.

    `stop_queue`: the next message would fare no better, a person has to look.
    """

    outcome: Outcome
    message_id: str = ""
    cost_kobo: int | None = None  # None when it is not stated in naira
    reason: str = ""
    stop_queue: bool = False
    retry_after_seconds: int | None = None
    bill: Bill | None = None  # where the provider states another currency than naira, or segments


class Delivery(StrEnum):
    """How far a message came, in this order; FAILED is the other end. A report never takes a message back."""

    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"


@dataclass(frozen=True)
class DeliveryReport:
    """A provider's later word about a message. Reports come in any order: a final one wins, and READ over DELIVERED.

    phone: E.164, or the network's own id of somebody who hides her number.
    """

    message_id: str
    status: Delivery
    final: bool
    phone: str
    reason: str = ""


class Ended(StrEnum):
    """How a session ended, as they tell us afterwards."""

    SUCCESS = "success"  # it reached an END
    INCOMPLETE = "incomplete"  # she left while we waited for her
    FAILED = "failed"  # our answer was bad or late
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class SessionEnd:
    """The end of a session. What they repeat of it holds PINs and names, and is not kept."""

    session_id: str
    phone: str
    service_code: str
    network_code: str
    ended: Ended
    duration_ms: int
    hops: int
    steps: tuple[str, ...]
    cost: str
    error: str


@dataclass(frozen=True)
class OptOut:
    """Somebody wants no more messages from this sender."""

    phone: str
    sender: str


@dataclass(frozen=True)
class Media:
    """A picture, a voice note, a contact card or a file that came with a message; fetched later, by a job."""

    url: str = field(repr=False)
    content_type: str


@dataclass(frozen=True)
class ChatMessage:
    """A message of a person, on a channel that is answered later.

    address: where an answer goes: E.164, or the network's own id of a person who hides her number. phone: E.164, or
    "" when it is hidden. choice: the id of the button or row that was tapped. word: stop, start or help when the
    provider itself has understood it so. network_id: the network's own id of her, also when her number is there.
    """

    message_id: str
    address: str
    phone: str
    text: str = field(repr=False)
    choice: str = ""
    media: tuple[Media, ...] = ()
    word: str = ""
    replied_to: str = ""  # our own message that was tapped or quoted
    network_id: str = ""


class DoorKind(StrEnum):
    """What is behind a door of a channel."""

    TURN = "turn"  # a request of a session, answered on the spot
    SESSION_END = "session_end"
    MESSAGE = "message"  # stored, answered later
    DELIVERY = "delivery"
    OPT_OUT = "opt_out"


class Channel(Protocol):
    """What every channel has. `answers_at_once`: the reply goes back on the request itself.

    doors: the last part of its callback URLs, and what each is for. keyed: whether the secret key is a part of the
    path; a channel that signs its requests needs none. form: what it can show. largest: the longest body of a request
    that is read.
    """

    name: ClassVar[str]
    answers_at_once: ClassVar[bool]
    doors: ClassVar[Mapping[str, DoorKind]]
    keyed: ClassVar[bool]
    form: ClassVar[Form]
    largest: ClassVar[int]

    def verify(self, request: Request) -> Mapping[str, str]:
        """The form of a request that bears the secret. Raises CallerError for any other."""
        ...


class Incoming(Channel, Protocol):
    """A channel over which people talk to us within a session."""

    def parse(self, form: Mapping[str, str]) -> UssdHop: ...

    def answer(self, text: str, *, end: bool) -> Answer: ...

    def parse_event(self, form: Mapping[str, str]) -> SessionEnd: ...


class Outgoing(Channel, Protocol):
    """A channel over which we tell people something, and over which they may write to us.

    They are answered by a message of its own: what goes back on their request is `empty_answer`.
    """

    def send(self, to: str, message: Message, *, reference: str = "") -> Sent:
        """Hand one message over. Never raises for what the provider or the network does."""
        ...

    def empty_answer(self) -> Answer:
        """What tells the provider that we have it, and tells her nothing."""
        ...

    def parse_message(self, form: Mapping[str, str]) -> ChatMessage: ...

    def parse_delivery(self, form: Mapping[str, str]) -> DeliveryReport: ...

    def parse_opt_out(self, form: Mapping[str, str]) -> OptOut: ...


class Windowed(Outgoing, Protocol):
    """A channel where we may say what we like only for a while after she has written, and else only texts that were
    approved before: one for each key and language, with the facts in it.
    """

    def has_template(self, key: str, language: str) -> bool:
        """Whether there is an approved text for this key in this language. Reads our own table only."""
        ...

    def send_template(
        self, to: str, key: str, language: str, facts: Mapping[str, str], *, arg: str = "", reference: str = ""
    ) -> Sent:
        """Send it. facts by their names, worded in her language; arg: what its buttons are about (the id of a seat).

        REFUSED `no_template` when there is none, or when it cannot be filled with these facts.
        """
        ...


class Recalled(Outgoing, Protocol):
    """A channel whose provider tells each message once, and keeps it for us when we were not there to hear it."""

    def written_between(self, since: datetime, until: datetime) -> list[ChatMessage]:
        """What people wrote to us then, by the provider's own list, oldest first. Empty when that cannot be had now."""
        ...


class Billed(Outgoing, Protocol):
    """A channel that knows only later what a message has cost."""

    def bill_of(self, message_id: str) -> Bill | None:
        """Ask for the bill. None when it cannot be had now; raises nothing."""
        ...


def read_form(request: Request, keys: tuple[str, ...]) -> dict[str, str]:
    """The fields of a form posted with one of the keys; cheap checks first, the key before everything."""
    if not key_matches(request.key, keys):
        raise Forged("wrong_key")
    if request.method != "POST":
        raise Malformed("not_post")
    if request.content_type.split(";")[0].strip().lower() != FORM:
        raise Malformed("not_a_form")
    if len(request.body) > MAX_FORM:
        raise TooLarge("form_too_large")
    try:
        pairs = parse_qsl(
            request.body.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS
        )
    except ValueError:
        raise Malformed("unreadable_form") from None
    form = dict(pairs)
    if len(form) != len(pairs):
        raise Malformed("repeated_field")
    return form


def field_of(form: Mapping[str, str], name: str, limit: int = 128) -> str:
    """A field that has to be there and filled."""
    value = form.get(name, "").strip()
    if not value or len(value) > limit or not value.isprintable():
        raise Malformed(f"bad_{name}")
    return value


def phone_of(form: Mapping[str, str], name: str) -> str:
    """The phone number in a field, as E.164. Some routes leave the plus out.

    The network has said who calls: whether this is a Nigerian mobile number is not asked here.
    """
    raw = "".join(form.get(name, "").split())
    number = parse_phone(raw) or raw
    if not number.startswith("+"):
        number = "+" + number
    if not E164.fullmatch(number):
        raise Malformed(f"bad_{name}")
    return number
