"""Channels that are not asked again for a while, so that a provider who is down costs a batch one try and not twenty.

Kept in the memory of one worker: another one finds out for itself, and a new one begins with hope.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from bot.channels.base import Outcome, Sent

# One answer may be about one message; after so many in a row the provider is down.
PATIENCE: Final = 2
REST: Final = timedelta(seconds=60)
REST_OF_QUEUE: Final = timedelta(minutes=10)  # when the provider takes nothing from us at all

TROUBLE: Final = frozenset({Outcome.TEMPORARY, Outcome.UNKNOWN})


@dataclass
class Rests:
    """Until when each channel is left alone, and how often in a row it has failed."""

    _until: dict[str, datetime] = field(default_factory=dict)
    _failures: dict[str, int] = field(default_factory=dict)

    def until(self, channel: str, now: datetime) -> datetime | None:
        """When it may be asked again; None: now."""
        until = self._until.get(channel)
        return until if until is not None and until > now else None

    def note(self, channel: str, sent: Sent, now: datetime) -> None:
        """What an answer says about the channel as a whole."""
        if sent.stop_queue or sent.outcome is Outcome.OUT_OF_MONEY:
            self._until[channel] = now + REST_OF_QUEUE
            return
        if sent.outcome not in TROUBLE:
            self._failures.pop(channel, None)
            return
        self._failures[channel] = self._failures.get(channel, 0) + 1
        if sent.retry_after_seconds or self._failures[channel] >= PATIENCE:
            self._until[channel] = now + max(REST, timedelta(seconds=sent.retry_after_seconds or 0))
