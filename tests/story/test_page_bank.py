"""The bank, the inspector and the guide on the page: wrong amounts, twice, a refusal; what is queued; what is secret.

The steps of a first circle are ticked by what happens, also on phones that are not on the page.
"""

import re
import time

from playwright.sync_api import Browser, Locator, expect

from bot.sandbox.story import acts, script
from bot.sandbox.story.cast import BISI, CHIDI, EFE, FEMI, Person
from bot.sandbox.story.handset import Handset
from bot.sandbox.story.stage import Stage
from models.rules.fees import gross_up
from tests.story.books import books_of
from tests.story.desk import DESK, Desk

PATIENCE_SECONDS, LOOK_SECONDS = 60, 0.2
FEE = gross_up(script.CONTRIBUTION_KOBO)[0]
GLORY, HALIMA = ("Glory Udo", "+2348051234571", "4826"), ("Halima Sani", "+2348021234572", "6284")


def test_the_bank_and_who_looks_into_it(stage: Stage, browser: Browser):
    desk = Desk(browser.new_page(viewport=DESK), f"http://127.0.0.1:{stage.house.settings.sandbox_port}")
    desk.open(CHIDI, EFE)
    _nothing_has_been_done(desk)
    _half_and_then_the_rest(desk, stage)
    _ticked(desk, "pay")
    _twice_is_not_lost(desk, stage)
    _declined_and_then_paid(desk, stage)
    _what_waits_for_the_worker_is_shown(desk, stage)
    _a_secret_is_shown_nowhere(desk, stage)
    _a_group_begins_elsewhere(desk, stage)
    desk.page.get_by_role("button", name="Begin again").click()
    _nothing_has_been_done(desk)
    stage.check()
    assert (desk.loads, desk.complaints) == (1, [])


# --- the bank ---------------------------------------------------------------------------------------------------------


def _half_and_then_the_rest(desk: Desk, stage: Stage) -> None:
    """Half of what was asked for counts as half; the rest is asked for anew."""
    acts.ask_for_code(stage.phone(CHIDI), CHIDI, script.CONTRIBUTION_KOBO, FEE)
    _slip(desk, CHIDI).get_by_role("button", name="Pay half").click()
    expect(desk.page.locator("#toast")).to_contain_text("Her bank: done")
    expect(_slip(desk, CHIDI)).to_have_count(0)
    desk.gets(CHIDI, "still to pay")
    desk.main_menu(CHIDI)
    desk.choose(CHIDI, "Pay now")
    expect(desk.screen(CHIDI)).not_to_contain_text("N5,000")
    desk.choose(CHIDI, "Dial my bank code")
    for words in ("GTBank", "Yes"):
        desk.choose(CHIDI, words)
    slip = _slip(desk, CHIDI)
    slip.get_by_label("Another amount").fill("9,000")
    slip.get_by_role("button", name="Pay it").click()
    _holds(stage, "liab.wallet:Chidi")


def _twice_is_not_lost(desk: Desk, stage: Stage) -> None:
    """What comes a second time is a transaction of its own at the bank: it waits for the office to place it."""
    acts.ask_for_account(stage.phone(EFE), EFE, script.CONTRIBUTION_KOBO, FEE)
    _slip(desk, EFE).get_by_role("button", name="Pay twice").click()
    desk.gets(EFE, "Received N5,000 for")
    _holds(stage, "liab.suspense_in")


def _declined_and_then_paid(desk: Desk, stage: Stage) -> None:
    """Paystack tells nobody of a refusal; it is found out by asking, and money that comes after all is taken."""
    acts.ask_for_code(stage.phone(BISI), BISI, script.CONTRIBUTION_KOBO, FEE)
    _slip(desk, BISI).get_by_role("button", name="Decline").click()
    declined = desk.page.locator("#bank .slip", has_text="declined")
    expect(declined).to_contain_text("from Bisi")
    declined.get_by_role("button", name="Pay after all").click()
    stage.phone(BISI).gets_sms("Received N5,000 for")


