"""Twilio's own SDK, pointed at the sandbox, and what the tests of its stand-in compare with."""

from typing import Any
from urllib.parse import parse_qsl

from twilio.http.http_client import TwilioHttpClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from tests.bot.sandbox.support import FIXTURES, Sandbox, sample
from tests.support.replay import Asked, Scripted

ACCOUNT = "AC0123456789abcdef0123456789abcdef"
TOKEN = "development-only-twilio-token-5c0e"
WHATSAPP_FROM, SMS_FROM = "whatsapp:+14155238886", "+15005550006"
EMPTY_TWIML = Scripted(body=b"<Response/>", content_type="text/xml")
INDEX: list[dict[str, Any]] = sample("twilio/index.json")


def client_of(sandbox: Sandbox, token: str = TOKEN) -> Client:
    client = Client(ACCOUNT, token, http_client=TwilioHttpClient(timeout=10))
    client.api.base_url = f"{sandbox.url}/twilio"
    client.content.base_url = f"{sandbox.url}/twilio-content"
    return client


def status_url(sandbox: Sandbox) -> str:
    return f"{sandbox.product.url}/webhooks/twilio-status"


def form_of(asked: Asked) -> dict[str, str]:
    return dict(parse_qsl(asked.body.decode(), keep_blank_values=True))


def fixture_form(name: str) -> dict[str, str]:
    return dict(parse_qsl((FIXTURES / "twilio" / name).read_text().rstrip("\n"), keep_blank_values=True))


def is_signed(sandbox: Sandbox, asked: Asked, token: str = TOKEN, algorithm: str = "HMAC_SHA1") -> bool:
    validator = RequestValidator(token)
    url = sandbox.product.url + asked.path
    return bool(validator.validate(url, form_of(asked), asked.headers["X-Twilio-Signature"], algorithm))


def statuses(sandbox: Sandbox, count: int) -> list[dict[str, str]]:
    """The status callbacks of one message, in the order of their ranks."""
    return [form_of(asked) for asked in sandbox.called("/webhooks/twilio-status", count)]
