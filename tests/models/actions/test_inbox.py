"""Events of providers: stored once, dealt with by one worker, never lost."""

from datetime import timedelta

import pytest

from models.actions import inbox
from models.base import database
from models.doorbell import Ring, collecting
from models.queries.due import due
from models.tables.mail import Inbox


def take_in(now, key="charge.success:r1:success:1", body=b'{"event": "charge.success"}'):
    return inbox.take_in("paystack", key, "charge.success", "r1", body, now)


def test_an_event_is_stored_once_and_rings_once(db, clock):
    with collecting() as rings:
        inbox_id, new = take_in(clock())
        again, new_again = take_in(clock())
    assert (again, new, new_again) == (inbox_id, True, False)
    assert rings == [Ring("process_event", inbox_id)]
    assert Inbox.get_by_id(inbox_id).repeats == 1


@pytest.mark.parametrize("body", [b"", b"\x00\xff\xfe garbage \x80", "€ 😀".encode()])
def test_a_body_comes_back_as_it_came_whatever_it_is(db, clock, body):
    inbox_id, _ = take_in(clock(), key="k\0y \ud800", body=body)
    assert inbox.claim_event(inbox_id, clock()).body == body


def test_a_body_is_sealed(db, clock):
    take_in(clock(), body=b"Ngozi Bello")
    (text,) = database.execute_sql("SELECT i::text FROM inbox i").fetchone()
    assert b"Ngozi".hex() not in text


def test_one_worker_deals_with_an_event_and_another_one_after_a_minute(db, clock):
    inbox_id, _ = take_in(clock())
    assert due(clock()) == [Ring("process_event", inbox_id)]
    assert inbox.claim_event(inbox_id, clock()).attempts == 1
    assert inbox.claim_event(inbox_id, clock()) is None
    assert due(clock()) == []
    clock.set(clock() + inbox.LEASE)
    assert inbox.claim_event(inbox_id, clock()).attempts == 2
    inbox.event_done(inbox_id, "settled", clock())
    clock.advance("1d")
    assert inbox.claim_event(inbox_id, clock()) is None
    assert due(clock()) == []


def test_an_event_that_fails_is_tried_ever_more_seldom_and_then_parked(db, clock):
    inbox_id, _ = take_in(clock())
    began = clock()
    for attempt in range(1, inbox.EVENT_TRIES + 1):
        event = inbox.claim_event(inbox_id, clock())
        assert event.attempts == attempt
        inbox.event_failed(inbox_id, "paystack: timeout", clock())
        clock.set(max(clock(), Inbox.get_by_id(inbox_id).next_at))
    assert clock() - began > timedelta(hours=2)
    assert inbox.claim_event(inbox_id, clock() + timedelta(days=9)) is None
    row = Inbox.get_by_id(inbox_id)
    assert (row.parked_at is not None, row.done_at, row.result) == (True, None, "paystack: timeout")


def test_an_event_that_kills_its_workers_is_parked_as_well(db, clock):
    inbox_id, _ = take_in(clock())
    for _ in range(inbox.EVENT_TRIES):
        assert inbox.claim_event(inbox_id, clock()) is not None
        clock.set(clock() + inbox.LEASE)
    assert inbox.claim_event(inbox_id, clock()) is None
    assert Inbox.get_by_id(inbox_id).parked_at == clock()
