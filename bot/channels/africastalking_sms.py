"""SMS over Africa's Talking: one message out with their SDK, delivery reports and opt-outs in (providers.md 2).

The SDK writes the request; the exchange goes through our own client, because the SDK's
follows redirects with the key in a header, loses the status of every refusal (a Nigerian
"do not disturb" is a 409 with a perfect body) and reads JSON only behind an exact content type.
There is no key against sending twice: an UNKNOWN is for the outbox to decide.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import ROUND_CEILING, Decimal, InvalidOperation
from typing import Any, ClassVar, Self

from africastalking.SMS import SMSService

from bot.channels.base import (
    MAX_FORM,
    RECEIVED,
    Answer,
    ChatMessage,
    Delivery,
    DeliveryReport,
    DoorKind,
    OptOut,
    Outcome,
    Request,
    Sent,
    field_of,
    phone_of,
    read_form,
)
from bot.errors import Kind, ProviderError, ProviderRefusesUs
from bot.gsm import to_gsm
from bot.http import Answer as HttpAnswer
from bot.http import Client
from bot.settings import Settings
from bot.turns import clean
from flows.forms import SMS, Form, Message
from models.country import home

PROVIDER = "africastalking"
ACCEPTABLE_NUMBER = re.compile(r"\+[0-9]{8,15}")

BY_CODE = {
    "100": Sent(Outcome.ACCEPTED),
    "101": Sent(Outcome.ACCEPTED),
    "102": Sent(Outcome.ACCEPTED),
    "401": Sent(Outcome.REFUSED, reason="risk_hold", stop_queue=True),
    "402": Sent(Outcome.REFUSED, reason="bad_sender", stop_queue=True),
    "403": Sent(Outcome.REFUSED, reason="bad_number"),
    "404": Sent(Outcome.REFUSED, reason="unsupported_number"),
    "405": Sent(Outcome.OUT_OF_MONEY, reason="out_of_money", stop_queue=True),
    "406": Sent(Outcome.REFUSED, reason="opted_out"),
    "407": Sent(Outcome.TEMPORARY, reason="no_route"),
    "409": Sent(Outcome.DO_NOT_DISTURB, reason="do_not_disturb"),
    "500": Sent(Outcome.TEMPORARY, reason="provider_error"),
    "501": Sent(Outcome.TEMPORARY, reason="gateway_error"),
    "502": Sent(Outcome.TEMPORARY, reason="gateway_rejected"),
}
# The same refusals by name, for answers that name one for the whole request and list nobody.
BY_NAME = {
    "riskhold": BY_CODE["401"],
    "invalidsenderid": BY_CODE["402"],
    "invalidphonenumber": BY_CODE["403"],
    "unsupportednumbertype": BY_CODE["404"],
    "insufficientbalance": BY_CODE["405"],
    "userinblacklist": BY_CODE["406"],
    "couldnotroute": BY_CODE["407"],
    "donotdisturbrejection": BY_CODE["409"],
    "internalservererror": BY_CODE["500"],
    "gatewayerror": BY_CODE["501"],
    "rejectedbygateway": BY_CODE["502"],
}

DELIVERIES = {
    "sent": (Delivery.SENT, False),
    "submitted": (Delivery.SENT, False),
    "buffered": (Delivery.SENT, False),
    "success": (Delivery.DELIVERED, True),
    "failed": (Delivery.FAILED, True),
    "rejected": (Delivery.FAILED, True),
    "absentsubscriber": (Delivery.FAILED, True),
    "expired": (Delivery.FAILED, True),
}


class AfricasTalkingSms:
    """The SMS channel."""

    name: ClassVar[str] = "africastalking-sms"
    answers_at_once: ClassVar[bool] = False
    doors: ClassVar[Mapping[str, DoorKind]] = {
        "africastalking-sms": DoorKind.MESSAGE,
        "africastalking-delivery": DoorKind.DELIVERY,
        "africastalking-optout": DoorKind.OPT_OUT,
    }
    keyed: ClassVar[bool] = True
    form: ClassVar[Form] = SMS
    largest: ClassVar[int] = MAX_FORM

    def __init__(
        self,
        base_url: str,
        username: str,
        api_key: str,
        sender: str,
        keys: tuple[str, ...],
        *,
        connect_seconds: float = 5.0,
        read_seconds: float = 30.0,
    ) -> None:
        """`sender`: the name that members see, empty for the account's own. `keys`: of the callback URLs."""
        self._client = Client(PROVIDER, base_url, {}, connect_seconds=connect_seconds, read_seconds=read_seconds)
        self._login = (username, api_key)
        self._sender = sender or None
        self._keys = keys

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        return cls(
            settings.africastalking_url,
            settings.africastalking_username,
            settings.africastalking_api_key,
            settings.africastalking_sender,
            settings.callback_keys,
        )

    def verify(self, request: Request) -> Mapping[str, str]:
        return read_form(request, self._keys)

    def send(self, to: str, message: Message, *, reference: str = "") -> Sent:
        """Hand one message over. `to` is E.164; `reference` is the outbox's, for the log."""
        if not ACCEPTABLE_NUMBER.fullmatch(to):
            return BY_CODE["403"]
        service = _Service(*self._login, self._exchange, reference)
        try:
            answer: HttpAnswer = service.send(to_gsm(message.body), [to], sender_id=self._sender)
        except ProviderRefusesUs as error:
            return Sent(Outcome.REFUSED, reason=error.why, stop_queue=True)
        except ProviderError as error:
            unclear = error.kind is Kind.UNKNOWN
            return Sent(
                Outcome.UNKNOWN if unclear else Outcome.TEMPORARY,
                reason=error.why,
                retry_after_seconds=error.retry_after_seconds,
            )
        return read_sent(answer, to)

    def empty_answer(self) -> Answer:
        return RECEIVED

    def parse_message(self, form: Mapping[str, str]) -> ChatMessage:
        """An SMS to our short code. Some come with the keyword of a shared code in front; the words decide, not we."""
        phone = phone_of(form, "from")
        return ChatMessage(field_of(form, "id"), phone, phone, clean(form.get("text", "")))

    def parse_delivery(self, form: Mapping[str, str]) -> DeliveryReport:
        """A word that we do not know is no end: the message stays sent until a known one comes."""
        word = field_of(form, "status", 32)
        status, final = DELIVERIES.get(word.lower(), (Delivery.SENT, False))
        reason = form.get("failureReason", "").strip() or (word if status is not Delivery.DELIVERED and final else "")
        return DeliveryReport(field_of(form, "id"), status, final, phone_of(form, "phoneNumber"), _key(reason))

    def parse_opt_out(self, form: Mapping[str, str]) -> OptOut:
        return OptOut(phone_of(form, "phoneNumber"), field_of(form, "senderId", 32))

    def _exchange(self, path: str, form: Mapping[str, Any], headers: Mapping[str, str], reference: str) -> HttpAnswer:
        return self._client.call("send_sms", "POST", path, form=form, headers=headers, reference=reference)


