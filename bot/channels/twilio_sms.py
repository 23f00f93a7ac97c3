"""SMS over Twilio: the second way, and the one to numbers outside Nigeria (providers.md 3).

Twilio answers STOP, START and HELP by itself and then refuses to write to the number
(21610); it tells us the word (`OptOutType`), so that our own state follows theirs.
"""

from collections.abc import Mapping
from datetime import datetime
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
    phone_of,
)
from bot.errors import Malformed
from bot.gsm import to_gsm
from bot.security import split_keys
from bot.settings import Settings
from bot.turns import clean
from bot.twilio import callbacks, messages
from bot.twilio.client import Twilio
from flows.forms import SMS, Form, Message


class TwilioSms:
    """The SMS channel. It also has the door for the delivery reports of both channels: they look alike."""

    name: ClassVar[str] = "twilio-sms"
    answers_at_once: ClassVar[bool] = False
    doors: ClassVar[Mapping[str, DoorKind]] = {
        "twilio-sms": DoorKind.MESSAGE,
        "twilio-status": DoorKind.DELIVERY,
    }
    keyed: ClassVar[bool] = False
    form: ClassVar[Form] = SMS
    largest: ClassVar[int] = callbacks.LARGEST

    def __init__(self, twilio: Twilio, sender: str, status_url: str, keys: tuple[str, ...]) -> None:
        """`sender`: our number. `keys`: whatever Twilio may sign with. `status_url`: where reports go."""
        self._twilio = twilio
        self._sender = sender
        self._status_url = status_url
        self._keys = keys

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        return cls(
            Twilio.from_settings(settings), settings.twilio_sms_from, status_url(settings), signing_keys(settings)
        )

    def verify(self, request: Request) -> Mapping[str, str]:
        return callbacks.read_signed(request, self._keys)

    def send(self, to: str, message: Message, *, reference: str = "") -> Sent:
        """Hand one message over. `to` is E.164; `reference` is the outbox's, for the log."""
        if not E164.fullmatch(to):
            return Sent(Outcome.REFUSED, reason="bad_number")
        text = to_gsm(message.body)
        return messages.send(
            self._twilio, reference, to=to, from_=self._sender, body=text, status_callback=self._status_url
        )

    def written_between(self, since: datetime, until: datetime) -> list[ChatMessage]:
        return list(callbacks.readable(self.parse_message, messages.received(self._twilio, self._sender, since, until)))

    def bill_of(self, message_id: str) -> Bill | None:
        return messages.bill_of(self._twilio, message_id)

    def empty_answer(self) -> Answer:
        return callbacks.NOTHING

    def parse_message(self, form: Mapping[str, str]) -> ChatMessage:
        """Whoever has no number (a name, a short code) is a machine and gets no answer."""
        phone = _phone(form, "From")
        return ChatMessage(
            callbacks.message_id_of(form),
            phone,
            phone,
            clean(form.get("Body", "")),
            media=callbacks.media_of(form),
            word=callbacks.word_of(form),
        )

    def parse_delivery(self, form: Mapping[str, str]) -> DeliveryReport:
        """The report on a message of either channel."""
        return callbacks.report_of(form, form.get("To", "").strip().removeprefix(callbacks.WHATSAPP)[:64])

    def parse_opt_out(self, form: Mapping[str, str]) -> OptOut:
        """Twilio has no callback of its own for it: the word comes with the message."""
        return OptOut(_phone(form, "From"), form.get("To", "")[:32])


def status_url(settings: Settings) -> str:
    return f"{settings.public_url}/webhooks/twilio-status"


def signing_keys(settings: Settings) -> tuple[str, ...]:
    """What a callback may be signed with: the account's tokens, and the shared keys of the newer way."""
    return settings.twilio_tokens + split_keys(settings.twilio_webhook_keys)


def _phone(form: Mapping[str, str], name: str) -> str:
    if form.get(name, "").startswith(callbacks.WHATSAPP):
        raise Malformed("other_channel")
    if not form.get(name, "").strip().startswith("+"):
        raise Malformed(f"bad_{name}")
    return phone_of(form, name)
