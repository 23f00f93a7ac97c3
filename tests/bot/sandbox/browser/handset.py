"""The page in a browser, and somebody's phones on it."""

from dataclasses import dataclass
from urllib.parse import urlencode

from playwright.sync_api import Browser, Locator, Page, expect

from tests.bot.sandbox.support import Sandbox
from tests.panel.browser import looking

DESK, POCKET = (1280, 900), (360, 740)


def faults(page: Page) -> list[str]:
    """What is wrong with the page. Its bar at the bottom covers what is one scroll away, so it is looked at alone."""
    bar = page.locator("nav.jump")
    found = looking.too_wide(page)
    bar.evaluate("each => { each.hidden = true; }")
    found += looking.barriers(page)
    bar.evaluate("each => { each.hidden = false; }")
    low = bar.locator("a, button").evaluate_all("all => all.filter((each) => each.offsetHeight < 44).length")
    return [*found, "the bar is low"] if bar.is_visible() and low else found


@dataclass(frozen=True)
class Phones:
    """The three phones of a person."""

    person: Locator

    def part(self, what: str) -> Locator:
        return self.person.locator(what)

    @property
    def screen(self) -> Locator:
        return self.part(".screen")

    @property
    def line(self) -> Locator:
        return self.part(".line input")

    @property
    def state(self) -> Locator:
        return self.part(".lcd .state")

    def press(self, *keys: str) -> None:
        """Keys of the keypad; send, drop and rub are keys, too."""
        for key in keys:
            what = f"[data-do={key}]" if key in ("send", "drop", "rub") else f'[data-key="{key}"]'
            self.part(f".keypad {what}").click()

    def switch(self, name: str) -> None:
        """A switch by its words, until it is turned; the list of them is opened and put away."""
        summary = self.part(".switches summary")
        summary.click()
        self.part(".switches").get_by_label(name).click()
        expect(self.part(".switches form")).not_to_have_attribute("aria-busy", "true")
        summary.click()

    def messages(self, device: str) -> Locator:
        return self.part(f".{device} .messages > li")


class Desk:
    """A browser's window. broken: what no script has caught."""

    def __init__(self, browser: Browser, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.broken: list[str] = []
        self.page: Page = browser.new_page()
        self.page.on("pageerror", lambda error: self.broken.append(str(error)))

    def open(self, *numbers: str, size: tuple[int, int] = DESK) -> list[Phones]:
        """The page with these phones, when the stream has begun."""
        self.page.set_viewport_size({"width": size[0], "height": size[1]})
        self.page.goto(f"{self.sandbox.url}/sandbox?{urlencode([('phone', each) for each in numbers])}")
        self.page.locator("#live", has_text="live").wait_for()
        return [Phones(self.page.locator(f'.person[data-phone="{number}"]')) for number in numbers]

    def close(self) -> None:
        self.page.close()
