"""The requests that pay out: recipient, transfer, look-up. What they do stands in `transfers`."""

import re
from typing import Any

from flask import Response, request

from bot.sandbox.paystack import shapes, transfers
from bot.sandbox.paystack.answers import amount_of, fields, invalid, ok, own_currency, text_of
from bot.sandbox.paystack.lists import between, paged
from bot.sandbox.store import Row
from bot.sandbox.world import World, world

LEAST_KOBO = 5_000
REFERENCE = re.compile(r"[a-z0-9_-]{16,50}")


def recipient() -> Response:
    found = fields()
    kind = world().country.recipient_type
    if found.get("type") != kind:
        raise invalid(f"Only recipients of type {kind} are supported here")
    row = transfers.recipient(
        world(),
        text_of(found, "name", "Name"),
        text_of(found, "account_number", "Account number"),
        text_of(found, "bank_code", "Bank code"),
        own_currency(found),
        found.get("metadata"),
    )
    return ok("Transfer recipient created successfully", shapes.recipient(world().settings, row))


def transfer() -> Response:
    found = fields()
    if found.get("source") != "balance":
        raise invalid("Source must be balance")
    reference = text_of(found, "reference", "Reference")
    if not REFERENCE.fullmatch(reference):
        raise invalid("Reference must be 16 to 50 characters: lower-case letters, digits, - and _")
    amount = amount_of(found, LEAST_KOBO)
    reason = found.get("reason")
    wanted = transfers.Wanted(
        reference, amount, text_of(found, "recipient", "Recipient"), reason if isinstance(reason, str) else None,
        own_currency(found),
    )  # fmt: skip
    row = transfers.send(world(), wanted)
    said = "Transfer requires OTP to continue" if row["status"] == "otp" else "Transfer has been queued"
    return ok(said, shapes.transfer_queued(world().settings, row))


def verify_transfer(reference: str) -> Response:
    if world().knobs.take("paystack.verify_transfer", "not_found", reference):
        reference = ""
    return ok("Transfer retrieved", _found(world(), transfers.transfer_of(world(), reference)))


def transfers_list() -> Response:
    status = request.args.get("status")
    rows = between(world(), "transfer")
    return paged("Transfers retrieved", [_found(world(), row) for row in rows if status in (None, row["status"])])


def _found(here: World, row: Row) -> dict[str, Any]:
    return shapes.transfer_found(here.settings, row, transfers.payee_of(here, row), transfers.fee_charged(here, row))
