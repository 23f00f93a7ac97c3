"""A house of its own for each story: processes that may be killed, in a folder that goes away."""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from bot.sandbox.house import House, house
from bot.sandbox.story import script
from bot.sandbox.story.cast import CAST
from bot.sandbox.story.stage import QUICK, Stage, reading_books

LOG_SHOWN = 2000


@pytest.fixture
def a_house() -> Iterator[House]:
    """Open, and this process can read its books."""
    with _opened() as found:
        yield found


@pytest.fixture
def browser(chromium_browser: Browser) -> Iterator[Browser]:
    """A Chromium; what a test has opened in it is closed."""
    before = set(chromium_browser.contexts)
    yield chromium_browser
    for context in chromium_browser.contexts:
        if context not in before:
            context.close()


@pytest.fixture
def stage() -> Iterator[Stage]:
    """A house where a group has been formed, in its first week."""
    with _opened(APP_ENV="test") as found:
        yield _formed(found)


@contextmanager
def _opened(**overrides: str) -> Iterator[House]:
    """What its processes said last is shown when the test fails."""
    folder = Path(tempfile.mkdtemp(prefix="ajo-house-"))
    folder.chmod(0o755)  # PostgreSQL may have to run as somebody else
    try:
        with house(folder, PIN_ROUNDS="4", PASSWORD_ROUNDS="4", **overrides) as found, reading_books(found):
            yield found
            for name in ("web", "worker", "clock"):
                sys.stdout.write(f"--- the end of what {name} said\n{found.said(name)[-LOG_SHOWN:]}\n")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _formed(opened: House) -> Stage:
    stage = Stage(opened, lambda said: None, lambda done: None)
    stage.sandbox.tune(**QUICK)
    for person in CAST:
        stage.sandbox.name_account(person.bank_code, person.account, person.account_name)
    calendar = script.Calendar.after(stage.now())
    stage.move_time_to(calendar.monday)
    script.form_group(stage, calendar)
    script.set_accounts(stage)
    stage.move_time_to(calendar.at(4, 18, 30))
    return stage
