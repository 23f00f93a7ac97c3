"""The page under a person's hands: keys, screens, switches, buttons, and that it fits whoever looks at it."""

from typing import Any

import pytest
import requests
from playwright.sync_api import Route, expect
from twilio.rest import Client

from bot.sandbox.africastalking.ussd import Quirks
from tests.bot.sandbox.browser.handset import DESK, POCKET, Desk, faults
from tests.bot.sandbox.browser.listening import now_told
from tests.bot.sandbox.browser.test_live import said, sms
from tests.bot.sandbox.support import ADA, BYE, CODE, Sandbox, eventually
from tests.bot.sandbox.test_sandbox_ussd import HOPS, texts
from tests.bot.sandbox.twilio_side import ACCOUNT, EMPTY_TWIML, TOKEN, WHATSAPP_FROM, form_of
from tests.support.replay import Scripted

BISI = "+2348035550002"
HEARD = "/webhooks/twilio-whatsapp"


def test_dial_answer_drop_the_line_and_dial_again(desk: Desk, sandbox: Sandbox) -> None:
    (ada,) = desk.open(ADA)
    expect(ada.line).to_have_value(CODE)

    ada.press("send")
    expect(ada.screen).to_have_text("Hello\n1. Pay")
    expect(ada.state).to_have_text("connected")
    expect(ada.part(".septets")).to_have_text("12/160")

    ada.press("1", "2", "rub", "send")
    expect(ada.part(".history")).to_contain_text("text=1 ")
    ada.line.fill("5000")
    ada.line.press("Enter")
    expect(ada.part(".history")).to_contain_text("text=1*5000")

    ada.line.press("Escape")
    expect(ada.state).to_have_text("line dropped")
    expect(ada.line).to_have_value(CODE)
    sandbox.product.will(BYE)
    ada.press("send")
    expect(ada.screen).to_have_text("Bye")
    expect(ada.state).to_have_text("the end")
    assert texts(sandbox.called(HOPS, 4)) == ["", "1", "1*5000", ""]


def test_a_shortcut_is_typed_key_by_key(desk: Desk, sandbox: Sandbox) -> None:
    (ada,) = desk.open(ADA)
    ada.press("rub", "*", "2", "#", "send")
    expect(ada.screen).to_have_text("Hello\n1. Pay")

    assert texts(sandbox.called(HOPS)) == ["2"]


def test_a_double_click_on_send_dials_and_answers_nothing(desk: Desk, sandbox: Sandbox) -> None:
    (ada,) = desk.open(ADA)
    send = ada.part("[data-do=send]")
    send.click()
    expect(ada.state).to_have_text("connected")
    send.evaluate("send => send.dispatchEvent(new MouseEvent('click', { bubbles: true, detail: 2 }))")
    ada.press("1", "send")

    expect(ada.part(".history")).to_contain_text("text=1 ")
    assert texts(sandbox.called(HOPS, 2)) == ["", "1"]


def test_an_empty_answer_is_answered(desk: Desk, sandbox: Sandbox) -> None:
    (ada,) = desk.open(ADA)
    ada.press("send")
    expect(ada.state).to_have_text("connected")
    sandbox.product.will(said("CON Choose a number"))
    ada.press("send")

    expect(ada.screen).to_have_text("Choose a number")
    expect(ada.state).to_have_text("connected")


def test_what_went_wrong_stands_under_the_keys(desk: Desk, sandbox: Sandbox) -> None:
    sandbox.product.will(Scripted(500, b"CON Hello", content_type="text/plain"))
    (ada,) = desk.open(ADA)
    ada.press("send")

    expect(ada.state).to_have_text("no connection")
    expect(ada.part(".history")).to_contain_text("HTTP 500")


def test_a_code_that_nobody_knows_is_said_and_stays_on_the_line(desk: Desk) -> None:
    (ada,) = desk.open(ADA)
    ada.line.fill("*737*1#")
    ada.press("send")

    expect(desk.page.locator("#toast")).to_contain_text("no charge has the ussd_code *737*1#")
    expect(ada.line).to_have_value("*737*1#")
    expect(ada.state).to_have_text("ready")


