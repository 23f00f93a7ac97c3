"""A time that stands still until a test moves it."""

from datetime import UTC, datetime

from bot.clock import parse_duration

A_MONDAY_MORNING = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)  # nine o'clock in Lagos


class StoppedClock:
    """Call it for the time; `advance("7d")` or `set(instant)` to move it."""

    def __init__(self, start: datetime = A_MONDAY_MORNING) -> None:
        self.now = start

    def __call__(self) -> datetime:
        return self.now

    def advance(self, duration: str) -> datetime:
        self.now += parse_duration(duration)
        return self.now

    def set(self, instant: datetime) -> datetime:
        self.now = instant.astimezone(UTC)
        return self.now
