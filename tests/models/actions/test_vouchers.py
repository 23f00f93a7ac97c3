"""The one-time code of a mobile-money operator: typed once, sealed, handed over once, and only by the one who pays."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from models import country
from models.actions import charges, payments, vouchers
from models.commands import Done, Secret, SubmitVoucher
from models.queries import waiting
from models.queries.due import due
from models.rules.refused import Refused
from models.tables.money import Payment
from tests.support.circles import Circle, running_group

CODE = Secret("483920")


@pytest.fixture
def circle(db) -> Iterator[Circle]:
    country.use("GH")
    yield running_group(contribution_kobo=50_00)
    country.use("NG")


def asked(circle: Circle, *, voucher: bool = True) -> Payment:
    done = circle.wish("Bisi", 50_00, method="mobile_money")
    assert isinstance(done, Done)
    order = charges.claim_charge(done.data["payment_id"], circle.now)
    assert order is not None
    until = circle.now + timedelta(minutes=15)
    charges.charge_answered(order.payment_id, how_to_pay={}, until_at=until, now=circle.now, voucher=voucher)
    return Payment.get_by_id(order.payment_id)


def test_a_way_of_another_country_is_a_bug(circle):
    with pytest.raises(ValueError, match="no menu of GH offers ussd"):
        circle.wish("Bisi", 50_00, method="ussd")


def test_the_wallet_is_her_own_number_and_the_money_the_countrys(circle):
    done = circle.wish("Bisi", 50_00, method="mobile_money")
    order = charges.claim_charge(done.data["payment_id"], circle.now)

    assert (order.method, order.currency, order.total_kobo) == ("mobile_money", "GHS", 50_99)
    assert order.phone.startswith("+234803")
    assert order.phone not in repr(order)


def test_it_is_kept_sealed_until_it_is_taken_and_taken_once(circle):
    payment = asked(circle)
    assert waiting.charge(payment.id, circle.members["Bisi"])["voucher"] is True

    done = vouchers.submit_voucher(SubmitVoucher(payment.id, CODE), circle.context("Bisi"))

    assert done == Done({"total_kobo": 50_99, "wrong": False, "failed": False})
    row = Payment.get_by_id(payment.id)
    assert CODE.value.encode() not in bytes(row.voucher_sealed)
    assert ("submit_voucher", payment.id) in [(ring.name, ring.row_id) for ring in due(circle.now)]
    order = vouchers.claim_voucher(payment.id, circle.now)
    assert (order.reference, order.code) == (payment.reference, CODE.value)
    assert CODE.value not in repr(order)
    assert vouchers.claim_voucher(payment.id, circle.now) is None


def test_a_second_one_is_taken_only_when_another_is_wanted(circle):
    payment = asked(circle)
    vouchers.submit_voucher(SubmitVoucher(payment.id, CODE), circle.context("Bisi"))
    assert vouchers.submit_voucher(SubmitVoucher(payment.id, CODE), circle.context("Bisi")) == Refused("gone")

    vouchers.claim_voucher(payment.id, circle.now)
    vouchers.voucher_refused(payment.id, circle.now)

    assert waiting.voucher(payment.id, circle.members["Bisi"]) == {"wrong": True, "failed": False}
    assert isinstance(vouchers.submit_voucher(SubmitVoucher(payment.id, CODE), circle.context("Bisi")), Done)


def test_nobody_else_types_it_and_nobody_sees_what_came_of_it(circle):
    payment = asked(circle)

    assert vouchers.submit_voucher(SubmitVoucher(payment.id, CODE), circle.context("Chidi")) == Refused("gone")
    assert waiting.voucher(payment.id, circle.members["Chidi"]) is None


def test_without_being_asked_for_it_is_refused(circle):
    payment = asked(circle, voucher=False)

    assert vouchers.submit_voucher(SubmitVoucher(payment.id, CODE), circle.context("Bisi")) == Refused("gone")


def test_the_question_on_her_phone_is_asked_about_when_it_is_over(circle):
    payment = asked(circle, voucher=False)

    assert payment.next_check_at == payment.until_at


@pytest.mark.parametrize(("minutes", "ended"), [(14, False), (16, True)])
def test_a_wallet_that_said_nothing_is_given_up_soon(circle, minutes: int, ended: bool):
    payment = asked(circle, voucher=False)

    assert payments.payment_ended(payment.reference, "abandoned", circle.now + timedelta(minutes=minutes)) is ended
