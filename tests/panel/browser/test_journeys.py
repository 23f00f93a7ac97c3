"""What somebody who has never seen the panel has to find by herself, from the demo's data on."""

import csv
import re

from playwright.sync_api import Page, expect

from models.queries.mail import written_to
from models.rules.staff import Role
from tests.panel.browser import looking
from tests.panel.browser.people import FINANCE, OWNER, PHONE, Colleague, Office

CHIDI, IFY, LATE = "+2348035550003", "+2348035550008", ("Chidi Eze", "Ify Nwosu")
TABS = 90


def place(who: Colleague, name: str) -> None:
    """Go to a place of the menu: in the row, or behind the button on a phone."""
    menu = who.page.get_by_text("Menu", exact=True)
    if menu.is_visible():
        menu.click()
    who.page.get_by_role("link", name=name, exact=True).locator("visible=true").first.click()


def told(page: Page) -> str:
    """What became of the last form."""
    return page.get_by_role("status").first.inner_text()


def test_find_who_has_not_paid_and_remind_them(office: Office) -> None:
    """On a phone."""
    finance = office.enter(FINANCE, PHONE)
    before = len(written_to(CHIDI)), len(written_to(IFY))

    place(finance, "Not paid")
    finance.page.get_by_label("late only").check()
    finance.page.get_by_role("button", name="Show").click()
    for name in LATE:
        assert finance.page.get_by_role("link", name=name, exact=True).first.is_visible()
    finance.page.get_by_role("button", name="Remind all who are chosen").click()

    assert "1" in told(finance.page)  # Ify owes no more than late fees
    looking.keep(finance.page, "journey reminded phone")
    assert (len(written_to(CHIDI)), len(written_to(IFY))) == (before[0] + 1, before[1])
    assert finance.complaints == []


def test_remind_somebody_by_keyboard_alone(office: Office) -> None:
    finance = office.enter(FINANCE)
    before = len(written_to(CHIDI))

    tab_to(finance.page, "Not paid")
    finance.page.keyboard.press("Enter")
    finance.page.wait_for_url("**/admin/arrears*")
    tab_to(finance.page, "Remind Chidi Eze")
    finance.page.keyboard.press("Enter")

    finance.page.get_by_role("status").first.wait_for()
    assert len(written_to(CHIDI)) == before + 1


def test_place_an_unknown_payment_with_a_colleague(office: Office) -> None:
    finance, owner = office.enter(FINANCE), office.enter(OWNER, PHONE)

    place(finance, "Money")
    finance.page.get_by_role("link", name=re.compile("to look at")).click()
    finance.page.locator("main table a").first.click()
    finance.page.get_by_role("button", name="Choose Chidi Eze").or_(
        finance.page.get_by_role("link", name="Choose Chidi Eze")
    ).click()
    finance.page.get_by_label(re.compile("Why it is hers")).fill("He sent us the agent's slip, same amount and hour.")
    looking.keep(finance.page, "journey place desk")
    finance.page.get_by_role("button", name="Propose", exact=True).click()
    finance.page.get_by_text("A second person has to check it").wait_for()

    place(owner, "Approvals")
    owner.page.get_by_role("link", name=re.compile("Place money")).click()
    owner.page.get_by_label(re.compile("What you have looked at")).fill("Slip seen, Paystack has the amount.")
    looking.keep(owner.page, "journey check placing phone")
    assert looking.faults(owner.page) == []
    owner.page.get_by_role("button", name="Approve and place it").click()

    assert told(owner.page)
    owner.go("/admin/arrears?late=1")
    assert owner.page.locator("tr", has_text="Chidi Eze").get_by_text("N5,000").count() == 0
    owner.go("/admin/money/suspense")
    assert owner.page.locator("main table a").count() == 0
    assert (finance.complaints, owner.complaints) == ([], [])