def test_a_key_in_the_moment_of_the_end_is_not_sent_to_the_menu_that_is_over(desk: Desk) -> None:
    """The stream tells of the end a moment after the network has answered."""
    asked: list[str] = []
    desk.page.on("request", lambda each: asked.append(each.url.rpartition("/")[2]) if each.method == "POST" else None)
    (ada,) = desk.open(ADA)
    ada.press("send")
    expect(ada.state).to_have_text("connected")
    ada.part("[data-do=drop]").evaluate(
        "drop => { drop.click(); drop.closest('.keypad').querySelector('[data-do=send]').click(); }"
    )
    expect(ada.state).to_have_text("line dropped")
    expect(ada.part(".device.keypad")).not_to_have_class("device keypad busy")

    ada.press("send")
    expect(ada.state).to_have_text("connected")
    assert asked == ["dial", "hangup", "dial"]


def test_what_the_network_refuses_leaves_the_screen_as_it_was(desk: Desk, sandbox: Sandbox) -> None:
    """Her line fell while the stream was away: the next key is refused, and the phone does not wait for ever."""
    (ada,) = desk.open(ADA)
    ada.press("send")
    expect(ada.state).to_have_text("connected")
    desk.page.route("**/control/phones/**", lambda route: route.fulfill(status=409, json={"error": "no open session"}))
    ada.press("1", "send")

    expect(desk.page.locator("#toast")).to_have_text("no open session")
    expect(ada.state).to_have_text("connected")
    expect(ada.line).to_have_value("1")


def test_the_bank_s_code_on_an_sms_pays_with_two_touches(desk: Desk, sandbox: Sandbox) -> None:
    sandbox.charge("ajo-c-17-1-k3j9x0q2")
    (charge,) = sandbox.client.charges()
    (ada,) = desk.open(ADA)
    sms(sandbox, ADA, f"Ajo: dial {charge['ussd_code']} to pay")
    ada.messages("inbox").locator(".code").click()
    expect(ada.line).to_have_value(charge["ussd_code"])

    ada.press("send")
    expect(ada.screen).to_have_text("Your bank: done, the money is sent.")
    expect(ada.line).to_have_value(CODE)
    assert [each["status"] for each in sandbox.client.charges()] == ["success"]


@pytest.mark.parametrize(
    ("switch", "sent"),
    [
        ("Every request twice", ["", "", "1", "1", "1*2", "1*2"]),
        ("Replies joined by stars", ["", "1", "2"]),
        ("Prefilled shortcut", ["1", "1*1", "1*1*2"]),
    ],
)
def test_a_switch_changes_what_the_product_is_sent(desk: Desk, sandbox: Sandbox, switch: str, sent: list[str]) -> None:
    (ada,) = desk.open(ADA)
    ada.switch(switch)
    expect(ada.part(".switches > summary .count")).to_have_text("1")

    for keys in ("send", "1 send", "2 send"):
        ada.press(*keys.split())
        expect(ada.state).to_have_text("connected")
        expect(ada.part(".device.keypad")).not_to_have_class("device keypad busy")
    assert texts(sandbox.called(HOPS, len(sent))) == sent


def test_what_is_turned_is_still_so_after_a_reload_and_can_be_turned_back(desk: Desk, sandbox: Sandbox) -> None:
    (ada,) = desk.open(ADA)
    ada.switch("Nothing is delivered to her")
    eventually(sandbox.client.knobs, lambda found: len(found) == 2)

    (ada,) = desk.open(ADA)
    expect(ada.part(".switches > summary .count")).to_have_text("1")
    ada.switch("Nothing is delivered to her")
    eventually(sandbox.client.knobs, lambda found: found == [])


def test_switches_that_are_turned_at_once_are_all_turned(desk: Desk, sandbox: Sandbox) -> None:
    (ada,) = desk.open(ADA)
    ada.part(".switches summary").click()
    form = ada.part(".switches form")
    form.evaluate(
        "form => ['quirk=repeat', 'quirk=no_plus', 'knob=failing', 'knob=failing', 'privacy=hidden']"
        ".forEach((each) => form.querySelector(`[data-${each}]`).click())"
    )
    expect(form).not_to_have_attribute("aria-busy", "true")

    assert (now_told(sandbox, "switches", ADA)["quirks"]) == vars(Quirks(repeat=1, no_plus=True))
    assert sandbox.client.knobs() == []
    assert now_told(sandbox, "chat", ADA)["privacy"] == "hidden"
    expect(ada.part(".switches > summary .count")).to_have_text("3")


