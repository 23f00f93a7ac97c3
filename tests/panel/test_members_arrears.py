"""Who has not paid, and reminding them: one, or all who are chosen; nobody twice in a day, nobody at night."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from bot import clock as moved
from models.actions import cycles, penalties, staff, switches
from models.actions.mail import queue_message
from models.money import show
from models.rules.staff import Role
from models.tables.cycles import Obligation
from models.tables.mail import Outbox
from models.tables.people import Member
from tests.panel.conftest import SignIn
from tests.support.circles import C, Circle, running_group
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


def with_late_fees(group: Circle) -> None:
    """Three days late, all three have a late fee; Chidi has paid his contribution since, and not the fee."""
    group.now = group.cycle(1).due_at + timedelta(days=3)
    cycles.pass_cutoffs(group.now)
    for obligation_id in penalties.penalties_due(group.now, checked_at=group.now):
        penalties.add_penalty(obligation_id, group.now, checked_at=group.now)
    group.settle(group.ask("Chidi"), C)
    moved.set_to(group.now.replace(hour=8, minute=0) + timedelta(days=1))


def figure(page: str, title: str) -> str:
    """The amount under this title."""
    found = re.search(rf"<small>{title}</small><b>(N[\d,]+)</b>", page)
    assert found, page
    return found[1]


def test_what_is_late_is_the_same_on_every_page(circle: Circle, signed_in: SignIn) -> None:
    with_late_fees(circle)
    finance = signed_in(Role.FINANCE)
    home, unpaid = finance.get("/admin/").text, finance.get(HERE).text
    late = figure(home, "Late")

    assert late == figure(unpaid, "Late") == figure(finance.get("/admin/reports/arrears").text, "All")
    owed = [row for row in Obligation.select() if row.status in ("pending", "partial") and row.due_at < moved.now()]
    assert late == show(sum(row.amount_kobo - row.paid_kobo for row in owed))
    for page in (home, unpaid):
        assert "of it late fees" in page
        assert "3 seats" in page


def test_who_owes_a_late_fee_only_is_shown_and_not_reminded_here(circle: Circle, signed_in: SignIn) -> None:
    with_late_fees(circle)
    page = signed_in(Role.FINANCE).get(HERE).text

    assert "late fee only" in page
    assert len(re.findall(r'href="/admin/approvals/new/late_fee_waiver/fee:\d+"', page)) == 3
    assert page.count("with late fee") == 2
    assert f'name="seat" value="{circle.seats["Chidi"]}"' not in page
    assert f'name="seat" value="{circle.seats["Dayo"]}"' in page


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
