"""A group's pause in the browser: the dates before and after, one who proposes, another one who agrees, and early."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bot import clock as moved
from models.actions import cycles, staff
from models.queries import pauses
from models.rules.staff import Role
from models.sealing import keys
from models.tables.groups import Group
from models.tables.people import Member
from models.tables.staff import Proposal
from tests.panel.conftest import SignIn
from tests.support.circles import Circle, running_group
from tests.support.panel import CSRF, KEY, hidden
from tests.support.resting import rest

LIST = "/admin/approvals/"
NOTE = "The market is closed after the flood"
SHOWN = re.compile(r'name="shown" value="([^"]+)"')
TOLD = re.compile(r'role="status">([^<]+)')


@pytest.fixture
def circle(house: Flask) -> Circle:
    """Five people, every week; the first payment is due on Friday 6 March."""
    return running_group(now=moved.now())


@pytest.fixture
def maker(circle: Circle, signed_in: SignIn) -> FlaskClient:
    return signed_in(Role.FINANCE, name="Mary Maker")


@pytest.fixture
def checker(circle: Circle, signed_in: SignIn) -> FlaskClient:
    return signed_in(Role.OWNER, phone="+2348099990002", name="Chi Checker")


def page_of(circle: Circle, tail: str = "") -> str:
    return f"/admin/groups/{circle.group_id}{tail}"


def days(circle: Circle) -> list[str]:
    """The dates as the pages write them."""
    return [f"{circle.cycle(n).due_on.day} {circle.cycle(n).due_on:%b}" for n in range(1, 6)]


def propose(circle: Circle, who: FlaskClient, **fields: str) -> TestResponse:
    """Through the form."""
    shown = who.get(page_of(circle, f"/pause?intervals={fields.get('intervals', '')}"))
    form = {"csrf": hidden(shown, CSRF), "key": hidden(shown, KEY), "note": NOTE, "kind": "group_pause"} | fields
    return who.post(page_of(circle, "/pause/propose"), data=form)


def agree(who: FlaskClient, verb: str = "approve") -> str:
    """The second of two, on the newest proposal; what she is told."""
    row = Proposal.select().order_by(Proposal.id.desc()).get()
    page = who.get(f"{LIST}{row.id}")
    form = {"csrf": hidden(page, CSRF), "key": hidden(page, KEY), "shown": hidden(page, SHOWN), "note": "Looked at it"}
    answer = who.post(f"{LIST}{row.id}/{verb}", data=form)
    assert answer.status_code == 303
    found = TOLD.search(who.get(answer.location).text)
    return found[1] if found else ""


def test_the_page_shows_every_date_before_and_after(circle: Circle, maker: FlaskClient) -> None:
    first, *_, last = days(circle)
    page = maker.get(page_of(circle, "/pause?intervals=3")).text
    for shown in (first, last, "3 weeks", "Ada Okafor", "Efe Okafor", "27 Mar", "24 Apr", "until now Fri 3 Apr 2026"):
        assert shown in page, shown
    assert f'href="{page_of(circle, "/pause")}"' in maker.get(page_of(circle)).text


def test_two_people_pause_a_group(circle: Circle, maker: FlaskClient, checker: FlaskClient) -> None:
    answer = propose(circle, maker, intervals="2")
    row = Proposal.select().get()
    assert (answer.status_code, answer.location) == (303, f"{LIST}{row.id}")
    card = checker.get(answer.location).text
    for shown in (
        "Pause a group",
        circle.group.name,
        "Fri 13 Mar 2026",
        "Fri 20 Mar 2026",
        "Fri 17 Apr 2026",
        NOTE,
        "Mary Maker",
        "2 weeks",
    ):
        assert shown in card, shown
    assert "It has been proposed." in maker.get(page_of(circle, "/pause?intervals=2")).text
    assert "is paused from now on" in agree(checker)
    page = checker.get(page_of(circle)).text
    for shown in ("Paused until Fri 13 Mar 2026.", "Next payment Fri 20 Mar 2026.", NOTE, "Let it go on earlier"):
        assert shown in page, shown
    assert "Fri 17 Apr 2026" in page  # the last payment, among the rules
    assert circle.group.name in checker.get("/admin/groups?state=paused").text
    assert circle.group.name not in checker.get("/admin/groups?state=completed").text
    done = checker.get(f"{LIST}{row.id}").text
    assert "Fri 20 Mar 2026" in done
    assert "group.pause" in checker.get("/admin/audit/").text


def test_two_people_let_it_go_on(circle: Circle, maker: FlaskClient, checker: FlaskClient) -> None:
    rest(circle, 3)
    page = maker.get(page_of(circle, "/pause")).text
    for shown in ("Let Market", "Would rest until", "Fri 27 Mar 2026", "Fri 13 Mar 2026"):
        assert shown in page, shown
    propose(circle, maker, kind="group_resume")
    assert "Let a paused group go on early" in checker.get(LIST).text
    assert "goes on from now on" in agree(checker)
    assert circle.group.status == "active"
    page = checker.get(page_of(circle)).text
    assert "Pauses that are over (1)" in page
    assert "ended early" in page


def test_where_no_date_can_come_back_the_page_says_so(circle: Circle, signed_in: SignIn) -> None:
    rest(circle)
    moved.set_to(moved.now() + timedelta(days=4))
    page = signed_in(Role.FINANCE).get(page_of(circle, "/pause")).text
    assert "No date comes back" in page
    assert "Propose that it goes on" in page


def test_what_is_due_already_is_named_and_stays(circle: Circle, signed_in: SignIn) -> None:
    circle.all_pay(but=("Chidi",))
    moved.set_to(circle.cycle(1).due_at + timedelta(hours=1))
    cycles.pass_cutoffs(moved.now())
    page = signed_in(Role.FINANCE).get(page_of(circle, "/pause")).text
    assert "Due already, and it stays due:" in page
    assert "Chidi Okafor N5,000" in page


def test_a_group_that_has_moved_on_is_not_paused(circle: Circle, maker: FlaskClient, checker: FlaskClient) -> None:
    propose(circle, maker, intervals="1")
    row = Proposal.select().get()
    form = {"shown": row.payload_hash, "note": "Looked at it"}
    page = checker.get(f"{LIST}{row.id}")
    form |= {"csrf": hidden(page, CSRF), "key": hidden(page, KEY)}
    circle.all_pay()
    answer = checker.post(f"{LIST}{row.id}/approve", data=form)
    found = TOLD.search(checker.get(answer.location).text)
    text = checker.get(f"{LIST}{row.id}").text
    assert "It is not what was proposed any more" in (found[1] if found else "") + text
    assert circle.group.status == "active"


@pytest.mark.parametrize("intervals", ["0", "13", "999", "-1", "x", ""])
def test_nonsense_is_refused(circle: Circle, maker: FlaskClient, intervals: str) -> None:
    assert maker.get(page_of(circle, f"/pause?intervals={intervals}")).status_code == 200
    shown = maker.get(page_of(circle, "/pause"))
    form = {"csrf": hidden(shown, CSRF), "key": hidden(shown, KEY), "note": NOTE, "intervals": intervals}
    answer = maker.post(page_of(circle, "/pause/propose"), data=form)
    assert answer.status_code == 303
    found = TOLD.search(maker.get(answer.location).text)
    assert "1 to 12 intervals" in (found[1] if found else maker.get(answer.location).text)
    assert Proposal.select().count() == 0


def test_a_reason_is_compulsory(circle: Circle, maker: FlaskClient) -> None:
    assert propose(circle, maker, intervals="1", note=" ").location.endswith("/pause?intervals=1")
    assert Proposal.select().count() == 0


def test_who_saves_in_the_group_proposes_nothing(circle: Circle, signed_in: SignIn) -> None:
    member = Member.get_by_id(circle.members["Ada"])
    phone = keys().open(member.phone_sealed, f"member.phone:{member.id}")
    browser = signed_in(Role.FINANCE, phone=phone)
    assert "You save in this group yourself" in browser.get(page_of(circle, "/pause")).text


def test_who_may_not_propose_sees_no_button_and_no_page(circle: Circle, signed_in: SignIn) -> None:
    browser = signed_in(Role.AUDITOR)
    assert f'href="{page_of(circle, "/pause")}"' not in browser.get(page_of(circle)).text
    assert browser.get(page_of(circle, "/pause")).status_code == 403


def test_a_field_officer_has_her_own_groups_only(circle: Circle, signed_in: SignIn) -> None:
    browser = signed_in(Role.FIELD)
    assert browser.get(page_of(circle, "/pause")).status_code in (403, 404)
    staff.look_after(browser.hired.staff_id, circle.group_id, actor="test", now=moved.now())  # type: ignore[attr-defined]
    assert browser.get(page_of(circle)).status_code == 200


def test_a_group_that_forms_or_is_over_has_no_pause(circle: Circle, maker: FlaskClient) -> None:
    Group.update(status="completed").where(Group.id == circle.group_id).execute()
    assert maker.get(page_of(circle, "/pause")).status_code == 404
    assert pauses.current(circle.group_id) is None
