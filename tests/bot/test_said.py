"""What was said waits sealed in a bounded stream, and comes into the database once."""

from datetime import UTC, datetime
from typing import Any

import pytest
import redis

from bot import process, said
from models.actions.people import SaidRow
from models.base import database
from models.sealing import keys

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
ADA = "+2348031234567"


def turn(**changes: Any) -> SaidRow:
    fields: dict[str, Any] = {
        "stream_id": "",
        "at": NOW,
        "phone": ADA,
        "channel": "africastalking-ussd",
        "session": "5e55",
        "state_before": "menu.B1",
        "state_after": "group.H1",
        "heard": "3",
        "said": "Mama Titi Ajo, round 6 of 12",
        "took_ms": 12,
    }
    return SaidRow(**fields | changes)


@pytest.fixture(autouse=True)
def stream(db: object, redis_client: redis.Redis) -> redis.Redis:
    process.use_redis(redis_client)
    return redis_client


def say(*turns: SaidRow) -> None:
    with process.redis_of().pipeline(transaction=False) as pipe:
        for each in turns:
            said.put(pipe, each)
        pipe.execute()


def rows(columns: str) -> list[Any]:
    return list(database.execute_sql(f"SELECT {columns} FROM said ORDER BY id").fetchall())


def test_what_was_said_arrives_whole(stream: redis.Redis) -> None:
    say(turn())
    assert said.drain() == 1
    assert rows("at, channel, session, state_before, state_after, took_ms") == [
        (NOW, "africastalking-ussd", "5e55", "menu.B1", "group.H1", 12)
    ]
    [(stream_id, heard, answered)] = rows("stream_id, heard_sealed, said_sealed")
    assert keys().open(heard, f"said.heard:{stream_id}") == "3"
    assert keys().open(answered, f"said.said:{stream_id}") == "Mama Titi Ajo, round 6 of 12"
    assert stream.xlen(said.STREAM) == 0


def test_it_waits_sealed(stream: redis.Redis) -> None:
    say(turn())
    held = repr(stream.xrange(said.STREAM))
    for open_word in ("Mama", "8031234567", "menu"):
        assert open_word not in held


def test_draining_twice_is_draining_once(stream: redis.Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    say(turn(), turn(heard="98"))
    kept = stream.dump(said.STREAM)
    assert said.drain() == 2
    # As if the worker had died between the commit and the trimming.
    stream.restore(said.STREAM, 0, kept, replace=True)
    assert said.drain() == 2
    assert len(rows("id")) == 2


def test_a_long_stream_is_drained_in_portions() -> None:
    say(*(turn(heard=str(number)) for number in range(7)))
    assert [said.drain(3), said.drain(3), said.drain(3), said.drain(3)] == [3, 3, 1, 0]
    assert len(rows("id")) == 7


def test_an_entry_that_does_not_open_is_dropped(stream: redis.Redis) -> None:
    stream.xadd(said.STREAM, {"turn": b"rubbish"})
    stream.xadd(said.STREAM, {"other": b"rubbish"})
    say(turn())
    assert said.drain() == 3
    assert len(rows("id")) == 1
    assert said.drain() == 0


def test_the_stream_does_not_grow_for_ever(stream: redis.Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(said, "LONGEST", 100)
    say(*(turn() for _ in range(1000)))
    assert stream.xlen(said.STREAM) < 300
