"""The page of the phones in a browser, with some phones on it: how the tests press its keys and read its screens."""

import re
from dataclasses import dataclass, field

from playwright.sync_api import Locator, Page, Response, expect

from bot.sandbox.story import acts
from bot.sandbox.story.cast import Person
from bot.sandbox.story.stage import Stage
from tests.bot.sandbox.browser.handset import faults

DESK, POCKET = {"width": 1280, "height": 860}, {"width": 360, "height": 740}
BENCHES = ("bank", "time", "inspector")
MOVED_MS = 90_000  # `flask clock` waits for the jobs
PATIENCE_MS = 30_000
FIRST_ERROR = 400


@dataclass
class Desk:
    """The page with some phones on it. complaints: the browser's. loads: how often it was loaded."""

    page: Page
    url: str
    complaints: list[str] = field(default_factory=list)
    loads: int = 0

    def __post_init__(self) -> None:
        self.page.set_default_timeout(PATIENCE_MS)
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        self.page.on("load", self._count)
        self.page.on("response", self._look_at)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _count(self, _: Page) -> None:
        self.loads += 1

    def _look_at(self, answer: Response) -> None:
        if answer.status >= FIRST_ERROR:
            self.complaints.append(f"{answer.status} {answer.request.method} {answer.url}")

    def open(self, *people: Person) -> None:
        numbers = "&".join(f"phone=%2B{person.phone.removeprefix('+')}" for person in people)
        self.page.goto(f"{self.url}/sandbox?{numbers}")
        expect(self.page.locator("#live")).to_have_text("live")

    def phone(self, person: Person) -> Locator:
        return self.page.locator(f'.person[data-phone="{person.phone}"]')

    def screen(self, person: Person) -> Locator:
        return self.phone(person).locator(".keypad .screen")

    def line(self, person: Person) -> Locator:
        """Where one types on the keypad phone."""
        return self.phone(person).locator(".keypad input[name=text]")

    def state(self, person: Person) -> Locator:
        return self.phone(person).locator(".lcd .state")

    def history(self, person: Person) -> Locator:
        """What stands under the keys of what the product is told."""
        return self.phone(person).locator(".keypad .history")

    def press(self, person: Person, key: str) -> None:
        """send or drop. What was asked before has been answered."""
        self._idle(person)
        self.phone(person).locator(f'[data-do="{key}"]').click()

    def _idle(self, person: Person) -> None:
        expect(self.phone(person).locator(".device.keypad")).not_to_have_class(re.compile("busy"))

    def main_menu(self, person: Person) -> None:
        """Dial, and take the menu where she is offered what she was about to do."""
        self.send(person, "*347*55#")
        expect(self.screen(person)).to_contain_text(re.compile("My turn|Main menu"))
        if "Main menu" in self.screen(person).inner_text():
            self.choose(person, "Main menu")
        expect(self.screen(person)).to_contain_text("My turn")

    def switch(self, person: Person, words: str) -> None:
        """One of the switches of her network, the other way round; it is so before this returns."""
        switches = self.phone(person).locator(".switches")
        switches.locator("summary").click()
        box = switches.get_by_label(words)
        wanted = not box.is_checked()
        box.click()
        expect(switches.locator("form")).not_to_have_attribute("aria-busy", "true")
        expect(box).to_be_checked(checked=wanted)
        switches.locator("summary").click()

    def says(self, person: Person, text: str) -> None:
        """On WhatsApp."""
        chat = self.phone(person).locator(".chat")
        chat.locator("input[name=text]").fill(text)
        chat.get_by_role("button", name="Send on WhatsApp").click()

    def send(self, person: Person, text: str) -> None:
        """Type on the keypad phone, send, and wait for the answer."""
        self._idle(person)
        self.line(person).fill(text)
        self.press(person, "send")
        expect(self.state(person)).not_to_have_text("running")

    def choose(self, person: Person, line: str) -> None:
        """The number of the line on the screen that says this."""
        expect(self.screen(person)).to_contain_text(line)
        shown = self.screen(person).inner_text()
        self.send(person, next(each.split(".")[0] for each in shown.split("\n") if line in each))

    def bench(self, name: str) -> Locator:
        """One of the panels, in front."""
        self.page.locator(f'.benches > .pick [data-bench="{name}"]').click()
        return self.page.locator(f"#{name}")

    def transfers(self, end: str) -> None:
        """What the bank makes of transfers by themselves, until it does."""
        usual = self.bench("bank").locator("form.usual")
        usual.get_by_label("Transfers by themselves").select_option(end)
        expect(usual).not_to_have_attribute("aria-busy", "true")

    def move(self, title: str) -> None:
        """A button of the clock, until all jobs have run."""
        clock = self.bench("time")
        clock.get_by_role("button", name=title, exact=True).click()
        expect(clock.locator(".moving .tag")).to_have_text("moving")
        expect(clock.locator(".moving .tag")).to_have_text("done", timeout=MOVED_MS)

    def gets(self, person: Person, text: str, by: str = "inbox") -> None:
        """A message appears by itself; by: inbox or chat."""
        expect(self.phone(person).locator(f".{by} .messages")).to_contain_text(text)

    def tells_on_whatsapp(self, person: Person, stage: Stage) -> None:
        """Who has written to us there may choose to be told there."""
        self.says(person, "hi")
        self.gets(person, f"Hi {person.first_name}", by="chat")
        acts.wants_news_on_whatsapp(stage.phone(person))
        stage.phone(person).hang_up()

    def faults(self) -> list[str]:
        """What is wrong with every panel, on a desk and in a pocket: too wide, or not usable by everybody."""
        found: list[str] = []
        for size in (DESK, POCKET):
            self.page.set_viewport_size(size)  # type: ignore[arg-type]
            for name in BENCHES:
                expect(self.bench(name).locator(".panel")).not_to_contain_text("One moment")
                found += [f"{name} at {size['width']}: {each}" for each in faults(self.page)]
        self.page.set_viewport_size(DESK)  # type: ignore[arg-type]
        return found
