"""Every answer of Paystack's that we have a sample of, and many that nobody wants, with their one meaning."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.errors import Kind, ProviderError, ProviderRefusesUs
from bot.payments.base import (
    AccountNotFound,
    ApproveOnPhone,
    Bank,
    ChargePending,
    ChargeRefused,
    Limited,
    PayLink,
    PaymentStatus,
    Recipient,
    RecipientRefused,
    Resolved,
    TransferAccount,
    TransferResult,
    TransferState,
    TransferStatus,
    UssdCode,
    Verified,
    VoucherWanted,
    Wallet,
)
from bot.payments.paystack import Paystack
from models.country import COUNTRIES
from tests.support.replay import FIXTURES, Replay, Scripted, answer, fixture, serving

KEY = "sk_test_0000000000000000000000000000000000000000"
EMAIL = "m-7f3a9c@members.ajo.example.org"
CHARGE, USSD, ACCOUNT = "ajo-c-01k9xyz7q2m4n6p8", "ajo-c-01k9xyz7q2m4n6p9", "ajo-c-01k9xyz7q2m4n6pa"
MOMO = "ajo-c-01k9xyz7q2m4n6pb"
WALLET = Wallet("+233551234987", "mtn")
PAYOUT = "ajo-p-01k9xyz7q2m4n6p8r0"
ME = {"member_id": "mem_7f3a9c"}
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SINCE = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


@pytest.fixture
def replay() -> Iterator[Replay]:
    with serving() as server:
        yield server


@pytest.fixture
def paystack(replay: Replay) -> Paystack:
    return Paystack(replay.url, KEY, connect_seconds=5, read_seconds=5)


def sample(name: str, status: int = 200, **more: Any) -> Scripted:
    return fixture(f"paystack/{name}.json", status, **more)


def changed(name: str, **data: Any) -> Scripted:
    """A sample with some of its data changed; Ellipsis takes one away."""
    body = json.loads((FIXTURES / "paystack" / f"{name}.json").read_text())
    body["data"] = {key: value for key, value in (body["data"] | data).items() if value is not ...}
    return answer(body)


def refusal(message: str, status: int = 400, code: str = "") -> Scripted:
    return answer({"status": False, "message": message, "code": code}, status)


Call = Callable[[Paystack], object]


def charge_ussd(paystack: Paystack) -> object:
    return paystack.charge_ussd(USSD, 500_000, EMAIL, "737", ME)


def charge_bank_transfer(paystack: Paystack) -> object:
    return paystack.charge_bank_transfer(ACCOUNT, 500_000, EMAIL, NOON, ME)


def charge_mobile_money(paystack: Paystack) -> object:
    return paystack.charge_mobile_money(MOMO, 10_000, EMAIL, WALLET, ME)


def submit_otp(paystack: Paystack) -> object:
    return paystack.submit_otp(ACCOUNT, "483920")


def initialize(paystack: Paystack) -> object:
    return paystack.initialize(CHARGE, 500_000, EMAIL, ME, callback_url="https://ajo.example.org/pay/done", label="Ada")


def verify(paystack: Paystack) -> Verified:
    return paystack.verify(CHARGE)


def banks(paystack: Paystack) -> object:
    return paystack.banks()


def resolve(paystack: Paystack) -> object:
    return paystack.resolve_account("0123456785", "058")


def create_recipient(paystack: Paystack) -> object:
    return paystack.create_recipient("Ada Obi", "0123456785", "058")


def transfer(paystack: Paystack) -> TransferResult:
    return paystack.transfer(PAYOUT, 5_000_000, "RCP_ajo000000000001", "Ajo payout cycle 3")


def verify_transfer(paystack: Paystack) -> TransferState:
    return paystack.verify_transfer(PAYOUT)


def balance(paystack: Paystack) -> object:
    return paystack.balance()


def transactions(paystack: Paystack) -> object:
    return list(paystack.list_transactions(SINCE))


def transfers(paystack: Paystack) -> object:
    return list(paystack.list_transfers(SINCE))


ALL: list[Call] = [
    charge_ussd, charge_bank_transfer, charge_mobile_money, submit_otp, initialize, verify, banks, resolve,
    create_recipient, transfer, verify_transfer, balance, transactions, transfers,
]  # fmt: skip
LOOK_UPS: list[Call] = [verify, banks, resolve, verify_transfer, balance, transactions, transfers]
# and transfer: see there
ORDERS: list[Call] = [charge_ussd, charge_bank_transfer, charge_mobile_money, submit_otp, initialize, create_recipient]

# --- what we ask ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "given", "path", "asked"),
    [
        (charge_ussd, "res_charge_ussd", "/charge", "req_charge_ussd"),
        (charge_bank_transfer, "res_charge_bank_transfer", "/charge", "req_charge_bank_transfer"),
        (transfer, "res_transfer_pending", "/transfer", "req_transfer"),
    ],
)
def test_it_asks_as_the_samples_do(
    paystack: Paystack, replay: Replay, call: Call, given: str, path: str, asked: str
) -> None:
    replay.will(sample(given))
    call(paystack)
    found = replay.asked[0]
    assert (found.method, found.path) == ("POST", path)
    assert found.json == json.loads((FIXTURES / "paystack" / f"{asked}.json").read_text())
    assert found.headers["Authorization"] == f"Bearer {KEY}"
    assert found.headers["Content-Type"] == "application/json"


def test_it_asks_a_wallet_in_the_countrys_money(replay: Replay) -> None:
    replay.will(sample("res_charge_momo_offline"), sample("res_charge_momo_offline"))
    ghana = Paystack(replay.url, KEY, COUNTRIES["GH"], connect_seconds=5, read_seconds=5)
    ghana.charge_mobile_money(MOMO, 10_000, EMAIL, WALLET, ME)
    ghana.submit_otp(MOMO, "483920")
    charged, submitted = replay.asked
    expected = json.loads((FIXTURES / "paystack/req_charge_mobile_money_gh.json").read_text())
    assert (charged.path, charged.json) == ("/charge", expected | {"reference": MOMO, "email": EMAIL, "metadata": ME})
    assert (submitted.path, submitted.json) == ("/charge/submit_otp", {"otp": "483920", "reference": MOMO})


def test_in_ghana_everything_is_in_cedis(replay: Replay) -> None:
    replay.will(sample("res_initialize"), sample("res_recipient"), sample("res_bank_list_gh_momo"))
    ghana = Paystack(replay.url, KEY, COUNTRIES["GH"], connect_seconds=5, read_seconds=5)
    initialize(ghana)
    create_recipient(ghana)
    banks(ghana)
    link, recipient, listed = replay.asked
    assert (link.json["currency"], recipient.json["currency"], recipient.json["type"]) == ("GHS", "GHS", "ghipss")
    assert (listed.query["country"], listed.query["currency"]) == (["ghana"], ["GHS"])


def test_it_asks_for_a_link_and_a_recipient_with_no_more_than_the_samples(paystack: Paystack, replay: Replay) -> None:
    replay.will(sample("res_initialize"), sample("res_recipient"))
    initialize(paystack)
    create_recipient(paystack)
    for asked, name in zip(replay.asked, ("req_initialize", "req_recipient_nuban"), strict=True):
        expected = json.loads((FIXTURES / "paystack" / f"{name}.json").read_text())
        assert asked.json.keys() <= expected.keys()
        assert type(asked.json.get("amount", 0)) is int


@pytest.mark.parametrize(
    ("call", "given", "path", "query"),
    [
        (verify, "res_verify_success", f"/transaction/verify/{CHARGE}", {}),
        (verify_transfer, "res_transfer_verify_success", f"/transfer/verify/{PAYOUT}", {}),
        (resolve, "res_resolve_account", "/bank/resolve", {"account_number": ["0123456785"], "bank_code": ["058"]}),
        (balance, "res_balance", "/balance", {}),
    ],
)
def test_it_looks_up_where_the_docs_say(
    paystack: Paystack, replay: Replay, call: Call, given: str, path: str, query: dict[str, list[str]]
) -> None:
    replay.will(sample(given))
    call(paystack)
    assert (replay.asked[0].method, replay.asked[0].path, replay.asked[0].query) == ("GET", path, query)


def test_a_reference_that_is_not_ours_cannot_leave_its_place_in_the_path(paystack: Paystack, replay: Replay) -> None:
    replay.will(refusal("Transaction reference not found.", 404))
    assert paystack.verify("../balance?x=1").status is PaymentStatus.NOT_FOUND
    assert replay.asked[0].path == "/transaction/verify/..%2Fbalance%3Fx%3D1"


@pytest.mark.parametrize("reference", ["", "short", "AJO-C-01K9XYZ7Q2M4N6P8", "ajo_c_01k9xyz7q2m4n6p8", "a" * 51])
def test_a_malformed_reference_is_our_bug(paystack: Paystack, replay: Replay, reference: str) -> None:
    with pytest.raises(ValueError, match="not a reference"):
        paystack.transfer(reference, 1, "RCP_1", "x")
    with pytest.raises(ValueError, match="not a reference"):
        paystack.charge_ussd(reference, 1, EMAIL, "737", {})
    assert replay.asked == []


@pytest.mark.parametrize("amount", [0, -1, 1.5, "500000", True])
def test_a_malformed_amount_is_our_bug(paystack: Paystack, amount: Any) -> None:
    with pytest.raises(ValueError, match="not an amount"):
        paystack.transfer(PAYOUT, amount, "RCP_1", "x")


# --- money in ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "scripted", "expected"),
    [
        (charge_ussd, sample("res_charge_ussd"), UssdCode(USSD, "*737*33*4*10001#")),
        (charge_ussd, changed("res_charge_ussd", ussd_code=..., status="pending"), ChargePending(USSD)),
        (charge_ussd, changed("res_charge_ussd", status="failed", message="No"), ChargeRefused(USSD, "refused", "No")),
        (
            charge_ussd,
            sample("res_error_duplicate_transaction_reference", 400),
            ChargeRefused(USSD, "reference_used", "Duplicate Transaction Reference"),
        ),
        (
            charge_ussd,
            sample("res_error_missing_email", 400),
            ChargeRefused(USSD, "refused", "Email Address is required"),
        ),
        (charge_ussd, refusal("no", 200), ChargeRefused(USSD, "refused", "no")),
        (
            charge_bank_transfer,
            sample("res_charge_bank_transfer"),
            TransferAccount(ACCOUNT, "1260000001", "AJO CIRCLE", "Test Bank", NOON),
        ),
        (
            charge_bank_transfer,
            changed("res_charge_bank_transfer", bank=None, account_expires_at=None),
            TransferAccount(ACCOUNT, "1260000001", "AJO CIRCLE", "", None),
        ),
        (charge_bank_transfer, sample("res_charge_momo_send_otp"), ChargePending(ACCOUNT)),
        (charge_mobile_money, sample("res_charge_momo_offline"), ApproveOnPhone(MOMO)),
        (charge_mobile_money, sample("res_charge_momo_send_otp"), VoucherWanted(MOMO)),
        (charge_mobile_money, changed("res_charge_momo_offline", status="pending"), ChargePending(MOMO)),
        (charge_mobile_money, changed("res_charge_momo_offline", status="brand new"), ChargePending(MOMO)),
        (charge_mobile_money, changed("res_charge_momo_offline", status=...), ChargePending(MOMO)),
        (charge_mobile_money, changed("res_charge_momo_offline", status="success"), ChargePending(MOMO)),
        (
            charge_mobile_money,
            changed("res_charge_momo_offline", status="failed", message="No wallet"),
            ChargeRefused(MOMO, "refused", "No wallet"),
        ),
        (charge_mobile_money, changed("res_charge_momo_offline", status="timeout"), ChargeRefused(MOMO, "refused")),
        (
            charge_mobile_money,
            sample("res_error_duplicate_transaction_reference", 400),
            ChargeRefused(MOMO, "reference_used", "Duplicate Transaction Reference"),
        ),
        (charge_mobile_money, refusal("Invalid wallet"), ChargeRefused(MOMO, "refused", "Invalid wallet")),
        (submit_otp, changed("res_charge_momo_offline", reference=ACCOUNT), ApproveOnPhone(ACCOUNT)),
        (submit_otp, sample("res_charge_momo_send_otp"), VoucherWanted(ACCOUNT)),
        (submit_otp, changed("res_charge_momo_offline", status="pending"), ChargePending(ACCOUNT)),
        (submit_otp, refusal("Invalid OTP"), ChargeRefused(ACCOUNT, "refused", "Invalid OTP")),
        (
            submit_otp,
            changed("res_charge_momo_offline", status="failed", message="Wrong voucher"),
            ChargeRefused(ACCOUNT, "refused", "Wrong voucher"),
        ),
        (initialize, sample("res_initialize"), PayLink(CHARGE, "https://checkout.paystack.com/abc123def456")),
        (
            initialize,
            sample("res_error_duplicate_transaction_reference", 400),
            ChargeRefused(CHARGE, "reference_used", "Duplicate Transaction Reference"),
        ),
    ],
)
def test_a_charge_gives_what_she_needs_or_says_why_not(
    paystack: Paystack, replay: Replay, call: Call, scripted: Scripted, expected: object
) -> None:
    replay.will(scripted)
    assert call(paystack) == expected


@pytest.mark.parametrize(
    "url",
    ["", "http://checkout.paystack.com/a", "https://paystack.com.evil.ng/a", "https://evilpaystack.com/a",
     "https://x@checkout.paystack.com/a", "javascript:alert(1)", "https://[", None],
)  # fmt: skip
def test_a_link_to_somewhere_else_is_not_passed_on(paystack: Paystack, replay: Replay, url: str | None) -> None:
    replay.will(changed("res_initialize", authorization_url=url))
    with pytest.raises(ProviderError, match="unreadable"):
        initialize(paystack)


PAID = Verified(
    CHARGE,
    PaymentStatus.SUCCESS,
    amount_kobo=500_000,
    currency="NGN",
    fee_kobo=17_500,
    requested_kobo=500_000,
    paid_at=datetime(2026, 11, 23, 9, 20, tzinfo=UTC),
    created_at=datetime(2026, 11, 23, 9, 18, 30, tzinfo=UTC),
    provider_id=5_200_000_001,
    domain="test",
    channel="card",
    reason="Approved",
    customer_code="CUS_ajo0000000000001",
    metadata={"member_id": "mem_7f3a9c", "circle_id": "cir_42", "cycle": 3},
)
OPEN = replace(PAID, paid_at=None, fee_kobo=None, channel="bank_transfer")


@pytest.mark.parametrize(
    ("scripted", "expected"),
    [
        (sample("res_verify_success"), PAID),
        (sample("res_verify_success_bank_transfer"), replace(PAID, channel="bank_transfer")),
        (
            sample("res_verify_failed"),
            replace(OPEN, status=PaymentStatus.FAILED, reason="Declined"),
        ),
        (
            sample("res_verify_abandoned"),
            replace(OPEN, status=PaymentStatus.ABANDONED, reason="The transaction was not completed"),
        ),
        (
            sample("res_verify_ongoing"),
            replace(OPEN, status=PaymentStatus.PENDING, reason="Transaction in progress"),
        ),
        (sample("res_verify_pending"), replace(OPEN, status=PaymentStatus.PENDING, reason="Pending")),
        (
            sample("res_verify_reversed"),
            replace(PAID, status=PaymentStatus.REVERSED, channel="bank_transfer", reason="Reversed"),
        ),
        (sample("res_verify_not_found", 404), Verified(CHARGE, PaymentStatus.NOT_FOUND)),
        (sample("res_verify_not_found", 400), Verified(CHARGE, PaymentStatus.NOT_FOUND)),
        (refusal("Transaction not found", 404), Verified(CHARGE, PaymentStatus.NOT_FOUND)),
        (changed("res_verify_success", status="queued"), replace(PAID, status=PaymentStatus.PENDING)),
        (changed("res_verify_success", status="brand new"), replace(PAID, status=PaymentStatus.PENDING)),
        (changed("res_verify_success", amount="500000", fees="17500"), PAID),
        (changed("res_verify_success", amount=500000.0), PAID),
        (changed("res_verify_success", metadata=""), replace(PAID, metadata={})),
        (changed("res_verify_success", metadata=0), replace(PAID, metadata={})),
        (changed("res_verify_success", metadata=None), replace(PAID, metadata={})),
        (changed("res_verify_success", metadata="[1]"), replace(PAID, metadata={})),
        (changed("res_verify_success", metadata='{"cycle":3}'), replace(PAID, metadata={"cycle": 3})),
        (changed("res_verify_success", id=2**63 + 1), replace(PAID, provider_id=2**63 + 1)),
        (changed("res_verify_success", id=str(2**63 + 1)), replace(PAID, provider_id=2**63 + 1)),
        (changed("res_verify_success", customer=None, authorization="x"), replace(PAID, customer_code="")),
        (changed("res_verify_success", paid_at=...), PAID),  # paidAt says it too
        (changed("res_verify_success", paid_at="soon"), replace(PAID, paid_at=None)),
    ],
)
def test_a_payment_is_what_the_look_up_says(
    paystack: Paystack, replay: Replay, scripted: Scripted, expected: Verified
) -> None:
    replay.will(scripted)
    assert verify(paystack) == expected


@pytest.mark.parametrize(
    "change",
    [
        {"reference": "ajo-c-of-somebody-else"},
        {"reference": ...},
        {"status": None},
        {"amount": None},
        {"amount": -5},
        {"amount": 1.5},
        {"amount": "5,000"},
        {"amount": True},
        {"amount": {}},
        {"currency": ""},
        {"fees": "x"},
    ],
)
def test_a_payment_that_cannot_be_read_is_not_guessed(
    paystack: Paystack, replay: Replay, change: dict[str, Any]
) -> None:
    replay.will(changed("res_verify_success", **change))
    with pytest.raises(ProviderError) as caught:
        verify(paystack)
    assert (caught.value.kind, caught.value.why) == (Kind.TEMPORARY, "unreadable")


@pytest.mark.parametrize("scripted", [Scripted(404, b"<html>404</html>"), Scripted(404), Scripted(404, b"[]")])
@pytest.mark.parametrize("call", [verify, verify_transfer])
def test_a_page_that_is_missing_is_no_payment_that_is_missing(
    paystack: Paystack, replay: Replay, call: Call, scripted: Scripted
) -> None:
    replay.will(scripted)
    with pytest.raises(ProviderError, match="unreadable"):
        call(paystack)


# --- accounts ---------------------------------------------------------------------------------


def test_banks_are_those_one_can_choose_each_once(paystack: Paystack, replay: Replay) -> None:
    first = json.loads((FIXTURES / "paystack/res_bank_list_ng_sample.json").read_text())
    gone = [first["data"][0] | {"code": code, **why} for code, why in (
        ("900", {"active": False}), ("901", {"is_deleted": True}), ("902", {"name": None}), (None, {}),
    )]  # fmt: skip
    second = first | {"data": [*gone, first["data"][0]], "meta": {"next": None}}
    replay.will(answer(first | {"meta": {"next": "cursor-2"}}), answer(second))
    found = paystack.banks()
    assert found[:2] == (
        Bank("058", "Guaranty Trust Bank", "guaranty-trust-bank"),
        Bank("057", "Zenith Bank", "zenith-bank"),
    )
    assert [bank.code for bank in found] == ["058", "057", "50211", "999992"]
    assert [asked.query.get("next") for asked in replay.asked] == [None, ["cursor-2"]]
    assert replay.asked[0].query["currency"] == ["NGN"]


@pytest.mark.parametrize(
    ("scripted", "expected"),
    [
        (sample("res_resolve_account"), Resolved("OBI ADA NGOZI")),
        (
            sample("res_resolve_account_failed", 422),
            AccountNotFound("Could not resolve account name. Check parameters or try again."),
        ),
        (
            sample("res_resolve_account_failed", 400),
            AccountNotFound("Could not resolve account name. Check parameters or try again."),
        ),
        (sample("res_resolve_account_test_limit", 429), Limited()),
        (sample("res_resolve_account_test_limit", 429, headers={"x-ratelimit-reset": "60"}), Limited(60)),
        (sample("res_resolve_account_test_limit", 400), Limited()),
        (sample("res_error_rate_limited", 429), Limited()),
    ],
)
def test_a_limit_is_never_an_account_that_does_not_exist(
    paystack: Paystack, replay: Replay, scripted: Scripted, expected: object
) -> None:
    replay.will(scripted)
    assert resolve(paystack) == expected


def test_a_look_up_that_we_asked_wrongly_says_nothing_about_the_account(paystack: Paystack, replay: Replay) -> None:
    replay.will(refusal("Account number is required", 400, "missing_params"))
    with pytest.raises(ProviderError) as caught:
        resolve(paystack)
    assert caught.value.kind is Kind.PERMANENT


def test_a_recipient_is_a_code_or_a_no(paystack: Paystack, replay: Replay) -> None:
    replay.will(sample("res_recipient", 201), refusal("Account number is invalid"))
    assert create_recipient(paystack) == Recipient("RCP_ajo000000000001")
    assert create_recipient(paystack) == RecipientRefused("Account number is invalid")


# --- money out --------------------------------------------------------------------------------


def asked_for(status: TransferStatus, detail: str) -> TransferResult:
    return TransferResult(PAYOUT, status, "TRF_ajo0000000000001", 860_000_001, detail)


@pytest.mark.parametrize(
    ("scripted", "expected"),
    [
        (sample("res_transfer_pending"), asked_for(TransferStatus.PENDING, "pending")),
        (sample("res_transfer_success"), asked_for(TransferStatus.PENDING, "success")),  # queued is not paid
        (changed("res_transfer_pending", status="reversed"), asked_for(TransferStatus.PENDING, "reversed")),
        (changed("res_transfer_pending", status="new word"), asked_for(TransferStatus.PENDING, "new word")),
        (sample("res_transfer_otp"), asked_for(TransferStatus.MANUAL, "otp")),
        (sample("res_transfer_received"), asked_for(TransferStatus.MANUAL, "received")),
        (changed("res_transfer_pending", status="failed"), asked_for(TransferStatus.FAILED, "failed")),
        (changed("res_transfer_pending", status="blocked"), asked_for(TransferStatus.FAILED, "blocked")),
        (
            sample("res_error_balance", 400),
            TransferResult(
                PAYOUT, TransferStatus.INSUFFICIENT, detail="Your balance is not enough to fulfill this request"
            ),
        ),
        (
            sample("res_error_bad_recipient", 400),
            TransferResult(PAYOUT, TransferStatus.REFUSED, detail="Recipient specified is invalid"),
        ),
        (
            refusal("Please provide a unique reference. Reference already exists on a transfer"),
            TransferResult(
                PAYOUT,
                TransferStatus.EXISTS,
                detail="Please provide a unique reference. Reference already exists on a transfer",
            ),
        ),
        (
            refusal("nope", code="duplicate_reference"),
            TransferResult(PAYOUT, TransferStatus.EXISTS, detail="nope"),
        ),
        (Scripted(500), TransferResult(PAYOUT, TransferStatus.UNKNOWN, detail="http_500")),
        (Scripted(502, b"<html>"), TransferResult(PAYOUT, TransferStatus.UNKNOWN, detail="http_502")),
        (Scripted(wait_seconds=2), TransferResult(PAYOUT, TransferStatus.UNKNOWN, detail="timeout")),
        (Scripted(reset=True), TransferResult(PAYOUT, TransferStatus.UNKNOWN, detail="connection_lost")),
        (Scripted(200, b"<html>"), TransferResult(PAYOUT, TransferStatus.UNKNOWN, detail="unreadable")),
        (Scripted(200, b'{"status":true,'), TransferResult(PAYOUT, TransferStatus.UNKNOWN, detail="unreadable")),
        (Scripted(400, b"<html>"), TransferResult(PAYOUT, TransferStatus.UNKNOWN, detail="unreadable")),
        (
            sample("res_transfer_pending", cut=True),
            TransferResult(PAYOUT, TransferStatus.UNKNOWN, detail="unreadable"),
        ),
        (
            changed("res_transfer_pending", reference="ajo-p-of-another-payout"),
            TransferResult(PAYOUT, TransferStatus.UNKNOWN, detail="unreadable"),
        ),
        (
            changed("res_transfer_pending", status=...),
            TransferResult(PAYOUT, TransferStatus.UNKNOWN, detail="unreadable"),
        ),
    ],
)
def test_asking_for_a_transfer_concludes_nothing_that_is_not_certain(
    replay: Replay, scripted: Scripted, expected: TransferResult
) -> None:
    replay.will(scripted)
    paystack = Paystack(replay.url, KEY, connect_seconds=5, read_seconds=scripted.patience)
    assert transfer(paystack) == expected
    assert len(replay.asked) == 1


def test_a_transfer_that_was_never_sent_or_not_taken_may_be_sent_later(paystack: Paystack, replay: Replay) -> None:
    replay.will(sample("res_error_rate_limited", 429, headers={"x-ratelimit-reset": "30"}))
    for caller, why, wait in (
        (paystack, "rate_limited", 30),
        (Paystack("http://127.0.0.1:9", KEY), "no_connection", None),
    ):
        with pytest.raises(ProviderError) as caught:
            transfer(caller)
        error = caught.value
        assert (error.kind, error.why, error.retry_after_seconds) == (Kind.TEMPORARY, why, wait)


SENT = TransferState(
    PAYOUT,
    TransferStatus.SUCCESS,
    amount_kobo=5_000_000,
    currency="NGN",
    fee_kobo=2_500,
    code="TRF_ajo0000000000001",
    recipient="RCP_ajo000000000001",
    provider_id=860_000_001,
    domain="test",
    created_at=datetime(2026, 11, 23, 9, 30, tzinfo=UTC),
    updated_at=datetime(2026, 11, 23, 9, 31, tzinfo=UTC),
    detail="success",
)


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("pending", TransferStatus.PENDING),
        ("otp", TransferStatus.MANUAL),
        ("received", TransferStatus.MANUAL),
        ("failed", TransferStatus.FAILED),
        ("abandoned", TransferStatus.FAILED),
        ("blocked", TransferStatus.FAILED),
        ("rejected", TransferStatus.FAILED),
        ("reversed", TransferStatus.REVERSED),
    ],
)
def test_a_transfer_is_what_the_look_up_says(
    paystack: Paystack, replay: Replay, word: str, status: TransferStatus
) -> None:
    replay.will(sample(f"res_transfer_verify_{word}"))
    found = verify_transfer(paystack)
    assert replace(found, fee_kobo=None) == replace(SENT, status=status, detail=word, fee_kobo=None)


def test_a_successful_transfer_has_its_fee(paystack: Paystack, replay: Replay) -> None:
    replay.will(sample("res_transfer_verify_success"))
    assert verify_transfer(paystack) == SENT


@pytest.mark.parametrize("status", [400, 404])
def test_a_transfer_that_never_arrived_is_not_found(paystack: Paystack, replay: Replay, status: int) -> None:
    replay.will(refusal("Transfer not found", status, "transfer_not_found"))
    assert verify_transfer(paystack) == TransferState(PAYOUT, TransferStatus.NOT_FOUND)


def test_a_look_up_refused_for_another_reason_is_not_not_found(paystack: Paystack, replay: Replay) -> None:
    replay.will(refusal("Something is wrong with your integration"))
    with pytest.raises(ProviderError) as caught:
        verify_transfer(paystack)
    assert (caught.value.kind, caught.value.status) == (Kind.PERMANENT, 400)
    assert caught.value.message == "Something is wrong with your integration"


def test_the_balance_is_that_of_the_currency(paystack: Paystack, replay: Replay) -> None:
    replay.will(sample("res_balance"))
    assert paystack.balance() == 170_000_000
    with pytest.raises(ProviderError, match="unreadable"):
        paystack.balance("GHS")


# --- everything they have ---------------------------------------------------------------------


def rows(name: str, *numbers: int) -> Scripted:
    data = json.loads((FIXTURES / "paystack" / f"{name}.json").read_text())["data"]
    return answer({"status": True, "message": "ok", "data": [data | {"id": number} for number in numbers]})


@pytest.mark.parametrize(
    ("call", "name", "path"),
    [(transactions, "res_verify_success", "/transaction"), (transfers, "res_transfer_verify_success", "/transfer")],
)
def test_a_list_is_read_to_its_end_and_nothing_comes_twice(
    paystack: Paystack, replay: Replay, call: Call, name: str, path: str
) -> None:
    replay.will(rows(name, *range(200, 100, -1)), rows(name, *range(101, 1, -1)), rows(name, 1))
    found: Any = call(paystack)
    assert [each.provider_id for each in found] == list(range(200, 0, -1))
    assert [(asked.path, asked.query["page"]) for asked in replay.asked] == [(path, [str(n)]) for n in (1, 2, 3)]
    assert replay.asked[0].query["from"] == ["2026-11-20T09:30:00Z"]
    assert replay.asked[0].query["perPage"] == ["100"]


@pytest.mark.parametrize("data", [None, {}, [1], [{"id": None}], [{"id": 1}]])
@pytest.mark.parametrize("call", [transactions, transfers])
def test_a_list_with_a_hole_in_it_is_no_list(paystack: Paystack, replay: Replay, call: Call, data: Any) -> None:
    replay.will(answer({"status": True, "message": "ok", "data": data}))
    with pytest.raises(ProviderError, match="unreadable"):
        call(paystack)


# --- what can happen to every call ------------------------------------------------------------


@pytest.mark.parametrize("call", ALL)
@pytest.mark.parametrize("scripted", [sample("res_error_invalid_key", 401), Scripted(403, b"<html>")])
def test_a_refused_key_is_told_apart_in_every_call(
    paystack: Paystack, replay: Replay, call: Call, scripted: Scripted
) -> None:
    replay.will(scripted)
    with pytest.raises(ProviderRefusesUs) as caught:
        call(paystack)
    assert caught.value.kind is Kind.PERMANENT


TROUBLE = [
    Scripted(500),
    Scripted(503, b"<html>"),
    Scripted(reset=True),
    Scripted(200, b""),
    Scripted(200, b"<html>", "text/html"),
    Scripted(200, b'{"status":true,"data":{"ref'),
    Scripted(200, b'{"status":"true","data":{}}'),
    Scripted(200, b'{"status":true,"message":"ok"}'),
    Scripted(200, b'{"status":true,"message":"ok","data":7}'),
    Scripted(200, b"[]", cut=True),
]


@pytest.mark.parametrize("scripted", TROUBLE)
@pytest.mark.parametrize("call", LOOK_UPS)
def test_a_look_up_in_trouble_may_be_asked_again(
    paystack: Paystack, replay: Replay, call: Call, scripted: Scripted
) -> None:
    replay.will(scripted)
    with pytest.raises(ProviderError) as caught:
        call(paystack)
    assert caught.value.kind is Kind.TEMPORARY


@pytest.mark.parametrize("scripted", TROUBLE)
@pytest.mark.parametrize("call", ORDERS)
def test_an_order_in_trouble_may_have_had_its_effect(
    paystack: Paystack, replay: Replay, call: Call, scripted: Scripted
) -> None:
    replay.will(scripted)
    with pytest.raises(ProviderError) as caught:
        call(paystack)
    assert caught.value.kind is Kind.UNKNOWN


def test_no_account_shows_in_a_repr(paystack: Paystack, replay: Replay) -> None:
    replay.will(sample("res_charge_bank_transfer"))
    assert "1260000001" not in repr(charge_bank_transfer(paystack))


UNUSED = ("bulk", "momo", "dva", "customer", "refund")  # of what we do not do yet
TRANSFER_WORDS = {"pending", "otp", "received", "failed", "abandoned", "blocked", "rejected", "reversed"}


def test_there_is_a_case_for_every_sample() -> None:
    here = Path(__file__).read_text()
    samples = {path.stem for path in (FIXTURES / "paystack").glob("res_*.json")}
    untried = {name for name in samples if name not in here and not any(word in name for word in UNUSED)}
    assert untried == {f"res_transfer_verify_{word}" for word in TRANSFER_WORDS}  # by word, above