def _holds(stage: Stage, account: str) -> None:
    """What was too much is in the books; that is so when the event is worked off."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not any(name.startswith(account) for name in books_of(stage.house).balances):
        assert time.monotonic() < deadline, f"nothing in {account}"
        time.sleep(LOOK_SECONDS)


def _slip(desk: Desk, person: Person) -> Locator:
    """What the bank is told to wait for from her."""
    return desk.bench("bank").locator(".slip.open", has_text=f"from {person.first_name}")


# --- the inspector ----------------------------------------------------------------------------------------------------


def _what_waits_for_the_worker_is_shown(desk: Desk, stage: Stage) -> None:
    """While nobody works, what came in is queued; then it is done."""
    code = acts.ask_for_code(stage.phone(FEMI), FEMI, script.CONTRIBUTION_KOBO, FEE)
    stage.house.kill("worker")
    stage.sandbox.pay(ussd_code=code)
    inspector = desk.bench("inspector")
    expect(inspector).to_contain_text(re.compile(r"\d+ queued: |Due: "))
    stage.house.start("worker")
    Handset.of(stage.sandbox, FEMI, stage.house.settings.ussd_code, disturbed=True).gets_sms("Received N5,000 for")
    expect(inspector).not_to_contain_text(re.compile(r"\d+ queued: |Due: "))


def _a_secret_is_shown_nowhere(desk: Desk, stage: Stage) -> None:
    """She types her PIN and an account number: neither is on the page, and where she is, is lit."""
    desk.main_menu(CHIDI)
    desk.choose(CHIDI, "My turn & balance")
    expect(desk.screen(CHIDI)).to_contain_text("Enter PIN")
    desk.send(CHIDI, CHIDI.pin)
    expect(desk.screen(CHIDI)).to_contain_text("Your turn: no. 3")
    desk.screen(CHIDI).click()
    inspector = desk.bench("inspector")
    expect(inspector.locator(".figure")).to_contain_text("Chidi")
    expect(inspector.locator(".state.here")).to_have_count(1)
    expect(inspector.locator(".tag", has_text="PIN proved")).to_be_visible()
    expect(desk.history(CHIDI)).to_contain_text("••••")
    inspector.locator("details").evaluate_all("all => all.forEach((each) => { each.open = true; })")
    for secret in (CHIDI.pin, CHIDI.account):
        assert not re.search(rf"(?<!\d){secret}(?!\d)", desk.page.locator("body").inner_text())
    expect(inspector.locator(".entry").first).to_contain_text("Debit")
    expect(inspector.locator("table", has_text="Cost")).to_contain_text("NGN")
    desk.press(CHIDI, "drop")


# --- the guide --------------------------------------------------------------------------------------------------------


def _nothing_has_been_done(desk: Desk) -> None:
    expect(desk.page.locator("#guide-count")).to_have_text("0 of 5")


def _ticked(desk: Desk, *names: str) -> None:
    for name in names:
        expect(desk.page.locator(f'.guide [data-step="{name}"]')).to_have_class(re.compile(r"\bdone\b"))


def _a_group_begins_elsewhere(desk: Desk, stage: Stage) -> None:
    """Two who are not on the page: one opens a group, the other one is let in."""
    code = stage.house.settings.ussd_code
    head, other = (Handset(stage.sandbox, name, number, code) for name, number, _ in (GLORY, HALIMA))
    _registers(head, *GLORY)
    head.choose("Start a group").type("Glory Ajo").type("1000").choose("Every week").type("3")
    head.choose("First to join").type("1").choose("Create")
    _ticked(desk, "start")
    found = head.finds(acts.GROUP_CODE)
    assert found is not None
    head.choose("Finish")
    _registers(other, *HALIMA)
    other.choose("Join a group").type(found).choose("Join").choose("Join Glory Ajo")
    expect(desk.page.locator('.guide [data-step="join"]')).not_to_have_class(re.compile(r"\bdone\b"))
    head.dial().choose("Let in")
    _ticked(desk, "start", "join", "pay")
    expect(desk.page.locator("#guide-count")).to_have_text("3 of 5")
    desk.move("+1 hour")
    _ticked(desk, "time")


def _registers(phone: Handset, name: str, _: str, pin: str) -> None:
    phone.dial().choose("English").choose("I agree").type(name).type_pin(pin).type_pin(pin).shows("You are in")
