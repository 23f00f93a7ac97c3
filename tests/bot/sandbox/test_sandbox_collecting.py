"""Money in: charges are opened, paid well and badly, looked up and announced, in Paystack's shapes."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.sandbox.fees import collection_fee, transfer_fee
from tests.bot.sandbox.support import EMAIL, Sandbox, assert_same_shape, eventually, sample

TRANSFER = {"bank_transfer": {"account_expires_at": None}}


def asked(name: str, **changes: Any) -> Any:
    """A request of the fixtures; its e-mail is of a domain that exists."""
    return sample(f"paystack/{name}.json") | {"email": EMAIL} | changes


@pytest.mark.parametrize(
    ("request_name", "path", "answer_name"),
    [
        ("req_initialize", "/transaction/initialize", "res_initialize"),
        ("req_charge_ussd", "/charge", "res_charge_ussd"),
        ("req_charge_bank_transfer", "/charge", "res_charge_bank_transfer"),
    ],
)
def test_it_takes_the_requests_of_the_fixtures(
    sandbox: Sandbox, request_name: str, path: str, answer_name: str
) -> None:
    answer = sandbox.post(path, sample(f"paystack/{request_name}.json"))

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/json"
    assert_same_shape(answer.json(), sample(f"paystack/{answer_name}.json"))


def test_it_counts_the_rate_limit_in_headers(sandbox: Sandbox) -> None:
    answer = sandbox.get("/balance")

    assert int(answer.headers["x-ratelimit-limit"]) == 100
    assert {"x-ratelimit-remaining", "x-ratelimit-reset"} <= set(answer.headers)


def test_it_refuses_over_the_rate_limit_when_told_to(sandbox: Sandbox) -> None:
    sandbox.client.tune(rate_limit_per_minute=1)

    refused = eventually(lambda: sandbox.get("/balance"), lambda answer: answer.status_code == 429)

    assert refused.json() == sample("paystack/res_error_rate_limited.json")
    assert refused.headers["x-ratelimit-remaining"] == "0"


@pytest.mark.parametrize("path", ["/balance", "/bank", "/transaction/verify/x"])
def test_it_refuses_another_key(sandbox: Sandbox, path: str) -> None:
    answer = sandbox.get(path, key="sk_test_of_somebody_else")

    assert (answer.status_code, answer.json()) == (401, sample("paystack/res_error_invalid_key.json"))


def test_it_refuses_a_charge_without_email_in_its_own_words(sandbox: Sandbox) -> None:
    body = asked("req_charge_ussd")
    del body["email"]

    answer = sandbox.post("/charge", body)

    assert (answer.status_code, answer.json()) == (400, sample("paystack/res_error_missing_email.json"))


@pytest.mark.parametrize(
    "changes",
    [
        {"email": "not an address"},
        {"email": "m-1@members.local"},
        {"amount": 4_999},
        {"amount": 5000.5},
        {"amount": "N5,000"},
        {"amount": True},
        {"amount": -500_000},
        {"amount": 1_000_000_001},
        {"reference": "ajo_c_with_underscore"},
        {"ussd": {"type": "123"}},
        {"ussd": None},
        {"ussd": None, "bank_transfer": {"account_expires_at": "tomorrow"}},
        {"ussd": None, "bank_transfer": {}, "amount": 9_999},
    ],
)
def test_it_refuses_what_paystack_refuses(sandbox: Sandbox, changes: dict[str, Any]) -> None:
    answer = sandbox.post("/charge", asked("req_charge_ussd", **changes))

    assert answer.status_code == 400
    assert answer.json()["status"] is False
    assert answer.json()["type"] == "validation_error"
    assert sandbox.client.charges() == []


@pytest.mark.parametrize("amount", [5_000, "5000"])
def test_it_takes_fifty_naira_as_a_number_or_its_digits(sandbox: Sandbox, amount: object) -> None:
    assert sandbox.post("/charge", asked("req_charge_ussd", amount=amount)).status_code == 200


def test_it_does_not_take_json_that_is_none(sandbox: Sandbox) -> None:
    assert sandbox.post("/charge", ["a", "list"]).status_code == 400


def test_it_refuses_a_reference_twice_also_of_an_abandoned_one(sandbox: Sandbox) -> None:
    sandbox.post("/transaction/initialize", asked("req_initialize", reference="ajo-c-twice-0000001"))

    answer = sandbox.post("/charge", asked("req_charge_ussd", reference="ajo-c-twice-0000001"))

    assert answer.status_code == 400
    assert answer.json() == sample("paystack/res_error_duplicate_transaction_reference.json")


@pytest.mark.parametrize(("kind", "start"), [("737", "*737*"), ("919", "*919*"), ("966", "*966*"), ("822", "*822*")])
def test_every_bank_has_its_code_to_dial(sandbox: Sandbox, kind: str, start: str) -> None:
    first = sandbox.charge("ajo-c-code-00000001", ussd={"type": kind})["ussd_code"]
    second = sandbox.charge("ajo-c-code-00000002", ussd={"type": kind})["ussd_code"]

    assert first.startswith(start)
    assert first.endswith("#")
    assert first != second


@pytest.mark.parametrize(
    ("wanted", "given"),
    [
        (timedelta(minutes=1), timedelta(minutes=15)),
        (timedelta(hours=2), timedelta(hours=2)),
        (timedelta(days=3), timedelta(hours=8)),
        (None, timedelta(hours=8)),
    ],
)
def test_an_account_to_pay_into_stays_open_for_a_while(
    sandbox: Sandbox, wanted: timedelta | None, given: timedelta
) -> None:
    now = datetime.fromisoformat(sandbox.client.get("/clock")["now"])
    until = None if wanted is None else (now + wanted).isoformat()

    told = sandbox.charge("ajo-c-expiry-000001", bank_transfer={"account_expires_at": until})

    expiry = datetime.fromisoformat(told["account_expires_at"])
    assert abs(expiry - now - given) < timedelta(seconds=5)


def test_an_open_charge_is_ongoing_until_it_expires(sandbox: Sandbox) -> None:
    sandbox.charge("ajo-c-late-00000001", **TRANSFER)
    found = sandbox.get("/transaction/verify/ajo-c-late-00000001")
    assert_same_shape(found.json(), sample("paystack/res_verify_ongoing.json"))
    assert found.json()["data"]["status"] == "ongoing"

    sandbox.client.move_clock(9 * 3600)

    found = sandbox.get("/transaction/verify/ajo-c-late-00000001")
    assert_same_shape(found.json(), sample("paystack/res_verify_abandoned.json"))
    assert found.json()["data"]["status"] == "abandoned"
    assert sandbox.client.pay("ajo-c-late-00000001") == ["success"], "late money is real"


def test_a_payment_is_found_and_announced(sandbox: Sandbox) -> None:
    code = sandbox.charge("ajo-c-ussd-00000001", metadata={"member_id": "mem_1"}, ussd={"type": "737"})["ussd_code"]

    assert sandbox.client.pay(ussd_code=code) == ["success"]

    found = sandbox.get("/transaction/verify/ajo-c-ussd-00000001").json()
    (event,) = sandbox.events()
    assert_same_shape(event, sample("paystack/webhook_charge_success_ussd.json"))
    assert found["data"]["status"] == event["data"]["status"] == "success"
    assert found["data"]["fees"] == event["data"]["fees"] == 17_500
    assert found["data"]["id"] == event["data"]["id"]
    assert event["data"]["metadata"] == {"member_id": "mem_1"}
    assert sandbox.client.balance() == 5_000_000 + 500_000 - 17_500


def test_a_bank_transfer_is_found_and_announced(sandbox: Sandbox) -> None:
    number = sandbox.charge("ajo-c-bank-00000001", **TRANSFER)["account_number"]

    assert sandbox.client.pay(account_number=number) == ["success"]

    found = sandbox.get("/transaction/verify/ajo-c-bank-00000001").json()
    (event,) = sandbox.events()
    assert_same_shape(found, sample("paystack/res_verify_success_bank_transfer.json"))
    assert_same_shape(event, sample("paystack/webhook_charge_success_bank_transfer.json"))


def test_a_checkout_is_abandoned_until_it_is_paid(sandbox: Sandbox) -> None:
    sandbox.post("/transaction/initialize", asked("req_initialize", reference="ajo-c-checkout-0001"))
    assert sandbox.verify("ajo-c-checkout-0001")["status"] == "abandoned"

    sandbox.client.pay("ajo-c-checkout-0001")

    found = sandbox.get("/transaction/verify/ajo-c-checkout-0001").json()
    assert_same_shape(found, sample("paystack/res_verify_success.json"))


def test_a_declined_payment_is_not_announced(sandbox: Sandbox) -> None:
    sandbox.charge("ajo-c-fail-00000001", **TRANSFER)

    assert sandbox.client.pay("ajo-c-fail-00000001", fail=True) == ["failed"]

    found = sandbox.get("/transaction/verify/ajo-c-fail-00000001").json()
    assert_same_shape(found, sample("paystack/res_verify_failed.json"))
    assert found["data"]["status"] == "failed"
    assert sandbox.client.webhooks() == []


def test_an_unknown_reference_is_not_found(sandbox: Sandbox) -> None:
    answer = sandbox.get("/transaction/verify/ajo-c-nobody-000001")

    assert (answer.status_code, answer.json()) == (404, sample("paystack/res_verify_not_found.json"))


def test_a_pending_charge_can_be_checked(sandbox: Sandbox) -> None:
    told = sandbox.charge("ajo-c-check-0000001")
    assert sandbox.get("/charge/ajo-c-check-0000001").json()["data"] == told

    sandbox.client.pay("ajo-c-check-0000001")

    assert sandbox.get("/charge/ajo-c-check-0000001").json()["data"]["status"] == "success"


def test_a_bank_transfer_of_another_amount_goes_back(sandbox: Sandbox) -> None:
    sandbox.charge("ajo-c-wrong-0000001", **TRANSFER)

    assert sandbox.client.pay("ajo-c-wrong-0000001", amount=300_000) == ["rejected"]

    (event,) = sandbox.events()
    assert_same_shape(event, sample("paystack/webhook_bank_transfer_rejected.json"))
    assert event["data"]["bank_transfer"]["amount"] == "300000"
    assert sandbox.verify("ajo-c-wrong-0000001")["status"] == "ongoing"
    assert sandbox.client.balance() == 5_000_000


@pytest.mark.parametrize("channel", [{"ussd": {"type": "737"}}, TRANSFER])
def test_another_amount_can_arrive_all_the_same(sandbox: Sandbox, channel: dict[str, Any]) -> None:
    sandbox.charge("ajo-c-short-0000001", **channel)

    assert sandbox.client.pay("ajo-c-short-0000001", amount=300_000, accept=True) == ["success"]

    found = sandbox.verify("ajo-c-short-0000001")
    assert (found["amount"], found["requested_amount"]) == (300_000, 500_000)
    assert found["fees"] == collection_fee(300_000)


def test_another_currency_can_arrive(sandbox: Sandbox) -> None:
    sandbox.charge("ajo-c-money-0000001")

    sandbox.client.pay("ajo-c-money-0000001", currency="USD")

    assert sandbox.verify("ajo-c-money-0000001")["currency"] == "USD"
    assert sandbox.client.balance() == 5_000_000
    assert sandbox.client.balance("USD") == 482_500


def test_paying_twice_is_money_twice_and_the_second_has_paystacks_reference(sandbox: Sandbox) -> None:
    sandbox.charge("ajo-c-twice-0000002", metadata={"member_id": "mem_1"}, ussd={"type": "737"})

    assert sandbox.client.pay("ajo-c-twice-0000002", times=2) == ["success", "success"]

    first, second = sorted(sandbox.events(2), key=lambda event: event["data"]["id"])
    assert first["data"]["reference"] == "ajo-c-twice-0000002"
    assert second["data"]["reference"].startswith("T")
    assert second["data"]["metadata"] == {"member_id": "mem_1"}
    assert sandbox.client.balance() == 5_000_000 + 2 * 482_500


def test_a_charge_is_paid_by_itself_when_tuned_so(sandbox: Sandbox) -> None:
    sandbox.client.tune(pay_seconds=0)

    sandbox.charge("ajo-c-itself-000001")

    eventually(lambda: sandbox.verify("ajo-c-itself-000001")["status"], lambda status: status == "success")


def test_charges_are_listed_for_the_control_and_for_the_product(sandbox: Sandbox) -> None:
    for number in range(3):
        sandbox.charge(f"ajo-c-list-0000000{number}")
    sandbox.client.pay("ajo-c-list-00000001")

    page = sandbox.get("/transaction", perPage=2, page=2).json()

    assert [each["reference"] for each in page["data"]] == ["ajo-c-list-00000000"]
    assert page["meta"] == {"total": 3, "skipped": 2, "perPage": 2, "page": 2, "pageCount": 2}
    assert [each["reference"] for each in sandbox.client.charges("open")] == [
        "ajo-c-list-00000000",
        "ajo-c-list-00000002",
    ]
    assert [each["reference"] for each in sandbox.get("/transaction", status="success").json()["data"]] == [
        "ajo-c-list-00000001"
    ]
    assert sandbox.get("/transaction", **{"from": "2999-01-01"}).json()["data"] == []
    assert sandbox.get("/transaction", perPage=1000).status_code == 400


def test_a_refund_is_pending_then_processed(sandbox: Sandbox) -> None:
    sandbox.charge("ajo-c-refund-000001")
    sandbox.client.pay("ajo-c-refund-000001")

    body = sample("paystack/req_refund.json") | {"transaction": "ajo-c-refund-000001"}
    answer = sandbox.post("/refund", body)

    assert_same_shape(answer.json(), sample("paystack/res_refund.json"))
    events = {event["event"]: event for event in sandbox.events(3)}
    assert_same_shape(events["refund.pending"], sample("paystack/webhook_refund_pending.json"))
    assert_same_shape(events["refund.processed"], sample("paystack/webhook_refund_processed.json"))
    found = sandbox.get("/transaction/verify/ajo-c-refund-000001").json()
    assert found["data"]["status"] == "reversed"
    assert sandbox.client.balance() == 5_000_000 - 17_500


def test_the_fees_are_those_of_the_vectors() -> None:
    vectors = sample("common/paystack_fee_vectors.json")

    for each in vectors["collection_local_NGN"]:
        assert collection_fee(each["amount"]) == each["fee"], each
    for each in vectors["transfer_NGN"]:
        assert transfer_fee(each["amount"]) == each["fee"], each
