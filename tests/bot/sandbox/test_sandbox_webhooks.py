"""Webhooks: signed over their very bytes, retried, and lost, doubled, held back or forged when a knob says so."""

import hashlib
import hmac
import json

import pytest

from bot.sandbox.paystack.events import sign
from tests.bot.sandbox.support import FIXTURES, HELLO, SECRET, Sandbox, eventually, sample
from tests.support.replay import Scripted

PAID = "webhook.charge.success"
DOWN = Scripted(status=503)


def paid(sandbox: Sandbox, reference: str) -> str:
    sandbox.charge(reference)
    sandbox.client.pay(reference)
    return reference


def references(sandbox: Sandbox, count: int) -> list[str]:
    return [event["data"]["reference"] for event in sandbox.events(count)]


@pytest.mark.parametrize("vector", sample("paystack/signature_vectors.json")["vectors"], ids=lambda each: each["file"])
def test_it_signs_like_the_vectors(vector: dict[str, str]) -> None:
    body = (FIXTURES / "paystack" / vector["file"]).read_bytes()

    assert sign(vector["secret_key"], body) == vector["x-paystack-signature"]


def test_a_webhook_is_json_signed_over_its_bytes(sandbox: Sandbox) -> None:
    sandbox.charge("ajo-c-bytes-0000001", ussd={"type": "737"}, metadata={"name": "Adébáyọ̀ / Ọbí"})
    sandbox.client.pay("ajo-c-bytes-0000001")

    (asked,) = sandbox.called("/webhooks/paystack")

    expected = hmac.new(SECRET.encode(), asked.body, hashlib.sha512).hexdigest()
    assert asked.headers["x-paystack-signature"] == expected
    assert asked.headers["Content-Type"] == "application/json"
    assert "Adébáyọ̀".encode() in asked.body, "the characters themselves, not \\u escapes"
    assert json.dumps(asked.json).encode() != asked.body, "so whoever signs a copy of the JSON fails"


def test_it_is_sent_again_until_it_is_answered_with_200(sandbox: Sandbox) -> None:
    sandbox.product.will(DOWN, DOWN, Scripted(status=204), HELLO)

    paid(sandbox, "ajo-c-again-0000001")

    assert len(sandbox.called("/webhooks/paystack", 4)) == 4
    (kept,) = eventually(sandbox.client.webhooks, lambda found: found[0]["state"] == "delivered")
    assert kept["attempts"] == 4


def test_the_first_retry_is_after_three_minutes(sandbox: Sandbox) -> None:
    sandbox.client.tune(retry_scale=1)
    sandbox.product.will(DOWN)

    paid(sandbox, "ajo-c-minutes-00001")

    (kept,) = eventually(sandbox.client.webhooks, lambda found: found[0]["attempts"] == 1)
    assert kept["state"] == "pending"
    assert 170 < kept["due_in_seconds"] <= 180


def test_it_is_given_up_after_three_days(sandbox: Sandbox) -> None:
    sandbox.client.tune(retry_scale=0.000001)
    sandbox.product.will(DOWN)

    paid(sandbox, "ajo-c-givenup-00001")

    eventually(sandbox.client.webhooks, lambda found: found[0]["state"] == "given_up")


def test_a_webhook_can_come_three_times(sandbox: Sandbox) -> None:
    sandbox.client.knob(PAID, "duplicate", 2, times=1)

    paid(sandbox, "ajo-c-copies-000001")

    bodies = {asked.body for asked in sandbox.called("/webhooks/paystack", 3)}
    assert len(bodies) == 1


def test_an_old_webhook_can_be_sent_again(sandbox: Sandbox) -> None:
    paid(sandbox, "ajo-c-replay-000001")
    sandbox.called("/webhooks/paystack")

    sandbox.client.send_again(sandbox.client.webhooks()[0]["id"])

    first, second = sandbox.called("/webhooks/paystack", 2)
    assert first.body == second.body


def test_a_webhook_can_be_held_back_until_the_next(sandbox: Sandbox) -> None:
    sandbox.client.knob(PAID, "reorder", times=1)

    paid(sandbox, "ajo-c-first-0000001")
    assert sandbox.client.pending()["held"] == 1
    paid(sandbox, "ajo-c-second-000001")

    assert references(sandbox, 2) == ["ajo-c-second-000001", "ajo-c-first-0000001"]


def test_a_webhook_can_be_late(sandbox: Sandbox) -> None:
    sandbox.client.knob(PAID, "delay", 3600, only="ajo-c-slow-00000001")

    paid(sandbox, "ajo-c-slow-00000001")
    paid(sandbox, "ajo-c-quick-0000001")
    assert references(sandbox, 1) == ["ajo-c-quick-0000001"]
    sandbox.client.hurry()

    assert references(sandbox, 2)[1] == "ajo-c-slow-00000001"


def test_a_webhook_can_never_come(sandbox: Sandbox) -> None:
    sandbox.client.knob("webhook.*", "drop", times=1)

    paid(sandbox, "ajo-c-never-0000001")
    paid(sandbox, "ajo-c-ever-00000001")

    assert references(sandbox, 1) == ["ajo-c-ever-00000001"]
    assert [each["state"] for each in sandbox.client.webhooks()][0] == "dropped"
    assert sandbox.verify("ajo-c-never-0000001")["status"] == "success"


def test_a_webhook_can_be_forged(sandbox: Sandbox) -> None:
    sandbox.client.knob(PAID, "wrong_signature", times=1)

    paid(sandbox, "ajo-c-forged-000001")

    (asked,) = sandbox.called("/webhooks/paystack")
    assert asked.headers["x-paystack-signature"] != sign(SECRET, asked.body)


def test_a_webhook_can_lie_about_the_money(sandbox: Sandbox) -> None:
    sandbox.client.knob(PAID, "wrong_amount", 1, times=1)
    sandbox.client.knob(PAID, "wrong_currency", "GHS", times=1)

    paid(sandbox, "ajo-c-liar-00000001")

    (event,) = sandbox.events()
    assert (event["data"]["amount"], event["data"]["currency"]) == (1, "GHS")
    told = sandbox.verify("ajo-c-liar-00000001")
    assert (told["amount"], told["currency"]) == (500_000, "NGN")
