"""Lanes: one worker at a time, in the order in which things came, and nothing left behind."""

import threading
from datetime import timedelta

import pytest

from models.actions import inbox, lanes
from models.actions.inbox import lane_of
from models.base import database
from models.doorbell import Ring, collecting
from models.tables.mail import Inbox

LANE = b"l" * 32


def say(key, now, lane=LANE):
    return inbox.take_in("twilio-whatsapp", key, "message", "", key.encode(), now, lane=lane)[0]


def test_a_lane_belongs_to_an_address_and_shows_nothing_of_it(db):
    assert lane_of("+2348030000001") == lane_of("+2348030000001") != lane_of("+2348030000002")
    assert b"2348030000001" not in lane_of("+2348030000001")


def test_one_worker_holds_a_lane_until_it_leaves(db, clock):
    say("a", clock())
    assert lanes.claim_lane(LANE, "one", clock())
    assert not lanes.claim_lane(LANE, "two", clock())
    assert lanes.claim_lane(b"m" * 32, "two", clock())
    event = lanes.next_in_lane(LANE, "one", clock())
    assert not lanes.leave_lane(LANE, "one", clock() + timedelta(minutes=1))
    inbox.event_done(event.inbox_id, "said", clock())
    assert lanes.leave_lane(LANE, "one", clock())
    assert lanes.claim_lane(LANE, "two", clock())


def test_events_come_in_the_order_in_which_they_came(db, clock):
    for key in "abc":
        say(key, clock())
    say("x", clock(), lane=b"m" * 32)
    lanes.claim_lane(LANE, "one", clock())
    heard = []
    while event := lanes.next_in_lane(LANE, "one", clock()):
        heard.append(event.body)
        inbox.event_done(event.inbox_id, "said", clock())
    assert heard == [b"a", b"b", b"c"]


def test_what_comes_while_the_lane_is_being_left_is_not_left_behind(db, clock):
    say("a", clock())
    lanes.claim_lane(LANE, "one", clock())
    inbox.event_done(lanes.next_in_lane(LANE, "one", clock()).inbox_id, "said", clock())
    assert lanes.next_in_lane(LANE, "one", clock()) is None
    say("b", clock())
    assert not lanes.leave_lane(LANE, "one", clock())
    assert lanes.next_in_lane(LANE, "one", clock()).body == b"b"


def test_who_finds_the_lane_being_left_waits_and_gets_it(db, clock):
    lanes.claim_lane(LANE, "one", clock())
    got = []

    def claim():
        got.append(lanes.claim_lane(LANE, "two", clock()))
        database.close()

    second = threading.Thread(target=claim)
    with database.atomic():
        assert lanes.leave_lane(LANE, "one", clock())
        second.start()
        second.join(0.2)
        assert got == []
    second.join()
    assert got == [True]


def test_a_holder_that_died_is_replaced_after_a_while(db, clock):
    say("a", clock())
    lanes.claim_lane(LANE, "dead", clock())
    lanes.next_in_lane(LANE, "dead", clock())
    assert not lanes.claim_lane(LANE, "two", clock())
    clock.now += lanes.LEASE
    assert lanes.claim_lane(LANE, "two", clock())
    event = lanes.next_in_lane(LANE, "two", clock())
    assert (event.body, event.attempts) == (b"a", 2)
    with pytest.raises(lanes.LostLane):
        lanes.next_in_lane(LANE, "dead", clock())


def test_what_fails_rests_and_comes_again(db, clock):
    say("a", clock())
    lanes.claim_lane(LANE, "one", clock())
    event = lanes.next_in_lane(LANE, "one", clock())
    assert not inbox.event_failed(event.inbox_id, "ValueError", clock())
    assert lanes.next_in_lane(LANE, "one", clock()) is None
    assert lanes.leave_lane(LANE, "one", clock())
    clock.advance("31s")
    lanes.claim_lane(LANE, "one", clock())
    assert lanes.next_in_lane(LANE, "one", clock()).attempts == 2


def test_what_fails_is_not_overtaken_but_tried_once_more_and_then_given_up(db, clock):
    first = say("a", clock())
    lanes.claim_lane(LANE, "one", clock())
    inbox.event_failed(lanes.next_in_lane(LANE, "one", clock()).inbox_id, "ValueError", clock())
    say("b", clock())
    again = lanes.next_in_lane(LANE, "one", clock())
    assert again.body == b"a"
    assert inbox.event_failed(again.inbox_id, "ValueError", clock())
    assert lanes.next_in_lane(LANE, "one", clock()).body == b"b"
    assert Inbox.get_by_id(first).parked_at == clock()


def test_what_kills_every_worker_is_parked(db, clock):
    first = say("a", clock())
    for turn in range(inbox.LANE_TRIES):
        assert lanes.claim_lane(LANE, str(turn), clock())
        assert lanes.next_in_lane(LANE, str(turn), clock()).attempts == turn + 1
        clock.now += lanes.LEASE
    lanes.claim_lane(LANE, "last", clock())
    assert lanes.next_in_lane(LANE, "last", clock()) is None
    assert Inbox.get_by_id(first).parked_at == clock()


def test_what_was_said_is_wiped_when_it_has_been_dealt_with(db, clock):
    inbox_id = say("a", clock())
    assert inbox.event_done(inbox_id, "said", clock())
    assert bytes(Inbox.get_by_id(inbox_id).body_sealed) == b""
    assert not inbox.event_done(inbox_id, "said", clock())
    paid, _ = inbox.take_in("paystack", "k", "charge.success", "r", b"{}", clock())
    inbox.event_done(paid, "followed", clock())
    assert bytes(Inbox.get_by_id(paid).body_sealed) != b""


def test_a_lane_that_is_dropped_rings_for_what_waits(db, clock):
    lanes.claim_lane(LANE, "page", clock())
    waiting = say("a", clock())
    with collecting() as rings:
        lanes.drop_lane(LANE, "page", clock())
    assert rings == [Ring("process_event", waiting)]
    assert lanes.claim_lane(LANE, "one", clock())
