"""Every page, on a cheap phone and on a desk: a picture of it, no errors, nothing cut off, usable by everybody."""

import pytest
from flask import Flask

from bot.panel.pages import PAGES
from models.rules.staff import Role
from tests.panel.browser import looking
from tests.panel.browser.people import DESK, OWNER, PHONE, Colleague, Office
from tests.panel.browser.walking import Found, pages_of_the_map, walk

PLACES = [place.href for page in PAGES for place in getattr(page, "PLACES", ())]
# Reached by what somebody types or does, not by a link.
BY_HAND = {"panel.search"}
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
    pages = [each for each in walk(application, owner.page.request) if each.is_page and belongs(each, place)]

    wrong = [fault for each in pages for fault in looked_at(owner, each.path, each.endpoint.removeprefix("panel."))]

    assert pages
    assert wrong == []


def test_every_route_of_the_map_can_be_reached(office: Office, application: Flask) -> None:
    found = {each.endpoint for each in walk(application, office.enter(OWNER).page.request)}

    assert {name: rule for name, rule in pages_of_the_map(application).items() if name not in found | BY_HAND} == {}


def test_the_pages_of_signing_in(office: Office) -> None:
    nobody = office.nobody()

    assert looked_at(nobody, "/admin/sign-in", "sign in") == []


def test_a_search(office: Office) -> None:
    assert looked_at(office.enter(OWNER), "/admin/search?q=Efe", "search") == []


def test_an_auditor_sees_the_places_without_a_form(office: Office, application: Flask) -> None:
    auditor = office.hired(Role.AUDITOR, name="Bola Reads", phone="+2348035550093")
    pages = [each for each in walk(application, auditor.page.request) if each.is_page]

    wrong = [fault for each in pages for fault in looked_at(auditor, each.path, f"auditor {each.endpoint[6:]}")]

    assert pages
    assert wrong == []
