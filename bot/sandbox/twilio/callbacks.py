"""Everything that Twilio posts to the product: signed, with the knobs that break the signature, and handed over."""

from bot.sandbox.store import Row
from bot.sandbox.twilio import wire
from bot.sandbox.world import World

STATUS, WHATSAPP, SMS = "twilio.status", "twilio.whatsapp", "twilio.sms"
PATHS = {WHATSAPP: "/webhooks/twilio-whatsapp", SMS: "/webhooks/twilio-sms"}
SOMEBODY_ELSES_TOKEN = "00000000000000000000000000000000"  # noqa: S105 - wrong on purpose
SHARED_KEY_ID = "webhooks_sharedkey_01"


def tell_status(here: World, row: Row, word: str, error_code: int | None) -> None:
    envelope = wire.Envelope(row["sid"], here.settings.twilio_account_sid, row["sender"], row["receiver"])
    _post(here, STATUS, row["callback"], wire.status(envelope, word, error_code), row["number"], row["sid"], word)


def tell_message(here: World, event: str, fields: dict[str, str], number: str) -> None:
    _post(here, event, here.settings.public_url + PATHS[event], fields, number, fields["MessageSid"])


def _post(here: World, event: str, url: str, fields: dict[str, str], *subjects: str) -> None:
    headers = _signed(here, f"webhook.{event}", url, fields, subjects)
    here.deliveries.put(event, url, headers, wire.encode(fields), "twilio", *subjects)


def _signed(here: World, place: str, url: str, fields: dict[str, str], subjects: tuple[str, ...]) -> dict[str, str]:
    tokens = here.settings.twilio_tokens
    if here.knobs.take(place, "wrong_signature", *subjects):
        return wire.headers(wire.sign(SOMEBODY_ELSES_TOKEN, url, fields))
    if knob := here.knobs.take(place, "sha256", *subjects):
        signature = wire.sign(knob.value or tokens[0], url, fields, wire.SHA256)
        return wire.headers(signature, f"key={SHARED_KEY_ID},algorithm={wire.SHA256}")
    second = here.knobs.take(place, "second_token", *subjects)
    return wire.headers(wire.sign(tokens[-1 if second else 0], url, fields))
