"""Tmp."""
from tests.panel.browser import looking
from tests.panel.browser.people import *
from tests.panel.browser.people import DESK, OWNER, PHONE
import tests.panel.browser.people as P

def test_it(office):
    print(dir(P))
    owner = office.enter(OWNER)
    other = office.enter(P.FINANCE)
    owner.go("/admin/approvals/")
    owner.page.get_by_text("Look at it, propose it").first.click()
    owner.page.fill("textarea", "Both officers are travelling until Sunday, and the sisters want their money today, so we do it for them")
    owner.page.click("text=Propose >> nth=-1") if False else owner.page.get_by_role("button", name="Propose", exact=True).click()
    owner.page.set_viewport_size(PHONE); looking.keep(owner.page, "zz made phone")
    other.go("/admin/approvals/")
    other.page.set_viewport_size(PHONE); looking.keep(other.page, "zz list phone")
    other.go("/admin/"); looking.keep(other.page, "zz home phone")
    other.go("/admin/approvals/")
    other.page.locator(".queue a").first.click()
    looking.keep(other.page, "zz check phone")
    other.page.set_viewport_size(DESK); looking.keep(other.page, "zz check desk")
    wrong = looking.faults(other.page)
    other.page.fill("textarea", "List and account are right")
    other.page.get_by_role("button", name="Approve and send").click()
    looking.keep(other.page, "zz after desk")
    other.go("/admin/approvals/history")
    looking.keep(other.page, "zz history desk")
    other.page.set_viewport_size(PHONE); looking.keep(other.page, "zz history phone")
    other.go("/admin/charts"); looking.keep(other.page, "zz charts phone")
    other.page.set_viewport_size(DESK); other.go("/admin/charts"); looking.keep(other.page, "zz charts desk")
    wrong += looking.faults(other.page)
    assert wrong == []
