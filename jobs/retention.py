"""Erases every night what was said and sent longer ago than we promise to keep it."""

from collections.abc import Callable
from datetime import datetime

from bot.payments.registry import PROVIDERS
from bot.settings import current
from models.actions import retention
from models.rules.keeping import months_before


def erase_old(now: datetime) -> dict[str, int]:
    """Everything whose term is over, a batch at a time. Counts by what it was."""
    settings = current()
    words = months_before(now, settings.keep_messages_months)
    files = months_before(now, settings.keep_files_months)
    counts = {what: _all(lambda what=what: retention.erase_words(what, words, list(PROVIDERS)))  # type: ignore[misc]
              for what in retention.WORDS}  # fmt: skip
    return counts | {"files": _all(lambda: retention.erase_files(files, now))}


def _all(batch: Callable[[], int]) -> int:
    """Batch by batch, until nothing is left."""
    total = 0
    while erased := batch():
        total += erased
    return total
