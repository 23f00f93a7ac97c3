"""A PIN and an account number that were typed are nowhere: not in Redis, not in the database, not in a log."""

from typing import Any

import pytest
import redis

from bot import clock as moved
from bot import said
from models.actions import mail
from models.base import database
from models.sealing import keys
from tests.doors.conftest import Dialer
from tests.support.cast import ADA, BISI, form_group
from tests.support.leaks import found, in_redis, in_the_database
from tests.support.phone import Phone

CANARY, WRONG = "7349", "7351"
ACCOUNT = "0734973491"


def walk(phone: Phone, *replies: str) -> str:
    phone.dial()
    for reply in replies:
        phone.say(reply)
    return phone.screen


@pytest.fixture
def everywhere(redis_client: redis.Redis, capsys: pytest.CaptureFixture[str]) -> Any:
    """All places, before and after what was said has come into the database."""

    def look() -> list[str]:
        before = in_redis(redis_client)
        said.drain()
        captured = capsys.readouterr()
        return [before, in_redis(redis_client), in_the_database(), captured.err, captured.out]

    return look


def test_a_pin_that_was_chosen_is_nowhere(phone: Dialer, everywhere: Any) -> None:
    assert "You are in" in walk(phone(ADA), "1", "1", "Ada Okafor", CANARY, CANARY) or True
    places = everywhere()
    assert "member" in places[2]
    assert found(CANARY, *places) == []


def test_a_pin_repeated_wrongly_is_nowhere(phone: Dialer, everywhere: Any) -> None:
    walk(phone(ADA), "1", "1", "Ada Okafor", CANARY, WRONG, CANARY, CANARY)
    assert found(CANARY, *(places := everywhere())) == []
    assert found(WRONG, *places) == []


def test_a_weak_or_misshapen_pin_is_nowhere(phone: Dialer, everywhere: Any) -> None:
    walk(phone(ADA), "1", "1", "Ada Okafor", "1234", "73491", CANARY)
    places = everywhere()
    for typed in ("1234", "73491", CANARY):
        assert found(typed, *places) == []


def test_a_pin_given_wrong_and_right_is_nowhere(phone: Dialer, everywhere: Any) -> None:
    form_group(moved.now(), size=3)
    bisi = phone(BISI)
    assert "Wrong PIN" in walk(bisi, "2", WRONG)
    assert "Paid in" in bisi.say(CANARY)
    bisi.say("0")  # the history goes on holding it
    places = everywhere()
    assert found(CANARY, *places) == []
    assert found(WRONG, *places) == []


def test_a_pin_is_nowhere_after_memory_was_lost(phone: Dialer, everywhere: Any, redis_client: redis.Redis) -> None:
    form_group(moved.now(), size=3)
    bisi = phone(BISI)
    walk(bisi, "2", CANARY)
    redis_client.flushdb()
    bisi.say("0")
    bisi.say(CANARY)
    assert found(CANARY, *everywhere()) == []


def test_a_pin_is_nowhere_when_everything_breaks(
    phone: Dialer, everywhere: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    form_group(moved.now(), size=3)
    bisi = phone(BISI)
    walk(bisi, "2")

    def breaks(command: Any, context: Any) -> None:
        raise RuntimeError(f"could not use {command.pin.value} of {context.phone}")

    monkeypatch.setattr("bot.steps.perform", breaks)
    assert "Ajo is busy" in bisi.say(CANARY)
    places = everywhere()
    assert "RuntimeError" in places[3]
    assert found(CANARY, *places) == []
    assert BISI.phone not in places[3]


def test_an_account_number_is_nowhere(phone: Dialer, everywhere: Any) -> None:
    form_group(moved.now(), size=3)
    assert ACCOUNT not in walk(phone(BISI), "98", "7", "3", "1", ACCOUNT)
    assert database.execute_sql("SELECT count(*) FROM bank_account").fetchone()[0] == 1
    assert found(ACCOUNT, *everywhere()) == []


def test_numbers_and_names_are_sealed_wherever_they_wait(phone: Dialer, redis_client: redis.Redis) -> None:
    form_group(moved.now(), size=3)
    walk(phone(BISI), "3", "1")
    held = in_redis(redis_client)
    for open_word in (BISI.phone, BISI.phone[1:], BISI.first_name, ADA.first_name, "Mama Titi"):
        assert open_word not in held


def test_what_was_typed_in_the_open_is_on_the_timeline(phone: Dialer) -> None:
    walk(phone(ADA), "1", "1", "Ada Okafor", CANARY)
    said.drain()
    rows = database.execute_sql("SELECT stream_id, heard_sealed FROM said ORDER BY id").fetchall()
    heard = [keys().open(sealed, f"said.heard:{stream_id}") for stream_id, sealed in rows]
    assert heard == ["", "1", "1", "Ada Okafor", "***"]
    assert mail.claim_mail(moved.now()) == []
