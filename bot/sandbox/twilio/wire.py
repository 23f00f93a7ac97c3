"""The forms that Twilio posts, field by field as they were captured, and how it signs them (providers.md 3.3-3.6).

What is told in them is decided by those who call; when a form goes out is the business of `deliveries`.
"""

import base64
import hashlib
import hmac
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

API_VERSION = "2010-04-01"
FORM = "application/x-www-form-urlencoded; charset=utf-8"
INSTALL_SID = "XE" + "e" * 32
# What a status callback of a channel says of how far the message came; nothing for the other statuses.
EVENT_TYPES = {"delivered": "DELIVERED", "read": "READ"}
SHA256 = "HMAC_SHA256"


@dataclass(frozen=True)
class Envelope:
    """What every form bears. Addresses are as Twilio writes them: whatsapp:+234..., or +234... for SMS."""

    sid: str
    account_sid: str
    sender: str
    to: str


@dataclass(frozen=True)
class WhatsappUser:
    """The person who writes. phone_digits is empty when she hides her number; user_id is Meta's own id of her."""

    profile_name: str
    phone_digits: str = ""
    user_id: str = ""


@dataclass(frozen=True)
class MediaItem:
    url: str = field(repr=False)
    content_type: str


def whatsapp_message(
    envelope: Envelope,
    user: WhatsappUser,
    kind: str,
    body: str,
    media: tuple[MediaItem, ...] = (),
    extra: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """A message of a person on WhatsApp. `kind` is its MessageType; `extra` what only this kind has."""
    context = {"ProfileName": user.profile_name} | ({"WaId": user.phone_digits} if user.phone_digits else {})
    metadata = {"type": "whatsapp", "data": {"context": context}}
    fields = {
        "SmsMessageSid": envelope.sid,
        "NumMedia": str(len(media)),
        "ProfileName": user.profile_name,
        "MessageType": kind,
        "SmsSid": envelope.sid,
        **({"WaId": user.phone_digits} if user.phone_digits else {}),
        "SmsStatus": "received",
        "Body": body,
        "To": envelope.to,
        "NumSegments": "1",
        "ReferralNumMedia": "0",
        "MessageSid": envelope.sid,
        "AccountSid": envelope.account_sid,
        "ChannelMetadata": json.dumps(metadata, separators=(",", ":"), ensure_ascii=False),
        "From": envelope.sender,
        "ApiVersion": API_VERSION,
    }
    for number, item in enumerate(media):
        fields |= {f"MediaUrl{number}": item.url, f"MediaContentType{number}": item.content_type}
    return fields | dict(extra or {}) | ({"ExternalUserId": user.user_id} if user.user_id else {})


def sms(envelope: Envelope, body: str, segments: int, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """An SMS of a person."""
    return {
        "ToCountry": "US",
        "ToState": "CA",
        "SmsMessageSid": envelope.sid,
        "NumMedia": "0",
        "ToCity": "",
        "FromZip": "",
        "SmsSid": envelope.sid,
        "FromState": "",
        "SmsStatus": "received",
        "FromCity": "",
        "Body": body,
        "FromCountry": "NG",
        "To": envelope.to,
        "ToZip": "",
        "NumSegments": str(segments),
        "MessageSid": envelope.sid,
        "AccountSid": envelope.account_sid,
        "From": envelope.sender,
        "ApiVersion": API_VERSION,
        **(extra or {}),
    }


def status(envelope: Envelope, word: str, error_code: int | None = None) -> dict[str, str]:
    """How far a message of ours came: `envelope` as when it was sent."""
    fields = {
        "SmsSid": envelope.sid,
        "SmsStatus": word,
        "MessageStatus": word,
        "To": envelope.to,
        "MessageSid": envelope.sid,
        "AccountSid": envelope.account_sid,
        "From": envelope.sender,
        "ApiVersion": API_VERSION,
    }
    error = {} if error_code is None else {"ErrorCode": str(error_code)}
    if not envelope.to.startswith("whatsapp:"):
        return fields | error
    channel = {
        "ChannelToAddress": envelope.to.removeprefix("whatsapp:")[:-4] + "XXXX",
        "ChannelInstallSid": INSTALL_SID,
        "ChannelPrefix": "whatsapp",
        "StructuredMessage": "false",
    }
    if word in EVENT_TYPES:
        channel["EventType"] = EVENT_TYPES[word]
    refused = {"ChannelStatusMessage": "channel refused the message"} if error else {}
    return fields | channel | error | refused


def encode(fields: Mapping[str, str]) -> bytes:
    return urlencode(fields).encode()


def sign(secret: str, url: str, fields: Mapping[str, str], algorithm: str = "HMAC_SHA1") -> str:
    """Over the URL as it is called, and every name with its value, sorted by name, with nothing between them."""
    signed = url + "".join(name + fields[name] for name in sorted(fields))
    digest = hashlib.sha256 if algorithm == SHA256 else hashlib.sha1
    return base64.b64encode(hmac.new(secret.encode(), signed.encode(), digest).digest()).decode()


def headers(signature: str, settings: str = "") -> dict[str, str]:
    """`settings` names key and algorithm of the newer scheme; without it the signature is of the auth token."""
    found = {
        "Content-Type": FORM,
        "User-Agent": "TwilioProxy/1.1",
        "X-Twilio-Signature": signature,
        "I-Twilio-Idempotency-Token": str(uuid.uuid4()),
    }
    return found | ({"X-Twilio-Webhooks-Signature-Settings": settings} if settings else {})
