"""What Paystack's refusals mean. Its codes are half documented and its statuses vary, so wording counts too. Pure."""

import re
from dataclasses import dataclass

from bot.http import Answer
from bot.payments.paystack.shapes import Json, mapping, text

USED = re.compile(r"\breference\b.*\b(already|used|exists?|unique)\b|\b(duplicate|used)\b.*\breference\b")
MISSING = re.compile(r"\bnot (be )?found\b|\bdoes ?n[o']t exist\b")
SHORT = re.compile(r"\bbalance\b.*\b(not enough|insufficient)\b|\binsufficient\b.*\b(balance|funds)\b")
LIMIT = re.compile(r"\blimit\b.*\bexceeded\b|\bexceeded\b.*\blimit\b|\btoo many requests\b")


@dataclass(frozen=True)
class Refusal:
    """A "status": false, with the HTTP status it came with. `message` is for rows and eyes, never for members."""

    http: int
    message: str
    code: str

    @property
    def reference_used(self) -> bool:
        return self.code == "duplicate_reference" or bool(USED.search(self._low))

    @property
    def insufficient(self) -> bool:
        return self.code == "insufficient_balance" or bool(SHORT.search(self._low))

    @property
    def limited(self) -> bool:
        return self.code == "rate_limited" or bool(LIMIT.search(self._low))

    @property
    def not_found(self) -> bool:
        return self.http == 404 or self.code.endswith("not_found") or bool(MISSING.search(self._low))

    @property
    def our_mistake(self) -> bool:
        """The request lacks something: no word about the thing that was asked for."""
        return self.code == "missing_params"

    @property
    def _low(self) -> str:
        return self.message.lower()


def read_envelope(answer: Answer) -> Json | Refusal | None:
    """The envelope of a call that worked, its refusal, or None when the body is not Paystack's."""
    body = answer.json()
    if not isinstance(body, dict) or not isinstance(body.get("status"), bool):
        return None
    if answer.ok and body["status"]:
        return mapping(body)
    return Refusal(answer.status, text(body.get("message")), text(body.get("code")))
