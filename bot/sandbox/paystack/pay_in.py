"""The requests that collect money: checkout, charge, look-up, refund. What they do stands in `charges`."""

import re
import secrets
from typing import Any

from flask import Response, request

from bot.sandbox.paystack import charges, shapes, wallets
from bot.sandbox.paystack.answers import amount_of, email_of, fields, invalid, ok, own_currency, text_of
from bot.sandbox.paystack.lists import between, paged
from bot.sandbox.store import Row
from bot.sandbox.world import World, world

CHANNELS = ("bank_transfer", "ussd", wallets.CHANNEL)
REFERENCE = re.compile(r"[A-Za-z0-9.=-]{1,100}")


def initialize() -> Response:
    found = fields()
    asked = charges.Opened(
        email=email_of(found),
        amount=amount_of(found, world().country.least_charge["link"]),
        currency=own_currency(found),
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
    here = world()
    channel = next(
        (name for name in CHANNELS if name in here.country.pay_ways and isinstance(found.get(name), dict)), ""
    )
    if not channel:
        offered = [name for name in CHANNELS if name in here.country.pay_ways]
        raise invalid(f"Please pass a valid payment channel: {' or '.join(offered) or 'none is here'}")
    email, reference, currency = email_of(found), _reference(found), own_currency(found)
    amount = amount_of(found, here.country.least_charge[channel])
    detail, expires_at = _opening(here, channel, found[channel])
    asked = charges.Opened(email, amount, currency, reference, found.get("metadata"), channel, detail, expires_at)
    return ok("Charge attempted", shapes.charge_attempted(charges.open_charge(world(), asked)))


def submit_otp() -> Response:
    found = fields()
    row = charges.charge_of(world(), text_of(found, "reference", "Reference"))
    wallets.submit(world(), row, text_of(found, "otp", "OTP"))
    return ok("Charge attempted", shapes.charge_attempted(charges.charge_of(world(), row["reference"])))


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


def _opening(here: World, channel: str, wanted: dict[str, Any]) -> tuple[dict[str, Any], str | None]:
    """What is kept of how she was asked, and until when she may pay."""
    if channel == "bank_transfer":
        return {}, charges.expiry(here, wanted.get("account_expires_at"))
    if channel == wallets.CHANNEL:
        detail = wallets.detail_of(here, wanted)
        return detail, wallets.expiry(here, detail)
    return {"type": _ussd_type(wanted)}, None


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
