"""Every page, on a cheap phone and on a desk: a picture of it, no errors, nothing cut off, usable by everybody."""

import re

import pytest
from flask import Flask

from bot.panel.pages import PAGES
from models.rules.staff import Role
from tests.panel.browser import looking
from tests.panel.browser.people import DESK, FINANCE, OWNER, PHONE, Colleague, Office
from tests.panel.browser.walking import Found, pages_of_the_map, walk

PLACES = [place.href for page in PAGES for place in getattr(page, "PLACES", ())]
# Reached by what somebody types or does, not by a link.
BY_HAND = {"panel.search", "panel.approval", "panel.member_number"}
# What the first of each kind does not lead to: a circle that forms and whose turns wait for an order, a statement.
STARTS = (
    *("/admin/groups/1", "/admin/groups/3", "/admin/groups/1/ending", "/admin/members/1/timeline"),
    *("/admin/money/deposits", "/admin/reports/statements?phone=08035550004", "/admin/exports/statements/4.csv"),
)
NOT_OURS = "/admin/jobs/"  # rq-dashboard's own pages, which label their fields by titles only


def looked_at(who: Colleague, path: str, name: str) -> list[str]:
    """A page at both widths; what is wrong with it."""
    wrong: list[str] = []
    for screen, size in (("phone", PHONE), ("desk", DESK)):
        who.page.set_viewport_size(size)  # type: ignore[arg-type]
        who.complaints.clear()
        status = who.go(path)
        looking.keep(who.page, f"{name} {screen}")
        complaints = [*([f"status {status}"] if status >= 400 else []), *who.complaints]
        faults = looking.too_wide(who.page) if path.startswith(NOT_OURS) else looking.faults(who.page)
        wrong += [f"{path} ({screen}): {each}" for each in [*complaints, *faults]]
    return wrong


def belongs(page: Found, place: str) -> bool:
    """Whether it is a page of this place of the menu."""
    longest = max((each for each in PLACES if page.path.startswith(each)), key=len, default="/admin/")
    return longest == place


@pytest.mark.parametrize("place", PLACES)
def test_every_page_of_a_place(office: Office, application: Flask, place: str) -> None:
    owner = office.enter(OWNER)
    pages = [each for each in walk(application, owner.page.request, *STARTS) if each.is_page and belongs(each, place)]

    wrong = [fault for each in pages for fault in looked_at(owner, each.path, each.endpoint.removeprefix("panel."))]

    assert pages
    assert wrong == []


def test_every_route_of_the_map_can_be_reached(office: Office, application: Flask) -> None:
    found = {each.endpoint for each in walk(application, office.enter(OWNER).page.request, *STARTS)}

    assert {name: rule for name, rule in pages_of_the_map(application).items() if name not in found | BY_HAND} == {}


def test_the_pages_of_signing_in(office: Office) -> None:
    nobody = office.nobody()

    assert looked_at(nobody, "/admin/sign-in", "sign in") == []


def test_a_search(office: Office) -> None:
    assert looked_at(office.enter(OWNER), "/admin/search?q=Efe", "search") == []


def test_a_proposal_for_its_maker_and_for_the_second_person(office: Office) -> None:
    maker, checker = office.enter(FINANCE), office.enter(OWNER)
    maker.go("/admin/approvals")
    maker.page.get_by_role("button", name="Look at it, propose it").click()
    maker.page.locator("textarea").fill(
        "Both officers are travelling until Sunday, and the pot has been full since noon."
    )
    maker.page.get_by_role("button", name="Propose", exact=True).click()
    maker.page.get_by_role("status").first.wait_for()

    maker.go("/admin/approvals")
    made = maker.page.get_by_role("link", name=re.compile("Pay out a pot")).get_attribute("href") or ""

    assert looked_at(maker, made, "approval of the maker") == []
    assert looked_at(checker, made, "approval of the checker") == []


def test_an_auditor_sees_the_places(office: Office) -> None:
    """On a phone; her numbers are masked."""
    auditor = office.hired(Role.AUDITOR, name="Bola Reads", phone="+2348035550093", viewport=PHONE)
    wrong = []
    for place in auditor.page.locator("details.menu a").evaluate_all("links => links.map(each => each.pathname)"):
        assert auditor.go(place) == 200
        looking.keep(auditor.page, f"auditor {place}")
        wrong += [f"{place}: {each}" for each in looking.faults(auditor.page)]
        assert "0803555" not in auditor.page.content()

    assert wrong == []
