"""Money out: accounts have names, recipients are reused, transfers end well and badly."""

from typing import Any

import pytest

from bot.sandbox.client import SandboxError
from tests.bot.sandbox.support import Sandbox, assert_same_shape, eventually, sample

PAYOUT = "ajo-p-01k9xyz7q2m4n6p8r0"


@pytest.fixture
def by_hand(sandbox: Sandbox) -> Sandbox:
    """Transfers end when the test says so."""
    sandbox.client.tune(auto_transfer="none")
    return sandbox


# --- accounts -------------------------------------------------------------------------------------------------------


def test_the_banks_are_listed(sandbox: Sandbox) -> None:
    answer = sandbox.get("/bank", country="nigeria", currency="NGN").json()

    assert_same_shape(answer, sample("paystack/res_bank_list_ng_sample.json"))
    by_code = {each["code"]: each["name"] for each in answer["data"]}
    for known in sample("paystack/res_bank_list_ng_sample.json")["data"]:
        assert by_code[known["code"]] == known["name"]
    assert len(by_code) >= 25
    assert "001" in by_code


def test_the_banks_are_listed_page_by_page(sandbox: Sandbox) -> None:
    found: list[str] = []
    following: str | None = None
    while True:
        params = {"use_cursor": "true", "perPage": 10} | ({"next": following} if following else {})
        page = sandbox.get("/bank", country="nigeria", **params).json()
        found += [each["code"] for each in page["data"]]
        following = page["meta"]["next"]
        if following is None:
            break

    assert found == [each["code"] for each in sandbox.get("/bank", country="nigeria").json()["data"]]


def test_ghanas_wallets_are_in_the_list_of_ghana(sandbox: Sandbox) -> None:
    answer = sandbox.get("/bank", country="ghana", currency="GHS", type="mobile_money").json()

    assert answer == sample("paystack/res_bank_list_gh_momo.json")


def test_an_account_answers_with_the_same_name_each_time(sandbox: Sandbox) -> None:
    first, again = (sandbox.get("/bank/resolve", account_number="0123456785", bank_code="058") for _ in range(2))

    assert_same_shape(first.json(), sample("paystack/res_resolve_account.json"))
    assert first.json() == again.json()


def test_an_account_answers_with_the_name_it_was_told(sandbox: Sandbox) -> None:
    sandbox.client.name_account("058", "0123456785", "OBI ADA NGOZI")

    answer = sandbox.get("/bank/resolve", account_number="0123456785", bank_code="058")

    assert answer.json() == sample("paystack/res_resolve_account.json")


def test_the_test_bank_knows_every_account(sandbox: Sandbox) -> None:
    answer = sandbox.get("/bank/resolve", account_number="9999000001", bank_code="001")

    assert answer.json()["data"]["account_name"] == "TEST ACCOUNT 9999000001"


@pytest.mark.parametrize(("number", "bank"), [("9999000001", "058"), ("0123456785", "777"), ("012345678", "058")])
def test_an_unknown_account_does_not_resolve(sandbox: Sandbox, number: str, bank: str) -> None:
    answer = sandbox.get("/bank/resolve", account_number=number, bank_code=bank)

    assert (answer.status_code, answer.json()) == (422, sample("paystack/res_resolve_account_failed.json"))


def test_an_account_can_be_made_unknown(sandbox: Sandbox) -> None:
    sandbox.client.name_account("058", "0123456785", None)

    assert sandbox.get("/bank/resolve", account_number="0123456785", bank_code="058").status_code == 422


def test_the_same_account_gives_the_same_recipient(sandbox: Sandbox) -> None:
    body = sample("paystack/req_recipient_nuban.json")

    first, again = (sandbox.post("/transferrecipient", body).json() for _ in range(2))

    assert_same_shape(first, sample("paystack/res_recipient.json"))
    assert first == again
    assert first["data"]["recipient_code"] != sandbox.recipient("0000014579", "011")


def test_a_recipient_needs_an_account_that_exists(sandbox: Sandbox) -> None:
    body = sample("paystack/req_recipient_nuban.json") | {"account_number": "9999000001"}

    assert sandbox.post("/transferrecipient", body).status_code == 400


# --- transfers ------------------------------------------------------------------------------------------------------


def test_a_transfer_is_queued_and_its_money_is_gone(by_hand: Sandbox) -> None:
    body = sample("paystack/req_transfer.json") | {"recipient": by_hand.recipient(), "amount": 1_000_000}

    answer = by_hand.post("/transfer", body)

    assert_same_shape(answer.json(), sample("paystack/res_transfer_pending.json"))
    assert answer.json()["data"]["status"] == "pending"
    assert by_hand.client.balance() == 5_000_000 - 1_000_000 - 2_500
    balances = by_hand.get("/balance").json()
    assert_same_shape(balances, sample("paystack/res_balance.json"))
    assert balances["data"] == [{"currency": "NGN", "balance": 3_997_500}]


