"""The page of the phones in a browser: a circle is paid, the time goes on, the pot leaves, a test is saved and runs.

The whole house runs; only the browser's part is looked at here, for the same story on the phones is told beside this.
"""

import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from bot.sandbox.house import House, house
from bot.sandbox.story import acts, script
from bot.sandbox.story.cast import ADA, BISI, CAST, CHIDI, EFE, FEMI, Person
from bot.sandbox.story.stage import QUICK, Stage, reading_books
from models.rules.fees import gross_up
from tests.flows.play import read, replayed
from tests.support import chromium

DESK, POCKET = {"width": 1280, "height": 860}, {"width": 360, "height": 740}
MOVED_MS = 90_000  # `flask clock` waits for the jobs
PATIENCE_MS = 20_000
expect.set_options(timeout=PATIENCE_MS)


@dataclass
class Desk:
    """The page with some phones on it. complaints: what the browser had to say against it."""

    page: Page
    url: str
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(PATIENCE_MS)
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def open(self, *people: Person) -> None:
        numbers = "&".join(f"phone=%2B{person.phone.removeprefix('+')}" for person in people)
        self.page.goto(f"{self.url}/sandbox?{numbers}")
        expect(self.page.locator("#live")).to_have_text("live")

    def phone(self, person: Person) -> Locator:
        return self.page.locator(f'.person[data-phone="{person.phone}"]')

    def screen(self, person: Person) -> Locator:
        return self.phone(person).locator(".keypad .screen")

    def send(self, person: Person, text: str) -> None:
        """Type on the keypad phone, and send."""
        self.phone(person).locator(".keypad input[name=text]").fill(text)
        self.phone(person).locator('[data-do="send"]').click()

    def choose(self, person: Person, line: str) -> None:
        """The number of the line on the screen that says this."""
        expect(self.screen(person)).to_contain_text(line)
        shown = self.screen(person).inner_text()
        self.send(person, next(each.split(".")[0] for each in shown.split("\n") if line in each))

    def bench(self, name: str) -> Locator:
        """One of the panels, in front."""
        self.page.locator(f'.benches > .pick [data-bench="{name}"]').click()
        return self.page.locator(f"#{name}")

    def move(self, title: str) -> None:
        """A button of the clock, until all jobs have run."""
        clock = self.bench("time")
        clock.get_by_role("button", name=title, exact=True).click()
        expect(clock.locator(".moving .tag")).to_have_text("moving")
        expect(clock.locator(".moving .tag")).to_have_text("done", timeout=MOVED_MS)

    def gets(self, person: Person, text: str, by: str = "inbox") -> None:
        """A message appears by itself; by: inbox or chat."""
        expect(self.phone(person).locator(f".{by} .messages")).to_contain_text(text)


@pytest.fixture
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium.needed(), args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def stage() -> Iterator[Stage]:
    """A house where a group has been formed, in its first week."""
    folder = Path(tempfile.mkdtemp(prefix="ajo-house-"))
    folder.chmod(0o755)  # PostgreSQL may have to run as somebody else
    try:
        with house(folder, PIN_ROUNDS="4", APP_ENV="test") as opened, reading_books(opened):
            yield _formed(opened)
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


def test_a_week_on_the_page(stage: Stage, browser: Browser):
    desk = Desk(browser.new_page(viewport=DESK), f"http://127.0.0.1:{stage.house.settings.sandbox_port}")
    desk.open(BISI, CHIDI)
    _bisi_is_told_in_her_chat(desk, stage)
    desk.bench("inspector").get_by_role("button", name="Begin here").click()
    _bisi_pays(desk)
    _the_inspector_knows(desk)
    _saved_and_run(desk)
    for person in (ADA, EFE, FEMI):
        script.pay(stage, person)
    _chidi_is_late(desk)
    _chidi_pays_when_his_code_has_run_out(desk, stage)
    _the_pot_leaves(desk, stage)
    stage.check()
    _looks_right_in_a_pocket(desk)
    assert desk.complaints == []


def _bisi_is_told_in_her_chat(desk: Desk, stage: Stage) -> None:
    """Who has written to us there may choose to be told there."""
    chat = desk.phone(BISI).locator(".chat")
    chat.locator("input[name=text]").fill("hi")
    chat.get_by_role("button", name="Send on WhatsApp").click()
    desk.gets(BISI, "Pay now", by="chat")
    acts.wants_news_on_whatsapp(stage.phone(BISI))
    stage.phone(BISI).hang_up()


