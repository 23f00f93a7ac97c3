"""Keeps the house in order: what was said goes into the database."""

from datetime import datetime

from bot import said


def write_said(_now: datetime) -> dict[str, int]:
    """Empty the stream of what was said, in bulk."""
    written = 0
    while taken := said.drain():
        written += taken
    return {"written": written}
