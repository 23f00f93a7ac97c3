"""A house of its own for each story: processes that may be killed, in a folder that goes away."""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.sandbox.house import House, house
from bot.sandbox.story.stage import reading_books

LOG_SHOWN = 6000


@pytest.fixture
def a_house() -> Iterator[House]:
    """Open, and this process can read its books."""
    folder = Path(tempfile.mkdtemp(prefix="ajo-house-"))
    folder.chmod(0o755)  # PostgreSQL may have to run as somebody else
    try:
        with house(folder, PIN_ROUNDS="4") as opened, reading_books(opened):
            yield opened
            for name in ("web", "worker", "clock"):  # shown when the test fails
                sys.stdout.write(f"--- the end of what {name} said\n{opened.said(name)[-LOG_SHOWN:]}\n")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
