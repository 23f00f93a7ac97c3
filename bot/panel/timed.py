"""A periodic job as the panel shows it; who wires the application tells of them (app.py)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Timed:
    """A job by its name and in a few words. last_due: the latest time at or before an instant at which it was due."""

    name: str
    what: str
    last_due: Callable[[datetime], datetime]
