"""The sheet for the meeting, who is late and for how long, and a member's statement."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from bot import clock as moved
from models.actions import penalties, staff
from models.base import database
from models.queries import panel_arrears, panel_sheets
from models.rules import arrears
from models.rules.staff import Role
from models.tables.groups import Group
from tests.panel.conftest import SignIn
from tests.support.circles import MONDAY, NAIRA, Circle, running_group


@pytest.fixture
def circle(house: object) -> Circle:
    """Five people in their first round; all have paid but Chidi and Dayo, who gave a part. Three weeks later."""
    found = running_group()
    found.all_pay(but=("Chidi", "Dayo"))
    found.pay("Dayo", 2_000 * NAIRA)
    moved.set_to(MONDAY + timedelta(days=26))
    return found


def look_after(browser: FlaskClient, group_id: int) -> None:
    staff.look_after(browser.hired.staff_id, group_id, actor="test", now=MONDAY)  # type: ignore[attr-defined]


# --- the sheet --------------------------------------------------------------------------------------------------------


def test_the_sheet_has_everybody_in_turn_and_its_totals_are_the_sums_of_its_lines(circle: Circle) -> None:
    sheet = panel_sheets.sheet(circle.group_id, None, moved.now())

    assert sheet is not None
    assert [(line.turn, line.name.split()[0]) for line in sheet.lines] == [
        *((1, "Ada"), (2, "Bisi"), (3, "Chidi"), (4, "Dayo"), (5, "Efe")),
    ]
    assert [line.paid_kobo // NAIRA for line in sheet.lines] == [5000, 5000, 0, 2000, 5000]
    assert [line.late for line in sheet.lines] == [False, False, True, True, False]
    assert (sheet.due_kobo, sheet.paid_kobo, sheet.owed_kobo) == (25_000 * NAIRA, 17_000 * NAIRA, 8_000 * NAIRA)
    assert [pot.name for pot in sheet.collects] == ["Ada Okafor"]


def test_a_late_fee_stands_in_its_own_column_and_is_owed_too(circle: Circle) -> None:
    for row in database.execute_sql("SELECT id FROM obligation WHERE status IN ('pending', 'partial')").fetchall():
        assert penalties.add_penalty(row[0], moved.now(), checked_at=moved.now())

    sheet = panel_sheets.sheet(circle.group_id, 1, moved.now())

    assert sheet is not None
    assert sheet.late_fee_kobo > 0
    assert sheet.due_kobo + sheet.late_fee_kobo - sheet.paid_kobo == sheet.owed_kobo


def test_the_page_to_print_has_names_amounts_and_room_to_sign_but_no_phone(circle: Circle, signed_in: SignIn) -> None:
    page = signed_in(Role.FINANCE).get(f"/admin/reports/rounds/{circle.group_id}").text

    for told in ("Chidi Okafor", "N5,000", "N2,000", "N17,000", "N8,000", "Signature", "Treasurer", "Round 1 of 5"):
        assert told in page
    assert "0803" not in page


def test_a_round_that_has_not_begun_shows_what_it_will_ask_for(circle: Circle, signed_in: SignIn) -> None:
    page = signed_in(Role.OWNER).get(f"/admin/reports/rounds/{circle.group_id}?cycle=3").text

    assert "Round 3 of 5" in page
    assert "N25,000" in page


def test_all_running_groups_are_printed_one_sheet_each(circle: Circle, signed_in: SignIn) -> None:
    other = running_group(3)

    page = signed_in(Role.OWNER).get("/admin/reports/rounds/").text

    assert page.count('<article class="sheet') == 2
    assert f"Market {other.group_id}" in page


def test_a_field_officer_prints_her_own_groups_only(circle: Circle, signed_in: SignIn) -> None:
    other = running_group(3)
    field = signed_in(Role.FIELD)
    look_after(field, circle.group_id)

    assert field.get(f"/admin/reports/rounds/{circle.group_id}").status_code == 200
    assert field.get(f"/admin/reports/rounds/{other.group_id}").status_code == 404
    assert field.get("/admin/reports/rounds/").text.count('<article class="sheet') == 1
    assert f"Market {other.group_id}" not in field.get("/admin/reports/").text


def test_a_group_or_a_round_that_is_not_there_is_404(circle: Circle, signed_in: SignIn) -> None:
    owner = signed_in(Role.OWNER)

    for address in ("rounds/999999", f"rounds/{circle.group_id}?cycle=99", f"rounds/{circle.group_id}?cycle=x"):
        assert owner.get(f"/admin/reports/{address}").status_code == 404


def test_the_form_leads_to_the_sheet(circle: Circle, signed_in: SignIn) -> None:
    answer = signed_in(Role.OWNER).get(f"/admin/reports/rounds/?group={circle.group_id}&cycle=2")

    assert answer.location == f"/admin/reports/rounds/{circle.group_id}?cycle=2"


def test_where_a_list_cannot_hold_all_groups_one_is_asked_for_by_its_code(
    circle: Circle, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    older, field, owner = running_group(3), signed_in(Role.FIELD), signed_in(Role.OWNER, phone="+2348099990002")
    code = older.group.code
    pages = ("/admin/reports/", "/admin/money/payments", "/admin/money/journal", "/admin/messages/blasts/new")
    assert not any("There are more groups" in owner.get(page).text for page in pages)
    monkeypatch.setattr(panel_sheets, "MOST_CHOICES", 1)
    for page in pages:
        assert "There are more groups" in owner.get(page).text, page
        # The chosen one is in the list, whatever else is.
        assert (
            page == "/admin/reports/" or f'value="{older.group_id}" selected' in owner.get(f"{page}?code={code}").text
        )
    assert owner.get(f"/admin/reports/rounds/?group=&code={code}").location.endswith(f"/{older.group_id}")
    for page in ("/admin/reports/arrears", "/admin/money/payments", "/admin/messages/blasts/new"):
        assert owner.get(f"{page}?code=000000").status_code == 404
        assert field.get(f"{page}?code={code}").status_code in (403, 404), page


def test_groups_that_run_stand_first_in_a_list(circle: Circle) -> None:
    later = running_group(3)
    Group.update(status="completed", ended_at=MONDAY).where(Group.id == circle.group_id).execute()
    assert [line.group_id for line in panel_sheets.choices(None).lines] == [later.group_id, circle.group_id]
    assert panel_sheets.choices(None, circle.group_id).lines[0].group_id == circle.group_id


# --- arrears ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "key"),
    [(0, "0-7"), (7, "0-7"), (8, "8-14"), (14, "8-14"), (15, "15-30"), (30, "15-30"), (31, "31"), (400, "31")],
)
def test_every_number_of_days_falls_into_one_age(days: int, key: str) -> None:
    assert [age.key for age in arrears.AGES if age.from_days <= days <= (age.to_days or days)] == [key]


def test_what_is_late_is_summed_by_age_by_group_and_in_all(circle: Circle) -> None:
    due_at = circle.cycle(1).due_at
    for days, at in ((0, 0), (7, 0), (8, 1), (14, 1), (15, 2), (30, 2), (31, 3)):
        now = due_at + timedelta(days=days, minutes=1)
        sums = panel_arrears.totals(None, now)
        assert [kobo // NAIRA for kobo in sums.kobo] == [8000 if n == at else 0 for n in range(4)], days
        assert (sums.seats, sums.total_kobo) == (2, 8_000 * NAIRA)
        assert [group.sums for group in panel_arrears.by_group(None, now)] == [sums]
        assert {line.days for line in panel_arrears.people(None, now)} == {days}
        assert len(panel_arrears.people(None, now, arrears.AGES[at].key)) == 2
        assert panel_arrears.people(None, now, arrears.AGES[at - 1].key) == []


def test_before_the_cut_off_nobody_is_late(circle: Circle) -> None:
    assert panel_arrears.totals(None, circle.cycle(1).due_at - timedelta(seconds=1)).seats == 0


def test_the_arrears_page_shows_groups_then_people(circle: Circle, signed_in: SignIn) -> None:
    owner = signed_in(Role.OWNER)
    page = owner.get("/admin/reports/arrears").text
    assert "N8,000" in page
    assert f"Market {circle.group_id}" in page
    assert "Chidi" not in page

    people = owner.get(f"/admin/reports/arrears?group={circle.group_id}").text
    for told in ("Chidi Okafor", "Dayo Okafor", "N3,000", "22 days", "of N5,000"):
        assert told in people
    assert "Chidi" in owner.get("/admin/reports/arrears?age=15-30").text
    assert "Nobody is late here" in owner.get("/admin/reports/arrears?age=31").text
    for wrong in ("age=9", "group=x", "show=people&after=yesterday_3", "show=people&after=2026-03-01_3", "after=1_x"):
        assert owner.get(f"/admin/reports/arrears?{wrong}").status_code == 404


def test_arrears_go_on_by_key(circle: Circle) -> None:
    running_group(4)
    now = moved.now()
    every = panel_arrears.people(None, now)
    one_by_one, after = [], None
    while lines := panel_arrears.people(None, now, after=after, limit=1):
        one_by_one += lines
        after = (lines[-1].due_at, lines[-1].obligation_id)
    assert one_by_one == every

    groups = panel_arrears.by_group(None, now)
    first = groups[0]
    assert panel_arrears.by_group(None, now, (first.sums.total_kobo, first.group_id)) == groups[1:]
    assert list(panel_arrears.everybody(None, now)) == every


def test_an_auditor_sees_masked_numbers_and_a_field_officer_only_her_groups(circle: Circle, signed_in: SignIn) -> None:
    people = "/admin/reports/arrears?show=people"
    assert "0803***" in signed_in(Role.AUDITOR).get(people).text
    assert "0803***" not in signed_in(Role.OWNER).get(people).text
    field = signed_in(Role.FIELD)
    assert "Nobody is late here" in field.get(people).text
    assert field.get(f"/admin/reports/arrears?group={circle.group_id}").status_code == 404
    look_after(field, circle.group_id)
    assert "Chidi Okafor" in field.get(people).text


# --- statements -------------------------------------------------------------------------------------------------------


def test_a_statement_has_what_was_due_what_was_paid_and_what_went_out(circle: Circle, signed_in: SignIn) -> None:
    page = signed_in(Role.OWNER).get(f"/admin/reports/statements/{circle.members['Dayo']}").text

    for told in ("Dayo Okafor", "Contribution", "Payment", "N5,000", "N2,000", "N3,000", "late"):
        assert told in page


def test_a_statement_is_found_by_a_phone_however_it_is_written(circle: Circle, signed_in: SignIn) -> None:
    field = signed_in(Role.FIELD)
    page = signed_in(Role.OWNER).get("/admin/reports/arrears?show=people").text
    number = next(word for word in page.replace("<", " ").replace(">", " ").split() if word.startswith("0803"))
    owner = signed_in(Role.OWNER, email="o2@ajo.example", phone="+2348099990002")

    for spelt in (number, f"+234{number[1:]}", f"{number[:4]} {number[4:7]} {number[7:]}"):
        answer = owner.get("/admin/reports/statements", query_string={"phone": spelt})
        assert answer.location.startswith("/admin/reports/statements/")
    asked = owner.get("/admin/reports/statements")
    assert asked.status_code == 200
    assert "Show the statement" in asked.text
    assert "Nobody whom" not in asked.text
    assert "Nobody whom you may see" in owner.get("/admin/reports/statements?phone=08030000000").text
    assert field.get("/admin/reports/statements", query_string={"phone": number}).status_code == 404


def test_a_statement_shows_a_field_officer_her_own_groups_only(circle: Circle, signed_in: SignIn) -> None:
    field = signed_in(Role.FIELD)
    address = f"/admin/reports/statements/{circle.members['Chidi']}"
    assert field.get(address).status_code == 404

    look_after(field, circle.group_id)

    assert field.get(address).status_code == 200
    assert field.get("/admin/reports/statements/999999").status_code == 404
