"""Two of the office at browsers of their own, beside the phones: signed in with both factors, watched for errors."""

import re
from dataclasses import dataclass, field

from playwright.sync_api import Browser, Page, expect

from bot.sandbox.story.stage import Stage
from models.rules.staff import Role
from tests.support.panel import PASSWORD, Hired, hire

SIX_DIGITS = re.compile("^The six digits")


@dataclass
class Desktop:
    """Somebody of the staff with the panel open."""

    page: Page
    who: Hired
    stage: Stage
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    @property
    def told(self) -> str:
        """What became of the last form."""
        return self.page.get_by_role("status").first.inner_text()

    def sign_in(self) -> None:
        self.page.goto("/admin/")
        self.page.get_by_label("E-mail").fill(self.who.email)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("button", name="Go on").click()
        self._type_code()
        self.page.get_by_role("button", name="Sign in").click()
        self.page.wait_for_url("**/admin/")

    def place(self, name: str) -> None:
        """A place of the menu."""
        self.page.get_by_role("link", name=name, exact=True).locator("visible=true").first.click()

    def propose_payout(self, why: str) -> None:
        self.place("Approvals")
        self.page.get_by_role("button", name="Look at it, propose it").click()
        self.page.get_by_label(re.compile("Why")).fill(why)
        self.page.get_by_role("button", name="Propose", exact=True).click()
        expect(self.page.get_by_role("status").first).to_contain_text("Somebody else has to check it")

    def approve_payout(self, checked: str) -> None:
        """A yes may need her phone once more."""
        self.place("Approvals")
        self.page.get_by_role("link", name=re.compile("Pay out a pot")).click()
        self.page.get_by_label(re.compile("What you have looked at")).fill(checked)
        if self.page.get_by_label(SIX_DIGITS).count():
            self._type_code()
        self.page.locator("form.decide button").first.click()
        expect(self.page.get_by_role("status").first).to_contain_text("Approved")

    def _type_code(self) -> None:
        self.page.get_by_label(SIX_DIGITS).fill(self.who.code(self.stage.now()))


def two_of_the_office(browser: Browser, stage: Stage) -> tuple[Desktop, Desktop]:
    """Finance and the owner, each with her own browser, as different people have."""
    people = (
        hire(Role.FINANCE, stage.now(), phone="+2348099990001", name="Musa Bako"),
        hire(Role.OWNER, stage.now(), phone="+2348099990002", name="Titi Ola"),
    )
    url = stage.house.settings.public_url
    first, second = (Desktop(browser.new_context(base_url=url).new_page(), who, stage) for who in people)
    for each in (first, second):
        each.sign_in()
    return first, second
