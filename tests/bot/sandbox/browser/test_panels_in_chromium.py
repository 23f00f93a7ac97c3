"""The panels beside the phones under a person's hands: what she presses is done once, and never gone from under her."""

from playwright.sync_api import Locator, Route, expect

from tests.bot.sandbox.browser.handset import Desk
from tests.bot.sandbox.browser.test_live import sms
from tests.bot.sandbox.support import ADA, Sandbox

FIRST, SECOND = "N5,000", "N4,000"


def slip(desk: Desk, amount: str) -> Locator:
    return desk.page.locator("#bank .slip", has_text=amount)


def test_a_double_click_pays_once(desk: Desk, sandbox: Sandbox) -> None:
    sandbox.charge("ajo-c-17-1-k3j9x0q2")
    desk.open(ADA)
    slip(desk, FIRST).get_by_role("button", name="Pay", exact=True).dblclick(delay=60)

    expect(slip(desk, FIRST)).to_contain_text("Pay again")
    assert len(sandbox.events()) == 1
    assert len(sandbox.client.movements()) == 1


def test_the_second_press_of_a_double_click_does_not_pay_by_what_stands_there_now(desk: Desk, sandbox: Sandbox) -> None:
    sandbox.charge("ajo-c-17-1-k3j9x0q2")
    desk.open(ADA)
    slip(desk, FIRST).get_by_role("button", name="Pay", exact=True).click()
    again = slip(desk, FIRST).get_by_role("button", name="Pay again")
    again.hover()
    asked = list[str]()
    desk.page.on("request", lambda each: asked.append(each.url))
    desk.page.mouse.down(click_count=2)
    desk.page.mouse.up(click_count=2)
    again.focus()
    assert not [each for each in asked if each.endswith("/pay")]
    with desk.page.expect_request("**/control/paystack/pay"):
        again.click()


def test_a_form_that_is_sent_twice_pays_once(desk: Desk, sandbox: Sandbox) -> None:
    sandbox.charge("ajo-c-17-1-k3j9x0q2")
    held = list[Route]()
    desk.page.route("**/control/paystack/pay", lambda route: held.append(route))
    desk.open(ADA)
    slip(desk, FIRST).get_by_label("Another amount").fill("3000")
    pay = slip(desk, FIRST).get_by_role("button", name="Pay it")
    with desk.page.expect_request("**/control/paystack/pay"):
        pay.click()
    pay.click()
    expect(slip(desk, FIRST).locator("form")).to_have_attribute("aria-busy", "true")
    held[0].continue_()

    expect(slip(desk, FIRST)).to_contain_text("paid with N3,000")
    assert len(held) == 1


def test_a_button_that_is_held_down_is_not_taken_away_by_news(desk: Desk, sandbox: Sandbox) -> None:
    sandbox.charge("ajo-c-17-1-k3j9x0q2")
    sandbox.charge("ajo-c-17-2-k3j9x0q2", 400_000)
    desk.page.clock.install()
    (ada,) = desk.open(ADA)
    slip(desk, FIRST).get_by_role("button", name="Pay", exact=True).hover()
    desk.page.mouse.down()
    asked = list[str]()
    desk.page.on("request", lambda each: asked.append(each.url))
    sandbox.client.pay(reference="ajo-c-17-2-k3j9x0q2")
    sms(sandbox, ADA, "You have paid")
    expect(ada.messages("inbox")).to_have_count(1)
    desk.page.clock.run_for(5000)
    assert not [each for each in asked if "/sandbox/bank" in each]
    desk.page.mouse.up()

    expect(slip(desk, FIRST)).to_contain_text("Pay again")
    expect(slip(desk, SECOND)).to_contain_text("Pay again")


def test_news_upon_news_does_not_keep_a_panel_as_it_was(desk: Desk, sandbox: Sandbox) -> None:
    """Who pays what is shown as open, though it was paid long ago, pays it twice."""
    sandbox.charge("ajo-c-17-1-k3j9x0q2")
    desk.page.clock.install(time=0)
    desk.page.clock.pause_at(1)  # so that what the page asks for every four seconds does not help
    (ada,) = desk.open(ADA)
    desk.page.clock.run_for(300)
    expect(slip(desk, FIRST)).to_contain_text("Pay half")
    sandbox.client.pay(reference="ajo-c-17-1-k3j9x0q2")
    for number in range(1, 11):
        sms(sandbox, ADA, f"News {number}")
        expect(ada.messages("inbox")).to_have_count(number)
        desk.page.clock.run_for(200)

    expect(slip(desk, FIRST)).to_contain_text("Pay again")
