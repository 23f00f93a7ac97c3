"""WhatsApp over Twilio: free text, buttons, lists and pictures while her window is open (providers.md 3.2, 3.3).

An address is `+234...`, or `NG.1502...` for somebody who hides her number; Twilio writes
both behind `whatsapp:`. What may be sent when the window is closed stands in `bot.templates`.
"""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import ClassVar, Self

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
from bot.turns import clean
from bot.twilio import callbacks
from bot.twilio.client import Twilio
from flows.forms import WHATSAPP, Form, Message

HIDDEN = re.compile(r"[A-Z]{2}\.[A-Za-z0-9]{1,60}")  # Meta's own id of a person, behind her country


class TwilioWhatsapp:
    """The WhatsApp channel."""

    name: ClassVar[str] = "twilio-whatsapp"
    answers_at_once: ClassVar[bool] = False
    doors: ClassVar[Mapping[str, DoorKind]] = {"twilio-whatsapp": DoorKind.MESSAGE}
    keyed: ClassVar[bool] = False
    form: ClassVar[Form] = WHATSAPP
    largest: ClassVar[int] = callbacks.LARGEST
    window: ClassVar[timedelta] = timedelta(hours=24)

    def __init__(self, twilio: Twilio, sender: str, status_url: str, keys: tuple[str, ...]) -> None:
        """`sender`: our number. `keys`: whatever Twilio may sign with. `status_url`: where reports go."""
        self._twilio = twilio
        self._sender = callbacks.WHATSAPP + sender
        self._status_url = status_url
        self._keys = keys

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        return cls(
            Twilio.from_settings(settings), settings.twilio_whatsapp_from, status_url(settings), signing_keys(settings)
        )

    def verify(self, request: Request) -> Mapping[str, str]:
        return callbacks.read_signed(request, self._keys)

    def send(self, to: str, message: Message, *, reference: str = "") -> Sent:
        """Hand one message over, inside her window. `reference` is the outbox's, for the log."""
        if not is_address(to):
            return Sent(Outcome.REFUSED, reason="bad_number")
        return self._twilio.send(
            reference,
            to=callbacks.WHATSAPP + to,
            from_=self._sender,
            body=message.body,
            status_callback=self._status_url,
        )

    def bill_of(self, message_id: str) -> Bill | None:
        return self._twilio.bill_of(message_id)

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