def test_a_switch_that_is_refused_shows_what_is_so(desk: Desk) -> None:
    (ada,) = desk.open(ADA)
    desk.page.route("**/control/phones/**", lambda route: route.fulfill(status=409, json={"error": "not now"}))
    ada.switch("Every request twice")

    expect(desk.page.locator("#toast")).to_have_text("not now")
    expect(ada.part("[data-quirk=repeat]")).not_to_be_checked()
    expect(ada.part(".switches > summary .count")).to_be_hidden()


def test_switches_wait_until_it_is_known_what_is_set(desk: Desk) -> None:
    desk.page.route("**/sandbox/events?*", lambda route: None)
    desk.page.goto(f"{desk.sandbox.url}/sandbox?phone={ADA.replace('+', '%2B')}")

    expect(desk.page.locator(".switches form")).to_have_js_property("inert", True)


def test_buttons_and_lists_are_tapped(desk: Desk, sandbox: Sandbox, twilio: Client) -> None:
    (ada,) = desk.open(ADA)
    ada.part(".chat .compose input").fill("hello there")
    ada.part(".chat .compose input").press("Enter")
    expect(ada.messages("chat").locator("p")).to_have_text("hello there")
    send(sandbox, twilio, {"twilio/quick-reply": {"body": "Pay *now*?", "actions": [{"id": "1", "title": "Yes"}]}})
    expect(ada.messages("chat").last.locator("strong")).to_have_text("now")
    ada.messages("chat").get_by_role("button", name="Yes").click()
    rows = [{"id": "7", "item": "Mama Titi", "description": "due today"}]
    send(sandbox, twilio, {"twilio/list-picker": {"body": "Which?", "button": "Choose", "items": rows}})
    ada.messages("chat").get_by_text("☰ Choose").click()
    ada.messages("chat").get_by_role("button", name="Mama Titi").click()

    first, second, third = (form_of(asked) for asked in sandbox.called(HEARD, 3))
    assert first["Body"] == "hello there"
    assert (second["ButtonText"], second["ButtonPayload"]) == ("Yes", "1")
    assert (third["ListTitle"], third["ListId"]) == ("Mama Titi", "7")


def send(sandbox: Sandbox, twilio: Client, types: dict[str, Any]) -> None:
    """A message with something to tap."""
    asked = {"friendly_name": "a", "language": "en", "types": types}
    url = f"{sandbox.url}/twilio-content/v1/Content"
    made = requests.post(url, json=asked, auth=(ACCOUNT, TOKEN), timeout=10).json()
    twilio.messages.create(to=f"whatsapp:{ADA}", from_=WHATSAPP_FROM, content_sid=made["sid"])


def test_what_becomes_of_a_message_takes_nothing_from_under_her_hand(
    desk: Desk, sandbox: Sandbox, twilio: Client
) -> None:
    """Its ✓ comes while a list is open, a button has the focus, and another is held down."""
    sandbox.client.tune(report_seconds=600)
    (ada,) = desk.open(ADA)
    ada.part(".chat .compose input").fill("hello there")
    ada.part(".chat .compose input").press("Enter")
    expect(ada.messages("chat").locator("p")).to_have_text("hello there")
    rows = [{"id": "7", "item": "Mama Titi", "description": "due today"}]
    send(sandbox, twilio, {"twilio/list-picker": {"body": "Which?", "button": "Choose", "items": rows}})
    send(sandbox, twilio, {"twilio/quick-reply": {"body": "Pay now?", "actions": [{"id": "1", "title": "Yes"}]}})
    ada.messages("chat").get_by_text("☰ Choose").click()
    ada.messages("chat").get_by_role("button", name="Yes").hover()
    desk.page.mouse.down()
    sandbox.client.hurry()
    expect(ada.messages("chat").last.locator(".about")).to_contain_text("✓")
    expect(ada.messages("chat").nth(1).locator(".about")).to_contain_text("✓")
    expect(ada.messages("chat").get_by_role("button", name="Yes")).to_be_focused()
    desk.page.mouse.up()

    expect(ada.messages("chat").get_by_role("button", name="Mama Titi")).to_be_visible()
    assert form_of(sandbox.called(HEARD, 2)[1])["ButtonText"] == "Yes"
    sandbox.client.tune(report_seconds=0)
    sandbox.client.hurry()


