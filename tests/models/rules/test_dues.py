"""Where a receipt goes: nothing is lost, principal comes first, and late is a matter of seconds."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.dues import Due, Placed, in_order_of_payment, is_late, penalty_due, status_after, waterfall

DUE_AT = datetime(2026, 11, 27, 17, tzinfo=UTC)
SECOND = timedelta(seconds=1)
C = 500_000


def due(number: int, kobo: int = C, kind: str = "contribution", cycle: int = 1, *, future: bool = False) -> Due:
    return Due(number, kind, cycle, DUE_AT + timedelta(weeks=cycle), kobo, future)


@st.composite
def many_dues(draw: st.DrawFn) -> list[Due]:
    kinds = st.sampled_from(["contribution", "deposit", "penalty"])
    rows = draw(st.lists(st.tuples(kinds, st.integers(1, 9), st.integers(0, 10**6), st.booleans()), max_size=8))
    return [
        Due(n, kind, cycle, DUE_AT + timedelta(weeks=cycle), kobo, future and kind == "contribution")
        for n, (kind, cycle, kobo, future) in enumerate(rows, start=1)
    ]


@given(st.integers(0, 10**7), st.integers(0, 10**5), many_dues(), st.booleans(), st.none() | st.integers(0, 10**7))
def test_all_that_came_is_placed(received: int, fee: int, dues: list[Due], early: bool, asked: int | None) -> None:
    placed = waterfall(received, fee, dues, early=early, asked_kobo=asked)
    owed = {d.obligation_id: d for d in dues}
    assert placed.total_kobo == received
    assert 0 <= placed.recovery_kobo <= fee
    assert placed.wallet_kobo >= 0
    assert all(0 < kobo <= owed[number].outstanding_kobo for number, kobo in placed.allocations)
    assert len({number for number, _ in placed.allocations}) == len(placed.allocations)
    assert early or not any(owed[number].future for number, _ in placed.allocations)


@given(st.integers(0, 10**7), st.integers(0, 10**5), many_dues(), st.booleans())
def test_the_next_debt_gets_nothing_before_the_first_is_paid(
    received: int, fee: int, dues: list[Due], early: bool
) -> None:
    placed = dict(waterfall(received, fee, dues, early=early).allocations)
    short = [d.outstanding_kobo - placed.get(d.obligation_id, 0) for d in in_order_of_payment(dues, early=early)]
    first_short = next((n for n, missing in enumerate(short) if missing), len(short))
    ordered = in_order_of_payment(dues, early=early)
    assert all(d.obligation_id not in placed for d in ordered[first_short + 1 :])


def test_exactly_what_was_asked_pays_the_debt_and_the_fee() -> None:
    assert waterfall(517_800, 17_800, [due(1)]) == Placed(((1, C),), 17_800, 0)


def test_too_little_is_all_principal() -> None:
    assert waterfall(300_000, 17_800, [due(1)]) == Placed(((1, 300_000),), 0, 0)
    assert waterfall(510_000, 17_800, [due(1)]) == Placed(((1, C),), 10_000, 0)


def test_too_much_is_hers() -> None:
    assert waterfall(600_000, 17_800, [due(1)]) == Placed(((1, C),), 17_800, 82_200)


def test_a_second_payment_for_the_same_debt_is_hers() -> None:
    assert waterfall(517_800, 17_800, []) == Placed((), 17_800, C)


def test_the_oldest_principal_first_then_deposit_then_late_fees() -> None:
    dues = [
        due(1, 20_000, "penalty", cycle=1),
        due(2, cycle=2),
        due(3, 100_000, "deposit", cycle=1),
        due(4, cycle=1),
    ]
    assert waterfall(1_120_000, 0, dues).allocations == ((4, C), (2, C), (3, 100_000), (1, 20_000))
    assert waterfall(600_000, 0, dues).allocations == ((4, C), (2, 100_000))


def test_the_next_cycle_only_when_she_pays_early() -> None:
    dues = [due(1, cycle=2, future=True), due(2, 20_000, "penalty")]
    assert waterfall(C, 0, dues) == Placed(((2, 20_000),), 0, 480_000)
    assert waterfall(C, 0, dues, early=True) == Placed(((2, 20_000), (1, 480_000)), 0, 0)


def test_the_fee_of_a_part_payment_is_not_taken_for_more_of_the_debt() -> None:
    dues = [due(1, cycle=1), due(2, cycle=2)]
    assert waterfall(517_800, 17_800, dues, asked_kobo=C) == Placed(((1, C),), 17_800, 0)
    assert waterfall(517_800, 17_800, dues) == Placed(((1, C), (2, 17_800)), 0, 0)


@pytest.mark.parametrize(("received", "fee"), [(-1, 0), (1, -1)])
def test_negative_money_is_a_bug(received: int, fee: int) -> None:
    with pytest.raises(ValueError, match="cannot place"):
        waterfall(received, fee, [])


def test_on_time_is_up_to_the_second_of_the_cut_off() -> None:
    assert not is_late(DUE_AT - SECOND, DUE_AT)
    assert not is_late(DUE_AT, DUE_AT)
    assert is_late(DUE_AT + SECOND, DUE_AT)


@pytest.mark.parametrize(
    ("paid", "late", "status"),
    [
        (0, False, "pending"),
        (0, True, "pending"),
        (1, True, "partial"),
        (C - 1, False, "partial"),
        (C, False, "paid"),
        (C, True, "paid_late"),
    ],
)
def test_the_state_that_a_payment_leaves(paid: int, late: bool, status: str) -> None:
    assert status_after(C, paid, late=late) == status


@pytest.mark.parametrize(
    ("now", "outstanding", "fee"),
    [
        (DUE_AT, C, 0),
        (DUE_AT + timedelta(days=1) - SECOND, C, 0),
        (DUE_AT + timedelta(days=1), C, 20_000),
        (DUE_AT + timedelta(days=90), C, 20_000),
        (DUE_AT + timedelta(days=2), 0, 0),
        (DUE_AT + timedelta(days=2), 50_000, 5_000),
        (DUE_AT + timedelta(days=2), 9, 0),
    ],
)
def test_the_late_fee_starts_after_the_grace_and_is_capped(now: datetime, outstanding: int, fee: int) -> None:
    assert penalty_due(now, DUE_AT, grace_days=1, outstanding_kobo=outstanding, late_fee_kobo=20_000) == fee


@given(st.integers(-100, 100), st.integers(0, 7), st.integers(0, 10**7), st.integers(0, 10**6))
def test_a_late_fee_is_never_more_than_agreed(hours: int, grace: int, outstanding: int, late_fee: int) -> None:
    now = DUE_AT + timedelta(hours=hours)
    fee = penalty_due(now, DUE_AT, grace_days=grace, outstanding_kobo=outstanding, late_fee_kobo=late_fee)
    assert 0 <= fee <= min(late_fee, outstanding // 10)
    assert fee == 0 or hours >= 24 * grace
