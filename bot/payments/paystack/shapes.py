"""Paystack's JSON into our values, with every trap that its samples show (providers.md 4). Pure.

What cannot be read raises `Unreadable`: a payment of which we are not sure is not guessed.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bot.payments.base import Bank, PaymentStatus, TransferState, TransferStatus, Verified

Json = Mapping[str, Any]

PAYMENTS = {
    "success": PaymentStatus.SUCCESS,
    "failed": PaymentStatus.FAILED,
    "abandoned": PaymentStatus.ABANDONED,
    "ongoing": PaymentStatus.PENDING,
    "pending": PaymentStatus.PENDING,
    "processing": PaymentStatus.PENDING,
    "queued": PaymentStatus.PENDING,
    "reversed": PaymentStatus.REVERSED,
}
TRANSFERS = {
    "pending": TransferStatus.PENDING,
    "processing": TransferStatus.PENDING,
    "queued": TransferStatus.PENDING,
    "success": TransferStatus.SUCCESS,
    "failed": TransferStatus.FAILED,
    "abandoned": TransferStatus.FAILED,
    "blocked": TransferStatus.FAILED,
    "rejected": TransferStatus.FAILED,
    "reversed": TransferStatus.REVERSED,
    "otp": TransferStatus.MANUAL,
    "received": TransferStatus.MANUAL,
}


class Unreadable(ValueError):
    """An answer without what it has to have. The text names the field, never its value."""


def read_payment(data: Json) -> Verified:
    """A transaction, from a look-up or from the list. A status that we do not know decides nothing: pending."""
    authorization = mapping(data.get("authorization"))
    return Verified(
        reference=words(data, "reference"),
        status=PAYMENTS.get(words(data, "status").lower(), PaymentStatus.PENDING),
        amount_kobo=kobo(data, "amount"),
        currency=words(data, "currency"),
        fee_kobo=optional_kobo(data, "fees"),
        requested_kobo=optional_kobo(data, "requested_amount"),
        paid_at=instant(data.get("paid_at") or data.get("paidAt")),
        created_at=instant(data.get("created_at") or data.get("createdAt")),
        provider_id=number(data.get("id")),
        domain=text(data.get("domain")),
        channel=text(data.get("channel")),
        reason=text(data.get("gateway_response") or data.get("message")),
        customer_code=text(mapping(data.get("customer")).get("customer_code")),
        receiver_account=text(authorization.get("receiver_bank_account_number")),
        metadata=metadata(data.get("metadata")),
    )


def read_transfer(data: Json) -> TransferState:
    """A transfer, from a look-up or from the list. `recipient` is an object, a code or a number of theirs."""
    word = words(data, "status").lower()
    recipient = data.get("recipient")
    return TransferState(
        reference=words(data, "reference"),
        status=TRANSFERS.get(word, TransferStatus.PENDING),
        amount_kobo=kobo(data, "amount"),
        currency=words(data, "currency"),
        fee_kobo=optional_kobo(data, "fee_charged"),
        code=text(data.get("transfer_code")),
        recipient=text(mapping(recipient).get("recipient_code") or (recipient if isinstance(recipient, str) else "")),
        provider_id=number(data.get("id")),
        domain=text(data.get("domain")),
        created_at=instant(data.get("createdAt") or data.get("created_at")),
        updated_at=instant(data.get("updatedAt") or data.get("updated_at")),
        detail=word,
    )


def read_bank(data: Json) -> Bank | None:
    """A bank that may be chosen; None for one that is gone, or that nobody could name or reach."""
    code, name = text(data.get("code")), text(data.get("name"))
    if data.get("active") is False or data.get("is_deleted") is True or not (code and name):
        return None
    return Bank(code, name, text(data.get("slug")))


def words(data: Json, name: str) -> str:
    """A text that has to be there."""
    value = data.get(name)
    if not isinstance(value, str) or not value:
        raise Unreadable(name)
    return value


def kobo(data: Json, name: str) -> int:
    """A whole, non-negative amount; they send some as strings."""
    value = number(data.get(name))
    if value is None or value < 0:
        raise Unreadable(name)
    return value


def optional_kobo(data: Json, name: str) -> int | None:
    """An amount that may be null: they do not know it yet."""
    return None if data.get(name) in (None, "") else kobo(data, name)


def number(value: object) -> int | None:
    """A whole number of any size, from a number or from digits in a string."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < 2**53 else None
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 20:
        return int(value)
    return None


def instant(value: object) -> datetime | None:
    """An ISO instant in UTC; one without a zone is UTC."""
    if not isinstance(value, str) or not value:
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def metadata(value: object) -> dict[str, Any]:
    """Ours come back as an object or as JSON in a string; none is "", null or 0."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return {}
    return dict(value) if isinstance(value, dict) else {}


def mapping(value: object) -> Json:
    return value if isinstance(value, dict) else {}


def text(value: object) -> str:
    return value[:200] if isinstance(value, str) else ""
