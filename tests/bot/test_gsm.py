"""Whatever a name or a bank brings in, a plain phone can show it."""

import gsm0338
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.gsm import segments, to_gsm


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Pay N5,000\n1. Yes", "Pay N5,000\n1. Yes"),
        ("₦5,000", "N5,000"),
        ("Ẹniọlá Àjàyí", "Eniola Ajàyi"),
        ("“Ada’s” – ok…", '"Ada\'s" - ok...'),
        ("Hi \U0001f600!", "Hi ?!"),
        ("a\u200bb\x00c\ufeff", "abc"),
        ("a\u00a0b\tc\r\nd`e", "a b c\nd'e"),
    ],
)
def test_it_takes_the_nearest_that_a_phone_has(text: str, shown: str) -> None:
    assert to_gsm(text) == shown


@given(st.text())
def test_the_result_is_always_in_the_alphabet(text: str) -> None:
    shown = to_gsm(text)
    gsm0338.Codec().encode(shown)
    assert to_gsm(shown) == shown


@pytest.mark.parametrize(
    ("text", "count"),
    [("", 1), ("a" * 160, 1), ("a" * 161, 2), ("a" * 306, 2), ("a" * 307, 3), ("[" * 80, 1), ("[" * 81, 2)],
)
def test_a_long_text_is_charged_as_several(text: str, count: int):
    assert segments(text) == count
