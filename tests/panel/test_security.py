"""What the panel tells a browser to refuse, that its pages keep to it, and that nobody asks without end."""

import re
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from bot import clock as moved
from bot import process
from bot.panel import limits
from bot.panel.limits import Limit
from bot.settings import Settings
from models.rules.staff import Role
from tests.panel.conftest import SignIn
from tests.panel.scene import Scene, prepare
from tests.panel.test_routes import Asked, as_role, looks_after, routes  # noqa: F401 (a fixture)
from tests.support.panel import CSRF, PASSWORD, hidden, hire

OURS = "panel."
# Scripts with a type that browsers do not run are data.
INLINE = (
    re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*\btype=[\"']?application/json)[^>]*>", re.I),
    re.compile(r"<style\b", re.I),
    re.compile(r"<[^>]+\sstyle\s*=", re.I),
    re.compile(r"<[^>]+\son[a-z]+\s*=", re.I),
    re.compile(r"<[^>]+\shx-(?:on|vals=[\"']js:|headers=[\"']js:)", re.I),
    re.compile(r"(?:href|src|action)\s*=\s*[\"']?\s*javascript:", re.I),
    re.compile(r"(?:src|href)\s*=\s*[\"']?(?:https?:)?//(?!wa\.me)[^\"'>]+\.(?:js|css|png|svg|woff2?)", re.I),
)


@pytest.fixture
def scene(house: Flask) -> Scene:
    return prepare(moved.now())


@pytest.mark.parametrize("role", [Role.OWNER, Role.AUDITOR])
def test_no_page_has_anything_inline(role: Role, signed_in: SignIn, scene: Scene, routes: list[Asked]) -> None:  # noqa: F811
    browser = as_role(signed_in, role)
    looks_after(browser, scene)
    found = []
    for asked in [each for each in routes if each.method == "GET" and each.endpoint.startswith(OURS)]:
        answer = browser.get(asked.url, buffered=True)
        if answer.mimetype == "text/html":
            found += [f"{asked}: {hit[0]}" for pattern in INLINE if (hit := pattern.search(answer.text))]

    assert not found, "\n".join(found)


def test_every_answer_tells_the_browser_what_to_refuse(signed_in: SignIn, scene: Scene, routes: list[Asked]) -> None:  # noqa: F811
    browser = as_role(signed_in, Role.OWNER)
    for asked in [each for each in routes if each.method == "GET"]:
        headers = browser.get(asked.url, buffered=True).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy, asked
        assert "unsafe-inline" not in policy, asked
        assert "frame-ancestors 'none'" in policy, asked
        assert headers["X-Content-Type-Options"] == "nosniff", asked
        assert headers["X-Frame-Options"] == "DENY", asked
        assert headers["Referrer-Policy"] == "same-origin", asked
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin", asked
        assert "no-store" in headers["Cache-Control"], asked


def test_refusals_are_pages_with_the_same_headers(signed_in: SignIn) -> None:
    answer = signed_in(Role.FIELD).get("/admin/staff/")

    assert answer.status_code == 403
    assert "This is not yours to see" in answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_over_tls_the_cookie_is_bound_to_the_host_and_plain_http_is_over(
    settings: Settings, browser: FlaskClient
) -> None:
    hired = hire(Role.OWNER, moved.now())
    house = create_app(replace(settings, answer_wait_ms=0, public_url="https://ajo.example"))

    answer = house.test_client().post(
        "/admin/sign-in", data={"email": hired.email, "password": PASSWORD}, base_url="https://ajo.example"
    )

    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-panel=")
    for flag in ("Secure", "HttpOnly", "SameSite=Strict", "Path=/"):
        assert flag in cookie
    assert "Domain" not in cookie
    assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]


# --- not without end ------------------------------------------------------------------------


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Five in an hour, so that no test meets the end of a minute."""
    for name in ("DOOR", "PAGES", "FORMS"):
        monkeypatch.setattr(limits, name, Limit(name.lower(), 5, 3600))


@pytest.mark.usefixtures("few")
def test_the_sign_in_is_not_asked_without_end(browser: FlaskClient) -> None:
    answers = [browser.get("/admin/sign-in") for _ in range(6)]

    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert answers[-1].headers["Retry-After"] == "3600"
    assert "Wait a little" in answers[-1].text
    moved.advance("1h")
    assert browser.get("/admin/sign-in").status_code == 200


def test_forms_are_not_sent_without_end(signed_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = signed_in(Role.FIELD)
    csrf = hidden(browser.get("/admin/"), CSRF)
    monkeypatch.setattr(limits, "FORMS", Limit("forms", 5, 3600))

    answers = [browser.post("/admin/staff/invite", data={"csrf": csrf}).status_code for _ in range(6)]

    assert answers == [403] * 5 + [429]
    assert browser.get("/admin/").status_code == 200


def test_each_is_counted_for_herself(signed_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    first = signed_in(Role.OWNER, email="first@ajo.example")
    second = signed_in(Role.OWNER, email="second@ajo.example")
    monkeypatch.setattr(limits, "PAGES", Limit("pages", 5, 3600))

    assert [first.get("/admin/").status_code for _ in range(6)] == [200] * 5 + [429]

    assert second.get("/admin/").status_code == 200


def test_without_redis_the_panel_works_and_still_counts(house: Flask, signed_in: SignIn, settings: Settings) -> None:
    browser = signed_in(Role.OWNER)
    away = process.connect_redis("redis://127.0.0.1:1/0")
    here = process.redis_of()
    process.use_redis(away)
    moved.plain()
    try:
        now = moved.now()
        assert not any(limits.over(limits.FORMS, "staff:away", now) for _ in range(limits.FORMS.most))
        assert limits.over(limits.FORMS, "staff:away", now)
    finally:
        process.use_redis(here)
    assert browser.get("/admin/sign-in").status_code == 200
