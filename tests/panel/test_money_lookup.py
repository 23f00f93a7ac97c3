"""Asking Paystack from the panel: its answer is acted upon as the hourly check would, once, and with nothing open."""

import re
from collections.abc import Iterator

import pytest

from bot import settings as settings_module
from bot.panel import paystack
from bot.payments.paystack import Paystack
from bot.settings import Settings
from models.base import database
from models.queries.invariants import violations
from models.rules.staff import Role
from models.tables.ledger import Audit
from models.tables.money import Payment, PayoutAttempt, Suspense
from tests.bot.sandbox.conftest import product, sandbox, shared_product, shared_sandbox
from tests.bot.sandbox.support import Sandbox
from tests.panel.conftest import SignIn
from tests.support.circles import C, Circle, running_group
from tests.support.panel import send
from tests.support.time import A_MONDAY_MORNING

__all__ = ["product", "sandbox", "shared_product", "shared_sandbox"]

BY_PHONE = "ajo-c-999-1-deadbeef"


@pytest.fixture
def settings(environ: dict[str, str], sandbox: Sandbox) -> Settings:
    theirs = ("SANDBOX_PORT", "CALLBACK_KEY", "PAYSTACK_SECRET_KEY")
    ours = Settings.from_env(environ | {name: sandbox.environ[name] for name in theirs})
    settings_module.use(ours)
    return ours


@pytest.fixture
def circle(house) -> Iterator[Circle]:
    yield running_group(3, now=A_MONDAY_MORNING)
    assert violations(A_MONDAY_MORNING) == []


@pytest.fixture
def finance(circle, signed_in: SignIn):
    return signed_in(Role.FINANCE)


def at_paystack(settings: Settings, sandbox: Sandbox, reference: str, kobo: int) -> None:
    """A charge of theirs under this reference, paid."""
    theirs = Paystack.from_settings(settings)
    theirs.charge_ussd(reference, kobo, "m-1@members.ajo.example", "737", {})
    assert sandbox.client.pay(reference) == ["success"]


def test_a_payment_whose_news_was_lost_is_booked_by_looking(circle, finance, settings, sandbox, redis_client):
    payment = circle.ask("Chidi")
    at_paystack(settings, sandbox, payment.reference, payment.amount_kobo + payment.fee_kobo)
    where = f"/admin/money/payments/{payment.id}"
    assert send(finance, where, f"{where}/look-up").status_code == 303
    assert Payment.get_by_id(payment.id).status == "success"
    assert "Asked Paystack just now: Paid" in finance.get(where).text
    assert Audit.select().where(Audit.verb == "payment.look_up").count() == 1
    assert any(job.startswith(b"send_mail-") for job in redis_client.lrange("rq:queue:ajo", 0, -1))


def test_a_reference_that_is_none_of_ours_waits_under_suspense(circle, finance, settings, sandbox):
    at_paystack(settings, sandbox, BY_PHONE, C)
    answer = send(finance, "/admin/money/payments", "/admin/money/look-up", reference=BY_PHONE)
    assert answer.location == "/admin/money/suspense"
    assert Suspense.get().reference == BY_PHONE
    assert "It waits under Suspense now" in finance.get(answer.location).text
    asked = finance.get(f"/admin/money/suspense/{Suspense.get().id}?ask=1").text
    assert "What Paystack knows of it" in asked


@pytest.mark.parametrize(
    ("reference", "said"), [("../balance", "no reference of Paystack"), ("ajo-c-1-1-none", "does not know")]
)
def test_what_they_do_not_know_is_said(circle, finance, reference, said):
    send(finance, "/admin/money/payments", "/admin/money/look-up", reference=reference)
    assert said in finance.get("/admin/money/payments").text


def test_the_balances_stand_side_by_side(circle, finance, sandbox):
    sandbox.client.tune(opening_balance_kobo=987_654_00)
    page = finance.get("/admin/money/balance").text
    assert "N987,654" in page
    assert re.search(r"Difference</dt><dd>-?N[\d,.]+</dd>", page)


def test_a_transfer_is_looked_up_by_its_reference(circle, finance):
    circle.all_pay()
    attempt = circle.send(circle.approve_twice())
    circle.arrive(attempt, "unknown")
    where = f"/admin/money/payouts/{attempt.payout_id}"
    assert "Nobody knows yet whether it arrived" in finance.get(where).text
    send(finance, where, f"{where}/look-up")
    assert "does not know that reference" in finance.get(where).text
    assert PayoutAttempt.get_by_id(attempt.id).status == "unknown"


def test_nobody_waits_for_them_with_a_lock_in_her_hand(house):
    with database.atomic(), pytest.raises(RuntimeError):
        paystack.payment(BY_PHONE)
