"""What Paystack tells us: whether it was Paystack, and which news it is."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.payments.paystack import Paystack

FIXTURES = Path(__file__).parents[2] / "fixtures" / "paystack"
VECTORS = json.loads((FIXTURES / "signature_vectors.json").read_text())["vectors"]

EVENTS = {
    "bank_transfer_rejected": ("bank.transfer.rejected", "", "INCORRECT_AMOUNT", "3100000001"),
    "charge_success_bank_transfer": ("charge.success", "ajo-c-01k9xyz7q2m4n6pa", "success", "5200000001"),
    "charge_success_card_metadata_zero": ("charge.success", "ajo-c-01k9xyz7q2m4n6pc", "success", "5200000006"),
    "charge_success_dva": ("charge.success", "100004261123091500123456789012", "success", "5200000003"),
    "charge_success_dva_unicode": ("charge.success", "100004261123091500123456789013", "success", "5200000004"),
    "charge_success_momo_gh": ("charge.success", "ajo-c-01k9xyz7q2m4n6pb", "success", "5200000005"),
    "charge_success_ussd": ("charge.success", "ajo-c-01k9xyz7q2m4n6p9", "success", "5200000002"),
    "customeridentification_failed": ("customeridentification.failed", "", "", "CUS_ajo0000000000001"),
    "customeridentification_success": ("customeridentification.success", "", "", "CUS_ajo0000000000001"),
    "dva_assign_failed": ("dedicatedaccount.assign.failed", "", "", None),
    "dva_assign_success": ("dedicatedaccount.assign.success", "", "", None),
    "refund_failed": ("refund.failed", "ajo-c-01k9xyz7q2m4n6p8", "failed", "TRF_ajorefund0001"),
    "refund_needs_attention": (
        "refund.needs-attention", "ajo-c-01k9xyz7q2m4n6p8", "needs-attention", "TRF_ajorefund0001",
    ),
    "refund_pending": ("refund.pending", "ajo-c-01k9xyz7q2m4n6p8", "pending", ""),
    "refund_processed": ("refund.processed", "ajo-c-01k9xyz7q2m4n6p8", "processed", "TRF_ajorefund0001"),
    "refund_processing": ("refund.processing", "ajo-c-01k9xyz7q2m4n6p8", "processing", ""),
    "transfer_failed": ("transfer.failed", "ajo-p-01k9xyz7q2m4n6p8r0", "failed", "860000001"),
    "transfer_reversed": ("transfer.reversed", "ajo-p-01k9xyz7q2m4n6p8r0", "reversed", "860000001"),
    "transfer_success": ("transfer.success", "ajo-p-01k9xyz7q2m4n6p8r0", "success", "860000001"),
}  # fmt: skip

paystack = Paystack("https://api.paystack.co", "sk_test_0000000000000000000000000000000000000000")


def raw(name: str) -> bytes:
    return (FIXTURES / f"webhook_{name}.json").read_bytes()


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.get("file", "body"))
def test_the_signature_vectors_hold(vector: dict[str, Any]) -> None:
    body = (FIXTURES / vector["file"]).read_bytes()
    signed = vector["x-paystack-signature"]
    theirs = Paystack("https://api.paystack.co", vector["secret_key"])
    assert theirs.verify_webhook(body, signed)
    assert not theirs.verify_webhook(body + b"\n", signed)
    assert not theirs.verify_webhook(body.replace(b"0", b"1", 1), signed)
    assert not Paystack("https://api.paystack.co", "sk_test_another").verify_webhook(body, signed)


@pytest.mark.parametrize("signature", ["", "x", "é", "0" * 128, "\ud800"])
def test_no_other_signature_is_taken(signature: str) -> None:
    assert not paystack.verify_webhook(raw("transfer_success"), signature)


def test_every_captured_webhook_is_expected_here() -> None:
    assert {path.stem.removeprefix("webhook_") for path in FIXTURES.glob("webhook_*.json")} == set(EVENTS)


@pytest.mark.parametrize("name", EVENTS)
def test_it_names_the_news(name: str) -> None:
    found = paystack.parse_webhook(raw(name))
    event, reference, status, provider_id = EVENTS[name]
    assert found is not None
    assert (found.event, found.reference, found.status) == (event, reference, status)
    assert found.provider_id == provider_id or (provider_id is None and len(found.provider_id) == 32)
    assert found.key == f"{event}:{reference}:{status}:{found.provider_id}"


def test_all_the_news_are_different_and_each_is_itself() -> None:
    keys = [found.key for name in EVENTS if (found := paystack.parse_webhook(raw(name)))]
    assert len(set(keys)) == len(EVENTS)
    assert keys == [found.key for name in EVENTS if (found := paystack.parse_webhook(raw(name)))]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"[]",
        b"null",
        b"{}",
        b'{"event":"charge.success"}',
        b'{"event":7,"data":{}}',
        b'{"event":"","data":{}}',
        b'{"event":"subscription.expiring_cards","data":[{"id":1}]}',
        b'{"event":"charge.success","data":"x"}',
        b"\xff\xfe",
        b"[" * 100_000,
    ],
)
def test_what_could_not_be_looked_up_is_none(body: bytes) -> None:
    assert paystack.parse_webhook(body) is None


def test_strange_values_make_no_strange_key() -> None:
    body = {"event": "charge.success", "data": {"reference": "a:b\n\ud800\x00", "status": True, "id": 2**63}}
    found = paystack.parse_webhook(json.dumps(body).encode())
    assert found is not None
    assert found.key == f"charge.success:ab::{2**63}"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)


@given(st.text(max_size=150), st.dictionaries(st.sampled_from(["reference", "status", "id", "bank_transfer"]), JSON))
def test_no_body_makes_it_fail_and_every_key_is_short_and_printable(event: str, data: dict[str, Any]) -> None:
    found = paystack.parse_webhook(json.dumps({"event": event, "data": data}).encode())
    if found is not None:
        assert found.key.isprintable()
        assert len(found.key) <= 403
