"""How many calls a minute Paystack takes: counted always, refused only when the tuning says so."""

import threading
import time

TEST_MODE_PER_MINUTE = 100


class RateLimit:
    """A count per calendar minute, in memory: a restart begins a new one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._minute = 0
        self._calls = 0

    def used_up(self, per_minute: int) -> bool:
        """Count a call. With 0 per minute nothing is ever refused."""
        with self._lock:
            minute = int(time.time() // 60)
            if minute != self._minute:
                self._minute, self._calls = minute, 0
            self._calls += 1
            return bool(per_minute) and self._calls > per_minute

    def headers(self, per_minute: int) -> dict[str, str]:
        limit = per_minute or TEST_MODE_PER_MINUTE
        with self._lock:
            calls = self._calls
        return {
            "x-ratelimit-limit": str(limit),
            "x-ratelimit-remaining": str(max(limit - calls, 0)),
            "x-ratelimit-reset": str(60 - int(time.time()) % 60),
        }
