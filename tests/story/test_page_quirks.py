"""Every switch of a phone turned on the page, and what it does at the real webhooks: nobody loses money or place."""

import re

from playwright.sync_api import Browser, expect

from bot.sandbox.story import acts, script
from bot.sandbox.story.cast import ADA, BISI, CHIDI, EFE, FEMI, Person
from bot.sandbox.story.stage import Stage
from models.rules.fees import gross_up
from models.tables.money import Payment
from tests.story.desk import DESK, Desk

CODE = "*347*55#"
FEE = gross_up(script.CONTRIBUTION_KOBO)[0]


def test_the_network_misbehaves(stage: Stage, browser: Browser):
    desk = Desk(browser.new_page(viewport=DESK), f"http://127.0.0.1:{stage.house.settings.sandbox_port}")
    desk.open(CHIDI, EFE)
    _a_shortcut_leads_straight_there(desk)
    _without_its_plus_the_number_is_hers(desk)
    _what_got_lost_is_asked_again(desk)
    _nobody_is_told_of_the_end(desk)
    _twenty_seconds_of_silence(desk, stage)
    _a_history_that_is_not_joined_does_nothing(desk)
    _every_request_twice_asks_for_money_once(desk)
    _twice_at_once_asks_for_money_once(desk)
    stage.check()
    assert desk.complaints == []


def test_messages_do_not_arrive(stage: Stage, browser: Browser):
    stage.make_templates()
    desk = Desk(browser.new_page(viewport=DESK), f"http://127.0.0.1:{stage.house.settings.sandbox_port}")
    desk.open(BISI, EFE)
    _what_she_sends_twice_is_answered_once(desk, stage)
    _nothing_is_delivered(desk, stage)
    _outside_the_24_hours_it_is_a_template(desk, stage)
    _without_whatsapp_it_is_an_sms(desk, stage)
    _who_hides_her_number_is_nobody(desk, stage)
    stage.check()
    assert desk.complaints == []


# --- the keypad phone -------------------------------------------------------------------------------------------------


def _a_shortcut_leads_straight_there(desk: Desk) -> None:
    desk.switch(CHIDI, "Prefilled shortcut")
    expect(desk.line(CHIDI)).to_have_value("*347*55*1#")
    desk.press(CHIDI, "send")
    expect(desk.screen(CHIDI)).to_contain_text("Pay N5,000 to Mama Titi Ajo")
    desk.press(CHIDI, "drop")
    desk.switch(CHIDI, "Prefilled shortcut")


def _without_its_plus_the_number_is_hers(desk: Desk) -> None:
    """She is known, and offered what she was about to do."""
    desk.switch(CHIDI, "Number without its +")
    desk.send(CHIDI, CODE)
    expect(desk.screen(CHIDI)).to_contain_text("Welcome back")
    desk.press(CHIDI, "drop")
    desk.switch(CHIDI, "Number without its +")


def _what_got_lost_is_asked_again(desk: Desk) -> None:
    desk.switch(CHIDI, "The answer gets lost")
    desk.send(CHIDI, CODE)
    expect(desk.state(CHIDI)).to_have_text("no connection")
    expect(desk.screen(CHIDI)).to_contain_text("Connection problem")
    desk.switch(CHIDI, "The answer gets lost")
    desk.main_menu(CHIDI)
    desk.press(CHIDI, "drop")


def _nobody_is_told_of_the_end(desk: Desk) -> None:
    """A session that nobody ended is no hindrance for the next one."""
    desk.switch(CHIDI, "No word of the end")
    desk.main_menu(CHIDI)
    desk.choose(CHIDI, "Pay now")
    expect(desk.screen(CHIDI)).to_contain_text("Pay N5,000 to")
    desk.press(CHIDI, "drop")
    desk.switch(CHIDI, "No word of the end")
    desk.send(CHIDI, CODE)
    desk.choose(CHIDI, "Continue")
    expect(desk.screen(CHIDI)).to_contain_text("Pay N5,000 to")
    desk.press(CHIDI, "drop")


def _twenty_seconds_of_silence(desk: Desk, stage: Stage) -> None:
    """They are counted before her eyes; the network drops the line, and she goes on where she was."""
    desk.switch(CHIDI, "20 seconds of silence")
    desk.send(CHIDI, CODE)
    desk.choose(CHIDI, "Continue")
    expect(desk.state(CHIDI)).to_have_text(re.compile(r"^\d+ s of silence left$"))
    stage.sandbox.hurry()
    expect(desk.state(CHIDI)).to_have_text("line dropped")
    desk.switch(CHIDI, "20 seconds of silence")
    desk.send(CHIDI, CODE)
    expect(desk.screen(CHIDI)).to_contain_text("Welcome back")
    desk.press(CHIDI, "drop")


