"""What Twilio tells us: the callback read and checked, and the parts that both channels have in common.

Its fields change without notice, so nothing is required but what we need, and what we
do not know is passed over. Nothing here knows how to call Twilio.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from urllib.parse import parse_qsl

from bot.channels.base import FORM, Answer, ChatMessage, Delivery, DeliveryReport, Media, Request, field_of
from bot.errors import CallerError, Forged, Malformed, TooLarge
from bot.twilio.outcomes import reason_of
from bot.twilio.signature import SIGNATURE, body_hash_of, body_matches, is_signed

LARGEST = 64 * 1024  # 1,600 characters of emoji are 19 KB in a form, and ten pictures and an advertisement may go along
MAX_FIELDS = 256
MAX_MEDIA = 10
JSON = "application/json"

WHATSAPP = "whatsapp:"  # before the numbers of that channel

NOTHING = Answer(b"<Response/>", "text/xml")  # any other text would be sent to her

SID = re.compile(r"(SM|MM)[0-9a-f]{32}", re.IGNORECASE)

# Their word, ours, and whether it is an end. One that we do not know is no end: the message stays sent.
STATUSES = {
    "accepted": (Delivery.SENT, False),
    "scheduled": (Delivery.SENT, False),
    "queued": (Delivery.SENT, False),
    "sending": (Delivery.SENT, False),
    "sent": (Delivery.SENT, False),
    "delivered": (Delivery.DELIVERED, True),
    "partially_delivered": (Delivery.DELIVERED, True),
    "read": (Delivery.READ, True),
    "undelivered": (Delivery.FAILED, True),
    "failed": (Delivery.FAILED, True),
    "canceled": (Delivery.FAILED, True),
}


Form = Mapping[str, str]


def read_signed(request: Request, keys: Sequence[str]) -> dict[str, str]:
    """The fields of a callback that bears Twilio's signature; cheap checks first. Of a repeated field the first."""
    if request.method != "POST":
        raise Malformed("not_post")
    if not request.headers.get(SIGNATURE):
        raise Forged("no_signature")
    if len(request.body) > LARGEST:
        raise TooLarge("form_too_large")
    kind = request.content_type.split(";")[0].strip().lower()
    if kind == JSON:
        return _read_json(request, keys)
    if kind != FORM:
        raise Malformed("not_a_form")
    pairs = _pairs(request.body)
    if not is_signed(request.headers, request.url, pairs, keys):
        raise Forged("bad_signature")
    return dict(reversed(pairs))


def readable(parse: Callable[[Form], ChatMessage], forms: Iterable[Form]) -> Iterator[ChatMessage]:
    """Those of the forms that are messages of people."""
    for form in forms:
        try:
            yield parse(form)
        except CallerError:
            continue


def message_id_of(form: Mapping[str, str]) -> str:
    found = field_of(form, "MessageSid", 34)
    if not SID.fullmatch(found):
        raise Malformed("bad_MessageSid")
    return found


def media_of(form: Mapping[str, str]) -> tuple[Media, ...]:
    """The pictures, voice notes and files of a message. A count that is none, or that promises too much, is no harm."""
    count = form.get("NumMedia", "")
    most = min(int(count), MAX_MEDIA) if count.isascii() and count.isdigit() and len(count) < 4 else 0
    found = ((form.get(f"MediaUrl{n}", ""), form.get(f"MediaContentType{n}", "")) for n in range(most))
    return tuple(Media(url, kind.split(";")[0].strip().lower()[:64]) for url, kind in found if url)


def word_of(form: Mapping[str, str]) -> str:
    """stop, start or help, when Twilio has understood the message so and acted upon it."""
    word = form.get("OptOutType", "").strip().lower()
    return word if word in ("stop", "start", "help") else ""


def report_of(form: Mapping[str, str], address: str) -> DeliveryReport:
    word = field_of(form, "MessageStatus", 32).lower()
    status, final = STATUSES.get(word, (Delivery.SENT, False))
    code = form.get("ErrorCode", "").strip()
    reason = (reason_of(code) if code else word) if status is Delivery.FAILED else ""
    return DeliveryReport(message_id_of(form), status, final, address, reason)


def _pairs(body: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(body.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS)
    except ValueError:
        raise Malformed("unreadable_form") from None


def _read_json(request: Request, keys: Sequence[str]) -> dict[str, str]:
    """A body that is no form is signed by its hash, which stands in the URL."""
    given = body_hash_of(request.url)
    if given is None or not is_signed(request.headers, request.url, (), keys):
        raise Forged("bad_signature")
    if not body_matches(request.body, given):
        raise Forged("bad_body")
    try:
        fields = json.loads(request.body)
    except (ValueError, RecursionError):
        raise Malformed("unreadable_json") from None
    if not isinstance(fields, dict):
        raise Malformed("unreadable_json")
    return {name: str(value) for name, value in fields.items() if isinstance(value, str | int)}
