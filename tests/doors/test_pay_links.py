"""The short link of a pay SMS leads to the provider's page while the payment waits, and nowhere else."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from bot import clock
from models.actions import charges, payments
from models.commands import Done
from models.rules import fees
from models.tables.money import Payment
from tests.support.circles import Circle, running_group, settle

PAGE = "https://checkout.paystack.com/abc123def456"


@pytest.fixture
def circle(web: FlaskClient) -> Circle:
    circle = running_group()
    clock.set_to(circle.now)
    return circle


def asked_for_a_link(circle: Circle) -> Payment:
    done = circle.wish("Bisi", method="link")
    assert isinstance(done, Done)
    order = payments.claim_charge(done.data["payment_id"], circle.now)
    assert order is not None
    charges.charge_answered(
        order.payment_id, how_to_pay={"url": PAGE}, until_at=circle.now + timedelta(hours=24), now=circle.now
    )
    return Payment.get_by_id(order.payment_id)


def test_it_leads_to_the_providers_page(web: FlaskClient, circle: Circle):
    payment = asked_for_a_link(circle)

    for typed in (payment.short_ref, payment.short_ref.lower()):
        answer = web.get(f"/p/{typed}")

        assert (answer.status_code, answer.location) == (303, PAGE)
        assert answer.headers["Cache-Control"] == "no-store"


def test_a_paid_one_says_thank_you(web: FlaskClient, circle: Circle):
    payment = asked_for_a_link(circle)
    total = fees.gross_up(payment.amount_kobo)[1]
    assert settle(payment.reference, total, circle.now) == "settled"

    answer = web.get(f"/p/{payment.short_ref}")

    assert (answer.status_code, answer.text) == (200, "This payment has come in. Thank you!")


def test_one_that_has_run_out_says_what_to_do(web: FlaskClient, circle: Circle):
    payment = asked_for_a_link(circle)
    clock.set_to(circle.now + timedelta(hours=25))

    answer = web.get(f"/p/{payment.short_ref}")

    assert answer.status_code == 404
    assert "Dial your Ajo code" in answer.text


@pytest.mark.parametrize("ref", ["ABC234", "%00", "..%2f..", "💰", "x" * 500])
def test_what_is_no_link_of_ours_leads_nowhere(web: FlaskClient, circle: Circle, ref: str):
    assert web.get(f"/p/{ref}").status_code == 404


def test_a_payment_by_bank_code_has_no_page(web: FlaskClient, circle: Circle):
    payment = circle.ask("Bisi")

    assert web.get(f"/p/{payment.short_ref}").status_code == 404
