"""Twilio's forms and signatures, byte for byte as in the captures."""

from typing import Any
from urllib.parse import parse_qsl

import pytest
from twilio.request_validator import RequestValidator

from bot.sandbox.twilio import wire
from tests.bot.sandbox.support import FIXTURES, sample
from tests.bot.sandbox.twilio_side import INDEX, fixture_form

VECTORS: dict[str, Any] = sample("twilio/signature_vectors.json")
MESSAGES = [each for each in INDEX if each["file"].startswith(("wa_inbound", "sms_inbound"))]
STATUSES = [each for each in INDEX if "_status_" in each["file"]]
USUAL = set(wire.whatsapp_message(wire.Envelope("", "", "", ""), wire.WhatsappUser("", "1", "x"), "text", ""))


@pytest.mark.parametrize("vector", VECTORS["valid"], ids=lambda each: str(each["file"]))
def test_it_signs_like_the_vectors(vector: dict[str, str]) -> None:
    fields = fixture_form(vector["file"])

    assert wire.sign(vector["auth_token"], vector["url"], fields) == vector["signature"]


def test_it_signs_with_sha256_like_the_vector() -> None:
    vector = VECTORS["sha256_example"]

    found = wire.sign(vector["auth_token"], vector["url"], fixture_form(vector["file"]), vector["algorithm"])

    assert found == vector["signature"]


@pytest.mark.parametrize("vector", VECTORS["extra"], ids=lambda each: str(each["case"]))
def test_the_sdk_judges_the_pitfalls_as_the_vectors_say(vector: dict[str, Any]) -> None:
    fields = fixture_form(vector["file"])

    assert (
        RequestValidator(vector["auth_token"]).validate(vector["url"], fields, vector["signature"]) is vector["valid"]
    )


@pytest.mark.parametrize("told", MESSAGES, ids=lambda each: str(each["file"]))
def test_a_message_is_written_like_the_capture(told: dict[str, Any]) -> None:
    fields: dict[str, str] = told["decoded"]
    envelope = wire.Envelope(fields["MessageSid"], fields["AccountSid"], fields["From"], fields["To"])
    if told["file"].startswith("sms"):
        extra = {
            name: value
            for name, value in fields.items()
            if name in ("MessagingServiceSid", "OptOutType", "ErrorCode", "ErrorUrl")
        }
        found = wire.sms(envelope, fields["Body"], 1, extra)
    else:
        user = wire.WhatsappUser(fields["ProfileName"], fields.get("WaId", ""), fields.get("ExternalUserId", ""))
        media = tuple(
            wire.MediaItem(fields[f"MediaUrl{n}"], fields[f"MediaContentType{n}"])
            for n in range(int(fields["NumMedia"]))
        )
        extra = {name: value for name, value in fields.items() if name not in USUAL and not name.startswith("Media")}
        found = wire.whatsapp_message(envelope, user, fields["MessageType"], fields["Body"], media, extra)

    assert wire.encode(found) == _bytes(told["file"])


@pytest.mark.parametrize("told", STATUSES, ids=lambda each: str(each["file"]))
def test_a_status_is_written_like_the_capture(told: dict[str, Any]) -> None:
    fields: dict[str, str] = told["decoded"]
    envelope = wire.Envelope(fields["MessageSid"], fields["AccountSid"], fields["From"], fields["To"])
    code = fields.get("ErrorCode")

    found = wire.status(envelope, fields["MessageStatus"], int(code) if code else None)

    assert wire.encode(found) == _bytes(told["file"])


def _bytes(name: str) -> bytes:
    """As captured; written anew, because an escape may be written in more than one way."""
    raw = (FIXTURES / "twilio" / name).read_bytes().rstrip(b"\n")
    assert wire.encode(dict(parse_qsl(raw.decode(), keep_blank_values=True))) == raw
    return raw
