"""Money: what is read, what is shown, and that no kobo is lost in a split."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import money


@pytest.mark.parametrize(
    ("text", "kobo"),
    [
        ("5000", 500_000),
        ("5,000", 500_000),
        ("5k", 500_000),
        ("5K", 500_000),
        ("1.5k", 150_000),
        ("N5000", 500_000),
        ("n5,000", 500_000),
        ("NGN 5,000.50", 500_050),
        ("₦5000", 500_000),
        (" 5000 ", 500_000),
        ("5000.5", 500_050),
        ("0", 0),
        ("1,000,000", 100_000_000),
        ("1000000000", money.MOST_KOBO),
    ],
)
def test_it_reads_amounts_as_members_type_them(text: str, kobo: int) -> None:
    assert money.parse(text) == kobo


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "N", "k", "abc", "5000.505", "5000.", ".50", "-5", "+5", "5,00", "5,0000", "50,00,000", "5 000",
        "5e3", "5kk", "5000*1", "08031234567", "1000000001", "9" * 400, "٥٠٠٠", "5\n000", "USD 5", "GHC5",
    ],
)  # fmt: skip
def test_it_refuses_what_is_not_an_amount(text: str) -> None:
    assert money.parse(text) is None


@pytest.mark.parametrize(
    ("kobo", "currency", "shown"),
    [
        (500_000, "NGN", "N5,000"),
        (500_050, "NGN", "N5,000.50"),
        (5, "NGN", "N0.05"),
        (0, "NGN", "N0"),
        (-12_000, "NGN", "-N120"),
        (999_999_900, "NGN", "N9,999,999"),
        (5_000, "GHS", "GHC50"),
        (50_000, "KES", "KES 500"),
        (50_000, "XOF", "XOF 500"),
    ],
)
def test_it_shows_kobo_only_when_there_are_some(kobo: int, currency: str, shown: str) -> None:
    assert money.show(kobo, currency) == shown


@given(st.integers(0, money.MOST_KOBO))
def test_what_it_shows_it_can_read(kobo: int) -> None:
    assert money.parse(money.show(kobo)) == kobo


@given(st.text(max_size=30))
def test_no_text_breaks_it(text: str) -> None:
    kobo = money.parse(text)
    assert kobo is None or 0 <= kobo <= money.MOST_KOBO


def test_a_split_gives_the_rest_to_the_first() -> None:
    assert money.split(1000, 3) == (334, 333, 333)


@given(st.integers(0, 10**12), st.integers(1, 300))
def test_a_split_adds_up_and_is_as_even_as_it_can_be(kobo: int, parts: int) -> None:
    pieces = money.split(kobo, parts)
    assert sum(pieces) == kobo
    assert len(pieces) == parts
    assert max(pieces) - min(pieces) <= 1
    assert list(pieces) == sorted(pieces, reverse=True)


@pytest.mark.parametrize(("kobo", "parts"), [(-1, 3), (10, 0), (10, -2)])
def test_an_impossible_split_is_a_bug(kobo: int, parts: int) -> None:
    with pytest.raises(ValueError, match="cannot split"):
        money.split(kobo, parts)


@given(st.integers(0, 10**12), st.integers(0, 10_000))
def test_a_share_is_rounded_down(kobo: int, bps: int) -> None:
    share = money.share_bps(kobo, bps)
    assert share * 10_000 <= kobo * bps < (share + 1) * 10_000
