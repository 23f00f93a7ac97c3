"""The knobs: what a client of a broken provider sees, and whether the effect happened."""

import pytest
import requests

from bot.sandbox.client import SandboxError
from bot.sandbox.knobs import KNOBS
from tests.bot.sandbox.support import Sandbox, eventually, sample

PAYOUT = "ajo-p-01k9xyz7q2m4n6p8r0"


@pytest.fixture
def recipient(sandbox: Sandbox) -> str:
    sandbox.client.tune(auto_transfer="none")
    return sandbox.recipient()


@pytest.mark.parametrize(("do", "happened"), [("lose_request", 0), ("lose_answer", 1)])
def test_the_connection_really_breaks(sandbox: Sandbox, recipient: str, do: str, happened: int) -> None:
    sandbox.client.knob("paystack.transfer", do, times=1)

    with pytest.raises(requests.ConnectionError):
        sandbox.transfer(PAYOUT, recipient=recipient)

    assert len(sandbox.client.transfers()) == happened
    assert sandbox.client.knobs() == []
    assert sandbox.transfer(PAYOUT, recipient=recipient).status_code == (400 if happened else 200)


@pytest.mark.parametrize(
    ("do", "value", "status", "happened"),
    [
        ("error_before_effect", None, 503, 0),
        ("error_before_effect", 500, 500, 0),
        ("error_after_effect", None, 500, 1),
        ("error_after_effect", 504, 504, 1),
        ("html_body", None, 502, 1),
        ("rate_limited", None, 429, 0),
    ],
)
def test_it_answers_an_error(
    sandbox: Sandbox, recipient: str, do: str, value: int | None, status: int, happened: int
) -> None:
    sandbox.client.knob("paystack.transfer", do, value, times=1)

    answer = sandbox.transfer(PAYOUT, recipient=recipient)

    assert answer.status_code == status
    assert answer.headers["Content-Type"] == ("text/html" if do == "html_body" else "application/json")
    assert len(sandbox.client.transfers()) == happened


def test_the_answer_stops_in_the_middle(sandbox: Sandbox) -> None:
    sandbox.client.knob("paystack.balance", "truncated_json", times=1)

    with pytest.raises(requests.JSONDecodeError):
        sandbox.get("/balance").json()


def test_the_answer_is_slow_and_the_effect_is_not_undone(sandbox: Sandbox, recipient: str) -> None:
    sandbox.client.knob("paystack.transfer", "slow_seconds", 2, times=1)

    with pytest.raises(requests.ReadTimeout):
        sandbox.post(
            "/transfer",
            {"source": "balance", "amount": 10_000, "recipient": recipient, "reference": PAYOUT},
            timeout=(30, 0.2),
        )

    assert eventually(sandbox.client.transfers, lambda made: len(made) > 0)


def test_the_look_up_names_another_amount(sandbox: Sandbox) -> None:
    sandbox.charge("ajo-c-amount-000001")
    sandbox.client.pay("ajo-c-amount-000001")
    sandbox.client.knob("paystack.verify", "wrong_amount", 1, times=1)
    sandbox.client.knob("paystack.verify", "wrong_currency", "GHS", times=1)

    told = sandbox.verify("ajo-c-amount-000001")

    assert (told["amount"], told["currency"]) == (1, "GHS")
    assert sandbox.verify("ajo-c-amount-000001")["amount"] == 500_000


def test_she_pays_another_amount_without_being_told(sandbox: Sandbox) -> None:
    sandbox.client.knob("paystack.pay", "wrong_amount", 300_000, times=1)
    sandbox.client.knob("paystack.pay", "wrong_currency", "USD", times=1)
    sandbox.charge("ajo-c-amount-000002")

    sandbox.client.pay("ajo-c-amount-000002")

    told = sandbox.verify("ajo-c-amount-000002")
    assert (told["amount"], told["currency"]) == (300_000, "USD")


@pytest.mark.parametrize(
    ("place", "path"),
    [
        ("paystack.verify", "/transaction/verify/ajo-c-there-0000001"),
        ("paystack.verify_transfer", f"/transfer/verify/{PAYOUT}"),
    ],
)
def test_a_look_up_does_not_find_what_is_there(sandbox: Sandbox, recipient: str, place: str, path: str) -> None:
    sandbox.charge("ajo-c-there-0000001")
    sandbox.transfer(PAYOUT, recipient=recipient)
    sandbox.client.knob(place, "not_found", times=1)

    assert sandbox.get(path).status_code == 404
    assert sandbox.get(path).status_code == 200


