"""What every job has around it: one log line, no open connection left behind, no exception let out.

A job means "look at this row"; what is due stands in the database. So a job that fails
is not lost: its row stays due and the poll rings again. Nothing is re-raised into RQ,
which would keep the traceback in Redis; it goes to the log, where it is masked.
"""

import functools
import time
from collections.abc import Callable
from typing import TypeVar

from bot.errors import ProviderError
from bot.logs import log
from bot.queue import ring_all
from models.base import database
from models.doorbell import collecting

R = TypeVar("R")


def job(act: Callable[[int], str]) -> Callable[[int], str | None]:
    """Make a function of a row's id, which answers with a word for the log, into a job."""

    @functools.wraps(act)
    def run(row_id: int) -> str | None:
        began = time.monotonic()
        result: str | None = None
        try:
            with collecting() as rings:
                try:
                    result = act(row_id)
                finally:
                    ring_all(rings)  # also for what was committed before it failed
        except ProviderError as trouble:
            result = f"{trouble.kind}: {trouble.why}"
        except Exception:  # noqa: BLE001 (a door: log it, leave the row due, go on)
            log.exception("job", what=act.__name__, row=row_id)
            result = "failed"
        finally:
            if not database.is_closed():
                database.close()
        log.info("job", what=act.__name__, row=row_id, result=result, ms=round((time.monotonic() - began) * 1000))
        return result

    return run
