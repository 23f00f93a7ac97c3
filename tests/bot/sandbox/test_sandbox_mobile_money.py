"""Mobile money in Ghana: the product's own adapter asks the sandbox's wallets, and phones answer there."""

from collections.abc import Iterator

import pytest
import requests

from bot.errors import Kind, ProviderError
from bot.payments.base import (
    ApproveOnPhone,
    ChargeRefused,
    PaymentProvider,
    PaymentStatus,
    Recipient,
    VoucherWanted,
    Wallet,
)
from bot.payments.registry import PROVIDERS
from bot.sandbox.banks import BY_CODE
from bot.sandbox.client import SandboxError
from bot.settings import Settings
from tests.bot.sandbox.conftest import running
from tests.bot.sandbox.support import EMAIL, Sandbox, assert_same_shape, eventually, sample
from tests.bot.sandbox.test_phone import phone
from tests.support.replay import Replay

ABENA, KOFI = "+233551234987", "+233201234567"
MTN, TELECEL = Wallet(ABENA, "mtn"), Wallet(KOFI, "vod")
REFERENCE = "ajo-c-17-1-k3j9x0q2"
META = {"payment_id": 17}
THREE_MINUTES = 180


@pytest.fixture(scope="module")
def accra(shared_product: Replay, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with running(tmp_path_factory.mktemp("ghana"), shared_product, COUNTRY="GH") as sandbox:
        yield sandbox


@pytest.fixture
def ghana(accra: Sandbox, product: Replay) -> Iterator[Sandbox]:
    accra.client.tune(retry_scale=0.0001)
    yield accra
    accra.client.settle()
    accra.client.reset()


@pytest.fixture
def paystack(ghana: Sandbox) -> PaymentProvider:
    return PROVIDERS["paystack"](Settings.from_env(ghana.environ))


def ask(paystack: PaymentProvider, wallet: Wallet = MTN, reference: str = REFERENCE) -> object:
    return paystack.charge_mobile_money(reference, 51_00, EMAIL, wallet, META)


def test_a_house_in_accra_has_ghana_s_banks_and_fees(ghana: Sandbox, paystack: PaymentProvider):
    assert {"040100", "130100"} <= {bank.code for bank in paystack.banks()} <= set(BY_CODE) - {"058", "MTN"}
    recipient = paystack.create_recipient("AMA OWUSU", "0123456789", "040100")
    assert isinstance(recipient, Recipient)
    before = ghana.client.balance("GHS")
    paystack.transfer("ajo-t-01k9xyz7q2m4n6p8r0", 100_00, recipient.code, "Ajo payout")

    assert before - ghana.client.balance("GHS") == 108_00


def test_the_guide_tells_of_wallets_there(ghana: Sandbox):
    shown = requests.get(f"{ghana.url}/sandbox", timeout=10).text
    assert "then your wallet" in shown
    assert "then your bank" not in shown


def test_a_yes_on_the_phone_is_announced_and_counts_once_verified(ghana: Sandbox, paystack: PaymentProvider):
    assert ask(paystack) == ApproveOnPhone(REFERENCE)
    assert paystack.verify(REFERENCE).status is PaymentStatus.PENDING

    assert ghana.client.pay(phone=ABENA) == ["success"]

    found = paystack.verify(REFERENCE)
    assert (found.status, found.amount_kobo, found.fee_kobo) == (PaymentStatus.SUCCESS, 51_00, 99)
    assert (found.currency, found.channel) == ("GHS", "mobile_money")
    (told,) = eventually(lambda: ghana.product.asked, bool)
    assert paystack.verify_webhook(told.body, told.headers["x-paystack-signature"])
    event = paystack.parse_webhook(told.body)
    assert event is not None
    assert (event.event, event.reference) == ("charge.success", REFERENCE)
    assert_same_shape(told.json, sample("paystack/webhook_charge_success_momo_gh.json"))


def test_a_no_is_a_failure_without_a_word(ghana: Sandbox, paystack: PaymentProvider):
    ask(paystack)

    assert ghana.client.pay(phone=ABENA, fail=True) == ["failed"]

    assert paystack.verify(REFERENCE).status is PaymentStatus.FAILED
    ghana.client.settle()
    assert ghana.client.webhooks() == []


def test_after_three_minutes_nothing_is_left_to_approve(ghana: Sandbox, paystack: PaymentProvider):
    ask(paystack)
    ghana.client.move_clock(THREE_MINUTES + 1)

    with pytest.raises(SandboxError, match="nothing waits"):
        ghana.client.pay(phone=ABENA)
    assert paystack.verify(REFERENCE).status is PaymentStatus.ABANDONED


def test_the_voucher_comes_first_where_the_operator_wants_one(ghana: Sandbox, paystack: PaymentProvider):
    assert ask(paystack, TELECEL) == VoucherWanted(REFERENCE)
    with pytest.raises(SandboxError, match="nothing waits"):
        ghana.client.pay(phone=KOFI)

    voucher = ghana.client.voucher(KOFI)
    assert voucher is not None
    wrong = "0" * len(voucher) if voucher.strip("0") else "1" * len(voucher)
    refused = paystack.submit_otp(REFERENCE, wrong)
    assert isinstance(refused, ChargeRefused)
    assert paystack.verify(REFERENCE).status is PaymentStatus.PENDING
    assert paystack.submit_otp(REFERENCE, voucher) == ApproveOnPhone(REFERENCE)
    assert ghana.client.voucher(KOFI) is None

    assert ghana.client.pay(phone=KOFI) == ["success"]
    assert paystack.verify(REFERENCE).status is PaymentStatus.SUCCESS


def test_nobody_is_asked_twice_under_one_reference(ghana: Sandbox, paystack: PaymentProvider):
    ghana.client.knob("paystack.charge", "lose_answer", times=1)
    with pytest.raises(ProviderError) as lost:
        ask(paystack)
    assert lost.value.kind is Kind.UNKNOWN

    again = ask(paystack)

    assert isinstance(again, ChargeRefused)
    assert again.why == "reference_used"
    assert paystack.verify(REFERENCE).status is PaymentStatus.PENDING
    assert len(ghana.client.charges()) == 1


@pytest.mark.parametrize(
    ("wallet", "message"),
    [
        (Wallet(ABENA, "airtel"), "Invalid mobile money provider"),
        (Wallet("+2348031234567", "mtn"), "Invalid phone number for mobile money"),
    ],
)
def test_a_wallet_that_is_none_is_refused(ghana: Sandbox, paystack: PaymentProvider, wallet: Wallet, message: str):
    refused = ask(paystack, wallet)

    assert refused == ChargeRefused(REFERENCE, "refused", message)


def test_naira_and_nigerian_ways_are_not_for_this_integration(ghana: Sandbox, paystack: PaymentProvider):
    ussd = ghana.post("/charge", {"email": EMAIL, "amount": 5_000, "currency": "GHS", "ussd": {"type": "737"}})
    unsaid = ghana.post("/transaction/initialize", {"email": EMAIL, "amount": 5_000})

    assert (ussd.status_code, ussd.json()["message"]) == (400, "Please pass a valid payment channel: mobile_money")
    assert (unsaid.status_code, unsaid.json()["code"]) == (403, "unsupported_currency")


def test_the_shapes_are_those_of_the_fixtures(ghana: Sandbox):
    for provider, number, name in (("mtn", "0551234987", "offline"), ("vod", "0201234567", "send_otp")):
        asked = sample("paystack/req_charge_mobile_money_gh.json") | {
            "email": EMAIL,
            "reference": f"ajo-c-of-{provider}-0000",
            "mobile_money": {"phone": number, "provider": provider},
        }
        answer = ghana.post("/charge", asked).json()

        assert_same_shape(answer, sample(f"paystack/res_charge_momo_{name}.json"))
        assert answer["data"]["status"] == sample(f"paystack/res_charge_momo_{name}.json")["data"]["status"]


def test_nigeria_has_no_wallets(sandbox: Sandbox):
    asked = sample("paystack/req_charge_mobile_money_gh.json") | {"email": EMAIL}

    assert (
        sandbox.post("/charge", asked).json()["message"] == "Please pass a valid payment channel: bank_transfer or ussd"
    )


def test_a_phone_says_yes_and_no_and_gets_its_voucher(ghana: Sandbox, paystack: PaymentProvider):
    ask(paystack)
    ask(paystack, TELECEL, "ajo-c-18-1-k3j9x0q2")

    declined = phone(ghana, "0551234987", "decline", "q")
    told = phone(ghana, "0201234567", "*110#", "approve", "q")
    paystack.submit_otp("ajo-c-18-1-k3j9x0q2", ghana.client.voucher(KOFI) or "")
    approved = phone(ghana, "0201234567", "*110#", "approve", "q")

    assert "declined, nothing was taken" in declined.stdout
    assert "nothing waits on +233201234567" in told.stdout
    assert "nobody asks for a voucher now" in approved.stdout
    assert "done, the money is sent" in approved.stdout
    assert paystack.verify("ajo-c-18-1-k3j9x0q2").status is PaymentStatus.SUCCESS
