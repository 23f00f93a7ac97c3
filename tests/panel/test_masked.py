"""What the office never sees of what was said."""

import pytest

from bot.panel.masked import plain, seen, typed
from models.rules import office
from models.rules.refused import Refused


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("GTBank 0123456789 ADA", "GTBank ***6789 ADA"),
        ("to\n9912345678\nWema", "to\n***5678\nWema"),
        ("Open https://ajo.example/s/AbC-dEf_123 now", "Open https://ajo.example/s/*** now"),
        ("my PIN is 7349", "my PIN is ***"),
        ("N5,000 on Fri 27 Nov", "N5,000 on Fri 27 Nov"),
        ("Ref 4K7M2X", "Ref 4K7M2X"),
    ],
)
def test_accounts_links_and_pins_are_gone(said: str, shown: str) -> None:
    assert seen(said, whole=True) == shown
    assert seen(said, whole=False) == shown


def test_phones_are_whole_for_those_who_may_see_them() -> None:
    text = "Call 08031230001, +2348031230002 or 0803 123 0003"
    assert seen(text, whole=True) == text
    assert seen(text, whole=False) == "Call 0803***0001, 0803***0002 or 0803***0003"


@pytest.mark.parametrize(
    ("heard", "shown"),
    [("7349", "***"), (" 1234 ", "***"), ("5000", "5000"), ("2550", "2550"), ("1", "1"), ("000018", "000018")],
)
def test_a_pin_that_nobody_asked_for_is_gone_too(heard: str, shown: str) -> None:
    assert typed(heard, whole=True) == shown


def test_what_nobody_can_type_is_left_out() -> None:
    assert plain(" a\x00b\u202e\n", 10) == "ab"
    assert plain("x" * 50, 10) == "x" * 10


@pytest.mark.parametrize(
    ("purpose", "status", "why"),
    [
        ("pin", "active", None),
        ("pin", "frozen", "frozen"),
        ("name", "frozen", "frozen"),
        ("number", "frozen", None),
        ("unfreeze", "active", "not_frozen"),
        ("unfreeze", "frozen", None),
        *((purpose, "closed", "gone") for purpose in office.PURPOSES),
    ],
)
def test_what_the_office_vouches_for_depends_on_her_state(purpose: str, status: str, why: str | None) -> None:
    assert office.state_refusal(purpose, status) == (None if why is None else Refused(why))


@pytest.mark.parametrize(
    ("chosen", "fine"),
    [((2, 3), True), ((2,), False), ((2, 2), False), ((1, 2), False), ((2, 9), False), ((2, 3, 4), False)],
)
def test_two_who_know_her_and_neither_is_she(chosen: tuple[int, ...], fine: bool) -> None:
    assert (office.vouchers_refusal(1, chosen, (2, 3, 4)) is None) is fine
