"""The first page: nobody sees it without both factors; what needs her stands there, the most money first."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from bot import clock as moved
from models.account_commands import OpenReport
from models.actions import cycles, extensions, penalties, reports, switches, transfers, waivers
from models.actions.signing_in import Somebody
from models.commands import AskMoreTime, AskWaiver, Done
from models.policy import TRANSFER_ATTEMPTS
from models.queries import panel_needs
from models.rules.staff import Role
from models.tables.groups import Group, Seat
from models.tables.money import PayoutAttempt
from models.tables.staff import StaffGroup
from tests.panel.conftest import SignIn
from tests.support.circles import Circle, add_member, full_group, running_group, settle
from tests.support.panel import send

KINDS = re.compile(r'\?show=(\w+)#queue"[^>]*>')
TRANSFER = re.compile("Transfer failed, it will be tried again|The bank said no three times")
AMOUNTS = re.compile(r'class="money">N([\d,]+)<')


def test_nobody_is_led_to_the_sign_in(browser: FlaskClient) -> None:
    answer = browser.get("/admin/")
    assert (answer.status_code, answer.location) == (303, "/admin/sign-in")


def test_somebody_with_both_factors_sees_what_needs_her(signed_in: SignIn) -> None:
    page = signed_in(Role.OWNER).get("/admin/")
    assert page.status_code == 200
    assert "What needs you now" in page.text
    assert "Nothing waits for you" in page.text


@pytest.fixture
def busy(house: Flask) -> Circle:
    """A pot that waits, money without a place, a question, a report and a joiner."""
    circle = running_group()
    circle.all_pay()
    settle("unknown-reference-1", 7_000_00, circle.now)
    other = running_group()
    asked = AskMoreTime(other.seats["Chidi"], "week", "travel")
    assert extensions.ask_more_time(asked, other.context("Chidi")) == Done()
    reports.open_report(OpenReport("call_me", seat_id=other.seats["Dayo"]), other.context("Dayo"))
    forming = full_group(4)
    Group.update(seats=5).where(Group.id == forming.group_id).execute()
    Seat.insert(
        group=forming.group_id, member=add_member("Lara"), status="requested", rules_version=1, asked_at=circle.now
    ).execute()
    return circle


def test_everything_that_waits_stands_there_sorted_by_money(busy: Circle, signed_in: SignIn) -> None:
    page = signed_in(Role.OWNER).get("/admin/").text

    kinds = KINDS.findall(page)
    assert kinds[1:] == ["payout", "suspense", "report", "time", "joiners"]
    amounts = [int(found.replace(",", "")) for found in AMOUNTS.findall(page)]
    assert amounts == sorted(amounts, reverse=True) == [24_750, 7_000, 5_000]
    for words in ("Pot waits for two yeses", "Money came that nobody asked for", "Asks for more time", "Wants to be"):
        assert words in page


def test_each_line_leads_to_a_page_that_is_there(busy: Circle, signed_in: SignIn) -> None:
    client = signed_in(Role.OWNER)
    page = client.get("/admin/").text
    lines = re.findall(r'<div class="line"><a href="([^"]+)"', page)
    assert len(lines) == 5
    for href in [*lines, *re.findall(r'<a class="figure" href="([^"#]+)', page)]:
        assert client.get(href).status_code == 200, href


def test_one_kind_alone(busy: Circle, signed_in: SignIn) -> None:
    client = signed_in(Role.OWNER)
    page = client.get("/admin/?show=suspense").text
    assert "Money came that nobody asked for" in page
    assert "Pot waits for two yeses" not in page
    assert client.get("/admin/?show=nonsense&after=x-y-z").status_code == 200


def test_the_figures(busy: Circle, signed_in: SignIn) -> None:
    page = signed_in(Role.AUDITOR).get("/admin/").text
    assert "N25,000" in page
    assert "of N50,000 due" in page
    assert "N24,750" in page


def test_a_field_officer_sees_her_own_groups_only(busy: Circle, signed_in: SignIn) -> None:
    officer = signed_in(Role.FIELD)
    assert "Nothing waits for you" in officer.get("/admin/").text
    assert "of N0 due" in officer.get("/admin/").text
    hired = officer.hired  # type: ignore[attr-defined]
    StaffGroup.create(staff=hired.staff_id, group=busy.group_id, since=busy.now)

    page = officer.get("/admin/").text
    assert KINDS.findall(page)[1:] == ["payout"]
    assert "of N25,000 due" in page


def test_transfers_that_failed_or_are_unknown(busy: Circle, signed_in: SignIn) -> None:
    payout = busy.approve_twice()
    attempt = busy.send(payout)
    transfers.transfer_answered(attempt.id, "unknown", now=busy.now)
    client = signed_in(Role.OWNER)
    assert "Nobody knows yet whether it arrived" in client.get("/admin/").text

    said = []
    for _ in range(TRANSFER_ATTEMPTS):
        busy.arrive(attempt, "failed", fee_kobo=None)
        said += TRANSFER.findall(client.get("/admin/").text)
        busy.now += timedelta(hours=2)
        if order := transfers.claim_attempt(payout.id, busy.now):
            attempt = PayoutAttempt.get_by_id(order.attempt_id)

    assert said == ["Transfer failed, it will be tried again"] * 2 + ["The bank said no three times"]


def test_a_switch_that_is_pulled_stands_above_everything(house: Flask, signed_in: SignIn) -> None:
    switches.stop_payouts("a difference of N5", actor="job:reconcile", now=moved.now())
    page = signed_in(Role.OWNER).get("/admin/").text
    assert "Pots are not paid out." in page
    assert "/admin/approvals/new/lift_payouts_switch/payouts_stopped" in page


def test_it_is_light(busy: Circle, signed_in: SignIn) -> None:
    """All that a phone has to load for it the first time, as it is sent."""
    client = signed_in(Role.OWNER)
    page = client.get("/admin/", headers={"Accept-Encoding": "gzip"})
    files = set(re.findall(r'(?:href|src)="(/admin/files/[^"]+)"', page.text))
    sent = [client.get(file, headers={"Accept-Encoding": "gzip"}) for file in files]
    assert {answer.status_code for answer in sent} == {200}
    assert len(page.data) + sum(len(answer.data) for answer in sent) < 100_000


def test_pages_of_the_queue_follow_each_other(house: Flask) -> None:
    from_all: list[str] = []
    first = running_group()
    for n in (1, 2, 3):
        settle(f"unknown-reference-{n}", 7_000_00 + n, first.now)
    somebody = Somebody(1, "Titi Ola", Role.OWNER, b"", frozenset())
    whole = [need.key for need in panel_needs.needs(somebody, first.now)]
    after = ""
    while found := panel_needs.needs(somebody, first.now, after=after, limit=1):
        from_all.append(found[0].key)
        after = found[0].key
    assert from_all == whole
    assert len(whole) == 3


def test_a_proposal_is_the_business_of_whoever_may_check_it(busy: Circle, signed_in: SignIn) -> None:
    maker = signed_in(Role.FINANCE)
    page = f"/admin/approvals/new/payout/payout:{busy.payout().id}"
    send(maker, page, page, note="Both officers are away")
    owner = signed_in(Role.OWNER, phone="+2348099990002").get("/admin/").text
    assert KINDS.findall(owner)[1] == "proposal"
    assert "<strong>Pay out a pot</strong>, Ada Okafor" in owner
    assert "payout" not in KINDS.findall(owner)
    for page in (maker.get("/admin/").text, signed_in(Role.AUDITOR, phone="+2348099990003").get("/admin/").text):
        assert "proposal" not in KINDS.findall(page)


def test_a_late_fee_to_decide_leads_to_its_proposal(house: Flask, signed_in: SignIn) -> None:
    circle = running_group()
    circle.all_pay(but=("Chidi",))
    circle.now = circle.cycle(1).due_at + timedelta(days=1)
    moved.set_to(circle.now)
    cycles.pass_cutoffs(circle.now)
    for row in penalties.penalties_due(circle.now, checked_at=circle.now):
        penalties.add_penalty(row, circle.now, checked_at=circle.now)
    assert waivers.ask_waiver(AskWaiver(circle.seats["Chidi"], "travel"), circle.context("Chidi")) == Done()
    client = signed_in(Role.OWNER)
    page = client.get("/admin/").text
    assert KINDS.findall(page)[1:] == ["short", "waiver"]
    link = re.search(r'href="(/admin/approvals/new/late_fee_waiver/fee:\d+)"', page)
    assert link
    assert "Chidi Okafor" in client.get(link[1]).text
