"""The time that the providers print: the product's moved clock, so that `paid_at` agrees with its books.

Waiting (delivery delays, retries) is not measured here: that is real time.
"""

from datetime import UTC, datetime, timedelta

from bot.sandbox.store import Store


class Clock:
    def __init__(self, store: Store) -> None:
        self._store = store

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.offset_seconds())

    def offset_seconds(self) -> float:
        row = self._store.row("SELECT value FROM setting WHERE name = 'clock'")
        return float(row["value"]) if row else 0.0

    def move(self, offset_seconds: float) -> None:
        with self._store.write() as db:
            db.execute("INSERT OR REPLACE INTO setting (name, value) VALUES ('clock', ?)", (str(offset_seconds),))

    def stamp(self) -> str:
        return stamp(self.now())


def stamp(at: datetime) -> str:
    """`2026-11-23T09:20:00.000Z`, as Paystack writes a time."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"
