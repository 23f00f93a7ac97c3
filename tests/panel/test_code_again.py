"""A yes needs her phone: the code of the authenticator app, once in five minutes, each once; five wrong ones lock."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bot import clock as moved
from models.actions.proposal_kinds import KINDS
from models.queries.mail import written_to
from models.rules.staff import TRIES, TRIES_OF_ADDRESS, Role
from models.tables.ledger import Audit
from models.tables.money import Payout
from models.tables.staff import Proposal, Staff, StaffSession, StaffSetup
from tests.panel.conftest import SignIn
from tests.support.circles import running_group
from tests.support.panel import CSRF, KEY, PASSWORD, code_again, hidden, hire, send, sign_in

LIST = "/admin/approvals/"
NOTE = "Looked at the list and the account"
PHONE = "+2348099990002"
FIELD = re.compile(r'<input name="code"')


@pytest.fixture
def waiting(house: Flask, signed_in: SignIn) -> Proposal:
    """A payout that somebody of the finances has proposed."""
    circle = running_group()
    circle.all_pay()
    page = f"{LIST}new/payout/payout:{circle.payout().id}"
    send(signed_in(Role.FINANCE, name="Mary Maker"), page, page, note="Both officers are travelling")
    row: Proposal = Proposal.get()
    return row


@pytest.fixture
def checker(waiting: Proposal, signed_in: SignIn) -> FlaskClient:
    """Signed in six minutes ago."""
    browser = signed_in(Role.OWNER, phone=PHONE, name="Chi Checker")
    moved.advance("6m")
    return browser


def form_of(who: FlaskClient, row: Proposal) -> dict[str, str]:
    page = who.get(f"{LIST}{row.id}")
    return {"csrf": hidden(page, CSRF), "key": hidden(page, KEY), "shown": row.payload_hash, "note": NOTE}


def approve(who: FlaskClient, row: Proposal, code: str = "") -> TestResponse:
    return who.post(f"{LIST}{row.id}/approve", data=form_of(who, row) | {"code": code})


def shown_now(who: FlaskClient) -> str:
    return code_again(who, moved.now())


def approved() -> bool:
    return bool(Proposal.get().status == "done" and Payout.get().status == "approved")


def test_who_has_just_signed_in_is_not_asked(waiting: Proposal, signed_in: SignIn) -> None:
    browser = signed_in(Role.OWNER, phone=PHONE)
    assert not FIELD.search(browser.get(f"{LIST}{waiting.id}").text)

    assert approve(browser, waiting).status_code == 303

    assert approved()


def test_later_she_is_asked_and_the_code_of_her_phone_does_it(waiting: Proposal, checker: FlaskClient) -> None:
    assert FIELD.search(checker.get(f"{LIST}{waiting.id}").text)

    assert approve(checker, waiting, shown_now(checker)).status_code == 303

    assert approved()


@pytest.mark.parametrize(
    ("typed", "says"), [("", "Type the six digits"), ("000000", "was not right"), ("12 34", "was not right")]
)
def test_without_it_nothing_is_approved_and_her_note_is_kept(
    typed: str, says: str, waiting: Proposal, checker: FlaskClient
) -> None:
    answer = approve(checker, waiting, typed)

    assert answer.status_code == 422
    assert says in answer.text
    assert "Nothing is approved yet." in answer.text
    assert NOTE in answer.text
    assert not approved()


def test_a_no_needs_no_code(waiting: Proposal, checker: FlaskClient) -> None:
    checker.post(f"{LIST}{waiting.id}/refuse", data=form_of(checker, waiting))

    assert Proposal.get().status == "refused"


def test_a_recovery_code_does_not_do(waiting: Proposal, checker: FlaskClient) -> None:
    codes = checker.hired.recovery  # type: ignore[attr-defined]

    assert "was not right" in approve(checker, waiting, codes[0]).text

    assert not approved()


def test_a_sign_in_by_a_recovery_code_is_no_yes(house: Flask, waiting: Proposal) -> None:
    who, browser = hire(Role.OWNER, moved.now(), phone=PHONE), house.test_client()
    browser.post("/admin/sign-in", data={"email": who.email, "password": PASSWORD})
    csrf = hidden(browser.get("/admin/code"), CSRF)
    assert browser.post("/admin/code", data={"code": who.recovery[0], "csrf": csrf}).status_code == 303

    assert "Type the six digits" in approve(browser, waiting).text

    assert not approved()


def test_a_code_that_has_let_her_in_elsewhere_is_used(house: Flask, waiting: Proposal, checker: FlaskClient) -> None:
    seen = shown_now(checker)
    sign_in(house.test_client(), checker.hired, moved.now())  # type: ignore[attr-defined]

    assert "has been used" in approve(checker, waiting, seen).text

    assert not approved()


def test_a_code_that_has_approved_does_not_let_anybody_in(
    house: Flask, waiting: Proposal, checker: FlaskClient
) -> None:
    seen = shown_now(checker)
    approve(checker, waiting, seen)
    thief = house.test_client()
    email = checker.hired.email  # type: ignore[attr-defined]
    thief.post("/admin/sign-in", data={"email": email, "password": PASSWORD})

    csrf = hidden(thief.get("/admin/code"), CSRF)

    assert thief.post("/admin/code", data={"code": seen, "csrf": csrf}).status_code == 401


def test_it_holds_for_five_minutes_in_this_browser_only(house: Flask, waiting: Proposal, checker: FlaskClient) -> None:
    other = house.test_client()
    who = checker.hired  # type: ignore[attr-defined]
    other.post("/admin/sign-in", data={"email": who.email, "password": PASSWORD})
    csrf = hidden(other.get("/admin/code"), CSRF)
    other.post("/admin/code", data={"code": who.recovery[0], "csrf": csrf})
    approve(checker, waiting, shown_now(checker))

    assert (is_asked(checker, waiting), is_asked(other, waiting)) == (False, True)
    moved.advance("4m")
    assert not is_asked(checker, waiting)
    moved.advance("2m")
    assert is_asked(checker, waiting)


def is_asked(who: FlaskClient, row: Proposal) -> bool:
    """Whether a yes without a code is turned away, whatever else there is to say about it."""
    fields = {"csrf": hidden(who.get(LIST), CSRF), "key": "a-key-of-a-form", "shown": row.payload_hash, "note": NOTE}
    return who.post(f"{LIST}{row.id}/approve", data=fields).status_code == 422


def test_five_wrong_ones_lock_her_and_she_is_told(house: Flask, waiting: Proposal, checker: FlaskClient) -> None:
    for _ in range(TRIES):
        answer = approve(checker, waiting, "000000")

    assert "Locked after too many failures" in answer.text
    assert "Locked" in approve(checker, waiting, shown_now(checker)).text
    assert not approved()
    assert [letter.text_key for letter in written_to(PHONE)] == ["S71"]
    email = checker.hired.email  # type: ignore[attr-defined]
    again = house.test_client().post("/admin/sign-in", data={"email": email, "password": PASSWORD})
    assert again.status_code == 401


def test_failures_here_and_at_sign_in_are_counted_together(house: Flask, waiting: Proposal, checker) -> None:
    for _ in range(TRIES - 1):
        approve(checker, waiting, "000000")
    thief = house.test_client()
    thief.post("/admin/sign-in", data={"email": checker.hired.email, "password": PASSWORD})
    thief.post("/admin/code", data={"code": "000000", "csrf": hidden(thief.get("/admin/code"), CSRF)})

    assert "Locked" in approve(checker, waiting, shown_now(checker)).text


def test_a_stranger_who_knows_her_address_stops_no_approval(house: Flask, waiting: Proposal, checker) -> None:
    for _ in range(TRIES):
        house.test_client().post("/admin/sign-in", data={"email": checker.hired.email, "password": "four calm herons"})

    approve(checker, waiting, shown_now(checker))

    assert approved()


def test_a_right_one_forgives_the_wrong_ones(waiting: Proposal, checker: FlaskClient) -> None:
    approve(checker, waiting, "000000")
    approve(checker, waiting, shown_now(checker))

    assert Staff.get(Staff.name == "Chi Checker").failures == 0


def test_a_network_that_guesses_is_turned_away(waiting: Proposal, checker: FlaskClient) -> None:
    for n in range(TRIES_OF_ADDRESS):
        checker.application.test_client().post("/admin/sign-in", data={"email": f"{n}@ajo.example", "password": "x"})
        if n % 10 == 9:
            moved.advance("1m")

    assert "from this network" in approve(checker, waiting, shown_now(checker)).text

    assert not approved()


def test_the_form_sent_twice_has_one_effect_and_needs_one_code(waiting: Proposal, checker: FlaskClient) -> None:
    form = form_of(checker, waiting) | {"code": shown_now(checker)}

    answers = [checker.post(f"{LIST}{waiting.id}/approve", data=form).status_code for _ in range(2)]

    assert answers == [303, 303]
    assert Audit.select().where(Audit.verb == "proposal.check").count() == 1


def test_one_that_is_thrown_out_meanwhile_cannot_approve(waiting: Proposal, checker: FlaskClient) -> None:
    form = form_of(checker, waiting) | {"code": shown_now(checker)}
    StaffSession.update(ended_at=moved.now() - timedelta(seconds=1)).execute()

    assert checker.post(f"{LIST}{waiting.id}/approve", data=form).location == "/admin/sign-in"

    assert not approved()


def test_the_code_is_not_logged(waiting: Proposal, checker: FlaskClient, capfd: pytest.CaptureFixture[str]) -> None:
    code = shown_now(checker)
    approve(checker, waiting, code)

    said = capfd.readouterr().err
    assert '"what": "code again"' in said
    assert code not in said


# --- a link for a colleague's account -------------------------------------------------------


@pytest.mark.parametrize("act", ["link", "invite"])
def test_a_link_takes_the_code_as_well(act: str, waiting: Proposal, checker: FlaskClient) -> None:
    """Whoever makes one could be a colleague a minute later."""
    colleague = Proposal.get().maker_id
    hire(Role.FINANCE, moved.now(), email="third@ajo.example", phone="+2348099990005", name="Tola Third")
    page, action = {
        "link": (f"/admin/staff/{colleague}", f"/admin/staff/{colleague}/link"),
        "invite": ("/admin/staff/", "/admin/staff/invite"),
    }[act]
    typed = {"name": "Bola Ige", "email": "bola@ajo.example", "phone": "08099990044", "role": "field"}
    assert FIELD.search(checker.get(page).text)

    for code, says in (("", "type the six digits"), ("000000", "was not right")):
        answer = send(checker, page, action, **typed, note="She joins us", code=code)
        assert says in checker.get(answer.location.partition("#")[0]).text
    assert StaffSetup.select().where(StaffSetup.used_at.is_null()).count() == 0

    made = send(checker, page, action, **typed, note="She joins us", code=shown_now(checker))
    assert "/admin/set-up/" in made.text


def test_a_yes_is_given_in_one_place_only(house: Flask) -> None:
    """Whatever the kind: there is one form for a yes, and it is behind the code."""
    yes = [rule.rule for rule in house.url_map.iter_rules() if rule.rule.endswith("/approve")]

    assert yes == ["/admin/approvals/<int:proposal_id>/approve"]
    assert KINDS
