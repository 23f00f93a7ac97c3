"""Signing in: two factors, five failures, a rest that grows; what works once works once; nothing secret in a log."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import create_app
from bot import clock as moved
from bot.logs import configure
from bot.settings import Settings
from models.actions import staff
from models.actions.staff import Invited
from models.queries.mail import written_to
from models.rules.staff import TRIES, TRIES_OF_ADDRESS, Role
from models.tables.staff import StaffSession
from tests.panel.conftest import SignIn
from tests.support.panel import CSRF, PASSWORD, Hired, hidden, hire, sign_in

PHONE = "+2348099990001"
NOT_HERS = "four calm herons"


@pytest.fixture
def titi(house: Flask) -> Hired:
    """An owner who has not signed in yet."""
    return hire(Role.OWNER, moved.now(), phone=PHONE)


def password(browser: FlaskClient, email: str, typed: str) -> TestResponse:
    return browser.post("/admin/sign-in", data={"email": email, "password": typed})


def code(browser: FlaskClient, typed: str) -> TestResponse:
    page = browser.get("/admin/code")
    return browser.post("/admin/code", data={"code": typed, "csrf": hidden(page, CSRF)})


def is_in(browser: FlaskClient) -> bool:
    return browser.get("/admin/").status_code == 200


def fail(browser: FlaskClient, email: str, times: int = TRIES) -> None:
    for _ in range(times):
        assert password(browser, email, NOT_HERS).status_code == 401


def later(**by: float) -> None:
    moved.advance(f"{int(timedelta(**by).total_seconds())}s")


# --- two factors ----------------------------------------------------------------------------


def test_it_takes_both_factors(browser: FlaskClient, titi: Hired) -> None:
    assert password(browser, titi.email, PASSWORD).location == "/admin/code"
    assert browser.get("/admin/").location == "/admin/code"

    assert code(browser, titi.code(moved.now())).location == "/admin/"

    assert is_in(browser)


def test_an_address_is_an_address_however_it_is_typed(browser: FlaskClient, titi: Hired) -> None:
    assert password(browser, f" {titi.email.upper()} ", PASSWORD).status_code == 303


def test_a_wrong_password_and_an_unknown_address_are_answered_alike(browser: FlaskClient, titi: Hired) -> None:
    known, unknown = (password(browser, each, NOT_HERS) for each in (titi.email, "nobody@ajo.example"))

    assert known.status_code == unknown.status_code == 401
    assert known.text.replace(titi.email, "") == unknown.text.replace("nobody@ajo.example", "")


def test_a_wrong_code_does_not_let_her_in(browser: FlaskClient, titi: Hired) -> None:
    password(browser, titi.email, PASSWORD)

    assert code(browser, "000000").status_code == 401

    assert not is_in(browser)


def test_a_code_works_once(house: Flask, titi: Hired) -> None:
    first, second = house.test_client(), house.test_client()
    seen = titi.code(moved.now())
    password(first, titi.email, PASSWORD)
    password(second, titi.email, PASSWORD)
    assert code(first, seen).status_code == 303

    assert code(second, seen).status_code == 401

    assert not is_in(second)


def test_an_older_code_than_the_last_is_no_good(house: Flask, titi: Hired) -> None:
    first, second = house.test_client(), house.test_client()
    earlier, newer = titi.code(moved.now()), titi.code(moved.now(), steps=1)
    password(first, titi.email, PASSWORD)
    password(second, titi.email, PASSWORD)
    assert code(first, newer).status_code == 303

    assert code(second, earlier).status_code == 401


def test_a_code_of_five_minutes_ago_is_too_old(browser: FlaskClient, titi: Hired) -> None:
    password(browser, titi.email, PASSWORD)

    assert code(browser, titi.code(moved.now(), steps=-10)).status_code == 401


def test_each_recovery_code_works_once(house: Flask, titi: Hired) -> None:
    first, second = house.test_client(), house.test_client()
    password(first, titi.email, PASSWORD)
    password(second, titi.email, PASSWORD)
    assert code(first, titi.recovery[0].upper()).status_code == 303

    assert code(second, titi.recovery[0]).status_code == 401
    assert code(second, titi.recovery[1]).status_code == 303


def test_the_token_changes_when_she_is_proven(browser: FlaskClient, titi: Hired) -> None:
    """Whoever has planted or seen the first one has nothing."""
    password(browser, titi.email, PASSWORD)
    before = browser.get_cookie("panel")
    code(browser, titi.code(moved.now()))
    after = browser.get_cookie("panel")
    assert before is not None
    assert after is not None
    assert before.value != after.value

    browser.set_cookie("panel", before.value)

    assert browser.get("/admin/").location == "/admin/sign-in"


# --- five failures --------------------------------------------------------------------------


def test_five_wrong_passwords_lock_her_out(browser: FlaskClient, titi: Hired) -> None:
    fail(browser, titi.email)

    assert password(browser, titi.email, PASSWORD).status_code == 401
    assert [letter.text_key for letter in written_to(PHONE)] == ["S71n"]

    later(minutes=15, seconds=1)
    assert password(browser, titi.email, PASSWORD).status_code == 303


def test_four_do_not(browser: FlaskClient, titi: Hired) -> None:
    fail(browser, titi.email, TRIES - 1)

    assert password(browser, titi.email, PASSWORD).status_code == 303


def test_wrong_codes_lock_her_out_as_well(browser: FlaskClient, titi: Hired) -> None:
    password(browser, titi.email, PASSWORD)
    for _ in range(TRIES):
        answer = code(browser, "000000")
    assert "Locked after too many failures" in answer.text

    assert code(browser, titi.code(moved.now())).status_code == 401

    assert not is_in(browser)


def test_a_right_password_does_not_forgive_wrong_codes(browser: FlaskClient, titi: Hired) -> None:
    """Otherwise a thief of the password could guess codes for ever."""
    for _ in range(TRIES):
        password(browser, titi.email, PASSWORD)
        code(browser, "000000")

    assert "Locked" in code(browser, titi.code(moved.now())).text


def test_the_lock_outlives_the_process(settings: Settings, browser: FlaskClient, titi: Hired) -> None:
    fail(browser, titi.email)

    another = create_app(replace(settings, answer_wait_ms=0)).test_client()

    assert password(another, titi.email, PASSWORD).status_code == 401


def test_locks_grow(browser: FlaskClient, titi: Hired) -> None:
    fail(browser, titi.email)
    later(minutes=16)
    fail(browser, titi.email)
    later(minutes=16)
    assert password(browser, titi.email, PASSWORD).status_code == 401, "the second one lasts an hour"
    later(minutes=45)
    assert password(browser, titi.email, PASSWORD).status_code == 303


def test_a_locked_name_is_answered_as_an_unknown_one(browser: FlaskClient, titi: Hired) -> None:
    fail(browser, titi.email)

    locked, unknown = password(browser, titi.email, PASSWORD), password(browser, "nobody@ajo.example", PASSWORD)

    assert locked.status_code == unknown.status_code
    assert locked.text.replace(titi.email, "") == unknown.text.replace("nobody@ajo.example", "")


def test_an_address_that_fails_for_many_is_held_up(house: Flask, browser: FlaskClient, titi: Hired) -> None:
    for n in range(TRIES_OF_ADDRESS):
        password(browser, f"guess{n}@ajo.example", NOT_HERS)

    assert "Too many failures from this network" in password(browser, titi.email, PASSWORD).text
    elsewhere = house.test_client()
    asked = {"email": titi.email, "password": PASSWORD}
    answer = elsewhere.post("/admin/sign-in", data=asked, environ_base={"REMOTE_ADDR": "10.9.8.7"})
    assert answer.status_code == 303
    later(minutes=16)
    assert password(browser, titi.email, PASSWORD).status_code == 303


# --- whoever knows her address ---------------------------------------------------------------


def test_a_stranger_locks_new_browsers_and_not_hers(house: Flask, signed_in: SignIn) -> None:
    hers = signed_in(Role.OWNER)
    who: Hired = hers.hired  # type: ignore[attr-defined]
    fail(house.test_client(), who.email)

    hers.post("/admin/sign-out", data={"csrf": hidden(hers.get("/admin/"), CSRF)})
    later(minutes=1)
    sign_in(hers, who, moved.now())

    assert is_in(hers)
    assert password(house.test_client(), who.email, PASSWORD).status_code == 401, "new ones rest all the same"


def test_wrong_passwords_in_her_own_browser_lock_every_browser(house: Flask, signed_in: SignIn) -> None:
    hers = signed_in(Role.OWNER)
    who: Hired = hers.hired  # type: ignore[attr-defined]
    fail(hers, who.email)

    assert password(hers, who.email, PASSWORD).status_code == 401
    assert password(house.test_client(), who.email, PASSWORD).status_code == 401
    assert [letter.text_key for letter in written_to(PHONE)] == ["S71"]


def test_a_stranger_gets_no_more_guesses_because_she_works(house: Flask, signed_in: SignIn) -> None:
    hers = signed_in(Role.OWNER)
    who: Hired = hers.hired  # type: ignore[attr-defined]
    fail(house.test_client(), who.email, TRIES - 1)
    hers.post("/admin/sign-out", data={"csrf": hidden(hers.get("/admin/"), CSRF)})
    later(minutes=1)
    sign_in(hers, who, moved.now())

    fail(house.test_client(), who.email, 1)

    assert password(house.test_client(), who.email, PASSWORD).status_code == 401


def test_she_herself_in_a_new_browser_is_forgiven(house: Flask, titi: Hired) -> None:
    fail(house.test_client(), titi.email, TRIES - 1)
    sign_in(house.test_client(), titi, moved.now())

    fail(house.test_client(), titi.email, TRIES - 1)

    assert password(house.test_client(), titi.email, PASSWORD).status_code == 303


# --- the end of a session -------------------------------------------------------------------


def test_a_quarter_of_an_hour_of_silence_ends_it(signed_in: SignIn) -> None:
    browser = signed_in(Role.OWNER)
    later(minutes=14)
    assert is_in(browser)
    later(minutes=14)
    assert is_in(browser)

    later(minutes=15, seconds=1)

    assert browser.get("/admin/").location == "/admin/sign-in"


def test_eight_hours_end_it_however_busy_she_is(signed_in: SignIn) -> None:
    browser = signed_in(Role.OWNER)
    for _ in range(8 * 6):
        assert is_in(browser)
        later(minutes=10)

    assert browser.get("/admin/").location == "/admin/sign-in"


def test_signing_out_ends_it_for_the_token_too(signed_in: SignIn) -> None:
    browser = signed_in(Role.OWNER)
    token = browser.get_cookie("panel")
    assert token is not None

    answer = browser.post("/admin/sign-out", data={"csrf": hidden(browser.get("/admin/"), CSRF)})

    assert answer.location == "/admin/sign-in"
    browser.set_cookie("panel", token.value)
    assert browser.get("/admin/").location == "/admin/sign-in"


def test_disabled_staff_are_out_at_once_and_stay_out(house: Flask, signed_in: SignIn) -> None:
    signed_in(Role.OWNER, email="other@ajo.example")
    browser = signed_in(Role.FINANCE, email="finance@ajo.example")

    assert staff.disable(browser.hired.staff_id, actor="test", now=moved.now())

    assert not is_in(browser)
    assert password(house.test_client(), "finance@ajo.example", PASSWORD).status_code == 401


def test_of_a_session_only_its_mark_is_kept(signed_in: SignIn) -> None:
    cookie = signed_in(Role.OWNER).get_cookie("panel")
    assert cookie is not None

    assert all(cookie.value.encode() not in bytes(row.token_index) for row in StaffSession.select())


# --- devices --------------------------------------------------------------------------------


def test_a_new_browser_is_told_to_her_and_a_known_one_is_not(house: Flask, titi: Hired) -> None:
    known = house.test_client()
    sign_in(known, titi, moved.now())
    later(minutes=20)
    sign_in(known, titi, moved.now())
    assert not written_to(PHONE)

    later(minutes=1)
    sign_in(house.test_client(), titi, moved.now())

    [told] = written_to(PHONE)
    assert told.text_key == "S70"
    assert told.facts["name"] == "Titi"


# --- the link of an invitation --------------------------------------------------------------


@pytest.fixture
def invited(house: Flask) -> Invited:
    found = staff.invite(
        email="bola@ajo.example", phone=PHONE, name="Bola Ige", role=Role.FINANCE, actor="test", now=moved.now()
    )
    assert isinstance(found, Invited)
    return found


def set_up(browser: FlaskClient, token: str, chosen: str = PASSWORD, again: str | None = None) -> TestResponse:
    secret = re.search(r"<code>([A-Z2-7]{16,})</code>", browser.get(f"/admin/set-up/{token}").text)
    phone = Hired(0, "", secret[1], []) if secret else None
    typed = phone.code(moved.now()) if phone else "000000"
    return browser.post(f"/admin/set-up/{token}", data={"password": chosen, "again": again or chosen, "code": typed})


def test_she_sets_herself_up_and_signs_in(browser: FlaskClient, invited: Invited) -> None:
    page = browser.get(f"/admin/set-up/{invited.token}")
    assert "Welcome, Bola Ige" in page.text
    assert "data:image/svg+xml" in page.text

    done = set_up(browser, invited.token)

    assert len(re.findall(r"<code>[0-9a-f]{5}-[0-9a-f]{5}</code>", done.text)) == 8
    assert password(browser, "bola@ajo.example", PASSWORD).status_code == 303


def test_the_link_works_once(browser: FlaskClient, invited: Invited) -> None:
    assert set_up(browser, invited.token).status_code == 200

    assert browser.get(f"/admin/set-up/{invited.token}").status_code == 410
    assert set_up(browser, invited.token).status_code == 410


def test_the_link_works_for_a_day(browser: FlaskClient, invited: Invited) -> None:
    later(hours=24, seconds=1)

    assert browser.get(f"/admin/set-up/{invited.token}").status_code == 410


def test_a_new_link_makes_the_old_one_worthless(browser: FlaskClient, invited: Invited) -> None:
    again = staff.new_link(invited.staff_id, actor="test", now=moved.now())
    assert isinstance(again, Invited)

    assert browser.get(f"/admin/set-up/{invited.token}").status_code == 410
    assert browser.get(f"/admin/set-up/{again.token}").status_code == 200


def test_a_link_of_somebody_who_was_disabled_since_is_worthless(browser: FlaskClient, invited: Invited) -> None:
    staff.disable(invited.staff_id, actor="test", now=moved.now())

    assert set_up(browser, invited.token).status_code == 410


def test_an_invitation_does_not_change_a_role(browser: FlaskClient, invited: Invited) -> None:
    again = staff.invite(
        email="bola@ajo.example", phone=PHONE, name="Bola", role=Role.OWNER, actor="staff:1", now=moved.now()
    )

    assert isinstance(again, Invited)
    assert again.role is Role.FINANCE


@pytest.mark.parametrize(
    ("chosen", "says"),
    [
        ("short one", "Too short"),
        ("x" * 201, "Too long"),
        ("password123456", "guess that one first"),
        ("aaaaaaaabbbbbbbb", "guess that one first"),
        ("bola is my friend", "guess that one first"),
        ("AjoSecure2026!!", "guess that one first"),
    ],
)
def test_weak_passwords_are_refused(browser: FlaskClient, invited: Invited, chosen: str, says: str) -> None:
    answer = set_up(browser, invited.token, chosen)

    assert answer.status_code == 400
    assert says in answer.text
    assert chosen not in answer.text


def test_two_different_ones_are_refused(browser: FlaskClient, invited: Invited) -> None:
    assert "not the same" in set_up(browser, invited.token, PASSWORD, "another calm heron").text


# --- nothing secret in a log ----------------------------------------------------------------


@pytest.fixture
def logs(settings: Settings, house: Flask, capfd: pytest.CaptureFixture[str]) -> Iterator[list[str]]:
    """What was logged, all levels; filled when it is asked for."""
    configure(replace(settings, log_level="DEBUG"))
    lines: list[str] = []
    yield lines
    configure(settings)


def test_nothing_secret_is_logged(
    logs: list[str], house: Flask, invited: Invited, capfd: pytest.CaptureFixture[str]
) -> None:
    browser = house.test_client()
    page = browser.get(f"/admin/set-up/{invited.token}")
    secret = re.search(r"<code>([A-Z2-7]{16,})</code>", page.text)
    assert secret
    done = set_up(browser, invited.token)
    recovery = re.findall(r"<code>([0-9a-f]{5}-[0-9a-f]{5})</code>", done.text)
    password(browser, "bola@ajo.example", NOT_HERS)
    password(browser, "bola@ajo.example", PASSWORD)
    later(minutes=1)
    typed = Hired(0, "", secret[1], []).code(moved.now())
    assert code(browser, typed).status_code == 303
    cookie = browser.get_cookie("panel")
    assert cookie is not None

    said = capfd.readouterr().err

    assert '"what": "sign-in"' in said
    for hushed in (PASSWORD, NOT_HERS, secret[1], invited.token, cookie.value, typed, "bola@ajo.example", *recovery):
        assert hushed not in said