def _bisi_pays(desk: Desk) -> None:
    """She dials, drops the line, comes back, and pays what her bank is told to wait for."""
    desk.send(BISI, "*347*55#")
    expect(desk.screen(BISI)).to_contain_text(re.compile("Pay now|Main menu"))
    if "Main menu" in desk.screen(BISI).inner_text():  # what she has done before is offered to her
        desk.choose(BISI, "Main menu")
    desk.choose(BISI, "Pay now")
    expect(desk.screen(BISI)).to_contain_text("Pay N5,000 to")
    desk.phone(BISI).locator('[data-do="drop"]').click()
    expect(desk.phone(BISI).locator(".lcd")).to_have_attribute("data-state", "dropped")
    desk.send(BISI, "*347*55#")
    desk.choose(BISI, "Continue")
    desk.choose(BISI, "Dial my bank code")
    desk.choose(BISI, "GTBank")
    desk.choose(BISI, "Yes")
    slip = desk.bench("bank").locator(".slip.open")
    expect(slip).to_contain_text("from Bisi")
    slip.get_by_role("button", name="Pay", exact=True).click()
    expect(desk.page.locator("#toast")).to_contain_text("Her bank: done, the money is sent.")
    desk.gets(BISI, "Received N5,000 for", by="chat")
    expect(desk.page.locator("#bank .slip").first).to_contain_text("paid")


def _the_inspector_knows(desk: Desk) -> None:
    desk.screen(BISI).click()
    inspector = desk.bench("inspector")
    expect(inspector.locator(".figure")).to_contain_text("Bisi")
    expect(inspector.locator(".state.here")).to_have_count(1)
    expect(inspector.locator(".said").first).to_contain_text("StartPayment")
    entry = inspector.locator(".entry", has_text="Payment received")
    expect(entry).to_contain_text("Pots")
    expect(inspector.locator("table", has_text="Cost")).to_contain_text("NGN")


def _saved_and_run(desk: Desk) -> None:
    """What she did, in the scene that was hers."""
    form = desk.bench("inspector").locator("form.save")
    form.locator("[name=flow]").select_option("contribute")
    form.locator("[name=scene]").select_option("Bisi owes N5,000")
    form.locator("[name=name]").fill("pays_after_a_drop")
    form.get_by_role("button", name="Save as test").click()
    told = desk.page.locator(".told")
    expect(told).to_contain_text("test_flow_transcripts.py -k pays_after_a_drop")
    path = Path(told.locator("code").first.inner_text())
    written, player = replayed(path)
    assert written == [f"{line.mark} {line.text}".rstrip() for line in read(path)]
    assert "> dial again" in written
    assert ("ussd", "StartPayment", "") in player.outcomes


def _chidi_is_late(desk: Desk) -> None:
    desk.move("The due date's reminder")
    desk.gets(CHIDI, "Today is the day, Chidi")
    desk.move("The due date's cut-off")
    desk.send(CHIDI, "*347*55#")
    expect(desk.screen(CHIDI)).to_contain_text("LATE")
    desk.move("The late fee")
    desk.gets(CHIDI, "a late fee of N200 is added")


def _chidi_pays_when_his_code_has_run_out(desk: Desk, stage: Stage) -> None:
    """The time goes on by a day, with its jobs, before his bank sends it."""
    owed_kobo = script.CONTRIBUTION_KOBO + script.LATE_FEE_KOBO
    acts.ask_for_code(stage.phone(CHIDI), CHIDI, owed_kobo, gross_up(owed_kobo)[0])
    slip = desk.bench("bank").locator(".slip.open", has_text="from Chidi")
    slip.get_by_role("button", name="Pay a day late").click()
    expect(desk.bench("time").locator(".moving .tag")).to_have_text("done", timeout=MOVED_MS)
    desk.gets(CHIDI, "Received N5,200 for")


def _the_pot_leaves(desk: Desk, stage: Stage) -> None:
    """Ada's; it hangs at the bank until somebody there lets it go."""
    bank = desk.bench("bank")
    bank.get_by_label("Transfers by themselves").select_option("none")
    for person in (FEMI, BISI):
        acts.look_at_payout(stage.phone(person), ADA)
        acts.approve(stage.phone(person), person)
    waiting = bank.locator(".slip.open", has_text=ADA.account_name)
    expect(waiting).to_contain_text("on its way")
    desk.gets(BISI, "everybody has paid")
    waiting.get_by_role("button", name="Arrives", exact=True).click()
    expect(bank.locator(".slip", has_text=ADA.account_name)).to_contain_text("arrived")
    desk.gets(BISI, f"is on its way to {ADA.first_name}")


def _looks_right_in_a_pocket(desk: Desk) -> None:
    """Nothing is wider than the screen."""
    desk.page.set_viewport_size(POCKET)
    for name in ("bank", "time", "inspector"):
        desk.bench(name)
        assert desk.page.evaluate("document.documentElement.scrollWidth") <= POCKET["width"]