def test_the_balance_is_said_to_be_too_small(sandbox: Sandbox, recipient: str) -> None:
    sandbox.client.knob("paystack.transfer", "insufficient_balance", times=1)

    answer = sandbox.transfer(PAYOUT, recipient=recipient)

    assert (answer.status_code, answer.json()) == (400, sample("paystack/res_error_balance.json"))
    assert sandbox.client.transfers() == []


def test_the_look_ups_of_a_day_are_used_up(sandbox: Sandbox) -> None:
    sandbox.client.knob("paystack.resolve", "daily_limit", times=1)

    answer = sandbox.get("/bank/resolve", account_number="0123456785", bank_code="058")

    assert (answer.status_code, answer.json()) == (429, sample("paystack/res_resolve_account_test_limit.json"))


@pytest.mark.parametrize("status", ["otp", "received"])
def test_a_transfer_waits_for_somebody(sandbox: Sandbox, status: str) -> None:
    sandbox.client.knob("paystack.transfer", "transfer_status", status, times=1)

    answer = sandbox.transfer(PAYOUT)
    sandbox.client.settle()

    assert answer.json()["message"] == sample(f"paystack/res_transfer_{status}.json")["message"]
    assert answer.json()["data"]["status"] == sandbox.transfer_status(PAYOUT) == status


@pytest.mark.parametrize("end", ["failed", "reversed", "success"])
def test_this_one_transfer_ends_so(sandbox: Sandbox, recipient: str, end: str) -> None:
    sandbox.client.knob("paystack.transfer", "auto_transfer", end, only=PAYOUT)

    sandbox.transfer(PAYOUT, recipient=recipient)

    eventually(lambda: sandbox.transfer_status(PAYOUT), lambda status: status == end)


def test_a_transfer_succeeds_and_comes_back_later(sandbox: Sandbox) -> None:
    sandbox.client.knob("paystack.transfer", "reverse_later", 3600, times=1)
    sandbox.transfer(PAYOUT)
    eventually(lambda: sandbox.transfer_status(PAYOUT), lambda status: status == "success")
    assert [event["event"] for event in sandbox.events()] == ["transfer.success"]

    sandbox.client.hurry()

    assert [event["event"] for event in sandbox.events(2)] == ["transfer.success", "transfer.reversed"]
    assert sandbox.client.balance() == 5_000_000


def test_a_knob_can_be_for_one_reference_only(sandbox: Sandbox) -> None:
    sandbox.client.knob("paystack.*", "error_before_effect", only="ajo-c-only-00000001")

    assert sandbox.get("/transaction/verify/ajo-c-only-00000001").status_code == 503
    assert sandbox.get("/transaction/verify/ajo-c-only-00000002").status_code == 404


def test_a_knob_stays_until_it_is_taken_away(sandbox: Sandbox) -> None:
    knob = sandbox.client.knob("paystack.balance", "error_before_effect")
    assert [sandbox.get("/balance").status_code for _ in range(3)] == [503] * 3

    sandbox.client.take_knobs_away(knob)

    assert sandbox.get("/balance").status_code == 200


def test_a_knob_for_n_calls_breaks_n_calls(sandbox: Sandbox) -> None:
    sandbox.client.knob("paystack.balance", "error_before_effect", times=2)

    assert [sandbox.get("/balance").status_code for _ in range(3)] == [503, 503, 200]


def test_a_knob_that_does_not_exist_is_refused(sandbox: Sandbox) -> None:
    with pytest.raises(SandboxError, match="no knob does 'explode'"):
        sandbox.client.knob("paystack.balance", "explode")
    with pytest.raises(SandboxError, match="times"):
        sandbox.client.knob("paystack.balance", "lose_answer", times=0)


@pytest.mark.parametrize(
    ("do", "value"),
    [
        ("slow_seconds", "long"),
        ("delay", -1),
        ("wrong_amount", None),
        ("duplicate", 0),
        ("auto_transfer", "maybe"),
        ("transfer_status", "success"),
        ("report", 5),
    ],
)
def test_a_knob_does_not_turn_to_where_it_does_not_go(sandbox: Sandbox, do: str, value: object) -> None:
    with pytest.raises(SandboxError, match="cannot have the value"):
        sandbox.client.knob("paystack.transfer", do, value)


def test_every_knob_is_explained() -> None:
    assert all(KNOBS.values())
