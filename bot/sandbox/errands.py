"""Things that happen later by themselves: a transfer settles, a charge is paid, a refund is processed.

Only when; what happens stands in `background.HANDLERS`, by kind.
"""

import json
import time
from collections.abc import Callable
from typing import Any

from bot.sandbox.store import Store

Do = Callable[[str, dict[str, Any]], None]


class Errands:
    def __init__(self, store: Store) -> None:
        self._store = store

    def plan(self, kind: str, in_seconds: float, **payload: Any) -> None:
        with self._store.write() as db:
            db.execute(
                "INSERT INTO errand (kind, payload, due_at) VALUES (?, ?, ?)",
                (kind, json.dumps(payload), time.time() + in_seconds),
            )

    def run_due(self, do: Do) -> None:
        """Each errand and its effect are one transaction: done once, also over a kill."""
        for row in self._store.rows("SELECT * FROM errand WHERE due_at <= ? ORDER BY due_at, id", time.time()):
            with self._store.write() as db:
                if db.execute("DELETE FROM errand WHERE id = ?", (row["id"],)).rowcount:
                    do(row["kind"], json.loads(row["payload"]))

    def hurry(self) -> None:
        with self._store.write() as db:
            db.execute("UPDATE errand SET due_at = 0")
