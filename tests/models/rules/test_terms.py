"""The terms of a group: limits at their edges, and what follows from a wish."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.commands import OpenGroup
from models.rules import terms
from models.rules.refused import Refused
from models.rules.schedule import FREQUENCIES, cutoff_at

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
WISH = OpenGroup("Mama Titi Ajo", 500_000, "weekly", 12, "ballot", date(2026, 11, 27))


def test_what_follows_from_the_sample_group() -> None:
    group = terms.check(WISH, NOW)
    assert isinstance(group, terms.GroupTerms)
    assert (group.name, group.privacy, group.pots_per_cycle, group.pot_kobo) == ("Mama Titi Ajo", 2, 1, 6_000_000)
    assert group.terms.cycles == 12
    assert group.terms.ends_on == date(2027, 2, 12)
    assert group.terms.collect_kobo == 5_940_000
    assert group.terms.late_fee_kobo == 20_000
    assert (group.terms.grace_days, group.terms.cutoff_hour, group.terms.service_fee_bps) == (1, 18, 100)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"name": "*"}, "bad_name"),
        ({"name": "A name much too long"}, "bad_name"),
        ({"contribution_kobo": 9_900}, "bad_amount"),
        ({"contribution_kobo": 0}, "bad_amount"),
        ({"contribution_kobo": -500_000}, "bad_amount"),
        ({"contribution_kobo": 500_050}, "bad_amount"),
        ({"contribution_kobo": 50_000_100}, "bad_amount"),
        ({"seats": 2}, "bad_size"),
        ({"seats": 31}, "bad_size"),
        ({"start_on": date(2026, 11, 23)}, "bad_start"),
        ({"start_on": date(2025, 11, 27)}, "bad_start"),
        ({"start_on": date(2027, 11, 26)}, "bad_start"),
    ],
)
def test_what_may_not_be_wished_for(change: dict[str, object], why: str) -> None:
    assert terms.check(replace(WISH, **change), NOW) == Refused(why)


@pytest.mark.parametrize(
    "change",
    [
        {"contribution_kobo": 10_000},
        {"contribution_kobo": 50_000_000},
        {"seats": 3},
        {"seats": 30},
        {"start_on": date(2026, 11, 24)},
        {"start_on": date(2027, 11, 24)},
    ],
)
def test_the_limits_themselves_are_allowed(change: dict[str, object]) -> None:
    assert isinstance(terms.check(replace(WISH, **change), NOW), terms.GroupTerms)


@pytest.mark.parametrize("change", [{"frequency": "hourly"}, {"order": "auction"}])
def test_what_no_menu_offers_is_a_bug(change: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="no menu offers"):
        terms.check(replace(WISH, **change), NOW)


def test_a_day_of_notice_to_the_second() -> None:
    cutoff = cutoff_at(date(2026, 11, 25))
    assert terms.is_start(date(2026, 11, 25), cutoff - timedelta(hours=24))
    assert not terms.is_start(date(2026, 11, 25), cutoff - timedelta(hours=24) + timedelta(seconds=1))


@given(
    st.integers(100, 500_000), st.integers(3, 30), st.sampled_from(FREQUENCIES), st.integers(1, 3), st.integers(0, 200)
)
def test_nobody_is_promised_more_than_comes(naira: int, seats: int, frequency: str, pots: int, bps: int) -> None:
    made = terms.terms_of(
        naira * 100, frequency, seats, "joined", WISH.start_on, pots_per_cycle=pots, service_fee_bps=bps
    )
    assert (made.cycles - 1) * pots < seats <= made.cycles * pots
    assert 0 < made.collect_kobo * pots <= naira * 100 * seats
    assert made.ends_on >= made.starts_on
    assert made.late_fee_kobo * 10 <= made.contribution_kobo


@pytest.mark.parametrize("settings", [{"service_fee_bps": 201}, {"service_fee_bps": -1}, {"pots_per_cycle": 0}])
def test_settings_beyond_the_caps_are_a_bug(settings: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="beyond the caps"):
        terms.terms_of(500_000, "weekly", 12, "joined", WISH.start_on, **settings)  # type: ignore[arg-type]
