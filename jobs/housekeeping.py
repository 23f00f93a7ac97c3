"""Keeps the house in order: what was said goes into the database, and who has a name is found by it."""

from datetime import datetime

from bot import said
from jobs.base import for_each
from models.actions import name_words


def write_said(_now: datetime) -> dict[str, int]:
    """Empty the stream of what was said, in bulk."""
    written = 0
    while taken := said.drain():
        written += taken
    return {"written": written}


def mark_names(_now: datetime) -> dict[str, int]:
    """Members of before there were marks, in batches; one whose name does not open holds up nobody."""
    counts = {"done": 0, "failed": 0, "left": 0}
    last = 0
    while batch := name_words.lacking(last):
        for word, times in for_each(batch, name_words.make_up, "name_words").items():
            counts[word] += times
        last = batch[-1]
    return counts
