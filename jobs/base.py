"""What every job has around it: one log line, no open connection left behind, no exception let out.

A job means "look at this row"; what is due stands in the database. So a job that fails
is not lost: its row stays due and the poll rings again. Nothing is re-raised into RQ,
which would keep the traceback in Redis; it goes to the log, where it is masked.
"""

import functools
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from bot.errors import ProviderError
from bot.logs import log
from bot.queue import ring_all
from models.base import database
from models.doorbell import collecting

T = TypeVar("T")


@contextmanager
def ring_after() -> Iterator[None]:
    """Ring for everything that the transactions inside leave to do, also when something fails after them."""
    with collecting() as rings:
        try:
            yield
        finally:
            ring_all(rings)


def guarded(act: Callable[[T], str], item: T, **what: object) -> str | None:
    """Do one piece of work as a door does: one log line, nothing let out. What it came to, or None when it failed."""
    began = time.monotonic()
    result: str | None = None
    trouble_in_words = "failed"
    try:
        with ring_after():
            result = act(item)
    except ProviderError as trouble:
        trouble_in_words = f"{trouble.kind}: {trouble.why}"
    except Exception:  # noqa: BLE001 (a door: log it, leave the row due, go on)
        log.exception("job", **what)
    log.info("job", **what, result=result or trouble_in_words, ms=round((time.monotonic() - began) * 1000))
    return result


def job(act: Callable[[int], str]) -> Callable[[int], str | None]:
    """Make a function of a row's id, which answers with a word for the log, into a job of its own."""

    @functools.wraps(act)
    def run(row_id: int) -> str | None:
        try:
            return guarded(act, row_id, what=act.__name__, row=row_id)
        finally:
            if not database.is_closed():
                database.close()

    return run


def for_each(items: Iterable[T], act: Callable[[T], str], what: str) -> dict[str, int]:
    """The same small act for many, so that a bad one stops only itself. Counts: done, failed."""
    counts = {"done": 0, "failed": 0}
    for item in items:
        counts["failed" if guarded(act, item, what=what) is None else "done"] += 1
    return counts
