"""PINs: which are refused before anything is kept."""

import pytest

from models.rules.pins import is_weak, well_formed

PHONE = "+2348031234567"


@pytest.mark.parametrize("pin", ["0382", "9471", "0000"])
def test_four_digits_are_a_pin(pin: str) -> None:
    assert well_formed(pin)


@pytest.mark.parametrize(
    "pin", ["", "123", "12345", "12a4", "12 4", " 1234", "1234\n", "١٢٣٤", "12*4", "-123", "😀123"]
)
def test_anything_else_is_not(pin: str) -> None:
    assert not well_formed(pin)


@pytest.mark.parametrize(
    "pin",
    [
        *(str(digit) * 4 for digit in range(10)),
        "0123", "1234", "4567", "6789", "7890", "8901", "9012",
        "4321", "9876", "3210", "2109", "0987",
        "1900", "1987", "1999", "2000", "2008", "2099",
    ],
)  # fmt: skip
def test_what_a_stranger_would_try_first_is_weak(pin: str) -> None:
    assert is_weak(pin, PHONE)


@pytest.mark.parametrize("pin", ["7349", "0382", "1357", "1243", "2189", "3198", "4568", "1022", "1122", "2580"])
def test_the_rest_is_not(pin: str) -> None:
    assert not is_weak(pin, PHONE)


def test_the_end_of_another_phone_is_fine() -> None:
    assert is_weak("8024", "+2348031238024")
    assert not is_weak("8024", PHONE)


def test_enough_pins_are_left() -> None:
    weak = sum(is_weak(f"{n:04d}", "+2348031238024") for n in range(10_000))
    assert weak == 10 + 20 + 200 + 1, "one digit, runs, years, the end of the phone"
