"""Getting in, in a real browser: set up by a link, both factors, by keyboard alone, without script, and out again."""

import pyotp
import pytest
from playwright.sync_api import Page

from bot import clock
from models.actions import staff
from models.actions.staff import Invited
from models.rules.staff import TOTP_SECONDS, Role
from tests.panel.browser import looking
from tests.panel.browser.people import OWNER, PHONE, Office

NEW, PASSWORD = "field.new@demo.example", "quiet boats at noon"


def test_both_factors_open_the_panel_and_the_way_out_closes_it(office: Office) -> None:
    owner = office.enter(OWNER)
    assert owner.page.get_by_role("heading", level=1).is_visible()

    owner.page.get_by_role("button", name="Sign out").locator("visible=true").click()

    owner.page.wait_for_url("**/admin/sign-in")
    owner.go("/admin/")
    assert owner.page.url.endswith("/admin/sign-in")
    assert owner.complaints == []


def test_a_wrong_code_says_what_to_do(office: Office) -> None:
    known = office.known[OWNER]
    nobody = office.nobody(PHONE)
    nobody.go("/admin/sign-in")
    nobody.page.get_by_label("E-mail").fill(OWNER)
    nobody.page.get_by_label("Password").fill(known.password)
    nobody.page.get_by_role("button", name="Go on").click()
    nobody.page.get_by_label("The six digits").fill("000000")
    nobody.page.get_by_role("button", name="Sign in").click()

    assert nobody.page.get_by_role("alert").is_visible()
    assert looking.faults(nobody.page) == []
    looking.keep(nobody.page, "code wrong phone")


def test_somebody_new_sets_herself_up_with_her_phone(office: Office) -> None:
    """The link, a password, the secret of the square, the codes for a lost phone; then she signs in."""
    invited = staff.invite(
        email=NEW, phone="+2348035550094", name="Ngozi Field", role=Role.FIELD, actor="test", now=clock.now()
    )
    assert isinstance(invited, Invited)
    page = office.nobody(PHONE).page
    page.goto(f"/admin/set-up/{invited.token}")
    assert looking.faults(page) == []
    looking.keep(page, "set up phone")

    phone = pyotp.TOTP(page.locator("code").first.inner_text())
    page.get_by_label("At least").fill(PASSWORD)
    page.get_by_label("The same again").fill(PASSWORD)
    page.get_by_label("The six digits").fill(phone.at(int(clock.now().timestamp()) - TOTP_SECONDS))
    page.get_by_role("button", name="Set up").click()

    page.get_by_role("heading", name="Write these down").wait_for()
    assert page.locator(".codes li").count() == 8
    assert looking.faults(page) == []
    looking.keep(page, "set up done phone")

    page.get_by_role("button", name="I have written them down").click()
    page.get_by_label("E-mail").fill(NEW)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("The six digits").fill(phone.at(int(clock.now().timestamp())))
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/admin/")


def test_a_used_link_says_so(office: Office) -> None:
    page = office.nobody(PHONE).page
    page.goto("/admin/set-up/nobodys-link")

    assert page.get_by_role("heading", name="This link is used up").is_visible()
    assert looking.faults(page) == []


def test_the_keyboard_is_enough_to_get_in_and_around(office: Office) -> None:
    known = office.known[OWNER]
    nobody = office.nobody()
    nobody.go("/admin/sign-in")
    keys = nobody.page.keyboard
    focused(nobody.page, "email")
    keys.type(OWNER)
    keys.press("Tab")
    keys.type(known.password)
    keys.press("Enter")
    nobody.page.wait_for_url("**/admin/code")
    focused(nobody.page, "code")
    keys.type(known.code(clock.now()))
    keys.press("Enter")
    nobody.page.wait_for_url("**/admin/")

    keys.press("Tab")
    assert nobody.page.evaluate("document.activeElement.textContent") == "Skip to the content"
    keys.press("Enter")
    assert nobody.page.evaluate("document.activeElement.id") == "main"
    keys.press("/")
    keys.type("efe omoruyi")
    keys.press("Enter")
    nobody.page.wait_for_url("**/admin/search**")
    assert nobody.page.get_by_role("link", name="Efe Omoruyi").first.is_visible()


def focused(page: Page, name: str) -> None:
    """The first field has the focus by itself."""
    page.wait_for_function(f"document.activeElement.name === '{name}'")


def test_it_works_without_script(office: Office) -> None:
    owner = office.enter(OWNER, java_script_enabled=False)

    assert owner.page.get_by_role("heading", level=1).is_visible()


@pytest.mark.parametrize("path", ["/admin/", "/admin/reports/", "/admin/search?q=Ada"])
def test_at_200_percent_nothing_is_cut_off(office: Office, path: str) -> None:
    """A screen of 1280 pixels at 200 % is one of 640; at 400 % one of 320."""
    owner = office.enter(OWNER, {"width": 640, "height": 400}, device_scale_factor=2)
    owner.go(path)
    assert looking.faults(owner.page) == []
    looking.keep(owner.page, f"zoom {path}")

    owner.page.set_viewport_size({"width": 320, "height": 256})
    assert looking.faults(owner.page) == []


def test_the_first_page_weighs_less_than_100_kilobytes(office: Office) -> None:
    """Everything that a browser without a cache is sent for the first page, charts aside."""
    owner = office.enter(OWNER)
    fresh = owner.page.context.new_page()
    line = owner.page.context.new_cdp_session(fresh)
    line.send("Network.enable")
    line.send("Network.setCacheDisabled", {"cacheDisabled": True})
    urls: dict[str, str] = {}
    sent: dict[str, float] = {}
    line.on("Network.requestWillBeSent", lambda told: urls.update({told["requestId"]: told["request"]["url"]}))
    line.on("Network.loadingFinished", lambda told: sent.update({told["requestId"]: told["encodedDataLength"]}))
    fresh.goto("/admin/")
    fresh.wait_for_load_state("networkidle")

    weights = {urls[each].rsplit("/", 1)[-1]: kilo for each, kilo in sent.items() if "uPlot" not in urls[each]}

    assert sum(weights.values()) < 100_000, weights
    assert weights
