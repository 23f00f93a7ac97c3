"""An end in the middle: every kobo that was paid and not collected is a claim, and the claims are what there is."""

from hypothesis import given
from hypothesis import strategies as st

from models.rules.dissolution import Account, Claim, in_proportion, parts_to_pay, unwind


@given(st.integers(3, 14), st.data(), st.integers(100, 50_000_000))
def test_after_k_cycles_what_the_others_are_owed_is_what_the_collected_owe(n: int, data: st.DataObject, c: int) -> None:
    k = data.draw(st.integers(0, n))
    unwound = unwind([Account(seat, k * c, n * c if seat < k else 0) for seat in range(n)], 0)
    assert unwound.adds_up
    assert unwound.back_kobo == k * (n - k) * c
    assert [share.owes_kobo for share in unwound.shares[:k]] == [(n - k) * c] * k
    assert [share.back_kobo for share in unwound.shares[k:]] == [k * c] * (n - k)


@given(st.lists(st.tuples(st.integers(0, 10_000_000), st.integers(0, 10_000_000)), min_size=1, max_size=30))
def test_whatever_was_paid_the_claims_are_what_is_held_and_what_is_owed(accounts: list[tuple[int, int]]) -> None:
    listed = [Account(n, paid, received) for n, (paid, received) in enumerate(accounts)]
    held = sum(paid for paid, _ in accounts) - sum(received for _, received in accounts)
    if held >= 0:
        unwound = unwind(listed, held)
        assert unwound.adds_up
        assert sum(share.at_once_kobo for share in unwound.shares) == min(held, unwound.back_kobo)
        assert all(share.at_once_kobo <= share.back_kobo for share in unwound.shares)


@given(st.lists(st.integers(0, 10_000_000), min_size=1, max_size=50), st.data())
def test_shares_in_proportion_lose_nothing_and_stay_within_a_kobo(claims: list[int], data: st.DataObject) -> None:
    kobo = data.draw(st.integers(0, sum(claims)))
    parts = in_proportion(kobo, claims)
    assert sum(parts) == kobo
    assert all(0 <= part <= claim for part, claim in zip(parts, claims, strict=True))
    whole = max(sum(claims), 1)
    assert all(abs(part * whole - kobo * claim) < whole for part, claim in zip(parts, claims, strict=True))


def test_the_largest_remainders_get_the_units_that_are_left() -> None:
    assert in_proportion(100, [1, 1, 1] * 100)[:3] == (1, 1, 1)
    assert in_proportion(10, [10, 10, 5]) == (4, 4, 2)


def test_figures_that_do_not_add_up_say_so() -> None:
    assert not unwind([Account(1, 500, 0)], 400).adds_up


@given(st.integers(2, 14), st.data(), st.integers(100, 5_000_000))
def test_what_is_kept_for_a_seat_counts_as_paid_by_it(n: int, data: st.DataObject, c: int) -> None:
    kept = data.draw(st.lists(st.integers(0, 3 * c), min_size=n, max_size=n))
    k = data.draw(st.integers(0, n))
    unwound = unwind([Account(seat, k * c, n * c if seat < k else 0, kept[seat]) for seat in range(n)], sum(kept))
    assert unwound.adds_up
    nets = [share.back_kobo - share.owes_kobo for share in unwound.shares]
    assert nets == [k * c + kept[seat] - (n * c if seat < k else 0) for seat in range(n)]


@given(
    st.lists(st.integers(1, 5_000_000), min_size=1, max_size=20),
    st.lists(st.tuples(st.integers(1, 5_000_000), st.sets(st.integers(0, 19))), max_size=12),
    st.integers(0, 100_000),
)
def test_however_the_money_comes_each_claim_is_paid_in_full_and_none_before_its_share(
    kobos: list[int], income: list[tuple[int, set[int]]], least: int
) -> None:
    """Money comes in pieces; meanwhile some have a transfer under way and have to wait."""
    whole, came, promised = sum(kobos), 0, [0] * len(kobos)
    steps = [*income, (whole, set()), (0, set())]
    for kobo, waiting in steps:
        came = min(came + kobo, whole)
        claims = [Claim(n, each, promised[n], n in waiting) for n, each in enumerate(kobos)]
        parts = parts_to_pay(claims, came - sum(promised), least)
        for n, part in enumerate(parts):
            assert 0 <= part <= kobos[n] - promised[n]
            assert not (n in waiting and part)
            promised[n] += part
            # Never more than her share of what has come, but for the kobo that does not divide.
            assert promised[n] * whole <= came * kobos[n] + whole
            last = promised[n] == kobos[n]
            assert not part or last or part >= least - len(kobos)
        assert sum(promised) <= came
    assert promised == kobos


@given(st.lists(st.integers(1, 1_000_000), min_size=1, max_size=20), st.data())
def test_without_a_least_amount_all_that_has_come_goes_out(kobos: list[int], data: st.DataObject) -> None:
    free = data.draw(st.integers(0, sum(kobos)))
    parts = parts_to_pay([Claim(n, kobo, 0) for n, kobo in enumerate(kobos)], free, 0)
    assert parts == in_proportion(free, kobos)
