"""Fees: the provider's vectors, and that a member is asked for the least that is enough."""

import json
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from models.rules import fees

VECTORS = json.loads((Path(__file__).parents[2] / "fixtures/common/paystack_fee_vectors.json").read_text())


@pytest.mark.parametrize("case", VECTORS["collection_local_NGN"], ids=lambda case: str(case["amount"]))
def test_the_collection_fee(case: dict[str, int]) -> None:
    assert fees.paystack_collection_fee(case["amount"]) == case["fee"]


@pytest.mark.parametrize("case", VECTORS["transfer_NGN"], ids=lambda case: str(case["amount"]))
def test_the_transfer_fee(case: dict[str, int]) -> None:
    assert fees.transfer_fee(case["amount"]) == case["fee"]


@pytest.mark.parametrize(
    ("amount", "fee", "total"),
    [
        (500_000, 17_800, 517_800),
        (10_000, 200, 10_200),
        (246_100, 3_800, 249_900),
        (246_200, 14_000, 260_200),
        (50_000_000, 200_000, 50_200_000),
    ],
)
def test_the_member_is_asked_for_the_fee_on_top(amount: int, fee: int, total: int) -> None:
    assert fees.gross_up(amount) == (fee, total)


@example(0)
@example(246_200)
@example(12_466_600)
@given(st.integers(0, 100_000_000))
def test_the_total_is_enough_and_no_smaller_one_is(amount: int) -> None:
    fee, total = fees.gross_up(amount)
    assert fee == total - amount >= 0
    assert total % 100 == 0
    assert total - fees.paystack_collection_fee(total) >= amount
    smaller = range(max(total - 30_000, 0) // 100 * 100, total, 100)
    assert all(less - fees.paystack_collection_fee(less) < amount for less in smaller)


def test_no_smaller_total_at_all_is_enough() -> None:
    """Exhaustive around the drop at N2,500, where what is left does not grow with the total."""
    left = [(total, total - fees.paystack_collection_fee(total)) for total in range(0, 400_000, 100)]
    for amount in range(230_000, 270_000, 700):
        assert fees.gross_up(amount)[1] == next(total for total, rest in left if rest >= amount)


@given(st.integers(0, 10**11), st.integers(0, fees.SERVICE_FEE_CAP_BPS))
def test_the_service_fee_is_rounded_down(gross: int, bps: int) -> None:
    assert 0 <= fees.service_fee(gross, bps) * 10_000 <= gross * bps


@pytest.mark.parametrize(
    ("contribution", "fee"), [(500_000, 20_000), (200_000, 20_000), (199_900, 19_990), (10_000, 1_000)]
)
def test_the_default_late_fee(contribution: int, fee: int) -> None:
    assert fees.default_late_fee(contribution) == fee