def test_approve_a_payout_with_a_colleague_and_a_third_comes_too_late(office: Office) -> None:
    finance, owner = office.enter(FINANCE), office.enter(OWNER)
    third = office.hired(Role.FINANCE, name="Wale Third", phone="+2348035550095")

    place(finance, "Approvals")
    finance.page.get_by_role("button", name="Look at it, propose it").click()
    finance.page.get_by_label(re.compile("Why")).fill("Both officers are travelling; the pot is full.")
    finance.page.get_by_role("button", name="Propose", exact=True).click()
    assert told(finance.page)
    place(finance, "Approvals")
    pay_out = re.compile("Pay out a pot")
    finance.page.get_by_role("link", name=pay_out).click()
    expect(finance.page).to_have_url(re.compile(r"/admin/approvals/\d+"))
    assert finance.page.get_by_label(re.compile("What you have looked at")).count() == 0  # never her own

    for colleague in (third, owner):
        place(colleague, "Approvals")
        colleague.page.get_by_role("link", name=pay_out).click()
        colleague.page.get_by_label(re.compile("What you have looked at")).fill("Called both, account is hers.")
    looking.keep(owner.page, "journey approve desk")
    decide(owner)
    assert owner.page.get_by_role("status").first.get_attribute("class") == "note good"

    decide(third)
    assert third.page.get_by_role("status").first.get_attribute("class") == "note bad"
    looking.keep(third.page, "journey too late desk")


def test_work_through_the_queue(office: Office) -> None:
    """A report is answered, a voice note dealt with; both are gone from the queue, which says how much is left."""
    owner = office.enter(OWNER)
    queue = owner.page.locator("ol.queue > li")
    waiting, before = queue.count(), len(written_to(CHIDI))

    owner.page.get_by_role("link", name=re.compile("I have paid, and it is not shown")).click()
    owner.page.get_by_label(re.compile("Your answer")).fill("We look at it with the bank and call you today.")
    owner.page.get_by_role("button", name="Send the answer").click()
    assert told(owner.page)
    assert len(written_to(CHIDI)) == before + 1

    place(owner, "Home")
    owner.page.get_by_role("link", name=re.compile("voice note, Efe")).click()
    owner.page.get_by_role("button", name="Dealt with").click()
    assert told(owner.page)

    place(owner, "Home")
    assert queue.count() == waiting - 2
    assert owner.complaints == []


def test_print_the_sheet_for_sundays_meeting(office: Office) -> None:
    owner = office.enter(OWNER)
    owner.page.add_init_script("window.print = () => { window.printed = true }")

    place(owner, "Reports")
    owner.page.get_by_label("Group").first.select_option(label=_choice(owner, "Mama Titi Ajo"))
    owner.page.get_by_role("button", name="Show the sheet").click()
    owner.page.get_by_role("heading", name="Mama Titi Ajo").wait_for()
    owner.page.get_by_role("button", name="Print").click()

    assert owner.page.evaluate("window.printed")
    paper = owner.page.pdf(format="A4")
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 1
    owner.page.emulate_media(media="print")
    looking.keep(owner.page, "journey sheet on paper")
    assert not owner.page.locator("header.top").is_visible()


def test_take_the_members_along_as_a_file(office: Office) -> None:
    """A spreadsheet, and text: numbers of phones are text in both."""
    owner = office.enter(OWNER)
    place(owner, "Reports")
    tile = owner.page.locator("section", has_text="Members as a file")

    with owner.page.expect_download() as sheet:
        tile.get_by_role("button", name="Excel").click()
    assert sheet.value.path().read_bytes().startswith(b"PK")

    with owner.page.expect_download() as text:
        tile.get_by_role("button", name="CSV").click()
    rows = list(csv.reader(text.value.path().read_text(encoding="utf-8-sig").splitlines()))
    assert len(rows) > 26
    assert any("Chidi Eze" in row for row in rows)


def decide(who: Colleague) -> None:
    """Press the button that approves; it stands first in its form."""
    who.page.locator("form.decide button").first.click()
    who.page.get_by_role("status").first.wait_for()


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the control of this name has the focus."""
    for _ in range(TABS):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.replace(/\\s+/g, ' ').trim()") == name:
            return
    raise AssertionError(f"Tab never comes to {name}")


def _choice(who: Colleague, group: str) -> str:
    options = who.page.get_by_label("Group").first.locator("option").all_inner_texts()
    return next(option for option in options if option.startswith(group))
