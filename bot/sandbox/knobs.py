"""The knobs that break things on purpose: what is set, and whether this very call is to be broken.

A knob stands at a place ("paystack.transfer", "webhook.charge.success", "paystack.*"), does one
thing, optionally only for one reference, phone or account number, and optionally a number of times.
"""

import json
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from typing import Any

from bot.sandbox.store import Row, Store
from bot.sandbox.tuning import OUTCOMES

KNOBS = {
    # any call to a provider
    "lose_request": "the connection closes before anything happened",
    "lose_answer": "the effect happens, then the connection closes without an answer",
    "error_before_effect": "answers 503, or the status in value, and does nothing",
    "error_after_effect": "the effect happens, then answers 500, or the status in value",
    "html_body": "the effect happens, the answer is a gateway's HTML page, status in value or 502",
    "truncated_json": "the effect happens, the answer stops in the middle",
    "slow_seconds": "the effect happens, the answer waits value seconds",
    "rate_limited": "answers 429 and does nothing",
    "not_found": "a look-up says that there is no such thing",
    "wrong_amount": "the answer or webhook names value (kobo) as the amount; at paystack.pay she really pays it",
    "wrong_currency": "the answer or webhook names value as the currency; at paystack.pay she really pays in it",
    # paystack.transfer, paystack.verify_transfer, paystack.resolve
    "insufficient_balance": "Paystack or Africa's Talking says that our balance is too small",
    "auto_transfer": "this transfer ends by itself as value: none, success, failed, reversed or pending",
    "reverse_later": "this transfer succeeds and is reversed value seconds after that",
    "transfer_status": "this transfer answers and stays at value: otp, received or pending",
    "daily_limit": "paystack.resolve: the three look-ups per day of test mode are used up",
    # africastalking.send
    "dnd": "the number is on the do-not-disturb list (409)",
    "blacklist": "the number has opted out (406)",
    "status_code": "the number gets value as its statusCode",
    "bad_sender": "the whole request is refused for its sender",
    "report": "the delivery report says value, a status or [status, failureReason]",
    # twilio.send, twilio_content.approval
    "refuse": "Twilio refuses the message with value as its error code",
    "fails": "Twilio takes the message, later it failed with value as its error code",
    "silence": "Twilio never says what became of the message",
    "approval": "Meta's word about a template: approved, rejected or received",
    "problem_json": "answers 503, or the status in value, in the newer shape of Twilio's errors, and does nothing",
    # webhook.<event>
    "duplicate": "value more copies are sent",
    "delay": "it is sent value seconds later",
    "reorder": "it is held back until the next webhook was sent",
    "drop": "it is never sent",
    "wrong_signature": "it is signed with another key",
    "second_token": "Twilio signs it with the second of our tokens",
    "sha256": "Twilio signs it with HMAC-SHA256 and the shared key in value, or our token",
}

SECONDS = ("slow_seconds", "delay", "reverse_later")
WAITING = ("otp", "received", "pending")
APPROVALS = ("approved", "rejected", "received")


class KnobRefused(ValueError):
    """A knob that does not exist, or one turned to where it does not go."""


@dataclass(frozen=True)
class Knob:
    id: int
    on: str
    do: str
    value: Any
    only: str | None
    times: int | None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class Knobs:
    def __init__(self, store: Store) -> None:
        self._store = store

    def turn(self, on: str, do: str, value: Any = None, only: str | None = None, times: int | None = None) -> Knob:
        if do not in KNOBS:
            raise KnobRefused(f"no knob does {do!r}")
        if not _fits(do, value):
            raise KnobRefused(f"{do} cannot have the value {value!r}: {KNOBS[do]}")
        if times is not None and (type(times) is not int or times < 1):
            raise KnobRefused("times is a number from 1, or left out: until the knob is taken away")
        with self._store.write() as db:
            made = db.execute(
                "INSERT INTO knob (place, does, value, only, times) VALUES (?, ?, ?, ?, ?)",
                (on, do, json.dumps(value), only, times),
            )
        return Knob(made.lastrowid or 0, on, do, value, only, times)

    def all(self) -> list[Knob]:
        return [_knob(row) for row in self._store.rows("SELECT * FROM knob ORDER BY id")]

    def take_away(self, knob_id: int | None = None) -> None:
        """One knob, or all of them."""
        with self._store.write() as db:
            db.execute("DELETE FROM knob WHERE ? IS NULL OR id = ?", (knob_id, knob_id))

    def take(self, place: str, do: str, *subjects: str) -> Knob | None:
        """The knob that breaks this call, or None. Counts it down; a knob used up is gone."""
        for row in self._store.rows("SELECT * FROM knob WHERE does = ? ORDER BY id", do):
            meant = fnmatchcase(place, row["place"]) and (row["only"] is None or row["only"] in subjects)
            if meant and self._use_up(row):
                return _knob(row)
        return None

    def _use_up(self, row: Row) -> bool:
        """False when another thread took the last turn of it."""
        if row["times"] is None:
            return True
        with self._store.write() as db:
            used = db.execute("UPDATE knob SET times = times - 1 WHERE id = ? AND times > 0", (row["id"],))
            db.execute("DELETE FROM knob WHERE id = ? AND times = 0", (row["id"],))
        return used.rowcount == 1


def _fits(do: str, value: Any) -> bool:
    """Said when the knob is turned; else it would be an error inside the call that it breaks."""
    if do in SECONDS:
        return value is None or (type(value) in (int, float) and value >= 0)
    if do in ("wrong_amount", "status_code", "refuse", "fails"):
        return type(value) is int
    if do == "duplicate":
        return value is None or (type(value) is int and value >= 1)
    if do == "auto_transfer":
        return value in OUTCOMES
    if do == "approval":
        return value in APPROVALS
    if do == "transfer_status":
        return value in WAITING
    if do == "report":
        return isinstance(value, str) or (isinstance(value, list) and len(value) == 2)
    return True


def _knob(row: Row) -> Knob:
    return Knob(row["id"], row["place"], row["does"], json.loads(row["value"]), row["only"], row["times"])
