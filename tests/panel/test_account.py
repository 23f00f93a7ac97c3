"""One's own account: another password, new recovery codes, out of other browsers; each with her phone, each told."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from bot import clock as moved
from bot.panel.browsers import name_of
from models.actions import staff
from models.actions.staff import Invited
from models.queries.mail import written_to
from models.rules.staff import TRIES, Role
from models.tables.ledger import Audit
from models.tables.staff import FormDone, Staff, StaffRecovery
from tests.panel.conftest import SignIn
from tests.support.panel import CSRF, KEY, PASSWORD, Hired, code_again, hidden, send, sign_in

HERE = "/admin/account/"
PHONE = "+2348099990002"
CHOSEN = "seven patient egrets"
CODES = re.compile(r"<code>([0-9a-f]{5}-[0-9a-f]{5})</code>")
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def titi(signed_in: SignIn) -> FlaskClient:
    """An auditor, who has the least rights of all; signed in six minutes ago."""
    browser = signed_in(Role.AUDITOR, phone=PHONE)
    moved.advance("6m")
    return browser


def hired(browser: FlaskClient) -> Hired:
    who: Hired = browser.hired  # type: ignore[attr-defined]
    return who


def act(browser: FlaskClient, what: str, **fields: str) -> str:
    """What her page says afterwards."""
    answer = send(browser, HERE, f"{HERE}{what}", **fields)
    return browser.get(answer.location).text if answer.status_code == 303 else answer.text


def change(browser: FlaskClient, **other: str) -> str:
    typed = {"present": PASSWORD, "password": CHOSEN, "again": CHOSEN, "code": code_again(browser, moved.now())}
    return act(browser, "password", **(typed | other))


def lets_in(browser: FlaskClient, email: str, password: str) -> bool:
    return browser.post("/admin/sign-in", data={"email": email, "password": password}).status_code == 303


def elsewhere(house: Flask, who: Hired) -> FlaskClient:
    """Signed in with another browser; her phone's code of now is used by it."""
    other = house.test_client()
    sign_in(other, who, moved.now())
    moved.advance("1m")
    return other


def is_in(browser: FlaskClient) -> bool:
    return browser.get("/admin/").status_code == 200


def told() -> list[str]:
    return [letter.text_key for letter in written_to(PHONE)]


# --- the page -------------------------------------------------------------------------------


@pytest.mark.parametrize("role", list(Role))
def test_everybody_has_the_page_and_a_link_to_it(role: Role, signed_in: SignIn) -> None:
    browser = signed_in(role)

    assert f'href="{HERE}"' in browser.get("/admin/").text
    page = browser.get(HERE).text
    assert hired(browser).email in page
    assert "Nowhere else." in page


def test_she_sees_her_browsers_and_nobody_elses(house: Flask, titi: FlaskClient, signed_in: SignIn) -> None:
    other = house.test_client()
    other.environ_base["HTTP_USER_AGENT"] = FIREFOX
    sign_in(other, hired(titi), moved.now())
    signed_in(Role.OWNER)

    page = titi.get(HERE).text

    assert "Firefox on Linux" in page
    assert page.count('data-label="Browser"') == 2
    assert page.count("this one") == 1


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (FIREFOX, "Firefox on Linux"),
        (
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537",
            "Chrome on Android",
        ),
        ("Mozilla/5.0 (Windows NT 10.0; Win64) Chrome/126.0 Safari/537.36 Edg/126.0", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Safari/604.1", "Safari on iPhone"),
        ("Opera/9.80 (Android; Opera Mini/60.0) Presto/2.12", "Opera Mini on Android"),
        ("curl/8", "A browser"),
        ("", "A browser"),
    ],
)
def test_a_browser_has_a_name(agent: str, name: str) -> None:
    assert name_of(agent) == name


# --- another password -----------------------------------------------------------------------


