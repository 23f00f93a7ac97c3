"""Whether the looks at a page see what people see."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.panel.browser import looking

PAGE = """<!doctype html><html lang="en"><title>A page</title><style>
p { color: #767676; background: #fff }
@media (prefers-reduced-motion: no-preference) { p { animation: come 600s } }
@keyframes come { from, to { opacity: .2 } }
</style><main><h1>A page</h1><p>It is hardly there yet.</p></main>"""


@pytest.fixture
def page(chromium_browser: Browser) -> Iterator[Page]:
    context = chromium_browser.new_context()
    yield context.new_page()
    context.close()


def test_what_is_about_to_come_is_not_called_pale(page: Page) -> None:
    """A message that rises into sight has its own colours a moment later."""
    page.set_content(PAGE)

    assert looking.barriers(page) == []


def test_what_stays_pale_is_told(page: Page) -> None:
    page.set_content(PAGE.replace("#767676", "#999999"))

    assert [each.split(":")[0] for each in looking.barriers(page)] == ["serious color-contrast"]
