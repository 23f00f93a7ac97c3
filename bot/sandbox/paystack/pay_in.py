"""The requests that collect money: checkout, charge, look-up, refund. What they do stands in `charges`."""

import re
import secrets
from typing import Any

from flask import Response, request

from bot.sandbox.paystack import charges, shapes
from bot.sandbox.paystack.answers import amount_of, email_of, fields, invalid, naira_only, ok, text_of
from bot.sandbox.paystack.lists import between, paged
from bot.sandbox.store import Row
from bot.sandbox.world import World, world

LEAST_KOBO = 5_000
LEAST_BY_TRANSFER_KOBO = 10_000
REFERENCE = re.compile(r"[A-Za-z0-9.=-]{1,100}")


def initialize() -> Response:
    found = fields()
    asked = charges.Opened(
        email=email_of(found),
        amount=amount_of(found, LEAST_KOBO),
        currency=naira_only(found),
        reference=_reference(found),
        metadata=found.get("metadata"),
        channel="card",
        detail={"channels": found.get("channels") or []},
    )
    row = charges.open_charge(world(), asked)
    code = secrets.token_hex(6)
    data = {
        "authorization_url": f"https://checkout.paystack.com/{code}",
        "access_code": code,
        "reference": row["reference"],
    }
    return ok("Authorization URL created", data)


def verify(reference: str) -> Response:
    if world().knobs.take("paystack.verify", "not_found", reference):
        reference = ""
    row = charges.charge_of(world(), reference)
    return ok("Verification successful", _verified(world(), row))


def transactions() -> Response:
    status = request.args.get("status")
    rows = between(world(), "charge")
    data = [_verified(world(), row) for row in rows if status in (None, charges.status_of(world(), row))]
    return paged("Transactions retrieved", data)


def charge() -> Response:
    found = fields()
    by_transfer = isinstance(found.get("bank_transfer"), dict)
    ussd = found.get("ussd")
    if not by_transfer and not isinstance(ussd, dict):
        raise invalid("Please pass a valid payment channel: ussd or bank_transfer")
    email, reference, currency = email_of(found), _reference(found), naira_only(found)
    amount = amount_of(found, LEAST_BY_TRANSFER_KOBO if by_transfer else LEAST_KOBO)
    detail, expires_at = {}, None
    if by_transfer:
        expires_at = charges.expiry(world(), found["bank_transfer"].get("account_expires_at"))
    else:
        detail = {"type": _ussd_type(ussd or {})}
    channel = "bank_transfer" if by_transfer else "ussd"
    asked = charges.Opened(email, amount, currency, reference, found.get("metadata"), channel, detail, expires_at)
    return ok("Charge attempted", shapes.charge_attempted(charges.open_charge(world(), asked)))


def check_charge(reference: str) -> Response:
    row = charges.charge_of(world(), reference)
    if row["state"] == "open" and row["channel"] != "card":
        return ok("Reference check successful", shapes.charge_attempted(row))
    return ok("Reference check successful", _verified(world(), row))


def refund() -> Response:
    found = fields()
    row = charges.charge_of(world(), text_of(found, "transaction", "Transaction"))
    amount = amount_of(found, 1) if "amount" in found else row["amount"]
    note = found.get("merchant_note")
    refund_id = charges.refund(world(), row, amount, note if isinstance(note, str) else None)
    return ok("Refund has been queued for processing", _refund(world(), row, refund_id, amount, note))


def _verified(here: World, row: Row) -> dict[str, Any]:
    return shapes.verified(here.settings, row, charges.payer_of(here, row), charges.status_of(here, row))


def _reference(found: dict[str, Any]) -> str | None:
    """Ours if we gave one, else Paystack makes one up. No underscore."""
    value = found.get("reference")
    if value in (None, ""):
        return None
    if not isinstance(value, str) or not REFERENCE.fullmatch(value):
        raise invalid("Reference can only contain alphanumeric characters and -, . or =")
    return value


def _ussd_type(ussd: dict[str, Any]) -> str:
    if ussd.get("type") not in charges.USSD_CODES:
        raise invalid("Invalid USSD type", f"Use one of {', '.join(charges.USSD_CODES)}")
    return str(ussd["type"])


def _refund(here: World, row: Row, refund_id: int, amount: int, note: object) -> dict[str, Any]:
    at = here.clock.stamp()
    kept = ("reference", "amount", "currency", "channel")
    transaction = {"id": shapes.TRANSACTION_IDS + row["id"], "domain": shapes.domain(here.settings)}
    return {
        "transaction": transaction | {name: row[name] for name in kept},
        "integration": shapes.INTEGRATION,
        "deducted_amount": 0,
        "channel": None,
        "merchant_note": note,
        "customer_note": "Refund",
        "status": "pending",
        "refunded_by": "ops@ajo.ng",
        "expected_at": at,
        "currency": row["currency"],
        "domain": shapes.domain(here.settings),
        "amount": amount,
        "fully_deducted": False,
        "id": shapes.REFUND_IDS + refund_id,
        "createdAt": at,
        "updatedAt": at,
    }
