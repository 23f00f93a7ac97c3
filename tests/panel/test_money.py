"""The money pages: what they show, who sees it, and that every figure is the sum of what its link lists."""

import re
from html import unescape

import pytest
from flask.testing import FlaskClient

from models.rules.staff import Role
from models.tables.staff import StaffGroup
from tests.panel.conftest import SignIn
from tests.panel.money_scene import MoneyScene, a_house

FIGURE = re.compile(r'<a class="amount" data-kobo="(-?\d+)" href="([^"]+)"')
LINE = re.compile(r'data-line="(-?\d+)"')
FOOT = re.compile(r'data-foot="(-?\d+)"')
TOTAL = re.compile(r'data-total="(-?\d+)"')
MORE = re.compile(r'<a role="button" class="secondary" href="([^"]+)">More</a>')
PLACES = ("", "/payments", "/payouts", "/suspense", "/fees", "/journal", "/deposits", "/balance")


@pytest.fixture
def scene(house) -> MoneyScene:
    return a_house()


@pytest.fixture
def finance(scene, signed_in: SignIn) -> FlaskClient:
    return signed_in(Role.FINANCE)


def listed(browser: FlaskClient, href: str) -> tuple[int, int]:
    """(the sum of all lines behind a link, over all its pages; the sum at its foot)."""
    kobo, foot, where = 0, 0, href
    while True:
        page = browser.get(where)
        assert page.status_code == 200, where
        assert "is another:" not in page.text
        kobo += sum(int(found) for found in LINE.findall(page.text))
        foot = int((FOOT.search(page.text) or TOTAL.search(page.text))[1])  # type: ignore[index]
        further = MORE.search(page.text)
        if further is None:
            return kobo, foot
        where = href.partition("?")[0] + unescape(further[1])


def all_figures(browser: FlaskClient, *pages: str) -> set[tuple[int, str]]:
    found = {figure for page in pages for figure in FIGURE.findall(browser.get(page).text)}
    return {(int(kobo), unescape(href)) for kobo, href in found}


def test_every_figure_is_the_sum_of_what_its_link_lists(finance):
    figures = all_figures(finance, "/admin/money", "/admin/money/fees")
    assert len(figures) > 20
    for kobo, href in figures:
        assert listed(finance, href) == (kobo, kobo), href


def test_so_it_is_for_a_field_officer_of_one_group(scene, signed_in):
    officer = field_officer(scene, signed_in)
    figures = all_figures(officer, "/admin/money")
    assert len(figures) >= 4
    for kobo, href in figures:
        assert listed(officer, href) == (kobo, kobo), href


def field_officer(scene: MoneyScene, signed_in: SignIn) -> FlaskClient:
    """Of the first group only."""
    browser = signed_in(Role.FIELD)
    StaffGroup.insert(
        staff=browser.hired.staff_id,
        group=scene.first.group_id,
        since=scene.first.now,  # type: ignore[attr-defined]
    ).execute()
    return browser


@pytest.mark.parametrize("place", PLACES)
def test_each_page_opens(finance, place):
    assert finance.get(f"/admin/money{place}").status_code == 200


@pytest.mark.parametrize("place", PLACES)
def test_an_auditor_reads_all_and_has_no_form(scene, signed_in, place):
    page = signed_in(Role.AUDITOR).get(f"/admin/money{place}")
    assert page.status_code == 200
    assert set(re.findall(r'method="post" action="([^"]+)"', page.text)) == {"/admin/sign-out"}
