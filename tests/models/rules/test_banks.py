"""Account numbers against the standard's own examples."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.banks import USSD_BANKS, is_account_number, nuban_ok

VECTORS = json.loads((Path(__file__).parents[2] / "fixtures/common/nuban_vectors.json").read_text())


@pytest.mark.parametrize("case", VECTORS["valid"], ids=lambda case: case["nuban"])
def test_a_right_check_digit(case: dict[str, str]) -> None:
    assert nuban_ok(case["bank_code"], case["nuban"])


@pytest.mark.parametrize("case", VECTORS["invalid"], ids=lambda case: case["nuban"])
def test_a_wrong_check_digit(case: dict[str, str]) -> None:
    assert not nuban_ok(case["bank_code"], case["nuban"])


@given(st.sampled_from(["058", "50211", "999992"]), st.integers(0, 999_999_999))
def test_exactly_one_check_digit_is_right(bank_code: str, serial: int) -> None:
    assert sum(nuban_ok(bank_code, f"{serial:09d}{digit}") for digit in range(10)) == 1


@pytest.mark.parametrize("number", ["", "012345678", "01234567890", "01234A6785", "٠١٢٣٤٥٦٧٨٥", "0123456785\n"])
def test_ten_digits_or_nothing(number: str) -> None:
    assert not is_account_number(number)
    assert not nuban_ok("058", number)


def test_a_bank_that_the_standard_does_not_know_gives_no_hint() -> None:
    assert nuban_ok("MTN", "0123456789")


def test_the_four_banks_of_the_ussd_charge() -> None:
    assert [(bank.name, bank.type, bank.bank_code) for bank in USSD_BANKS] == [
        ("GTBank", "737", "058"),
        ("UBA", "919", "033"),
        ("Zenith", "966", "057"),
        ("Sterling", "822", "232"),
    ]