def test_she_changes_her_password_and_is_told(house: Flask, titi: FlaskClient) -> None:
    other = elsewhere(house, hired(titi))
    before = told()

    text = change(titi)

    assert "Your password is changed. Other browsers that are out: 1." in text
    assert (is_in(titi), is_in(other)) == (True, False)
    email = hired(titi).email
    assert (lets_in(house.test_client(), email, PASSWORD), lets_in(house.test_client(), email, CHOSEN)) == (False, True)
    assert told() == [*before, "S74"]
    assert Audit.select().where(Audit.verb == "staff.password").count() == 1


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"present": "four calm herons"}, "not your present password"),
        ({"code": "000000"}, "that code was not right"),
        ({"code": ""}, "that code was not right"),
        ({"again": "another one of mine"}, "were not the same"),
        ({"password": PASSWORD, "again": PASSWORD}, "is the old one"),
        ({"password": "short", "again": "short"}, "Too short"),
        ({"password": "password1234567", "again": "password1234567"}, "guess that one first"),
        ({"password": "auditor is here", "again": "auditor is here"}, "guess that one first"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_changed(
    house: Flask, titi: FlaskClient, wrong: dict[str, str], says: str
) -> None:
    assert says in change(titi, **wrong)

    assert lets_in(house.test_client(), hired(titi).email, PASSWORD)
    assert told() == []


def test_a_recovery_code_is_no_code_of_her_phone(titi: FlaskClient) -> None:
    assert "that code was not right" in change(titi, code=hired(titi).recovery[0])


def test_five_wrong_ones_lock_her(titi: FlaskClient) -> None:
    for _ in range(TRIES):
        text = change(titi, present="four calm herons")

    assert "Locked after too many failures" in text
    assert "Locked" in change(titi)
    assert told() == ["S71"]


def test_the_form_sent_twice_changes_it_once(titi: FlaskClient) -> None:
    page = titi.get(HERE)
    form = {"csrf": hidden(page, CSRF), "key": hidden(page, KEY), "present": PASSWORD}
    form |= {"password": CHOSEN, "again": CHOSEN, "code": code_again(titi, moved.now())}

    for _ in range(2):
        assert "Your password is changed" in titi.get(titi.post(f"{HERE}password", data=form).location).text

    assert told() == ["S74"]


# --- recovery codes -------------------------------------------------------------------------


def test_new_recovery_codes_are_shown_once_and_the_old_are_worth_nothing(house: Flask, titi: FlaskClient) -> None:
    codes = CODES.findall(act(titi, "recovery", code=code_again(titi, moved.now())))

    assert len(codes) == 8
    assert told() == ["S74c"]
    assert all(code not in str(row.outcome) for row in FormDone.select() for code in codes)
    old, new = house.test_client(), house.test_client()
    assert [_enters(each, hired(titi), code) for each, code in ((old, hired(titi).recovery[0]), (new, codes[0]))] == [
        False, True,
    ]  # fmt: skip


def test_without_a_code_of_her_phone_there_are_none(titi: FlaskClient) -> None:
    assert "that code was not right" in act(titi, "recovery", code=hired(titi).recovery[1])

    assert StaffRecovery.select().where(StaffRecovery.used_at.is_null()).count() == 8


def test_sent_twice_they_are_shown_once(titi: FlaskClient) -> None:
    page = titi.get(HERE)
    form = {"csrf": hidden(page, CSRF), "key": hidden(page, KEY), "code": code_again(titi, moved.now())}

    first, second = (titi.post(f"{HERE}recovery", data=form) for _ in range(2))

    assert CODES.search(first.text)
    assert "are shown once" in titi.get(second.location).text
    assert told() == ["S74c"]


def _enters(browser: FlaskClient, who: Hired, code: str) -> bool:
    browser.post("/admin/sign-in", data={"email": who.email, "password": PASSWORD})
    csrf = hidden(browser.get("/admin/code"), CSRF)
    return browser.post("/admin/code", data={"code": code, "csrf": csrf}).status_code == 303


# --- other browsers -------------------------------------------------------------------------


def test_out_of_every_other_browser(house: Flask, titi: FlaskClient, signed_in: SignIn) -> None:
    other, colleague = elsewhere(house, hired(titi)), signed_in(Role.OWNER)

    assert "Other browsers that are out: 1." in act(titi, "sign-out-elsewhere")

    assert (is_in(titi), is_in(other), is_in(colleague)) == (True, False, True)
    assert "signed in nowhere else" in act(titi, "sign-out-elsewhere")


# --- a new link for her account -------------------------------------------------------------


def test_somebody_whose_account_gets_a_new_link_is_told(titi: FlaskClient) -> None:
    assert isinstance(staff.new_link(hired(titi).staff_id, actor="command:staff", now=moved.now()), Invited)

    assert told() == ["S72"]


def test_so_is_somebody_who_is_invited_again(titi: FlaskClient) -> None:
    who = hired(titi)
    Staff.update(status="disabled").where(Staff.id == who.staff_id).execute()
    again = staff.invite(email=who.email, phone=PHONE, name="T", role=Role.AUDITOR, actor="staff:1", now=moved.now())

    assert isinstance(again, Invited)
    assert told() == ["S72"]


def test_somebody_new_is_not(house: Flask) -> None:
    staff.invite(email="b@ajo.example", phone=PHONE, name="B", role=Role.OWNER, actor="test", now=moved.now())

    assert told() == []


# --- nothing secret in a log ----------------------------------------------------------------


def test_nothing_secret_is_logged(titi: FlaskClient, capfd: pytest.CaptureFixture[str]) -> None:
    code = code_again(titi, moved.now())
    change(titi, code=code)
    moved.advance("1m")
    codes = CODES.findall(act(titi, "recovery", code=code_again(titi, moved.now())))

    said = capfd.readouterr().err

    assert '"what": "new password"' in said
    for hushed in (PASSWORD, CHOSEN, code, *codes):
        assert hushed not in said
