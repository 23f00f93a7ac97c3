"""What can be asked for when time is short, and until when."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import policy
from models.rules.extensions import DAY, PARTS, TWO_DAYS, WEEK, expires_at, first_part_by, limit_at, offers
from models.rules.fees import NAIRA
from models.rules.schedule import cutoff_at

DUE_ON = date(2026, 11, 27)
DUE = cutoff_at(DUE_ON)
NEXT = cutoff_at(date(2026, 12, 4))
NOW = datetime.fromisoformat("2026-11-25T08:00:00+00:00")
C = 5_000 * NAIRA


def found(now: datetime = NOW, **changes: object) -> dict:
    return offers(now, **({"due_at": DUE, "left_kobo": C, "limit_at": NEXT} | changes))


def test_two_days_a_week_or_two_parts():
    offered = found()
    assert offered[TWO_DAYS].until_at == cutoff_at(date(2026, 11, 29))
    assert offered[WEEK].until_at == NEXT
    parts = offered[PARTS]
    assert (parts.first_kobo, parts.first_by, parts.until_at) == (2_500 * NAIRA, DUE, NEXT)


def test_who_is_late_counts_from_today():
    offered = found(cutoff_at(date(2026, 11, 29)) + timedelta(hours=1))
    assert offered[TWO_DAYS].until_at == cutoff_at(date(2026, 12, 1))
    assert WEEK not in offered
    assert offered[PARTS].first_by == cutoff_at(date(2026, 12, 1))


def test_never_beyond_the_next_due_date():
    assert set(found(limit_at=cutoff_at(date(2026, 11, 28)))) == {PARTS}
    assert found(limit_at=cutoff_at(date(2026, 11, 28)))[PARTS].until_at == cutoff_at(date(2026, 11, 28))
    assert set(found(limit_at=DUE)) == set()


def test_an_odd_naira_is_paid_at_first():
    assert found(left_kobo=2_001 * NAIRA)[PARTS].first_kobo == 1_001 * NAIRA


def test_parts_that_nobody_could_pay_are_not_offered():
    assert PARTS not in found(left_kobo=2 * policy.LEAST_PAYMENT_KOBO - NAIRA)
    assert PARTS in found(left_kobo=2 * policy.LEAST_PAYMENT_KOBO)


def test_a_question_may_be_answered_until_a_day_after_the_due_date():
    assert expires_at(NOW, DUE) == DUE + DAY
    assert expires_at(DUE + 2 * DAY, DUE) == DUE + 3 * DAY


def test_the_first_part_has_a_days_notice_from_the_answer_but_not_beyond_the_rest():
    assert first_part_by(DUE, NEXT, NOW) == DUE
    assert first_part_by(DUE, NEXT, DUE) == DUE + DAY
    assert first_part_by(DUE, DUE + timedelta(hours=3), DUE) == DUE + timedelta(hours=3)


@pytest.mark.parametrize(
    ("now", "coming", "limit"),
    [
        (NOW, [DUE, NEXT], NEXT),
        (NEXT + DAY, [DUE, NEXT, NEXT + 7 * DAY], NEXT + 7 * DAY),
        (NOW, [DUE], NEXT),
        (NEXT + DAY, [DUE], NEXT + 9 * DAY),
    ],
)
def test_the_limit_is_the_next_due_date_and_after_the_last_one_the_calendar(now, coming, limit):
    assert limit_at(coming, now, DUE, NEXT) == limit


@given(
    st.integers(-20 * 24, 20 * 24).map(lambda hours: DUE + timedelta(hours=hours)),
    st.integers(1, 500_000).map(lambda naira: naira * NAIRA),
    st.integers(0, 40).map(lambda days: DUE + timedelta(days=days)),
)
def test_an_offer_is_always_later_than_now_and_the_due_date_and_its_parts_are_the_whole(now, left, limit):
    for offer in offers(now, due_at=DUE, left_kobo=left, limit_at=limit).values():
        assert max(now, DUE) < offer.until_at <= limit
        if offer.first_by is not None:
            assert offer.first_by - now >= min(policy.LEAST_NOTICE, DUE - now)
            assert DUE <= offer.first_by < offer.until_at
            assert 0 < offer.first_kobo < left
            assert offer.first_kobo % NAIRA == 0
