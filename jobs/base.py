"""What every job has around it: one log line, no open connection left behind, no exception let out.

A job means "look at this row"; what is due stands in the database. So a job that fails
is not lost: its row stays due and the poll rings again. Nothing is let out into RQ,
which would keep the traceback in Redis; it goes to the log, where it is masked.
"""

import functools
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, ParamSpec, TypeVar

from rq.timeouts import JobTimeoutException

from bot.errors import Kind, ProviderError
from bot.logs import log
from bot.queue import ring_all
from models.base import database
from models.doorbell import collecting

T = TypeVar("T")
P = ParamSpec("P")
R = TypeVar("R")

# After so many calls in a row that came to nothing, the provider is down: the rest waits for the next run.
SILENCE: Final = 3
NOTHING_TO_DO: Final = "nothing to do"


@dataclass(frozen=True)
class Tried:
    """What one piece of work came to: a word for the log, or the trouble that stopped it."""

    word: str = ""
    trouble: Exception | None = None

    @property
    def failed(self) -> bool:
        return self.trouble is not None

    @property
    def provider_silent(self) -> bool:
        """Whether the provider gave no answer, to this or to anything else, as far as we know."""
        return isinstance(self.trouble, ProviderError) and self.trouble.kind is not Kind.PERMANENT


@contextmanager
def ring_after() -> Iterator[None]:
    """Ring for everything that the transactions inside leave to do, also when something fails after them."""
    with collecting() as rings:
        try:
            yield
        finally:
            ring_all(rings)


def attempt(act: Callable[[T], str], item: T, what: str) -> Tried:
    """Do one piece of work as a door does: one log line, nothing let out but that its time is up."""
    began = time.monotonic()

    def line() -> dict[str, object]:
        return {"what": what, "row": str(item), "ms": round((time.monotonic() - began) * 1000)}

    try:
        with ring_after():
            word = act(item)
    except ProviderError as trouble:
        log.warning("job", **line(), result=f"{trouble.kind}: {trouble.why}")
        return Tried(trouble=trouble)
    except JobTimeoutException:
        log.error("job", **line(), result="took too long")
        raise
    except Exception as trouble:  # noqa: BLE001 (a door: log it, leave the row due, go on)
        log.exception("job", **line(), result="failed")
        return Tried(trouble=trouble)
    log.info("job", **line(), result=word)
    return Tried(word)


def door(run: Callable[P, R]) -> Callable[P, R | None]:
    """The outermost layer of what RQ calls: no connection stays open, and nothing is let out. None when it failed."""

    @functools.wraps(run)
    def outermost(*args: P.args, **kwargs: P.kwargs) -> R | None:
        try:
            return run(*args, **kwargs)
        except JobTimeoutException:
            return None  # said already, where it happened
        except Exception:  # noqa: BLE001 (a door)
            log.exception("job", what=run.__name__, result="failed")
            return None
        finally:
            if not database.is_closed():
                database.close()

    return outermost


def job(act: Callable[[int], str]) -> Callable[[int], str | None]:
    """Make a function of a row's id, which answers with a word for the log, into a job of its own."""

    @door
    @functools.wraps(act)
    def run(row_id: int) -> str | None:
        tried = attempt(act, row_id, act.__name__)
        return None if tried.failed else tried.word

    return run


def for_each(items: Iterable[T], act: Callable[[T], str], what: str) -> dict[str, int]:
    """The same small act for many, so that a bad one stops only itself. Counts: done, failed, left.

    left: those not even tried, because the provider has stopped answering.
    """
    waiting = list(items)
    counts = {"done": 0, "failed": 0, "left": 0}
    silent = 0
    for n, item in enumerate(waiting, start=1):
        tried = attempt(act, item, what)
        counts["failed" if tried.failed else "done"] += 1
        silent = silent + 1 if tried.provider_silent else 0
        if silent == SILENCE and n < len(waiting):
            counts["left"] = len(waiting) - n
            log.error("job", what=what, result="the provider does not answer", left=counts["left"])
            break
    return counts


def totals(*rounds: dict[str, int]) -> dict[str, int]:
    """Counts of several rounds, added up by name."""
    return {name: sum(counts[name] for counts in rounds) for name in rounds[0]}
