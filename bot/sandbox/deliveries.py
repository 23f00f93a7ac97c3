"""Webhooks and reports on their way to the product: kept, sent, retried as the provider retries.

What a body says is the business of the one who posts it; when it goes out, how often, in which
order and whether at all is decided here. Times are real time, never the moved clock.
"""

import json
import time
from collections.abc import Callable
from typing import Any

import requests

from bot.sandbox.knobs import Knobs
from bot.sandbox.outward import post
from bot.sandbox.store import Row, Store
from bot.sandbox.tuning import TuningBox

TIMEOUT_SECONDS = 30
TIMEOUTS_SECONDS = {"twilio": 15}
HOUR = 3600.0
NOBODY_ANSWERS = "ConnectionError"

# (attempts made, seconds since the first one, what came of the last) -> seconds to wait, or None: given up
Schedule = Callable[[int, float, str], float | None]


def _paystack(attempts: int, age_seconds: float, result: str) -> float | None:
    """Every 3 minutes for the first four tries, then hourly for 72 hours."""
    if age_seconds >= 72 * HOUR:
        return None
    return 180.0 if attempts <= 4 else HOUR


def _africastalking(attempts: int, age_seconds: float, result: str) -> float | None:
    """Every minute for 12 hours."""
    return 60.0 if age_seconds < 12 * HOUR else None


def _twilio(attempts: int, age_seconds: float, result: str) -> float | None:
    """Once more, and only when nobody could be reached."""
    return 0.0 if attempts == 1 and result in (NOBODY_ANSWERS, "ConnectTimeout") else None


def _never(attempts: int, age_seconds: float, result: str) -> float | None:
    return None


SCHEDULES: dict[str, Schedule] = {
    "paystack": _paystack,
    "africastalking": _africastalking,
    "twilio": _twilio,
    "never": _never,
}


class Deliveries:
    def __init__(self, store: Store, knobs: Knobs, tuning: TuningBox) -> None:
        self._store = store
        self._knobs = knobs
        self._tuning = tuning

    def put(self, event: str, url: str, headers: dict[str, str], body: bytes, retry: str, *subjects: str) -> None:
        """Take a body over. Joins the caller's transaction: an effect and its webhook stand or fall together."""
        place = f"webhook.{event}"
        delay = self._knobs.take(place, "delay", *subjects)
        duplicate = self._knobs.take(place, "duplicate", *subjects)
        state = "pending"
        if self._knobs.take(place, "drop", *subjects):
            state = "dropped"
        elif self._knobs.take(place, "reorder", *subjects):
            state = "held"
        due_at = time.time() + (float(delay.value or 0) if delay else 0)
        with self._store.write() as db:
            for _ in range(1 + (int(duplicate.value or 1) if duplicate else 0)):
                made = db.execute(
                    "INSERT INTO delivery (event, url, headers, body, retry, state, due_at) VALUES (?,?,?,?,?,?,?)",
                    (event, url, json.dumps(headers), body, retry, state, due_at),
                )
            if state == "pending":
                released = "UPDATE delivery SET state = 'pending', after_id = ? WHERE state = 'held'"
                db.execute(released, (made.lastrowid,))

    def claim_due(self) -> list[int]:
        """The deliveries to attempt now; each is claimed by exactly one caller."""
        if not self._store.row("SELECT 1 FROM delivery WHERE state = 'pending' AND due_at <= ?", time.time()):
            return []
        with self._store.write() as db:
            rows = db.execute(
                "SELECT id FROM delivery AS this WHERE state = 'pending' AND due_at <= ? AND (after_id IS NULL OR"
                " EXISTS (SELECT 1 FROM delivery WHERE id = this.after_id AND attempts > 0)) ORDER BY due_at, id",
                (time.time(),),
            ).fetchall()
            db.executemany("UPDATE delivery SET state = 'sending' WHERE id = ?", [(row["id"],) for row in rows])
        return [row["id"] for row in rows]

    def recover(self) -> None:
        """At start: what was being sent when the sandbox died is sent again, as a provider would."""
        with self._store.write() as db:
            db.execute("UPDATE delivery SET state = 'pending' WHERE state = 'sending'")

    def attempt(self, delivery_id: int) -> None:
        row = self._store.row("SELECT * FROM delivery WHERE id = ?", delivery_id)
        if row is None:  # everything was forgotten meanwhile
            return
        delivered, result = _send(row)
        now = time.time()
        first_at = row["first_at"] or now
        scale = max(self._tuning.current().retry_scale, 1e-6)
        wait = SCHEDULES[row["retry"]](row["attempts"] + 1, (now - first_at) / scale, result)
        state = "delivered" if delivered else "given_up" if wait is None else "pending"
        with self._store.write() as db:
            db.execute(
                "UPDATE delivery SET state = ?, attempts = attempts + 1, first_at = ?, due_at = ?, result = ?"
                " WHERE id = ?",
                (state, first_at, now + (wait or 0) * scale, result, delivery_id),
            )

    def hurry(self) -> None:
        """Everything that waits goes out now, also what was held back."""
        with self._store.write() as db:
            db.execute("UPDATE delivery SET state = 'pending', due_at = 0 WHERE state IN ('pending', 'held')")

    def again(self, delivery_id: int) -> bool:
        """Send a copy of one of them once more: a replay."""
        with self._store.write() as db:
            made = db.execute(
                "INSERT INTO delivery (event, url, headers, body, retry, state, due_at)"
                " SELECT event, url, headers, body, retry, 'pending', 0 FROM delivery WHERE id = ?",
                (delivery_id,),
            )
        return made.rowcount == 1

    def all(self) -> list[dict[str, Any]]:
        return [
            {
                "id": row["id"],
                "event": row["event"],
                "state": row["state"],
                "attempts": row["attempts"],
                "due_in_seconds": round(row["due_at"] - time.time(), 3),
                "result": row["result"],
                "headers": json.loads(row["headers"]),
                "body": bytes(row["body"]).decode(),
            }
            for row in self._store.rows("SELECT * FROM delivery ORDER BY id")
        ]


def _send(row: Row) -> tuple[bool, str]:
    patience_seconds = TIMEOUTS_SECONDS.get(row["retry"], TIMEOUT_SECONDS)
    try:
        answer = post(row["url"], bytes(row["body"]), json.loads(row["headers"]), patience_seconds)
    except requests.RequestException as error:
        return False, type(error).__name__
    good = answer.ok if row["retry"] == "twilio" else answer.status_code == 200
    return good, str(answer.status_code)
