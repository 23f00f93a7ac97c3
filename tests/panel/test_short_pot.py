"""A pot that was paid out short: its rest is shown as what it is, on every page that speaks of money for her."""

from datetime import timedelta

import pytest
from flask import Flask

from bot import clock as moved
from models.actions import cycles, short_pots
from models.commands import PayShort
from models.queries import panel_sheets
from models.rules.staff import Role
from tests.panel.conftest import SignIn
from tests.panel.test_approvals import propose
from tests.support.circles import NAIRA, Circle, running_group


@pytest.fixture
def circle(house: Flask) -> Circle:
    """Four of five have paid, and that went to Ada; then the fifth paid, too, and the rest waits for two yeses."""
    circle = running_group()
    circle.all_pay(but=("Efe",))
    circle.now = circle.cycle(1).due_at + timedelta(hours=1)
    cycles.pass_cutoffs(circle.now)
    short_pots.pay_short(PayShort(circle.cycle(1).id), circle.context("Bisi"))
    circle.approve("Chidi")
    circle.arrive(circle.send())
    circle.pay("Efe")
    moved.set_to(circle.now)
    return circle


def test_the_rest_is_not_shown_as_the_whole_pot(circle: Circle, signed_in: SignIn) -> None:
    owner = signed_in(Role.OWNER)
    rest = circle.payout()
    assert rest.part == 2
    row = propose(circle, owner)
    for address in (f"/admin/money/payouts/{rest.id}", f"/admin/approvals/{row.id}"):
        page = owner.get(address).text
        assert "The rest of the pot" in page, address
        assert "The rest of a pot that was short: N19,800 of it was sent on" in page, address
        assert "In the pot" not in page


def test_the_sheet_sums_all_parts(circle: Circle, signed_in: SignIn) -> None:
    owner = signed_in(Role.OWNER)
    page = owner.get(f"/admin/reports/rounds/{circle.group_id}?cycle=1").text
    assert "N19,800 paid out on" in page
    assert "N4,950 is to follow" in page

    circle.pay_out()

    sheet = panel_sheets.sheet(circle.group_id, 1, circle.now)
    assert sheet is not None
    assert [(pot.net_kobo, pot.paid_kobo) for pot in sheet.collects] == [(24_750 * NAIRA, 24_750 * NAIRA)]
    assert "N24,750 paid out on" in owner.get(f"/admin/reports/rounds/{circle.group_id}?cycle=1").text


def test_an_auditor_reads_no_bank_where_money_is_approved(circle: Circle, signed_in: SignIn) -> None:
    row = propose(circle, signed_in(Role.FINANCE))
    auditor = signed_in(Role.AUDITOR, phone="+2348099990003")
    for address in (f"/admin/approvals/{row.id}", f"/admin/members/{circle.members['Efe']}"):
        page = auditor.get(address)
        assert page.status_code == 200, address
        assert "***" in page.text
        assert "GTBank" not in page.text, address
