"""Paystack's envelopes: what a good and a bad answer look like, and reading a request's fields.

A refusal travels as the exception `Refusal` from wherever it is noticed to the blueprint.
"""

import re
from typing import Any

from flask import Response, jsonify, request

from bot.sandbox.world import world
from models.country import COUNTRIES

EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
UNROUTABLE = (".local", ".invalid", ".localhost", ".test")
MAX_KOBO = 1_000_000_000


class Refusal(Exception):
    """Paystack says no. `step` and `code` are absent in its older answers."""

    def __init__(
        self, message: str, status: int = 400, step: str | None = None, code: str | None = None, kind: str | None = None
    ) -> None:
        super().__init__(message)
        self.message, self.status, self.step, self.code = message, status, step, code
        self.kind = kind or "validation_error"

    def answer(self) -> tuple[Response, int]:
        body: dict[str, Any] = {"status": False, "message": self.message}
        if self.code is not None:
            body |= {"meta": {"nextStep": self.step}, "type": self.kind, "code": self.code}
        return jsonify(body), self.status


def missing(what: str) -> Refusal:
    return Refusal(f"{what} is required", 400, "Provide all required params", "missing_params")


def invalid(message: str, step: str = "Ensure that the value(s) you're passing are valid") -> Refusal:
    return Refusal(message, 400, step, "invalid_params")


def ok(message: str, data: Any = None, **more: Any) -> Response:
    body: dict[str, Any] = {"status": True, "message": message}
    if data is not None:
        body["data"] = data
    return jsonify(body | more)


def fields() -> dict[str, Any]:
    """The request's fields, from JSON or, as the specification allows, from a form."""
    if request.mimetype == "application/x-www-form-urlencoded":
        return request.form.to_dict()
    found = request.get_json(silent=True)
    if not isinstance(found, dict):
        raise invalid("Invalid JSON was passed")
    return found


def text_of(found: dict[str, Any], name: str, label: str) -> str:
    value = found.get(name)
    if not isinstance(value, str) or not value.strip():
        raise missing(label)
    return value.strip()


def email_of(found: dict[str, Any]) -> str:
    email = text_of(found, "email", "Email Address").lower()
    if not EMAIL.fullmatch(email) or email.endswith(UNROUTABLE):
        raise invalid("Invalid Email Address Passed")
    return email


def amount_of(found: dict[str, Any], least_kobo: int) -> int:
    """Sub-units: an integer, or its digits as text. N5,000.00 is 500000 and never 5000.0."""
    value = found.get("amount")
    if value is None:
        raise missing("Amount")
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value)
    if type(value) is not int or not 0 < value <= MAX_KOBO:
        raise invalid("Invalid Amount Sent")
    if value < least_kobo:
        raise invalid(f"Amount should be at least {world().country.currency} {least_kobo / 100:g}")
    return value


def own_currency(found: dict[str, Any]) -> str:
    """The integration's own. Who names none means naira, wherever the integration is."""
    currency = str(found.get("currency") or COUNTRIES["NG"].currency).upper()
    if currency != world().country.currency:
        raise Refusal("Currency not supported by merchant", 403, "Use a currency of this integration",
                      "unsupported_currency")  # fmt: skip
    return currency
