"""Who may exchange turns with whom, example by example, and what always holds."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.approvals import deciders
from models.rules.refused import Refused
from models.rules.schedule import cutoff_at
from models.rules.swaps import ANSWER_TIME, LEAST_NOTICE, Cover, Side, answer_by, may_swap, obstacle

NOW = datetime.fromisoformat("2026-11-23T08:00:00+00:00")
NONE = Cover(5_000_00, 12, 0)


def side(turn: int, **changes: object) -> Side:
    on = date(2026, 11, 27) + timedelta(weeks=turn - 1)
    made = Side(
        seat_id=100 + turn,
        member_id=turn,
        turn=turn,
        pot_number=1,
        status="active",
        cycle_id=turn,
        cycle_number=turn,
        cycle_status="scheduled",
        due_on=on,
        due_at=cutoff_at(on),
        paid_out=False,
        behind=False,
        asked=False,
    )
    return replace(made, **changes)


def test_two_who_are_up_to_date_may():
    assert may_swap(side(9), side(2), NONE, NOW) is None
    assert may_swap(side(2), side(9), NONE, NOW) is None


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"paid_out": True}, "collected"),
        ({"cycle_status": "closing"}, "collected"),
        ({"cycle_status": "settled"}, "collected"),
        ({"status": "in_arrears"}, "behind"),
        ({"status": "defaulted"}, "behind"),
        ({"behind": True}, "behind"),
        ({"due_at": NOW + LEAST_NOTICE - timedelta(seconds=1)}, "too_close"),
        ({"asked": True}, "asked_already"),
    ],
)
def test_what_stands_in_the_way(changes, why):
    assert obstacle(side(3, **changes), NOW) == Refused(why)
    assert may_swap(side(3, **changes), side(5), NONE, NOW) == Refused(why)
    assert may_swap(side(5), side(3, **changes), NONE, NOW) == Refused("not_free")


def test_three_days_before_it_is_still_possible_and_a_second_later_not():
    at_the_edge = side(1, due_at=NOW + LEAST_NOTICE)
    assert may_swap(side(4), at_the_edge, NONE, NOW) is None
    assert may_swap(side(4), at_the_edge, NONE, NOW + timedelta(seconds=1)) == Refused("not_free")


def test_the_cycle_that_is_open_may_be_exchanged_while_there_is_time():
    assert may_swap(side(4), side(1, cycle_status="open"), NONE, NOW) is None


def test_nobody_swaps_with_herself_or_within_one_cycle():
    assert may_swap(side(4), side(7, member_id=4), NONE, NOW) == Refused("not_free")
    assert may_swap(side(4), side(7, cycle_id=4), NONE, NOW) == Refused("not_free")


def test_who_would_collect_sooner_needs_the_larger_deposit_first():
    cover = Cover(5_000_00, 12, 100)
    assert cover.deposit_kobo(12) == 0
    needed = cover.deposit_kobo(2)
    assert needed == 10 * 5_000_00
    assert may_swap(side(9), side(2), cover, NOW) == Refused("deposit_first")
    assert may_swap(side(2), side(9), cover, NOW) == Refused("not_free")
    assert may_swap(side(9, deposit_kobo=needed), side(2), cover, NOW) is None
    assert may_swap(side(2), side(9, deposit_kobo=needed), cover, NOW) is None
    assert may_swap(side(9, deposit_kobo=needed - 1), side(2), cover, NOW) == Refused("deposit_first")


def test_a_part_of_a_kobo_is_covered_by_a_whole_one():
    assert Cover(101, 2, 33).deposit_kobo(1) == 34


def test_the_time_to_answer_is_a_day_but_never_beyond_the_last_moment():
    assert answer_by(NOW, side(9), side(5)) == NOW + ANSWER_TIME
    assert answer_by(NOW, side(9), side(1, due_at=NOW + LEAST_NOTICE + timedelta(hours=5))) == NOW + timedelta(hours=5)


@given(
    st.integers(1, 12),
    st.integers(1, 12),
    st.sampled_from(["active", "in_arrears", "exiting"]),
    st.sampled_from(["scheduled", "open", "closing"]),
    st.booleans(),
    st.booleans(),
    st.integers(0, 100),
)
def test_what_one_may_the_other_may_too(one, other, status, cycle_status, behind, asked, pct):
    """Only who is told why differs."""
    cover = Cover(5_000_00, 12, pct)
    mine = side(one, status=status, behind=behind)
    theirs = side(other, cycle_status=cycle_status, asked=asked, deposit_kobo=3_000_000)
    assert (may_swap(mine, theirs, cover, NOW) is None) == (may_swap(theirs, mine, cover, NOW) is None)


# --- who decides ------------------------------------------------------------------------------------------------


def test_the_head_decides_and_then_the_other_officers():
    assert deciders([1, 2], [3, 4, 1, 2], {3, 4}) == (1, 2)
    assert deciders([1, 2], [3, 4, 1, 2], {1, 4}) == (2,)


def test_where_all_officers_are_parties_the_first_member_who_is_none_decides():
    assert deciders([1, 2], [2, 1, 5, 3], {1, 2}) == (5,)
    assert deciders([1], [1], {1}) == ()


@given(st.lists(st.integers(1, 9)), st.lists(st.integers(1, 9)), st.sets(st.integers(1, 9)))
def test_nobody_decides_for_herself(officers, turns, parties):
    assert not set(deciders(officers, turns, parties)) & parties
