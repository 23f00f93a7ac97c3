"""Phones: every spelling of a number is one number, and a mask never says more than it may."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import phones

VECTORS = json.loads((Path(__file__).parents[1] / "fixtures/common/phone_vectors.json").read_text())
TOLL_FREE = "+2348001234567"  # valid, but nobody's mobile


@pytest.mark.parametrize("case", VECTORS, ids=lambda case: f"{case['input']}-{case['region']}")
def test_it_reads_the_vectors(case: dict[str, str | None]) -> None:
    expected = None if case["e164"] == TOLL_FREE else case["e164"]
    assert phones.parse(str(case["input"]), case["region"]) == expected


@pytest.mark.parametrize("raw", ["+234 803-123-4567", "(0803) 123 4567", "0803.123.4567", " 08031234567 "])
def test_it_ignores_how_a_number_is_spaced(raw: str) -> None:
    assert phones.parse(raw) == "+2348031234567"


@pytest.mark.parametrize(
    "raw",
    [
        "", "+", "whatsapp:", "12345", "0803CALLNOW", "08031234567 ext 5", "0803123456789", "hello", "😀",
        "*347*55#", "00000000000", "0" * 500, "+234803123456\n7", "٠٨٠٣١٢٣٤٥٦٧", "012345678",
    ],
)  # fmt: skip
def test_it_refuses_what_is_not_a_mobile_number(raw: str) -> None:
    assert phones.parse(raw) is None


@given(st.text(max_size=60))
def test_no_text_breaks_it(raw: str) -> None:
    phone = phones.parse(raw)
    assert phone is None or phones.parse(phone, None) == phone
    phones.mask(raw)


@given(st.integers(0, 9_999_999))
def test_local_is_the_way_back(tail: int) -> None:
    phone = f"+234803{tail:07d}"
    assert phones.local(phone) == f"0803{tail:07d}"
    assert phones.parse(phones.local(phone)) == phone


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("+2348031234567", "+234***4567"),
        ("+233241234567", "+233***4567"),
        ("08031234567", "***"),
        ("+23480", "+234***"),
        ("", "***"),
        ("nonsense", "***"),
    ],
)
def test_a_mask_keeps_the_country_and_four_digits(phone: str, masked: str) -> None:
    assert phones.mask(phone) == masked


def test_the_local_mask_is_known_again_by_its_owner() -> None:
    assert phones.mask_local("+2348031234567") == "0803***4567"
    assert phones.local("+233241234567") == "0241234567"
    assert phones.local("+254712123456") == "0712123456"
