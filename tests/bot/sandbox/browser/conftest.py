"""A Chromium before the page, with the stand-ins behind it and a listener in the product's place."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.bot.sandbox.browser.handset import Desk
from tests.bot.sandbox.support import Sandbox


@pytest.fixture
def desk(chromium_browser: Browser, sandbox: Sandbox) -> Iterator[Desk]:
    """The page, as it is opened by `desk.open(...)`; it may not break while it is used."""
    found = Desk(chromium_browser, sandbox)
    yield found
    found.close()
    assert found.broken == []
