"""A Chromium before the page, with the stand-ins behind it and a listener in the product's place."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.bot.sandbox.browser.handset import Desk
from tests.bot.sandbox.support import Sandbox
from tests.support import chromium

PATIENCE_MS = 10_000


@pytest.fixture(scope="session")
def page_browser() -> Iterator[Browser]:
    """One for all tests of this worker."""
    program = chromium.needed()
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture
def desk(page_browser: Browser, sandbox: Sandbox) -> Iterator[Desk]:
    """The page, as it is opened by `desk.open(...)`; it may not break while it is used."""
    found = Desk(page_browser, sandbox)
    yield found
    found.close()
    assert found.broken == []
