"""Charts: the numbers of each week stand in the page twice, as data and as a table, and are the books'."""

import json
import re
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from bot import clock as moved
from models.actions import cycles
from models.queries import panel_charts
from models.rules.staff import Role
from tests.panel.conftest import SignIn
from tests.support.circles import Circle, running_group

DATA = re.compile(r'<script type="application/json" id="(\w+)-data">(.*?)</script>', re.DOTALL)


@pytest.fixture
def circle(house: Flask) -> Circle:
    """Four of five have paid in the first week, one of them late; the fifth never. Two weeks later."""
    circle = running_group()
    circle.all_pay(but=("Chidi", "Dayo"))
    due_at = circle.cycle(1).due_at
    circle.now = due_at + timedelta(hours=30)
    cycles.pass_cutoffs(circle.now)
    circle.pay("Dayo")
    circle.now = due_at + timedelta(days=14)
    moved.set_to(circle.now)
    return circle


def data_of(page: str) -> dict[str, Any]:
    return {name: json.loads(text) for name, text in DATA.findall(page)}


def test_a_week_has_its_figures(circle: Circle) -> None:
    week = next(week for week in panel_charts.weeks(None, circle.now) if week.begins == date(2026, 3, 2))
    assert week.in_kobo > 3 * 5_000_00
    assert (week.due, week.on_time, week.defaulted) == (5, 60.0, 20.0)
    assert (week.members, week.groups) == (5, 1)
    assert panel_charts.weeks(None, circle.now)[-1].begins == date(2026, 3, 16)


def test_what_is_too_young_to_tell_is_not_told(circle: Circle) -> None:
    earlier = circle.now - timedelta(days=10)
    week = panel_charts.weeks(None, earlier)[-1]
    assert week.defaulted is None


def test_the_page_has_data_and_tables(circle: Circle, signed_in: SignIn) -> None:
    page = signed_in(Role.AUDITOR).get("/admin/charts?weeks=26").text
    data = data_of(page)
    assert set(data) == {"money", "punctual", "default", "growth", "messages"}
    for chart in data.values():
        assert len(chart["x"]) == 6
        assert {len(series["values"]) for series in chart["series"]} == {6}
    assert page.count("<table>") == 5
    assert "60 %" in page
    assert page.count(">2 Mar 2026<") == 5


def test_a_field_officer_has_the_charts_of_her_groups(circle: Circle, signed_in: SignIn) -> None:
    data = data_of(signed_in(Role.FIELD).get("/admin/charts?weeks=nonsense").text)
    assert sum(value for series in data["money"]["series"] for value in series["values"]) == 0
    assert set(data["growth"]["series"][0]["values"]) == {0}
    assert len(data["money"]["x"]) == 6


def test_weeks_before_there_was_anybody_are_left_out(circle: Circle, signed_in: SignIn) -> None:
    assert len(panel_charts.weeks(None, circle.now, 52)) == 52
    moved.set_to(circle.now + timedelta(weeks=20))
    data = data_of(signed_in(Role.OWNER).get("/admin/charts?weeks=52").text)
    assert len(data["money"]["x"]) == 23
