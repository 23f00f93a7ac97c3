"""Paystack's webhooks: the body's exact bytes and their signature. When they go out is `deliveries`' business."""

import hashlib
import hmac
import json
from typing import Any

from bot.sandbox.world import World

PATH = "/webhooks/paystack"


def sign(secret_key: str, body: bytes) -> str:
    return hmac.new(secret_key.encode(), body, hashlib.sha512).hexdigest()


def announce(world: World, event: str, data: dict[str, Any], reference: str) -> None:
    place = f"webhook.{event}"
    amount = world.knobs.take(place, "wrong_amount", reference)
    currency = world.knobs.take(place, "wrong_currency", reference)
    if amount:
        data = data | {"amount": amount.value}
    if currency:
        data = data | {"currency": currency.value or "USD"}
    body = json.dumps({"event": event, "data": data}, separators=(",", ":"), ensure_ascii=False).encode()
    secret_key = world.settings.paystack_secret_key
    if world.knobs.take(place, "wrong_signature", reference):
        secret_key = "sk_test_of_somebody_else"  # noqa: S105 - wrong on purpose
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Paystack/2.0",
        "x-paystack-signature": sign(secret_key, body),
    }
    world.deliveries.put(event, world.settings.public_url + PATH, headers, body, "paystack", reference)
