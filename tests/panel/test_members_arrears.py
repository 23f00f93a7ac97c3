"""Who has not paid, and reminding them: one, or all who are chosen; nobody twice in a day, nobody at night."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from bot import clock as moved
from models.actions import staff, switches
from models.actions.mail import queue_message
from models.rules.staff import Role
from models.tables.mail import Outbox
from models.tables.people import Member
from tests.panel.conftest import SignIn
from tests.support.circles import Circle, running_group
from tests.support.panel import send
from tests.support.time import A_MONDAY_MORNING as NOW

HERE = "/admin/arrears"


@pytest.fixture
def circle(house) -> Circle:
    """A group of five: Ada and Bisi have paid, three are a day late."""
    group = running_group(now=NOW - timedelta(days=20))
    for name in ("Ada", "Bisi"):
        group.pay(name)
    moved.set_to(late_morning(group))
    return group


@pytest.fixture
def finance(circle: Circle, signed_in: SignIn) -> FlaskClient:
    return signed_in(Role.FINANCE)


def late_morning(group: Circle):
    """The day after the due day, at nine in Lagos."""
    return (group.cycle(1).due_at + timedelta(days=1)).replace(hour=8, minute=0)


def reminders(group: Circle, name: str) -> int:
    return int(Outbox.select().where((Outbox.member == group.members[name]) & Outbox.reminder).count())


def remind(browser: FlaskClient, *seats: int, page: str = HERE) -> str:
    shown = browser.get(page).text
    fields = {name: shown.split(f'name="{name}" value="')[-1].split('"')[0] for name in ("csrf", "key")}
    answer = browser.post(f"{HERE}/remind", data=fields | {"seat": [str(seat) for seat in seats]})
    assert answer.status_code == 303
    return browser.get(answer.location).text


def test_who_has_not_paid_is_found_at_a_glance(finance: FlaskClient, circle: Circle) -> None:
    page = finance.get(HERE).text
    for name in ("Chidi", "Dayo", "Efe"):
        assert f"{name} Okafor" in page
    for name in ("Ada", "Bisi"):
        assert f"{name} Okafor" not in page
    assert "N15,000" in page
    assert "1 day late" in page


def test_all_who_are_chosen_are_reminded_once(finance: FlaskClient, circle: Circle) -> None:
    seats = [circle.seats[name] for name in ("Chidi", "Dayo", "Efe")]
    assert "Reminded: 3." in remind(finance, *seats)
    assert [reminders(circle, name) for name in ("Ada", "Chidi", "Dayo", "Efe")] == [0, 1, 1, 1]
    assert "nobody hears it twice in a day" in remind(finance, *seats)
    assert reminders(circle, "Chidi") == 1
    row = Outbox.get((Outbox.member == circle.members["Chidi"]) & Outbox.reminder)
    assert (row.text_key, row.group_id) == ("S44", circle.group_id)


def test_one_is_reminded_by_her_own_button_whoever_else_is_chosen(finance: FlaskClient, circle: Circle) -> None:
    seats = {"seat": str(circle.seats["Dayo"]), "one": str(circle.seats["Chidi"])}
    send(finance, HERE, f"{HERE}/remind", **seats)
    assert (reminders(circle, "Chidi"), reminders(circle, "Dayo")) == (1, 0)


def test_she_is_reminded_from_her_own_page(finance: FlaskClient, circle: Circle) -> None:
    page = f"/admin/members/{circle.members['Chidi']}"
    send(finance, page, f"{page}/remind", seat=str(circle.seats["Chidi"]))
    assert "Reminded: 1." in finance.get(page).text


def test_one_form_reminds_once_however_often_it_is_sent(finance: FlaskClient, circle: Circle) -> None:
    shown = finance.get(HERE).text
    fields = {name: shown.split(f'name="{name}" value="')[-1].split('"')[0] for name in ("csrf", "key")}
    for _again in range(3):
        finance.post(f"{HERE}/remind", data=fields | {"seat": str(circle.seats["Chidi"])})
        assert "Reminded: 1." in finance.get(HERE).text
    assert reminders(circle, "Chidi") == 1


def test_who_has_paid_in_the_meantime_is_not_asked(finance: FlaskClient, circle: Circle) -> None:
    circle.pay("Chidi")
    page = remind(finance, circle.seats["Chidi"], circle.seats["Dayo"])
    assert "Reminded: 1. Not reminded: 1" in page
    assert reminders(circle, "Chidi") == 0


def test_who_said_stop_is_not_reminded(finance: FlaskClient, circle: Circle) -> None:
    Member.update(reminders_stopped_at=NOW).where(Member.id == circle.members["Chidi"]).execute()
    assert "said STOP" in finance.get(HERE).text
    assert "she said STOP" in remind(finance, circle.seats["Chidi"])
    assert reminders(circle, "Chidi") == 0


def test_nobody_gets_a_third_reminder_of_the_day(finance: FlaskClient, circle: Circle) -> None:
    row = {"reminder": True, "member_id": circle.members["Chidi"], "facts": {}, "now": moved.now()}
    for n in range(2):
        queue_message("S05", dedupe_key=f"house:{n}", **row)
    assert "enough for today" in finance.get(HERE).text
    remind(finance, circle.seats["Chidi"])
    assert reminders(circle, "Chidi") == 2


def test_nobody_is_reminded_at_night(signed_in: SignIn, circle: Circle) -> None:
    moved.set_to(late_morning(circle).replace(hour=21))
    night_shift = signed_in(Role.OWNER)
    assert "It is night" in night_shift.get(HERE).text
    assert "Nobody is reminded between 9" in remind(night_shift, circle.seats["Chidi"])
    assert reminders(circle, "Chidi") == 0


def test_nothing_goes_while_messages_to_many_are_stopped(finance: FlaskClient, circle: Circle) -> None:
    switches.stop_blasts("a bug", actor="test", now=NOW)
    assert "stopped just now" in remind(finance, circle.seats["Chidi"])
    assert reminders(circle, "Chidi") == 0


def test_nobody_chosen_is_said(finance: FlaskClient, circle: Circle) -> None:
    assert "Choose somebody first" in remind(finance)
    assert "more than 100" in remind(finance, *range(1, 102))


def test_a_field_officer_reminds_only_her_own(signed_in: SignIn, circle: Circle) -> None:
    field = signed_in(Role.FIELD)
    other = running_group(now=NOW - timedelta(days=20))
    staff.look_after(field.hired.staff_id, circle.group_id, actor="test", now=NOW)
    page = field.get(HERE).text
    assert page.count("/admin/members/") - page.count('href="/admin/members/"') == 3
    remind(field, circle.seats["Chidi"], other.seats["Chidi"])
    assert (reminders(circle, "Chidi"), reminders(other, "Chidi")) == (1, 0)


def test_an_auditor_sees_the_list_masked_and_reminds_nobody(signed_in: SignIn, circle: Circle) -> None:
    auditor = signed_in(Role.AUDITOR)
    page = auditor.get(HERE).text
    assert "Chidi Okafor" in page
    assert "***" in page
    assert 'name="seat"' not in page
    assert auditor.post(f"{HERE}/remind").status_code == 403


def test_the_list_goes_on_by_key(finance: FlaskClient, circle: Circle) -> None:
    for _group in range(14):
        running_group(now=NOW - timedelta(days=20))
    seen, address = [], HERE
    for _page in range(4):
        page = finance.get(address).text
        seen += [piece.split('"')[0] for piece in page.split('name="seat" value="')[1:]]
        if "after=" not in page:
            break
        address = next(piece.split('"')[0] for piece in page.split('href="') if piece.startswith(f"{HERE}?after="))
        address = address.replace("&amp;", "&")
    assert len(seen) == len(set(seen)) == 73


def test_only_the_late_and_only_one_group(finance: FlaskClient, circle: Circle) -> None:
    other = running_group(now=NOW - timedelta(days=20))
    assert f"/admin/members/{other.members['Chidi']}" in finance.get(HERE).text
    only = finance.get(f"{HERE}?group={circle.group_id}&late=1").text
    assert f"/admin/members/{other.members['Chidi']}" not in only
    assert "Chidi Okafor" in only
