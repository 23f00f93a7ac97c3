"""A pause: dates move by whole intervals, keep their order and their anchor, and nobody gets less notice than usual."""

import calendar
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from models.rules import pausing
from models.rules.pausing import Calendar, Dated, Plan
from models.rules.refused import Refused
from models.rules.schedule import FREQUENCIES, LEAD, cutoff_at, due_on, moved

DAY = timedelta(days=1)
anchors = st.dates(date(2024, 1, 1), date(2040, 12, 31))
month_ends = st.sampled_from([date(2027, 1, day) for day in (28, 29, 30, 31)] + [date(2028, 1, 31), date(2027, 3, 31)])
frequencies = st.sampled_from(FREQUENCIES)


def cycles_of(anchor: date, frequency: str, count: int, over: int = 0) -> list[Dated]:
    """A group's cycles on their calendar: so many are settled, the next one is open."""
    found = []
    for n in range(count):
        on = due_on(anchor, frequency, n)
        status = "settled" if n < over else "open" if n == over else "scheduled"
        found.append(Dated(100 + n, n + 1, status, on, cutoff_at(on)))
    return found


def paused(found: list[Dated], frequency: str, anchor: date, intervals: int, now: datetime) -> Plan:
    plan = pausing.pause(pausing.calendar(frequency, anchor, 18, found), found, intervals, now)
    assert isinstance(plan, Plan)
    return plan


def after(found: list[Dated], plan: Plan) -> list[Dated]:
    """The cycles as they are with the plan carried out."""
    by_id = {move.cycle_id: move for move in plan.moves}
    return [
        Dated(each.cycle_id, each.number, each.status, by_id[each.cycle_id].new_on, by_id[each.cycle_id].new_at)
        if each.cycle_id in by_id
        else each
        for each in found
    ]


# --- the step -----------------------------------------------------------------------------------------------------


@given(st.one_of(anchors, month_ends), frequencies, st.integers(0, 40), st.integers(-12, 24))
def test_a_moved_date_is_the_one_that_the_anchor_gives(anchor: date, frequency: str, k: int, n: int) -> None:
    assume(k + n >= 0)
    assert moved(due_on(anchor, frequency, k), frequency, n, anchor.day) == due_on(anchor, frequency, k + n)


def test_the_end_of_february_becomes_the_end_of_march() -> None:
    assert moved(date(2027, 2, 28), "monthly", 1, 31) == date(2027, 3, 31)
    assert moved(date(2027, 3, 31), "monthly", -1, 31) == date(2027, 2, 28)
    assert moved(date(2027, 2, 28), "monthly", 1, 28) == date(2027, 3, 28)


def test_a_date_off_the_calendar_keeps_its_own_day() -> None:
    """A cycle that opened late was given a day's notice: its date is no anchor's."""
    assert moved(date(2027, 2, 3), "monthly", 1, 31) == date(2027, 3, 3)
    assert moved(date(2027, 1, 30), "monthly", 1, 31) == date(2027, 2, 28)


def test_a_start_that_was_put_off_to_february_goes_on_at_the_ends_of_months() -> None:
    """Its anchor says the 28th by then; the dates after it still say the 31st."""
    found = cycles_of(date(2027, 1, 31), "monthly", 6)[1:]
    how = pausing.calendar("monthly", date(2027, 2, 28), 18, found)
    plan = pausing.pause(how, found, 1, datetime(2027, 2, 1, tzinfo=UTC))
    assert isinstance(plan, Plan)
    assert [move.new_on.isoformat() for move in plan.moves] == [
        "2027-03-31", "2027-04-30", "2027-05-31", "2027-06-30", "2027-07-31",
    ]  # fmt: skip


# --- a pause ------------------------------------------------------------------------------------------------------


@given(st.one_of(anchors, month_ends), frequencies, st.integers(1, 20), st.integers(0, 19), st.integers(1, 12))
def test_a_pause_moves_all_that_is_not_due_by_exactly_so_many_intervals(
    anchor: date, frequency: str, count: int, over: int, intervals: int
) -> None:
    assume(over < count)
    found = cycles_of(anchor, frequency, count, over)
    now = found[over].due_at - timedelta(hours=1)
    plan = paused(found, frequency, anchor, intervals, now)
    assert [move.number for move in plan.moves] == list(range(over + 1, count + 1))
    assert [move.new_on for move in plan.moves] == [
        due_on(anchor, frequency, n + intervals) for n in range(over, count)
    ]
    dates = [each.due_on for each in after(found, plan)]
    assert dates == sorted(set(dates))
    assert len(dates) == count
    assert plan.ends_at == cutoff_at(due_on(anchor, frequency, over + intervals - 1))
    assert now < plan.ends_at < plan.moves[0].new_at
    assert plan.moves[0].new_at - plan.ends_at >= LEAD[frequency]