def test_what_is_typed_while_a_line_is_on_its_way_stays(desk: Desk, sandbox: Sandbox) -> None:
    (ada,) = desk.open(ADA)
    line, held = ada.part(".chat .compose input"), list[Route]()
    desk.page.route("**/say", lambda route: route.continue_() if held else held.append(route))
    line.fill("one")
    with desk.page.expect_request("**/say"):
        line.press("Enter")
    line.press("Enter")  # the usual word is not meant
    line.press_sequentially("two")
    line.press("Enter")
    line.press_sequentially("three")
    held[0].continue_()

    expect(ada.messages("chat").locator("p")).to_have_text(["one", "two"])
    expect(line).to_have_value("three")


def test_a_line_that_is_refused_is_put_back(desk: Desk) -> None:
    (ada,) = desk.open(ADA)
    line = ada.part(".inbox .compose input")
    desk.page.route("**/sms", lambda route: route.fulfill(status=409, json={"error": "no"}))
    line.fill("BAL")
    line.press("Enter")

    expect(desk.page.locator("#toast")).to_have_text("no")
    expect(line).to_have_value("BAL")


def test_a_picture_is_sent_and_seen(desk: Desk, sandbox: Sandbox) -> None:
    sandbox.product.will(EMPTY_TWIML)
    (ada,) = desk.open(ADA)
    ada.part(".attach summary").click()
    ada.part("[data-send=image]").click()
    picture = ada.messages("chat").locator("img")
    expect(picture).to_have_attribute("alt", "teller.png")

    assert picture.evaluate("each => each.decode().then(() => each.naturalWidth)") == 64


def test_two_people_side_by_side_and_each_sees_her_own(desk: Desk, sandbox: Sandbox) -> None:
    ada, bisi = desk.open(ADA, BISI)
    ada.press("send")
    expect(ada.screen).to_have_text("Hello\n1. Pay")
    expect(bisi.screen).to_have_text(f"Dial {CODE}")
    sandbox.product.will(said("CON Hello Bisi"))
    bisi.press("send")
    expect(bisi.screen).to_have_text("Hello Bisi")

    bisi.part(".close").click()
    expect(desk.page.locator(".person")).to_have_count(1)


def test_words_of_a_message_are_never_html(desk: Desk, sandbox: Sandbox) -> None:
    (ada,) = desk.open(ADA)
    sms(sandbox, ADA, "<img src=x onerror=alert(1)> *bold*")

    expect(ada.messages("inbox").locator("p")).to_have_text("<img src=x onerror=alert(1)> *bold*")


def test_in_a_pocket_one_phone_is_seen_and_the_others_count(desk: Desk, sandbox: Sandbox) -> None:
    (ada,) = desk.open(ADA, size=POCKET)
    expect(ada.part(".device.keypad")).to_be_visible()
    expect(ada.part(".device.inbox")).to_be_hidden()
    sms(sandbox, ADA, "One")
    expect(ada.part("[data-show=inbox] .count")).to_have_text("1")

    ada.part("[data-show=inbox]").click()
    expect(ada.messages("inbox")).to_be_visible()
    expect(ada.part("[data-show=inbox] .count")).to_be_hidden()


@pytest.mark.parametrize("size", [DESK, POCKET])
def test_it_fits_and_everybody_can_use_it(desk: Desk, sandbox: Sandbox, size: tuple[int, int]) -> None:
    ada, _ = desk.open(ADA, BISI, size=size)
    sms(sandbox, ADA, "Ajo: dial *737*000*1# before 3pm to pay N5,000. " * 4)
    ada.press("send")
    expect(ada.screen).to_have_text("Hello\n1. Pay")
    ada.part(".switches summary").click()

    assert faults(desk.page) == []


def test_in_a_pocket_what_stands_beside_is_one_touch_away(desk: Desk) -> None:
    desk.open(ADA, size=POCKET)
    clock = desk.page.locator("#time")
    expect(clock).to_be_hidden()
    desk.page.locator(".jump").get_by_role("button", name="Clock").click()
    expect(clock).to_be_in_viewport()
    desk.page.locator(".jump").get_by_role("link", name="Phones").click()
    expect(desk.page.locator(".person").first).to_be_in_viewport()
    expect(clock).not_to_be_in_viewport()
