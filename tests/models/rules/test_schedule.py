"""Dates: month ends, cut-offs to the second, typed days and the words for them."""

import calendar
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules import schedule
from models.rules.schedule import FREQUENCIES, due_on

SECOND = timedelta(seconds=1)
instants = st.integers(1_704_067_200, 2_208_988_800).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
anchors = st.dates(date(2024, 1, 1), date(2040, 12, 31))


def test_a_month_end_comes_back_after_a_short_month() -> None:
    anchor = date(2027, 1, 31)
    dates = [due_on(anchor, "monthly", k).isoformat() for k in range(14)]
    assert dates == [
        "2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30", "2027-05-31", "2027-06-30", "2027-07-31",
        "2027-08-31", "2027-09-30", "2027-10-31", "2027-11-30", "2027-12-31", "2028-01-31", "2028-02-29",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("anchor", "k", "expected"),
    [
        (date(2027, 1, 29), 1, date(2027, 2, 28)),
        (date(2028, 1, 29), 1, date(2028, 2, 29)),
        (date(2028, 1, 30), 1, date(2028, 2, 29)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2028, 2, 29), 48, date(2032, 2, 29)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
    ],
)
def test_leap_years_and_year_ends(anchor: date, k: int, expected: date) -> None:
    assert due_on(anchor, "monthly", k) == expected


@given(anchors, st.integers(0, 400))
def test_a_month_is_the_kth_after_the_anchor_on_its_day_or_the_last(anchor: date, k: int) -> None:
    on = due_on(anchor, "monthly", k)
    assert (on.year * 12 + on.month) - (anchor.year * 12 + anchor.month) == k
    assert on.day == min(anchor.day, calendar.monthrange(on.year, on.month)[1])


@given(anchors, st.integers(0, 400), st.sampled_from(FREQUENCIES))
def test_due_dates_begin_at_the_anchor_and_only_go_forward(anchor: date, k: int, frequency: str) -> None:
    assert due_on(anchor, frequency, 0) == anchor
    assert due_on(anchor, frequency, k) < due_on(anchor, frequency, k + 1)


@pytest.mark.parametrize(("frequency", "days"), [("daily", 1), ("weekly", 7), ("two_weekly", 14)])
def test_fixed_steps(frequency: str, days: int) -> None:
    assert due_on(date(2026, 11, 27), frequency, 5) == date(2026, 11, 27) + timedelta(days=5 * days)


def test_an_unknown_frequency_is_a_bug() -> None:
    with pytest.raises(KeyError):
        due_on(date(2026, 1, 1), "yearly", 1)


def test_the_cut_off_is_six_in_lagos_which_is_five_utc() -> None:
    assert schedule.cutoff_at(date(2026, 11, 27), 18) == datetime(2026, 11, 27, 17, tzinfo=UTC)
    assert schedule.cutoff_at(date(2026, 11, 27), 0) == datetime(2026, 11, 26, 23, tzinfo=UTC)
    assert schedule.cutoff_at(date(2026, 7, 1), 18).hour == schedule.cutoff_at(date(2026, 1, 1), 18).hour


@pytest.mark.parametrize(
    ("now", "on"),
    [
        (datetime(2026, 11, 26, 22, 59, 59, tzinfo=UTC), date(2026, 11, 26)),
        (datetime(2026, 11, 26, 23, 0, 0, tzinfo=UTC), date(2026, 11, 27)),
        (datetime(2026, 11, 26, 18, 30, tzinfo=timezone(timedelta(hours=-5))), date(2026, 11, 27)),
    ],
)
def test_the_day_begins_at_midnight_in_lagos(now: datetime, on: date) -> None:
    assert schedule.local_date(now) == on


def test_an_instant_without_a_zone_is_a_bug() -> None:
    with pytest.raises(ValueError, match="time zone"):
        schedule.local_date(datetime(2026, 1, 1))  # noqa: DTZ001


