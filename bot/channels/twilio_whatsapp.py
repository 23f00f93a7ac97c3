"""WhatsApp over Twilio: free text, buttons, lists and pictures while her window is open (providers.md 3.2, 3.3).

An address is `+234...`, or `NG.1502...` for somebody who hides her number; Twilio writes
both behind `whatsapp:`. What may be sent when the window is closed stands in `bot.templates`.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar, Protocol, Self

from bot.channels.base import (
    E164,
    Answer,
    Bill,
    ChatMessage,
    DeliveryReport,
    DoorKind,
    OptOut,
    Outcome,
    Request,
    Sent,
)
from bot.channels.twilio_sms import signing_keys, status_url
from bot.errors import Malformed
from bot.settings import Settings
from bot.templates import Wording, wording
from bot.turns import clean
from bot.twilio import callbacks, messages
from bot.twilio.client import Twilio
from bot.twilio.contents import Contents
from bot.twilio.outcomes import BAD_MEDIA, CONTENT_TROUBLE, NO_CONTENT
from bot.twilio.shapes import Shape, plain, shape_of, to_json, values_of
from flows.forms import WHATSAPP, Form, Message

NO_TEMPLATE = Sent(Outcome.REFUSED, reason="no_template")
HIDDEN = re.compile(r"[A-Z]{2}\.[A-Za-z0-9]{1,60}")  # Meta's own id of a person, behind her country


class Texts(Protocol):
    """The texts that Twilio has of us: `bot.twilio.contents`, which keeps them in the database."""

    def sid_of(self, shape: Shape) -> str | None: ...

    def approved_sid(self, wanted: Wording) -> str | None: ...

    def gone(self, sid: str) -> None: ...


class TwilioWhatsapp:
    """The WhatsApp channel."""

    name: ClassVar[str] = "twilio-whatsapp"
    answers_at_once: ClassVar[bool] = False
    doors: ClassVar[Mapping[str, DoorKind]] = {"twilio-whatsapp": DoorKind.MESSAGE}
    keyed: ClassVar[bool] = False
    form: ClassVar[Form] = WHATSAPP
    largest: ClassVar[int] = callbacks.LARGEST

    def __init__(self, twilio: Twilio, contents: Texts, sender: str, status_url: str, keys: tuple[str, ...]) -> None:
        """`contents`: the texts that Twilio has. `keys`: whatever it may sign with. `status_url`: where reports go."""
        self._twilio = twilio
        self._contents = contents
        self._sender = callbacks.WHATSAPP + sender
        self._status_url = status_url
        self._keys = keys

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        twilio = Twilio.from_settings(settings)
        sender = settings.twilio_whatsapp_from
        return cls(twilio, Contents(twilio), sender, status_url(settings), signing_keys(settings))

    def verify(self, request: Request) -> Mapping[str, str]:
        return callbacks.read_signed(request, self._keys)

    def send(self, to: str, message: Message, *, reference: str = "") -> Sent:
        """Hand one message over, inside her window. `reference` is the outbox's, for the log.

        When it cannot go with its buttons, it goes with a numbered line for each of them; without its picture when
        Twilio does not take the link.
        """
        if message.picture and message.picture.url:
            sent = self._send(to, reference, body=plain(message), media_url=[message.picture.url])
            if sent.reason != BAD_MEDIA or not message.body:
                return sent
        shape = shape_of(message)
        sid = self._contents.sid_of(shape) if shape else None
        if sid is not None:
            sent = self._send_content(to, sid, values_of(message), reference)
            if sent.reason not in CONTENT_TROUBLE:
                return sent
        return self._send(to, reference, body=plain(message))

    def has_template(self, key: str, language: str) -> bool:
        wanted = wording(key, language)
        return wanted is not None and self._contents.approved_sid(wanted) is not None

    def send_template(
        self, to: str, key: str, language: str, facts: Mapping[str, str], *, arg: str = "", reference: str = ""
    ) -> Sent:
        wanted = wording(key, language)
        values = wanted.values(facts, arg) if wanted else None
        sid = self._contents.approved_sid(wanted) if wanted else None
        if values is None or sid is None:
            return NO_TEMPLATE
        sent = self._send_content(to, sid, values, reference)
        return NO_TEMPLATE if sent.reason in CONTENT_TROUBLE else sent

    def _send_content(self, to: str, sid: str, values: Mapping[str, str], reference: str) -> Sent:
        sent = self._send(to, reference, content_sid=sid, content_variables=to_json(values))
        if sent.reason == NO_CONTENT:
            self._contents.gone(sid)
        return sent

    def _send(self, to: str, reference: str, **what: str | list[str]) -> Sent:
        if not is_address(to):
            return Sent(Outcome.REFUSED, reason="bad_number")
        whom = {"to": callbacks.WHATSAPP + to, "from_": self._sender}
        return messages.send(self._twilio, reference, **whom, status_callback=self._status_url, **what)

    def written_between(self, since: datetime, until: datetime) -> list[ChatMessage]:
        return list(callbacks.readable(self.parse_message, messages.received(self._twilio, self._sender, since, until)))

    def bill_of(self, message_id: str) -> Bill | None:
        return messages.bill_of(self._twilio, message_id)

    def empty_answer(self) -> Answer:
        return callbacks.NOTHING

    def parse_message(self, form: Mapping[str, str]) -> ChatMessage:
        """What she wrote or tapped. Of a tap some routes bring the id, others only its title, which is the text."""
        address = _address(form.get("From", ""), "From")
        hidden = form.get("ExternalUserId", "").strip()
        return ChatMessage(
            callbacks.message_id_of(form),
            address,
            address if E164.fullmatch(address) else "",
            clean(" ".join(form.get("Body", "").split())),
            choice=clean(form.get("ListId") or form.get("ButtonPayload") or ""),
            media=callbacks.media_of(form),
            word=callbacks.word_of(form),
            replied_to=form.get("OriginalRepliedMessageSid", "").strip()[:34],
            network_id=_address(hidden, "ExternalUserId") if hidden else "" if E164.fullmatch(address) else address,
        )

    def parse_delivery(self, form: Mapping[str, str]) -> DeliveryReport:
        return callbacks.report_of(form, _address(form.get("To", ""), "To"))

    def parse_opt_out(self, form: Mapping[str, str]) -> OptOut:
        """Twilio has no callback of its own for it: the word comes with the message."""
        return OptOut(_address(form.get("From", ""), "From"), form.get("To", "")[:32])


def is_address(text: str) -> bool:
    return bool(E164.fullmatch(text) or HIDDEN.fullmatch(text))


def _address(raw: str, name: str) -> str:
    """The address behind `whatsapp:`. A number is one only with its plus: the digits of a hidden one are no phone."""
    found = raw.strip()
    if not found.startswith(callbacks.WHATSAPP):
        raise Malformed("other_channel")
    address = found.removeprefix(callbacks.WHATSAPP).strip()
    if not is_address(address):
        raise Malformed(f"bad_{name}")
    return address
