"""Payments, payouts and the journal in the panel: found, paged by key, masked, and only of one's own groups."""

import re
from html import unescape

import pytest
from flask.testing import FlaskClient

from bot import clock as moved
from models.queries import panel_books, panel_payments, panel_payouts
from models.queries.panel_books import Which
from models.rules import figures
from models.rules.schedule import local_date
from models.rules.staff import Role
from models.sealing import keys
from models.tables.ledger import JournalEntry
from models.tables.money import Payment
from models.tables.people import BankAccount, Member
from models.tables.staff import StaffGroup
from tests.panel.conftest import SignIn
from tests.panel.money_scene import MoneyScene, a_house

LINKS = re.compile(r'href="/admin/money/payments/(\d+)"')


@pytest.fixture
def scene(house) -> MoneyScene:
    return a_house()


@pytest.fixture
def finance(scene, signed_in: SignIn) -> FlaskClient:
    return signed_in(Role.FINANCE)


@pytest.fixture
def officer(scene, signed_in: SignIn) -> FlaskClient:
    """A field officer of the second group, in which nothing has happened."""
    browser = signed_in(Role.FIELD, email="field@ajo.example")
    staff_id = browser.hired.staff_id  # type: ignore[attr-defined]
    StaffGroup.insert(staff=staff_id, group=scene.second.group_id, since=scene.first.now).execute()
    return browser


def found(browser: FlaskClient, query: str) -> set[int]:
    return {int(n) for n in LINKS.findall(browser.get(f"/admin/money/payments?{query}").text)}


def paid_by(status: str) -> set[int]:
    return {row.id for row in Payment.select().where(Payment.status == status)}


def test_payments_are_narrowed_down_by_state_group_and_day(scene, finance):
    everything = {row.id for row in Payment.select()}
    assert found(finance, "") == everything
    assert found(finance, "state=failed") == {scene.failed.id}
    assert found(finance, "state=success") == paid_by("success")
    assert found(finance, f"group={scene.second.group_id}") == set()
    today = local_date(moved.now())
    assert 0 < len(found(finance, f"day={today}")) < len(everything)
    assert found(finance, "day=2020-01-01") == set()


def test_payments_are_found_by_reference_phone_and_name(scene, finance):
    payment = scene.failed
    member = Member.get_by_id(payment.member_id)
    phone = keys().open(member.phone_sealed, f"member.phone:{member.id}")
    hers = {row.id for row in Payment.select().where(Payment.member == member.id)}
    assert found(finance, f"q={payment.short_ref.lower()}") == {payment.id}
    assert found(finance, f"q={payment.reference[:14]}") >= {payment.id}
    assert found(finance, f"q={phone.replace('+', '%2B')}") == hers
    assert found(finance, f"q=0{phone[4:]}") == hers
    assert found(finance, "q=08099999999") == set()


def test_lists_go_on_by_key_and_lose_nothing(scene):
    seen, after = [], None
    while page := panel_payments.payments(None, after=after, limit=3)[:3]:
        seen += [line.payment_id for line in page]
        after = page[-1].payment_id
    assert seen == [row.id for row in Payment.select().order_by(Payment.id.desc())]
    lines, key = [], None
    while part := panel_books.lines(figures.SUMS["cash"], Which(), None, key, 4)[:4]:
        lines += part
        key = (part[-1].entry_id, part[-1].n)
    assert len({(line.entry_id, line.n) for line in lines}) == len(lines)
    assert (sum(line.kobo for line in lines), len(lines)) == panel_books.total(figures.SUMS["cash"], Which(), None)


def test_a_payments_page_tells_its_life_and_its_entries(scene, finance):
    payment = Payment.get((Payment.member == scene.failed.member_id) & (Payment.status == "success"))
    page = finance.get(f"/admin/money/payments/{payment.id}").text
    parts = [int(kobo) for kobo in re.findall(r'data-part="(\d+)"', page)]
    assert sum(parts) == payment.received_kobo
    assert "Late fee" in page
    entry = JournalEntry.get(JournalEntry.payment == payment.id)
    assert f"/admin/money/journal/{entry.id}" in page


def test_a_payouts_page_says_who_agreed_and_hides_the_account(scene, finance):
    page = finance.get(f"/admin/money/payouts/{scene.paid.id}").text
    account = BankAccount.get_by_id(scene.paid.bank_account_id)
    number = keys().open(account.number_sealed, f"bank_account.number:{account.id}")
    assert page.count("said yes") == 2
    assert f"GTBank ***{account.last4}" in page
    assert number not in page


def test_an_auditor_sees_no_bank_and_no_name_on_the_account(scene, signed_in):
    page = signed_in(Role.AUDITOR).get(f"/admin/money/payouts/{scene.paid.id}").text
    assert "GTBank" not in page
    assert "A OKAFOR" not in page
    assert "look-up" not in page


def test_what_hangs_is_found_under_what_needs_somebody(scene):
    scene.first.all_pay(but=("Ada",))
    payout = scene.first.approve_twice()
    attempt = scene.first.send(payout)
    scene.first.arrive(attempt, "unknown")
    assert [line.payout_id for line in panel_payouts.payouts(None, state="trouble")] == [payout.id]


def test_another_groups_money_does_not_exist_for_a_field_officer(scene, officer):
    entry = JournalEntry.get(JournalEntry.group == scene.first.group_id)
    for page in (
        f"payments/{scene.failed.id}",
        f"payouts/{scene.paid.id}",
        f"journal/{entry.id}",
        "suspense",
        "fees",
        "balance",
        "explain/cash",
        "explain/inc.service_fee",
        f"explain/liab.pot:{scene.first.cycle(1).id}",
        f"explain/liab.wallet:{scene.first.members['Ada']}",
    ):
        assert officer.get(f"/admin/money/{page}").status_code == 404, page
    assert found(officer, "") == set()
    theirs = f"/admin/groups/{scene.first.group_id}"
    for page in ("", "/payments", "/payouts", "/journal", "/explain/liab.pot", "/explain/due.seat"):
        shown = officer.get(f"/admin/money{page}")
        assert shown.status_code == 200
        assert f'href="{theirs}"' not in unescape(shown.text)


@pytest.mark.parametrize("what", ["nothing", "liab", "liab.pot:", "liab.pot:x", "due.seat:99999"])
def test_what_is_no_figure_is_not_found_or_empty(finance, what):
    answer = finance.get(f"/admin/money/explain/{what}")
    assert answer.status_code == 404 or "No entry has touched this" in answer.text


@pytest.mark.parametrize("query", ["after=x", "group=abc&day=tomorrow", "state=%27&kind=%27&account=%27", "q=%00"])
def test_an_address_that_somebody_typed_breaks_nothing(finance, query):
    for place in ("payments", "payouts", "journal", "explain/cash", "suspense", "fees", "deposits"):
        assert finance.get(f"/admin/money/{place}?{query}").status_code == 200, place


def test_the_journal_is_narrowed_down_by_account_kind_and_group(scene, finance):
    page = finance.get("/admin/money/journal?account=liab.penalty_pool").text
    assert "Payment received" in page
    assert "Contribution became due</a>" not in page
    page = finance.get(f"/admin/money/journal?kind=penalty&group={scene.second.group_id}").text
    assert "penalty:" in page
    assert f'href="/admin/groups/{scene.first.group_id}"' not in page
