"""Signing in, in a real browser, with a password and a code of the phone."""

from tests.panel.browser.people import OWNER, Office


def test_both_factors_open_the_panel(office: Office) -> None:
    owner = office.enter(OWNER)

    assert owner.page.get_by_role("heading", name="What needs you now").is_visible()
    assert owner.complaints == []