@given(instants)
def test_the_earliest_start_leaves_a_day_and_no_more_than_needed(now: datetime) -> None:
    on = schedule.earliest_start(now)
    assert schedule.cutoff_at(on) - now >= timedelta(hours=24)
    assert schedule.cutoff_at(on - timedelta(days=1)) - now < timedelta(hours=24)
    assert on > schedule.local_date(now)


def test_the_earliest_start_turns_at_the_cut_off() -> None:
    six = schedule.cutoff_at(date(2026, 11, 24))
    assert schedule.earliest_start(six) == date(2026, 11, 25)
    assert schedule.earliest_start(six + SECOND) == date(2026, 11, 26)


@given(instants)
def test_the_choices_are_fridays_three_weeks_apart(now: datetime) -> None:
    first, second = schedule.first_start_choices(now)
    assert first.weekday() == second.weekday() == schedule.FRIDAY
    assert second - first == timedelta(days=21)
    assert timedelta(0) <= first - schedule.earliest_start(now) < timedelta(days=7)


def test_the_choices_of_the_design() -> None:
    now = datetime(2026, 11, 23, 9, tzinfo=UTC)
    assert [schedule.show_date(on) for on in schedule.first_start_choices(now)] == ["Fri 27 Nov", "Fri 18 Dec"]


@pytest.mark.parametrize(
    ("text", "today", "expected"),
    [
        ("2711", date(2026, 11, 1), date(2026, 11, 27)),
        ("2711", date(2026, 11, 27), date(2026, 11, 27)),
        ("2711", date(2026, 11, 28), date(2027, 11, 27)),
        ("0101", date(2026, 12, 31), date(2027, 1, 1)),
        ("27/11", date(2026, 11, 1), date(2026, 11, 27)),
        ("27-11", date(2026, 11, 1), date(2026, 11, 27)),
        (" 27 11 ", date(2026, 11, 1), date(2026, 11, 27)),
        ("2902", date(2028, 1, 10), date(2028, 2, 29)),
        ("2902", date(2027, 3, 1), date(2028, 2, 29)),
        ("2902", date(2026, 11, 1), None),
        ("2902", date(2027, 1, 10), None),
        ("3102", date(2026, 11, 1), None),
        ("3111", date(2026, 11, 1), None),
        ("0011", date(2026, 11, 1), None),
        ("1100", date(2026, 11, 1), None),
        ("2713", date(2026, 11, 1), None),
        ("271", date(2026, 11, 1), None),
        ("27112026", date(2026, 11, 1), None),
        ("", date(2026, 11, 1), None),
        ("27no", date(2026, 11, 1), None),
        ("٢٧١١", date(2026, 11, 1), None),
    ],
)
def test_four_numbers_are_the_next_such_day(text: str, today: date, expected: date | None) -> None:
    assert schedule.parse_ddmm(text, today) == expected


@given(anchors, st.integers(0, 364))
def test_any_day_of_the_coming_year_can_be_typed(today: date, ahead: int) -> None:
    on = today + timedelta(days=ahead)
    assert schedule.parse_ddmm(f"{on.day:02d}{on.month:02d}", today) == on


def test_dates_and_times_in_words() -> None:
    assert schedule.show_date(date(2026, 11, 27)) == "Fri 27 Nov"
    assert schedule.show_date(date(2026, 9, 30)) == "Wed 30 Sept"
    assert schedule.show_day(date(2026, 12, 6)) == "6 Dec"


@pytest.mark.parametrize(
    ("hour", "minute", "shown"),
    [(15, 30, "4:30pm"), (17, 0, "6pm"), (23, 5, "12:05am"), (11, 0, "12pm"), (8, 9, "9:09am")],
)
def test_times_are_shown_in_lagos(hour: int, minute: int, shown: str) -> None:
    assert schedule.show_time(datetime(2026, 11, 27, hour, minute, tzinfo=UTC)) == shown


@pytest.mark.parametrize(("hour", "shown"), [(18, "6pm"), (0, "12am"), (12, "12pm"), (9, "9am")])
def test_the_cut_off_hour_in_words(hour: int, shown: str) -> None:
    assert schedule.show_hour(hour) == shown