@pytest.mark.parametrize(("status", "left"), [("success", 3_997_500), ("failed", 5_000_000), ("reversed", 5_000_000)])
def test_a_transfer_ends_and_is_announced(by_hand: Sandbox, status: str, left: int) -> None:
    by_hand.transfer(PAYOUT)

    by_hand.client.end_transfer(PAYOUT, status)

    found = by_hand.get(f"/transfer/verify/{PAYOUT}").json()
    (event,) = by_hand.events()
    assert_same_shape(found, sample(f"paystack/res_transfer_verify_{status}.json"))
    assert_same_shape(event, sample(f"paystack/webhook_transfer_{status}.json"))
    assert found["data"]["fee_charged"] == (2_500 if status == "success" else 0)
    assert by_hand.client.balance() == left


@pytest.mark.parametrize("status", ["abandoned", "blocked", "rejected"])
def test_a_transfer_can_end_without_a_word(by_hand: Sandbox, status: str) -> None:
    by_hand.transfer(PAYOUT)

    by_hand.client.end_transfer(PAYOUT, status)

    found = by_hand.get(f"/transfer/verify/{PAYOUT}").json()
    assert_same_shape(found, sample(f"paystack/res_transfer_verify_{status}.json"))
    assert by_hand.client.webhooks() == []
    assert by_hand.client.balance() == 5_000_000


def test_a_transfer_succeeds_by_itself(sandbox: Sandbox) -> None:
    sandbox.transfer(PAYOUT)

    eventually(lambda: sandbox.transfer_status(PAYOUT), lambda status: status == "success")
    assert [event["event"] for event in sandbox.events()] == ["transfer.success"]


def test_a_reversal_after_success_gives_the_money_back(by_hand: Sandbox) -> None:
    by_hand.transfer(PAYOUT)
    by_hand.client.end_transfer(PAYOUT, "success")

    by_hand.client.end_transfer(PAYOUT, "reversed")

    assert by_hand.client.balance() == 5_000_000


def test_the_fee_of_a_reversed_transfer_can_be_kept(by_hand: Sandbox) -> None:
    by_hand.client.tune(keep_fee_on_reversal=True)
    by_hand.transfer(PAYOUT)

    by_hand.client.end_transfer(PAYOUT, "reversed")

    assert by_hand.get(f"/transfer/verify/{PAYOUT}").json()["data"]["fee_charged"] == 2_500
    assert by_hand.client.balance() == 4_997_500


@pytest.mark.parametrize("again", ["success", "failed", "pending"])
def test_what_has_failed_does_not_begin_again(by_hand: Sandbox, again: str) -> None:
    by_hand.transfer(PAYOUT)
    by_hand.client.end_transfer(PAYOUT, "failed")

    with pytest.raises(SandboxError, match="does not go from failed"):
        by_hand.client.end_transfer(PAYOUT, again)


def test_a_reference_is_taken_once_whatever_became_of_it(by_hand: Sandbox) -> None:
    by_hand.transfer(PAYOUT)
    by_hand.client.end_transfer(PAYOUT, "failed")

    answer = by_hand.transfer(PAYOUT)

    assert answer.status_code == 400
    assert "already exists" in answer.json()["message"]
    assert len(by_hand.client.transfers()) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"reference": "too-short"},
        {"reference": "AJO-P-01K9XYZ7Q2M4N6P8R0"},
        {"reference": "a" * 51},
        {"reference": None},
        {"amount": "many"},
        {"source": "pocket"},
        {"currency": "GHS"},
    ],
)
def test_it_refuses_what_paystack_refuses(by_hand: Sandbox, changes: dict[str, Any]) -> None:
    body = sample("paystack/req_transfer.json") | {"recipient": by_hand.recipient()} | changes

    assert by_hand.post("/transfer", body).status_code in (400, 403)
    assert by_hand.client.transfers() == []


def test_it_refuses_an_unknown_recipient_in_its_own_words(by_hand: Sandbox) -> None:
    answer = by_hand.transfer(PAYOUT, recipient="RCP_nobody")

    assert (answer.status_code, answer.json()) == (400, sample("paystack/res_error_bad_recipient.json"))


@pytest.mark.parametrize(("amount", "status"), [(4_997_500, 200), (4_997_501, 400)])
def test_the_balance_must_cover_amount_and_fee(by_hand: Sandbox, amount: int, status: int) -> None:
    answer = by_hand.transfer(PAYOUT, amount)

    assert answer.status_code == status
    if status == 400:
        assert answer.json() == sample("paystack/res_error_balance.json")
        assert by_hand.client.balance() == 5_000_000


def test_an_unknown_transfer_is_not_found(sandbox: Sandbox) -> None:
    answer = sandbox.get("/transfer/verify/ajo-p-nobody-0000000001")

    assert (answer.status_code, answer.json()["status"]) == (404, False)


def test_transfers_are_listed_newest_first(by_hand: Sandbox) -> None:
    for number in range(3):
        by_hand.transfer(f"ajo-p-list-00000000{number}", 100_000)
    by_hand.client.end_transfer("ajo-p-list-000000001", "failed")

    answer = by_hand.get("/transfer", perPage=2).json()

    assert [each["reference"][-1] for each in answer["data"]] == ["2", "1"]
    assert answer["meta"]["total"] == 3
    assert [each["reference"][-1] for each in by_hand.get("/transfer", status="failed").json()["data"]] == ["1"]
