"""The first page, and that nobody sees it without both factors."""

from flask.testing import FlaskClient

from models.rules.staff import Role
from tests.panel.conftest import SignIn


def test_nobody_is_led_to_the_sign_in(browser: FlaskClient) -> None:
    answer = browser.get("/admin/")
    assert (answer.status_code, answer.location) == (303, "/admin/sign-in")


def test_somebody_with_both_factors_sees_what_needs_her(signed_in: SignIn) -> None:
    page = signed_in(Role.OWNER).get("/admin/")
    assert page.status_code == 200
    assert "What needs you now" in page.text
