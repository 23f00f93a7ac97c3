"""The search for secrets finds what was planted, wherever, and takes no chance for a find."""

import json

import pytest
import redis

from models.base import database
from models.sealing import keys
from tests.support.cast import ADA, register
from tests.support.leaks import found, in_redis, in_the_database

PIN = "7349"


@pytest.mark.parametrize(
    "kept",
    [
        "pin 7349",
        "PIN:7349",
        "1*Ada Obi*7349*7349",
        "text=1*2*7349&phone=",
        json.dumps({"pin": PIN}),
        json.dumps({"pin": int(PIN)}, separators=(",", ":")),
        json.dumps(["1", PIN], separators=(",", ":")),
        "CheckPin(pin='7349')",
        "7349",
        "x" + PIN.encode().hex() + "x",
    ],
)
def test_a_pin_that_was_written_down_is_found(kept: str):
    assert found(PIN, kept)


@pytest.mark.parametrize(
    "kept",
    [
        r"\x56c6814355734963",
        "SM:0f3c9a52-7349-4d1c-8264-3971a0b1c2d3",
        '{"pid": 7349, "ms": 7349, "at": "2026-11-23T06:37:15.734970Z"}',
        "2026-11-23 06:37:15.7349+00",
        "127.0.0.1:7349",
        "localhost:7349",
        "UTC [7349] LOG: ready",
        "7349:M 23 Nov 2026 ready",
    ],
)
def test_four_digits_that_stand_for_something_else_are_not(kept: str):
    assert found(PIN, kept) == []


def test_a_long_secret_is_found_inside_others():
    assert found("0734973491", "x0734973491x")


@pytest.mark.parametrize(
    "plant",
    [
        "UPDATE member SET pin_hash = '7349'",
        "UPDATE member SET name_sealed = '7349'::bytea",
        "UPDATE member SET name_sealed = 'Ada 7349'::bytea",
        "UPDATE outbox SET text_key = 'pin 7349'",
    ],
)
def test_a_pin_in_a_row_is_found(db, clock, plant: str):
    register(ADA, clock())
    assert "member.pin_hash = " in in_the_database()
    assert found(PIN, in_the_database()) == []
    database.execute_sql(plant)
    assert found(PIN, in_the_database())


def test_a_pin_in_redis_is_found_in_a_value_of_any_type(db, redis_client: redis.Redis):
    redis_client.set("sealed", keys().seal(PIN, "a place"))
    redis_client.set("packed", b"\x80\x04]")
    assert found(PIN, in_redis(redis_client)) == []
    for plant in (
        lambda: redis_client.set("k", PIN),
        lambda: redis_client.set(PIN, "v"),
        lambda: redis_client.set("k", b"\x80\x04\x8c\x047349\x94."),
        lambda: redis_client.hset("k", "pin", PIN),
        lambda: redis_client.rpush("k", json.dumps({"pin": PIN})),
        lambda: redis_client.sadd("k", PIN),
        lambda: redis_client.zadd("k", {PIN: 1}),
        lambda: redis_client.xadd("k", {"text": "1*7349"}),
    ):
        redis_client.delete("k")
        plant()
        assert found(PIN, in_redis(redis_client))
        redis_client.delete("k", PIN)