@given(st.one_of(anchors, month_ends), frequencies, st.integers(2, 20), st.integers(1, 12), st.integers(1, 400))
def test_a_group_that_runs_behind_is_taken_where_it_is(
    anchor: date, frequency: str, count: int, intervals: int, late_days: int
) -> None:
    found = cycles_of(anchor, frequency, count)
    now = found[0].due_at + late_days * DAY
    plan = paused(found, frequency, anchor, intervals, now)
    assert [move.number for move in plan.moves] == list(range(2, count + 1))
    news = [move.new_on for move in plan.moves]
    assert news == sorted(set(news))
    assert len({move.intervals for move in plan.moves}) == 1
    assert plan.moves[0].intervals >= intervals
    assert now < plan.ends_at
    assert plan.moves[0].new_at - plan.ends_at >= LEAD[frequency]
    assert {on.day for on in news} <= {anchor.day, *(28, 29, 30)} or frequency != "monthly"
    if frequency == "monthly":
        assert all(on.day == min(anchor.day, calendar.monthrange(on.year, on.month)[1]) for on in news)


def test_a_cycle_that_opened_late_stays_before_the_next() -> None:
    """Planned for the 6th, opened on the 14th and due on the 15th; the next was planned for the 13th."""
    anchor = date(2026, 3, 6)
    found = cycles_of(anchor, "weekly", 3)
    late = Dated(100, 1, "open", date(2026, 3, 15), cutoff_at(date(2026, 3, 15)))
    plan = paused([late, *found[1:]], "weekly", anchor, 1, datetime(2026, 3, 14, 12, tzinfo=UTC))
    assert [(move.number, move.new_on.day, move.intervals) for move in plan.moves] == [
        (1, 22, 1),
        (2, 27, 2),
        (3, 3, 2),
    ]


def test_what_everybody_has_paid_before_its_time_does_not_move() -> None:
    found = cycles_of(date(2026, 3, 6), "weekly", 3)
    found[0] = Dated(100, 1, "closing", found[0].due_on, found[0].due_at)
    plan = paused(found, "weekly", date(2026, 3, 6), 1, datetime(2026, 3, 2, tzinfo=UTC))
    assert [move.number for move in plan.moves] == [2, 3]


@pytest.mark.parametrize("intervals", [-1, 0, 13, 100])
def test_it_is_for_one_to_twelve_intervals(intervals: int) -> None:
    found = cycles_of(date(2026, 3, 6), "weekly", 3)
    how = Calendar("weekly", 6, 18)
    assert pausing.pause(how, found, intervals, datetime(2026, 3, 2, tzinfo=UTC)) == Refused("bad_intervals")


def test_where_nothing_lies_ahead_there_is_nothing_to_pause() -> None:
    found = cycles_of(date(2026, 3, 6), "weekly", 2, over=1)
    how = Calendar("weekly", 6, 18)
    assert pausing.pause(how, found, 1, found[1].due_at + DAY) == Refused("nothing_ahead")
    assert isinstance(pausing.pause(how, found, 1, found[1].due_at), Plan)  # to the second: still in time


# --- before its time ----------------------------------------------------------------------------------------------


@given(st.one_of(anchors, month_ends), frequencies, st.integers(1, 12), st.integers(1, 12), st.floats(0, 1))
def test_going_on_early_keeps_anchor_order_and_notice(
    anchor: date, frequency: str, count: int, intervals: int, share: float
) -> None:
    found = cycles_of(anchor, frequency, count)
    began = found[0].due_at - timedelta(hours=1)
    plan = paused(found, frequency, anchor, intervals, began)
    resting = after(found, plan)
    now = began + (plan.ends_at - began) * share
    back = pausing.resume(pausing.calendar(frequency, anchor, 18, resting), resting, intervals, now)
    going = after(resting, back)
    dates = [each.due_on for each in going]
    assert dates == sorted(set(dates))
    assert len({move.intervals for move in back.moves}) <= 1
    by = -back.moves[0].intervals if back.moves else 0
    assert 0 <= by <= intervals
    assert dates == [due_on(anchor, frequency, n + intervals - by) for n in range(count)]
    if back.moves:
        assert going[0].due_at >= now + LEAD[frequency]
    if by < intervals and intervals - by > 0:  # one interval more would have been too much
        assert cutoff_at(due_on(anchor, frequency, intervals - by - 1)) < now + LEAD[frequency]


def test_no_date_comes_before_that_of_a_cycle_that_is_done() -> None:
    """The first was paid by all during the pause and keeps its date; the others may not overtake it."""
    found = cycles_of(date(2026, 3, 6), "weekly", 3)
    resting = after(found, paused(found, "weekly", date(2026, 3, 6), 3, datetime(2026, 3, 2, tzinfo=UTC)))
    resting[0] = Dated(100, 1, "settled", resting[0].due_on, resting[0].due_at)
    back = pausing.resume(Calendar("weekly", 6, 18), resting, 3, datetime(2026, 3, 3, tzinfo=UTC))
    assert back.moves == ()


def test_where_nothing_lies_ahead_nothing_comes_back() -> None:
    found = cycles_of(date(2026, 3, 6), "weekly", 1, over=1)
    assert pausing.resume(Calendar("weekly", 6, 18), found, 3, datetime(2026, 3, 3, tzinfo=UTC)).moves == ()