Exchange = Callable[[str, Mapping[str, Any], Mapping[str, str], str], HttpAnswer]


class _Service(SMSService):  # type: ignore[misc]
    """Their SMS service with our transport under it: made anew for each message, it holds nothing."""

    def __init__(self, username: str, api_key: str, exchange: Exchange, reference: str) -> None:
        super().__init__(username, api_key)
        self._baseUrl = "/version1"  # the host is the client's
        self._exchange = exchange
        self._reference = reference

    def _make_request(self, url: str, method: str, headers: Any, data: Any, params: Any, **_: Any) -> HttpAnswer:
        return self._exchange(url, data, headers, self._reference)


def read_sent(answer: HttpAnswer, to: str) -> Sent:
    """What their answer says about the message to this number."""
    found = answer.json()
    message = found.get("SMSMessageData") if isinstance(found, dict) else None
    if not isinstance(message, dict):
        # A refusal without their envelope is no word about this message: the address or the account is wrong.
        return Sent(Outcome.UNKNOWN if answer.ok else Outcome.REFUSED, reason="unreadable", stop_queue=not answer.ok)
    recipients = [each for each in message.get("Recipients") or [] if isinstance(each, dict)]
    ours = [each for each in recipients if each.get("number") == to] or (recipients if len(recipients) == 1 else [])
    if ours:
        return _of_recipient(ours[0])
    if recipients:
        return Sent(Outcome.UNKNOWN, reason="not_listed")
    return BY_NAME.get(_letters(message.get("Message")), Sent(Outcome.TEMPORARY, reason="refused_as_a_whole"))


def _of_recipient(recipient: Mapping[str, Any]) -> Sent:
    code = str(recipient.get("statusCode"))
    known = BY_CODE.get(code) or BY_NAME.get(_letters(recipient.get("status")))
    if known is None:
        return Sent(Outcome.UNKNOWN, reason="unknown_status")
    if known.outcome is not Outcome.ACCEPTED:
        return known
    message_id = str(recipient.get("messageId") or "")
    return replace(known, message_id="" if message_id == "None" else message_id, cost_kobo=_cost(recipient.get("cost")))


def _cost(text: object) -> int | None:
    """'NGN 2.2000' in kobo, rounded up to a whole one."""
    currency, _, amount = str(text).partition(" ")
    try:
        kobo = Decimal(amount) * 100
        return int(kobo.to_integral_value(ROUND_CEILING)) if currency == home().currency and 0 <= kobo < 10**9 else None
    except InvalidOperation:
        return None


def _letters(text: object) -> str:
    return re.sub(r"[^a-z]", "", str(text).lower())


def _key(word: str) -> str:
    """'UserDoesNotExist' as user_does_not_exist; their spelling NotNetworkSubcriber is mended."""
    snake = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", word[:64]).lower().replace("subcriber", "subscriber")
    return re.sub(r"[^a-z0-9_]", "", snake.replace("black_list", "blacklist"))
