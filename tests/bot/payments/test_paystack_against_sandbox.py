"""The adapter against the sandbox's real process: whole journeys of money, and what breaks on the way."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.errors import Kind, ProviderError, ProviderRefusesUs
from bot.payments.base import (
    AccountNotFound,
    ChargeRefused,
    Limited,
    PayLink,
    PaymentProvider,
    PaymentStatus,
    Recipient,
    RecipientRefused,
    Resolved,
    TransferAccount,
    TransferResult,
    TransferStatus,
    UssdCode,
)
from bot.payments.paystack import Paystack
from bot.payments.registry import PROVIDERS
from bot.settings import Settings
from tests.bot.sandbox.support import EMAIL, SECRET, Sandbox, eventually

CHARGE, PAYOUT = "ajo-c-17-1-k3j9x0q2", "ajo-p-0123456789abcdef01234567"
META = {"obligation_id": 17, "cycle": 3}


@pytest.fixture
def paystack(sandbox: Sandbox) -> PaymentProvider:
    return PROVIDERS["paystack"](Settings.from_env(sandbox.environ))


@pytest.fixture
def by_hand(sandbox: Sandbox) -> Sandbox:
    """Transfers end when the test says so."""
    sandbox.client.tune(auto_transfer="none")
    return sandbox


def recipient(paystack: PaymentProvider) -> str:
    found = paystack.create_recipient("Ada Obi", "0123456785", "058")
    assert isinstance(found, Recipient)
    return found.code


def pay_out(paystack: PaymentProvider, amount_kobo: int = 1_000_000, reference: str = PAYOUT) -> TransferResult:
    return paystack.transfer(reference, amount_kobo, recipient(paystack), "Ajo payout cycle 3")


# --- money in ---------------------------------------------------------------------------------


def test_a_bank_code_is_dialled_and_the_payment_counts_once_verified(
    sandbox: Sandbox, paystack: PaymentProvider
) -> None:
    charge = paystack.charge_ussd(CHARGE, 518_000, EMAIL, "737", META)
    assert isinstance(charge, UssdCode)
    assert charge.code.startswith("*737*")
    assert paystack.verify(CHARGE).status in (PaymentStatus.PENDING, PaymentStatus.ABANDONED)

    sandbox.client.pay(ussd_code=charge.code)

    paid = paystack.verify(CHARGE)
    assert (paid.status, paid.amount_kobo, paid.currency, paid.domain) == (
        PaymentStatus.SUCCESS,
        518_000,
        "NGN",
        "test",
    )
    assert (paid.reference, paid.channel, paid.metadata) == (CHARGE, "ussd", META)
    assert paid.fee_kobo == 518_000 * 15 // 1000 + 10_000
    assert paid.provider_id
    assert paid.paid_at
    assert paid.paid_at.tzinfo


def test_an_account_for_one_transfer_is_paid_and_told_of_under_a_signature(
    sandbox: Sandbox, paystack: PaymentProvider
) -> None:
    until = datetime.now(UTC) + timedelta(hours=2)
    charge = paystack.charge_bank_transfer(CHARGE, 500_000, EMAIL, until, META)
    assert isinstance(charge, TransferAccount)
    assert charge.expires_at
    assert abs(charge.expires_at - until) < timedelta(minutes=1)

    sandbox.client.pay(account_number=charge.account_number)

    (asked,) = sandbox.called("/webhooks/paystack")
    signature = asked.headers["x-paystack-signature"]
    assert paystack.verify_webhook(asked.body, signature)
    assert not paystack.verify_webhook(asked.body.replace(b"500000", b"900000"), signature)
    event = paystack.parse_webhook(asked.body)
    assert event
    assert event.key == f"charge.success:{CHARGE}:success:{paystack.verify(CHARGE).provider_id}"


def test_a_webhook_signed_with_another_key_is_not_theirs(sandbox: Sandbox, paystack: PaymentProvider) -> None:
    sandbox.client.knob("webhook.*", "wrong_signature")
    paystack.charge_ussd(CHARGE, 500_000, EMAIL, "737", META)
    sandbox.client.pay(CHARGE)
    (asked, *_) = sandbox.called("/webhooks/paystack")
    assert not paystack.verify_webhook(asked.body, asked.headers["x-paystack-signature"])


def test_a_link_leads_to_the_server_that_we_were_told_to_use(sandbox: Sandbox, paystack: PaymentProvider) -> None:
    link = paystack.initialize(CHARGE, 500_000, EMAIL, META, callback_url="https://ajo.ng/paid", label="Ada Obi")
    assert isinstance(link, PayLink)
    assert link.reference == CHARGE


def test_a_reference_is_charged_once(paystack: PaymentProvider) -> None:
    paystack.charge_ussd(CHARGE, 500_000, EMAIL, "737", META)
    again = paystack.charge_ussd(CHARGE, 500_000, EMAIL, "737", META)
    assert isinstance(again, ChargeRefused)
    assert again.why == "reference_used"


def test_what_was_never_asked_for_is_not_found(paystack: PaymentProvider) -> None:
    assert paystack.verify(CHARGE).status is PaymentStatus.NOT_FOUND
    assert paystack.verify_transfer(PAYOUT).status is TransferStatus.NOT_FOUND


@pytest.mark.parametrize(
    ("knob", "value", "changed"),
    [("wrong_amount", 100, {"amount_kobo": 100}), ("wrong_currency", "USD", {"currency": "USD"})],
)
def test_a_wrong_amount_or_currency_is_shown_as_it_is(
    sandbox: Sandbox, paystack: PaymentProvider, knob: str, value: Any, changed: dict[str, Any]
) -> None:
    paystack.charge_ussd(CHARGE, 500_000, EMAIL, "737", META)
    sandbox.client.pay(CHARGE)
    sandbox.client.knob("paystack.verify", knob, value)
    found = vars(paystack.verify(CHARGE))
    assert changed.items() <= found.items()


# --- accounts ---------------------------------------------------------------------------------


def test_the_banks_and_the_name_on_an_account(sandbox: Sandbox, paystack: PaymentProvider) -> None:
    sandbox.client.name_account("058", "0123456785", "OBI ADA NGOZI")
    banks = {bank.code: bank.name for bank in paystack.banks()}
    assert banks["058"] == "Guaranty Trust Bank"
    assert len(banks) >= 25
    assert paystack.resolve_account("0123456785", "058") == Resolved("OBI ADA NGOZI")
    assert isinstance(paystack.resolve_account("9999000001", "058"), AccountNotFound)
    sandbox.client.knob("paystack.resolve", "daily_limit")
    assert isinstance(paystack.resolve_account("0123456785", "058"), Limited)


def test_a_recipient_is_made_once_and_only_for_an_account(paystack: PaymentProvider) -> None:
    assert recipient(paystack) == recipient(paystack)
    assert isinstance(paystack.create_recipient("Nobody", "9999000001", "058"), RecipientRefused)


# --- money out --------------------------------------------------------------------------------


def test_a_transfer_is_pending_until_a_look_up_says_how_it_ended(by_hand: Sandbox, paystack: PaymentProvider) -> None:
    assert paystack.balance() == 5_000_000
    asked = pay_out(paystack)
    assert asked.status is TransferStatus.PENDING
    assert asked.code.startswith("TRF_")
    assert paystack.verify_transfer(PAYOUT).status is TransferStatus.PENDING

    by_hand.client.end_transfer(PAYOUT, "success")

    found = paystack.verify_transfer(PAYOUT)
    assert (found.status, found.amount_kobo, found.fee_kobo) == (TransferStatus.SUCCESS, 1_000_000, 2_500)
    assert (found.recipient, found.provider_id) == (recipient(paystack), asked.provider_id)
    assert paystack.balance() == 5_000_000 - 1_000_000 - 2_500
    (webhook,) = by_hand.called("/webhooks/paystack")
    event = paystack.parse_webhook(webhook.body)
    assert event
    assert (event.event, event.reference) == ("transfer.success", PAYOUT)


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("failed", TransferStatus.FAILED),
        ("reversed", TransferStatus.REVERSED),
        ("abandoned", TransferStatus.FAILED),
        ("blocked", TransferStatus.FAILED),
        ("rejected", TransferStatus.FAILED),
    ],
)
def test_a_transfer_that_was_not_paid(
    by_hand: Sandbox, paystack: PaymentProvider, word: str, status: TransferStatus
) -> None:
    pay_out(paystack)
    by_hand.client.end_transfer(PAYOUT, word)
    found = paystack.verify_transfer(PAYOUT)
    assert (found.status, found.detail) == (status, word)
    assert paystack.balance() == 5_000_000


def test_the_same_reference_is_transferred_once(by_hand: Sandbox, paystack: PaymentProvider) -> None:
    pay_out(paystack)
    assert pay_out(paystack).status is TransferStatus.EXISTS
    assert paystack.balance() == 5_000_000 - 1_000_000 - 2_500


def test_a_transfer_that_we_cannot_pay_for_or_address(paystack: PaymentProvider) -> None:
    assert pay_out(paystack, 5_000_000).status is TransferStatus.INSUFFICIENT
    assert paystack.transfer(PAYOUT, 1_000_000, "RCP_nobody", "x").status is TransferStatus.REFUSED
    assert paystack.verify_transfer(PAYOUT).status is TransferStatus.NOT_FOUND


@pytest.mark.parametrize("word", ["otp", "received"])
def test_a_transfer_that_waits_for_a_person(by_hand: Sandbox, paystack: PaymentProvider, word: str) -> None:
    by_hand.client.knob("paystack.transfer", "transfer_status", word)
    assert pay_out(paystack).status is TransferStatus.MANUAL
    assert paystack.verify_transfer(PAYOUT).status is TransferStatus.MANUAL


@pytest.mark.parametrize(
    ("knob", "happened"),
    [
        ("lose_request", False),
        ("error_before_effect", False),
        ("lose_answer", True),
        ("error_after_effect", True),
        ("html_body", True),
        ("truncated_json", True),
    ],
)
def test_a_transfer_whose_fate_is_unclear_is_cleared_by_asking(
    by_hand: Sandbox, paystack: PaymentProvider, knob: str, happened: bool
) -> None:
    by_hand.client.knob("paystack.transfer", knob, times=1)
    assert pay_out(paystack).status is TransferStatus.UNKNOWN
    found = paystack.verify_transfer(PAYOUT).status
    assert found is (TransferStatus.PENDING if happened else TransferStatus.NOT_FOUND)
    # Asking again with the same reference is safe either way.
    assert pay_out(paystack).status is (TransferStatus.EXISTS if happened else TransferStatus.PENDING)
    assert len(by_hand.client.transfers()) == 1


def test_a_transfer_that_takes_too_long_is_unknown(by_hand: Sandbox, paystack: PaymentProvider) -> None:
    by_hand.client.knob("paystack.transfer", "slow_seconds", 2)
    hasty = Paystack(f"{by_hand.url}/paystack", SECRET, read_seconds=0.5)
    assert pay_out(hasty).status is TransferStatus.UNKNOWN
    assert eventually(
        lambda: paystack.verify_transfer(PAYOUT).status, lambda status: status is not TransferStatus.NOT_FOUND
    ) is TransferStatus.PENDING  # fmt: skip


# --- the rest ---------------------------------------------------------------------------------


def test_a_wrong_key_stops_everything(sandbox: Sandbox) -> None:
    with pytest.raises(ProviderRefusesUs):
        pay_out(Paystack(f"{sandbox.url}/paystack", "sk_test_of_somebody_else"))


@pytest.mark.parametrize(("knob", "kind"), [("lose_answer", Kind.UNKNOWN), ("rate_limited", Kind.TEMPORARY)])
def test_a_broken_charge_says_whether_it_may_exist(
    sandbox: Sandbox, paystack: PaymentProvider, knob: str, kind: Kind
) -> None:
    sandbox.client.knob("paystack.charge", knob)
    with pytest.raises(ProviderError) as caught:
        paystack.charge_ussd(CHARGE, 500_000, EMAIL, "737", META)
    assert caught.value.kind is kind
    exists = paystack.verify(CHARGE).status is not PaymentStatus.NOT_FOUND
    assert exists == (kind is Kind.UNKNOWN)


def test_everything_they_have_is_listed(by_hand: Sandbox, paystack: PaymentProvider) -> None:
    before = datetime.now(UTC) - timedelta(minutes=5)
    references = {f"ajo-c-17-{number}-k3j9x0q2" for number in range(3)}
    for reference in references:
        paystack.charge_ussd(reference, 500_000, EMAIL, "737", META)
        by_hand.client.pay(reference)
    pay_out(paystack)
    listed = list(paystack.list_transactions(before))
    assert {each.reference for each in listed if each.status is PaymentStatus.SUCCESS} == references
    assert [(each.reference, each.amount_kobo) for each in paystack.list_transfers(before)] == [(PAYOUT, 1_000_000)]
    assert list(paystack.list_transfers(datetime.now(UTC) + timedelta(hours=1))) == []
