"""The limit of a pot: what is above it, and what may become a group's own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import country
from models.country import COUNTRIES, home
from models.rules import limits, terms
from models.rules.fees import NAIRA
from models.rules.refused import Refused

USUAL = COUNTRIES["NG"].pot_limit
CAP = COUNTRIES["NG"].pot_cap


@pytest.mark.parametrize("code", COUNTRIES)
def test_a_country_has_a_limit_in_whole_units_below_its_cap(code: str) -> None:
    here = COUNTRIES[code]
    assert 0 < here.pot_limit < here.pot_cap
    assert here.pot_limit % NAIRA == here.pot_cap % NAIRA == 0


def test_in_nigeria_the_cap_is_the_largest_pot_that_terms_can_make() -> None:
    assert limits.largest_pot(terms.MOST_CONTRIBUTION, terms.SIZES[-1]) == CAP


@pytest.mark.parametrize("own", [None, USUAL + NAIRA, CAP])
@pytest.mark.parametrize(("more", "above"), [(-1, False), (0, False), (1, True)])
def test_the_limit_itself_may_be_and_a_kobo_more_may_not(own: int | None, more: int, above: bool) -> None:
    assert limits.above(limits.limit_of(own) + more, own) is above


def test_every_country_has_its_own_limit() -> None:
    try:
        country.use("GH")
        assert limits.above(25_000_01, None)
        assert not limits.above(25_000_00, None)
    finally:
        country.use("NG")


@given(st.integers(1, 10**10), st.integers(3, 30), st.integers(1, 3))
def test_the_largest_of_several_pots_counts(contribution: int, seats: int, pots: int) -> None:
    largest = limits.largest_pot(contribution, seats, pots)
    assert terms.pot(contribution, seats, pots) <= largest < terms.pot(contribution, seats, pots) + pots


@pytest.mark.parametrize(
    ("wanted", "own", "status", "why"),
    [
        (USUAL + NAIRA, None, "draft", None),
        (CAP, None, "forming", None),
        (CAP, None, "ready", None),
        (CAP, USUAL + NAIRA, "active", None),
        (CAP, None, "paused", None),
        (CAP + NAIRA, None, "forming", "bad_limit"),
        (CAP + 1, None, "forming", "bad_limit"),
        (USUAL + 1, None, "forming", "bad_limit"),
        (USUAL - NAIRA, CAP, "forming", "bad_limit"),
        (0, CAP, "forming", "bad_limit"),
        (-CAP, CAP, "forming", "bad_limit"),
        (USUAL, None, "forming", "same_limit"),
        (CAP, CAP, "active", "same_limit"),
        (USUAL, CAP, "forming", None),
        (USUAL, CAP, "draft", None),
        (CAP - NAIRA, CAP, "ready", "has_begun"),
        (USUAL, CAP, "active", "has_begun"),
        (CAP, None, "dissolving", "gone"),
        (CAP, None, "completed", "gone"),
        (CAP, None, "cancelled", "gone"),
    ],
)
def test_what_may_become_the_limit_of_a_group(wanted: int, own: int | None, status: str, why: str | None) -> None:
    assert limits.refusal(wanted, own, status) == (None if why is None else Refused(why))


def test_the_countrys_limit_is_not_kept_as_a_groups_own() -> None:
    assert limits.as_own(home().pot_limit) is None
    assert limits.as_own(CAP) == CAP
