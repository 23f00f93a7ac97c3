"""The order of turns, and a ballot that a second person can draw again from its description alone."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules import rotation
from models.rules.refused import Refused

NOW = datetime(2026, 11, 1, tzinfo=UTC)
seat_numbers = st.dictionaries(st.integers(1, 10**9), st.integers(-(10**6), 10**6), min_size=1, max_size=30)


def redraw(secret: bytes, numbers: Mapping[int, int]) -> tuple[int, ...]:
    """The ballot again, written from its description only: places are taken out, not exchanged."""
    text = ",".join(f"{seat}:{number}" for seat, number in sorted(numbers.items()))
    seed = hashlib.sha256(b"|".join([secret, text.encode()])).digest()
    counter = 0
    places = dict(enumerate(sorted(numbers)))
    for i in reversed(range(1, len(places))):
        while True:
            digest = hashlib.sha256(seed + f"|{counter}".encode()).hexdigest()
            counter += 1
            x = int(digest[:16], 16)
            if x // (i + 1) < 2**64 // (i + 1):
                break
        j = x % (i + 1)
        places[i], places[j] = places[j], places[i]
    return tuple(places[i] for i in range(len(places)))


@given(st.binary(min_size=16, max_size=64), seat_numbers)
def test_a_second_implementation_draws_the_same(secret: bytes, numbers: dict[int, int]) -> None:
    assert rotation.draw(secret, numbers) == redraw(secret, numbers)


@given(st.binary(min_size=16, max_size=64), seat_numbers)
def test_a_draw_holds_every_seat_once(secret: bytes, numbers: dict[int, int]) -> None:
    assert sorted(rotation.draw(secret, numbers)) == sorted(numbers)


def test_the_draw_is_fixed_for_ever() -> None:
    """A published draw has to come out the same in ten years."""
    assert rotation.draw(b"ajo-test-secret-0001", {11: 7, 12: 0, 13: 42, 14: 3, 15: 0}) == (15, 13, 14, 12, 11)


def test_the_order_of_the_numbers_does_not_matter_but_every_number_does() -> None:
    one = dict.fromkeys(range(1, 13), 0)
    assert rotation.draw(b"s", one) == rotation.draw(b"s", dict(reversed(one.items())))
    assert rotation.draw(b"s", one) != rotation.draw(b"s", one | {12: 1})


def test_every_seat_is_first_and_last_equally_often() -> None:
    draws = [rotation.draw(f"secret {n}".encode(), {1: 0, 2: 0, 3: 0, 4: 0}) for n in range(8000)]
    for place in range(4):
        often = Counter(order[place] for order in draws)
        assert all(abs(often[seat] - 2000) < 200 for seat in (1, 2, 3, 4))
    assert len(Counter(draws)) == 24


def test_the_uneven_rest_is_skipped() -> None:
    assert rotation.below(3, iter([2**64 - 1, 7])) == 1
    assert rotation.below(3, iter([2**64 - 2])) == (2**64 - 2) % 3
    assert rotation.below(4, iter([2**64 - 1])) == 3


def test_the_commitment_is_the_plain_hash_of_the_secret() -> None:
    assert rotation.commitment(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_joined_is_by_time_and_then_by_id() -> None:
    seats = [(3, NOW), (1, NOW + timedelta(seconds=1)), (2, NOW), (4, NOW - timedelta(days=1))]
    assert rotation.joined(seats) == (4, 2, 3, 1)


@pytest.mark.parametrize("wanted", [(1, 2), (1, 2, 3, 4), (1, 2, 2), (1, 1, 2, 3), ()])
def test_an_arranged_order_names_every_seat_once(wanted: tuple[int, ...]) -> None:
    assert rotation.arranged(wanted, [3, 2, 1]) == Refused("seats_changed")
    assert rotation.arranged((3, 1, 2), [3, 2, 1]) == (3, 1, 2)


@pytest.mark.parametrize(
    ("turn", "pots", "cycle"), [(1, 1, 1), (12, 1, 12), (1, 2, 1), (2, 2, 1), (3, 2, 2), (7, 3, 3)]
)
def test_turns_fill_the_pots_of_a_cycle(turn: int, pots: int, cycle: int) -> None:
    assert rotation.cycle_of_turn(turn, pots) == cycle
