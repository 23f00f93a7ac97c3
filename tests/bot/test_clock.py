"""The time can be moved for all processes together, and a Redis that is emptied does not move it back."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
import redis

from bot import clock as moved
from bot.clock import KEY, LOOK_AGAIN_SECONDS, NotMovable, parse_duration
from tests.support.counting import counting

CLOSE = timedelta(seconds=2)


@dataclass
class Shelf:
    """Stands for the row in PostgreSQL; the real one is tested with `flask clock`."""

    offset: float = 0.0
    reads: int = 0

    def load(self) -> float:
        self.reads += 1
        return self.offset

    def save(self, offset: float) -> None:
        self.offset = offset


@pytest.fixture
def shelf(redis_client: redis.Redis) -> Iterator[Shelf]:
    shelf = Shelf()
    moved.configure(redis_client, shelf.load, shelf.save)
    yield shelf
    moved.plain()


def let_it_look_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the 0.2 seconds had passed."""
    ahead = moved.time.monotonic() + LOOK_AGAIN_SECONDS
    monkeypatch.setattr(moved.time, "monotonic", lambda: ahead)


def test_it_is_the_plain_time_in_utc_when_nothing_is_configured():
    assert moved.now().tzinfo is UTC
    assert abs(moved.now() - datetime.now(UTC)) < CLOSE


def test_it_cannot_be_moved_when_nothing_is_configured():
    with pytest.raises(NotMovable):
        moved.advance("1d")
    with pytest.raises(NotMovable):
        moved.set_to(datetime(2026, 3, 2, tzinfo=UTC))


def test_it_can_be_set(shelf: Shelf):
    wanted = datetime(2027, 1, 31, 9, 0, tzinfo=UTC)

    assert abs(moved.set_to(wanted) - wanted) < CLOSE
    assert abs(moved.now() - wanted) < CLOSE


def test_it_refuses_an_instant_without_a_zone(shelf: Shelf):
    with pytest.raises(ValueError, match="time zone"):
        moved.set_to(datetime(2027, 1, 31))  # noqa: DTZ001 (the point of the test)


def test_it_advances_from_where_it_is(shelf: Shelf):
    moved.advance("7d")
    moved.advance("36h")

    assert abs(moved.now() - datetime.now(UTC) - timedelta(days=8, hours=12)) < CLOSE
    assert shelf.offset == timedelta(days=8, hours=12).total_seconds()


def test_it_hears_what_another_process_did(shelf: Shelf, redis_client: redis.Redis, monkeypatch: pytest.MonkeyPatch):
    moved.now()
    redis_client.set(KEY, "86400.0")

    let_it_look_again(monkeypatch)

    assert moved.now() - datetime.now(UTC) > timedelta(hours=23)


def test_it_does_not_ask_redis_every_time(shelf: Shelf, monkeypatch: pytest.MonkeyPatch):
    let_it_look_again(monkeypatch)

    with counting(monkeypatch) as costs:
        for _ in range(50):
            moved.now()

    assert costs.trips.count("GET") == 1


def test_it_survives_an_emptied_redis_and_puts_the_copy_back(
    shelf: Shelf, redis_client: redis.Redis, monkeypatch: pytest.MonkeyPatch
):
    moved.advance("7d")
    redis_client.flushdb()

    let_it_look_again(monkeypatch)

    assert moved.now() - datetime.now(UTC) > timedelta(days=6)
    assert float(redis_client.get(KEY)) == timedelta(days=7).total_seconds()


def test_it_reads_postgresql_when_redis_is_away(shelf: Shelf):
    shelf.offset = 3600.0
    moved.configure(redis.Redis(port=1, socket_connect_timeout=0.1), shelf.load, shelf.save)

    assert moved.now() - datetime.now(UTC) > timedelta(minutes=59)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("7d", timedelta(days=7)),
        ("36h", timedelta(hours=36)),
        ("90m", timedelta(minutes=90)),
        ("45s", timedelta(seconds=45)),
        ("1d12h", timedelta(days=1, hours=12)),
        (" 2D ", timedelta(days=2)),
    ],
)
def test_it_reads_durations(text: str, expected: timedelta):
    assert parse_duration(text) == expected


@pytest.mark.parametrize("text", ["", "7", "d", "-1d", "1w", "1d-2h", "1 d", "1.5h", "99999999d", "٣d"])
def test_it_refuses_what_is_no_duration(text: str):
    with pytest.raises(ValueError, match="7d"):
        parse_duration(text)