def _a_history_that_is_not_joined_does_nothing(desk: Desk) -> None:
    """Our gateway joins them. A reply that comes alone continues nothing: the same screen again, nothing is done."""
    desk.main_menu(CHIDI)
    desk.choose(CHIDI, "Pay now")
    desk.choose(CHIDI, "Dial my bank code")
    expect(desk.screen(CHIDI)).to_contain_text("Your bank?")
    expect(desk.history(CHIDI)).to_contain_text("text=1*1 ")
    desk.press(CHIDI, "drop")
    desk.switch(CHIDI, "Replies joined by stars")
    desk.main_menu(CHIDI)
    shown = desk.screen(CHIDI).inner_text()
    desk.choose(CHIDI, "Pay now")
    expect(desk.history(CHIDI)).to_contain_text("3 requests")
    expect(desk.screen(CHIDI)).to_have_text(shown)
    desk.press(CHIDI, "drop")
    desk.switch(CHIDI, "Replies joined by stars")


def _every_request_twice_asks_for_money_once(desk: Desk) -> None:
    desk.switch(CHIDI, "Every request twice")
    _asks_for_a_code(desk, CHIDI)
    expect(desk.history(CHIDI)).to_contain_text("10 requests")
    expect(desk.bench("bank").locator(".slip.open", has_text="from Chidi")).to_have_count(1)


def _twice_at_once_asks_for_money_once(desk: Desk) -> None:
    desk.switch(EFE, "Twice at once")
    _asks_for_a_code(desk, EFE)
    expect(desk.bench("bank").locator(".slip.open", has_text="from Efe")).to_have_count(1)
    assert Payment.select().count() == 2


def _asks_for_a_code(desk: Desk, person: Person) -> None:
    desk.main_menu(person)
    for words in ("Pay now", "Dial my bank code", "GTBank", "Yes"):
        desk.choose(person, words)
    expect(desk.screen(person)).to_contain_text("to finish")


# --- chat and SMS -----------------------------------------------------------------------------------------------------


def _what_she_sends_twice_is_answered_once(desk: Desk, stage: Stage) -> None:
    desk.switch(BISI, "What she sends comes twice")
    desk.tells_on_whatsapp(BISI, stage)
    stage.sandbox.settle()
    expect(desk.phone(BISI).locator(".chat .theirs")).to_have_count(1)
    desk.switch(BISI, "What she sends comes twice")


def _nothing_is_delivered(desk: Desk, stage: Stage) -> None:
    """The network says so, and the inspector knows."""
    desk.switch(EFE, "Nothing is delivered to her")
    acts.ask_for_code(stage.phone(EFE), EFE, script.CONTRIBUTION_KOBO, FEE)
    expect(desk.phone(EFE).locator(".inbox .messages li").last.locator(".about")).to_contain_text("Failed")
    desk.screen(EFE).click()
    messages = desk.bench("inspector").locator("h3", has_text="Messages to her").locator("+ ul")
    expect(messages.locator("li", has=desk.page.locator(".tag.bad")).first).to_contain_text("SMS")
    desk.switch(EFE, "Nothing is delivered to her")


def _outside_the_24_hours_it_is_a_template(desk: Desk, stage: Stage) -> None:
    desk.switch(BISI, "Out of the 24 hours")
    expect(desk.phone(BISI).locator(".chat .window")).to_have_text("24 hours are over")
    _pays_by_transfer(stage)
    desk.gets(BISI, "Received N5,000", by="chat")
    expect(desk.phone(BISI).locator(".chat .theirs").last.locator(".about")).to_contain_text("template")


def _without_whatsapp_it_is_an_sms(desk: Desk, stage: Stage) -> None:
    """What WhatsApp cannot deliver comes another way, with the same words."""
    desk.switch(BISI, "She has no WhatsApp")
    [hers] = stage.sandbox.charges("open")
    stage.sandbox.pay(hers["reference"])
    for person in (ADA, CHIDI, FEMI):
        script.pay(stage, person)
    expect(desk.phone(BISI).locator(".chat .lost").last).to_contain_text("did not arrive")
    desk.gets(BISI, "everybody has paid")
    desk.switch(BISI, "She has no WhatsApp")


def _who_hides_her_number_is_nobody(desk: Desk, stage: Stage) -> None:
    """Without her number we do not know her: nothing of hers is shown to whoever writes."""
    desk.switch(EFE, "She hides her number")
    desk.says(EFE, "hi")
    answer = desk.phone(EFE).locator(".chat .theirs").last
    expect(answer).to_be_visible()
    expect(answer).not_to_contain_text("Efe")
    expect(answer).not_to_contain_text("Mama Titi")


def _pays_by_transfer(stage: Stage) -> None:
    """The account stands on her screen; where it was written to, too, does not matter here."""
    phone = stage.phone(BISI)
    phone.dial().choose("Pay now").choose("Bank transfer").choose("Yes")
    [asked] = [each for each in stage.sandbox.charges("open") if each["account_number"]]
    stage.sandbox.pay(account_number=asked["account_number"])
