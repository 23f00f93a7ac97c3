"""Who works here: taken in with a link that is shown once, made more by two, unlocked, sent home."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from bot import clock as moved
from models.actions import audit as trail
from models.base import database
from models.rules.staff import TRIES, Role
from models.tables.staff import FormDone, Staff
from tests.panel.conftest import SignIn
from tests.support.circles import running_group
from tests.support.panel import CSRF, KEY, PASSWORD, hidden, hire, send, sign_in

HERE = "/admin/staff/"
LINK = re.compile(r"<code>http://[^<]+(/admin/set-up/[\w-]+)</code>")
BOLA = {"name": "Bola Ige", "email": "bola@ajo.example", "phone": "0809 999 0044", "note": "She joins us"}


@pytest.fixture
def owner(signed_in: SignIn) -> FlaskClient:
    return signed_in(Role.OWNER, email="ada@ajo.example", phone="+2348099990001", name="Ada Eze")


def colleague(signed_in: SignIn, role: Role = Role.FINANCE) -> FlaskClient:
    return signed_in(role, email="bisi@ajo.example", phone="+2348099990002", name="Bisi Ade")


def invite(browser: FlaskClient, role: Role, **more: str) -> str:
    """What she is answered."""
    answer = send(browser, HERE, f"{HERE}invite", role=role.value, **(BOLA | more))
    return answer.text if answer.status_code == 200 else browser.get(answer.location).text


def role_of(name: str) -> str:
    hers = [row for row in Staff.select().order_by(Staff.id) if row.name == name]
    return str(hers[0].role)


def act(browser: FlaskClient, staff_id: int, what: str, **fields: str) -> str:
    """What her page says afterwards."""
    answer = send(browser, f"{HERE}{staff_id}", f"{HERE}{staff_id}/{what}", **fields)
    return browser.get(answer.location).text


# --- taking in ------------------------------------------------------------------------------


def test_the_link_is_shown_once_and_lets_her_set_herself_up(owner: FlaskClient, browser: FlaskClient) -> None:
    text = invite(owner, Role.FIELD)

    assert "Bola Ige is invited." in text
    found = LINK.search(text)
    assert found
    assert "Welcome, Bola Ige" in browser.get(found[1]).text
    token = found[1].rpartition("/")[2]
    assert token not in owner.get(HERE).text
    assert all(token not in str(row.outcome) for row in FormDone.select())


def test_the_form_sent_twice_invites_once_and_shows_no_second_link(owner: FlaskClient) -> None:
    page = owner.get(HERE)
    fields = {"csrf": hidden(page, CSRF), "key": hidden(page, KEY), "role": "field", **BOLA}

    first, second = (owner.post(f"{HERE}invite", data=fields) for _ in range(2))

    assert LINK.search(first.text)
    assert second.status_code == 303
    assert Staff.select().where(Staff.name == "Bola Ige").count() == 1


def test_two_decide_who_decides_about_money(owner: FlaskClient, signed_in: SignIn) -> None:
    bisi = colleague(signed_in)

    text = invite(owner, Role.FINANCE)

    assert "as an auditor for now" in text
    assert role_of("Bola Ige") == "auditor"
    [made] = re.findall(r'"(/admin/approvals/\d+)"', bisi.get("/admin/approvals/").text)
    page = bisi.get(made)
    assert "Bola Ige" in page.text
    shown = page.text.partition('name="shown" value="')[2].partition('"')[0]
    send(bisi, made, f"{made}/approve", note="I know her well", shown=shown)
    assert role_of("Bola Ige") == "finance"


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("email", "bola", "no e-mail address"),
        ("phone", "12", "no mobile number"),
        ("name", "B", "2 to 40 letters"),
        ("role", "queen", "Choose a role"),
        ("note", "x", "in a few words"),
        ("email", "ADA@ajo.example", "has an account already"),
    ],
)
def test_what_cannot_be_is_said(field: str, value: str, says: str, owner: FlaskClient) -> None:
    answer = send(owner, HERE, f"{HERE}invite", **({"role": "field"} | BOLA | {field: value}))

    assert says in owner.get(answer.location).text
    assert Staff.select().count() == 1


# --- a role ---------------------------------------------------------------------------------


def test_a_role_is_proposed_and_she_has_no_say_in_it(owner: FlaskClient, signed_in: SignIn) -> None:
    bisi = colleague(signed_in)
    text = act(owner, bisi.hired.staff_id, "role", role="owner", note="She runs it with me")
    assert "Proposed." in text

    [made] = re.findall(r'"(/admin/approvals/\d+)"', bisi.get("/admin/approvals/").text)
    shown = bisi.get(made).text.partition('name="shown" value="')[2].partition('"')[0]
    send(bisi, "/admin/operations/", f"{made}/approve", note="Yes please", shown=shown)

    assert role_of("Bisi Ade") == "finance"


def test_nobody_proposes_her_own_role(owner: FlaskClient, signed_in: SignIn) -> None:
    me = owner.hired.staff_id  # type: ignore[attr-defined]
    colleague(signed_in)

    assert (
        "your own matter"
        in owner.get(send(owner, HERE, f"{HERE}{me}/role", role="auditor", note="I want less").location).text
    )


# --- locked, lost, gone ---------------------------------------------------------------------


def test_an_owner_unlocks_her(house: Flask, owner: FlaskClient) -> None:
    bisi = hire(Role.FINANCE, moved.now(), phone="+2348099990002")
    for _ in range(TRIES):
        house.test_client().post("/admin/sign-in", data={"email": bisi.email, "password": "wrong one"})
    page = owner.get(f"{HERE}{bisi.staff_id}").text
    assert "locked" in page

    assert "she may try again" in act(owner, bisi.staff_id, "unlock")

    moved.advance("1m")
    sign_in(house.test_client(), bisi, moved.now())


def test_a_new_link_ends_the_old_password(house: Flask, owner: FlaskClient, signed_in: SignIn) -> None:
    bisi = colleague(signed_in, Role.FIELD)
    page = f"{HERE}{bisi.hired.staff_id}"

    text = send(owner, page, f"{page}/link").text

    assert LINK.search(text)
    assert bisi.get("/admin/").location == "/admin/sign-in"
    tried = house.test_client().post("/admin/sign-in", data={"email": "bisi@ajo.example", "password": PASSWORD})
    assert tried.status_code == 401


def test_she_is_signed_out_everywhere(owner: FlaskClient, signed_in: SignIn) -> None:
    bisi = colleague(signed_in)

    assert "signed out of 1 browsers" in act(owner, bisi.hired.staff_id, "sign-out")

    assert bisi.get("/admin/").location == "/admin/sign-in"


def test_she_is_disabled_but_never_the_owner_herself(owner: FlaskClient, signed_in: SignIn) -> None:
    bisi = colleague(signed_in)

    assert "may not sign in any more" in act(owner, bisi.hired.staff_id, "disable")
    assert bisi.get("/admin/").location == "/admin/sign-in"
    me = owner.hired.staff_id  # type: ignore[attr-defined]
    assert "Not yourself" in owner.get(send(owner, HERE, f"{HERE}{me}/disable").location).text


# --- groups of a field officer --------------------------------------------------------------


def test_a_field_officer_gets_a_group_and_loses_it(owner: FlaskClient, signed_in: SignIn) -> None:
    circle = running_group()
    bisi = colleague(signed_in, Role.FIELD)
    her_id = bisi.hired.staff_id
    assert bisi.get(f"/admin/groups/{circle.group_id}").status_code == 404

    assert "hers to look after" in act(owner, her_id, "groups", code=circle.group.code)
    assert bisi.get(f"/admin/groups/{circle.group_id}").status_code == 200

    assert "does not look after it any more" in act(owner, her_id, f"groups/{circle.group_id}/take")
    assert bisi.get(f"/admin/groups/{circle.group_id}").status_code == 404
    assert "No group has that code" in act(owner, her_id, "groups", code="000000")


# --- what is seen ---------------------------------------------------------------------------


def test_two_accounts_of_one_browser_are_pointed_at(house: Flask, owner: FlaskClient) -> None:
    bisi = hire(Role.FINANCE, moved.now(), phone="+2348099990002", name="Bisi Ade")
    assert "Are they two people?" not in owner.get(HERE).text
    owner.post("/admin/sign-out", data={"csrf": hidden(owner.get("/admin/"), CSRF)})
    sign_in(owner, bisi, moved.now())
    owner.post("/admin/sign-out", data={"csrf": hidden(owner.get("/admin/"), CSRF)})
    moved.advance("1m")
    sign_in(owner, owner.hired, moved.now())  # type: ignore[attr-defined]

    assert "Are they two people?" in owner.get(HERE).text


def test_the_last_sign_ins_are_there_and_paged_by_key(owner: FlaskClient) -> None:
    for _ in range(55):
        trail.note("staff.lock", "staff:1", actor="system", now=moved.now())

    first = owner.get(f"{HERE}sign-ins").text
    assert first.count("was locked after five failures") == 50
    more = first.partition("after=")[2].partition('"')[0]

    second = owner.get(f"{HERE}sign-ins?after={more}").text
    assert second.count("was locked after five failures") == 5
    assert "signed in" in second


def test_what_was_done_about_her_is_in_the_trail(owner: FlaskClient, signed_in: SignIn) -> None:
    bisi = colleague(signed_in)
    act(owner, bisi.hired.staff_id, "sign-out")
    act(owner, bisi.hired.staff_id, "disable")

    rows = database.execute_sql(
        "SELECT verb, actor FROM audit WHERE subject = %s ORDER BY id DESC LIMIT 2", (f"staff:{bisi.hired.staff_id}",)
    ).fetchall()

    me = f"staff:{owner.hired.staff_id}"  # type: ignore[attr-defined]
    assert rows == [("staff.disable", me), ("staff.sign_out", me)]
