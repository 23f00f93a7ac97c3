"""A provider's price as people read it."""

import pytest

from bot.sandbox import prices


@pytest.mark.parametrize(
    ("price", "said"),
    [
        ("NGN 2.2000", "NGN 2.20"),
        ("NGN 6.9800", "NGN 6.98"),
        ("NGN 4", "NGN 4.00"),
        ("-0.00500", "USD 0.005"),
        ("-0.0100", "USD 0.01"),
        ("", ""),
        ("free", "free"),
    ],
)
def test_a_price_is_no_longer_than_it_has_to_be(price: str, said: str) -> None:
    assert prices.said(price) == said
