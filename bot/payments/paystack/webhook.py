"""What Paystack tells us unasked: which event, about what. Pure (providers.md 4.4).

The signature holds no time and no number, so a captured body is good for ever: only the key
made here, unique in the inbox, stops it. Whatever it says is looked up before anything happens.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from bot.payments.base import WebhookEvent

MAX_PART = 100


def read_webhook(raw: bytes) -> WebhookEvent | None:
    """The event in a body, None when it is nothing that could be looked up: no JSON, no event, a list of things."""
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    event = body.get("event") if isinstance(body, dict) else None
    data = body.get("data") if isinstance(body, dict) else None
    name = _part(event) if isinstance(event, str) else ""
    if not name or not isinstance(data, dict):
        return None
    reference, status, provider_id = _parts(data)
    if not (reference or provider_id):
        # Nothing names it: the bytes do, so that two different ones are never taken for one.
        provider_id = hashlib.sha256(raw).hexdigest()[:32]
    return WebhookEvent(name, reference, f"{name}:{reference}:{status}:{provider_id}", status, provider_id)


def _parts(data: Mapping[str, Any]) -> tuple[str, str, str]:
    """Reference, status and id, wherever this kind of event keeps them."""
    rejected = data.get("bank_transfer")
    if isinstance(rejected, dict):  # a wrong amount sent to a one-time account: it names no reference of ours
        return "", _part(rejected.get("message_type")), _part(rejected.get("transaction_id"))
    return (
        _part(data.get("reference") or data.get("transaction_reference")),
        _part(data.get("status")),
        _part(data.get("id") or data.get("refund_reference") or data.get("customer_code")),
    )


def _part(value: object) -> str:
    """One part of the key: short, without what separates the parts."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return "".join(char for char in str(value) if char.isprintable() and char != ":")[:MAX_PART]
