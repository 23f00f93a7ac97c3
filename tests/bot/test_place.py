"""A place is kept sealed for one phone and one channel, for ten minutes, and a session for its own phone."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import redis

from bot import place, process
from bot.place import Place
from bot.settings import Settings
from bot.turns import Seen
from models import sealing

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
ADA, BISI = "+2348031234567", "+2348029876543"
CHANNEL, SESSION = "africastalking-ussd", "ATUid_1"
KEPT = Place(
    session="0f3c",
    talk='{"flow":"menu","memory":{"name":"Ada Obi"}}',
    seen=Seen(SESSION, "caller", 3, "mark"),
    text="Hi Ada, N5,000 due",
    end=False,
    at=NOW,
)


@pytest.fixture(autouse=True)
def memory(settings: Settings, redis_client: redis.Redis) -> Iterator[redis.Redis]:
    sealing.use(settings.field_keys)
    process.use_redis(redis_client)
    return redis_client


def keep(kept: Place = KEPT, phone: str = ADA, session: str = SESSION) -> None:
    with process.redis_of().pipeline(transaction=False) as pipe:
        place.put(pipe, CHANNEL, phone, session, kept)
        pipe.execute()


def found(phone: str = ADA, session: str = SESSION, now: datetime = NOW) -> place.Found:
    return place.load(CHANNEL, phone, session, now)


def test_what_was_put_is_found() -> None:
    keep()
    assert found().place == KEPT


def test_nothing_is_found_where_nothing_was_put() -> None:
    assert found() == place.Found(None, stranger=False, forgetful=True)


def test_another_phone_finds_nothing_and_is_a_stranger_to_the_session() -> None:
    keep()
    assert found(BISI).place is None
    assert found(BISI).stranger
    assert not found(BISI, "ATUid_2").stranger


def test_a_new_session_finds_the_place_of_the_one_before() -> None:
    keep()
    assert found(session="ATUid_2").place == KEPT


def test_nothing_can_be_read_in_redis(memory: redis.Redis) -> None:
    keep()
    held = b"".join(key + (memory.get(key) or b"") for key in memory.scan_iter())
    for secret in (b"Ada", b"N5,000", b"8031234567", b"ATUid", b"menu"):
        assert secret not in held


def test_everything_is_gone_after_ten_minutes(memory: redis.Redis) -> None:
    keep()
    lifetimes = [memory.ttl(key) for key in memory.scan_iter() if key != place.SINCE.encode()]
    assert len(lifetimes) == 2
    assert all(0 < left <= 600 for left in lifetimes)


def test_a_value_moved_to_another_phone_does_not_open(memory: redis.Redis) -> None:
    keep()
    keep(phone=BISI)
    [hers, other] = [key for key in memory.scan_iter() if key.startswith(b"ajo:place:")]
    memory.set(hers, memory.get(other) or b"")
    assert None in (found(ADA).place, found(BISI, "ATUid_2").place)


@pytest.mark.parametrize("value", [b"", b"x", b"\x01" + b"0" * 40, "{}"])
def test_a_value_that_cannot_be_read_is_as_good_as_none(memory: redis.Redis, value: bytes | str) -> None:
    keep()
    [key] = [key for key in memory.scan_iter() if key.startswith(b"ajo:place:")]
    memory.set(key, value)
    assert found().place is None


@pytest.mark.parametrize(
    ("silent", "alive", "resumed"),
    [(0, True, True), (180, True, True), (181, False, True), (600, False, True), (601, False, False), (-9, True, True)],
)
def test_a_session_lives_three_minutes_and_a_talk_ten(silent: int, alive: bool, resumed: bool) -> None:
    later = NOW + timedelta(seconds=silent)
    keep()
    assert (KEPT.alive(later), found(now=later).left_last(later)) == (alive, KEPT.talk if resumed else None)


def test_a_memory_is_forgetful_until_it_is_older_than_any_session() -> None:
    keep()
    assert found().forgetful
    assert not found(now=NOW + timedelta(minutes=11)).forgetful
    keep(replace(KEPT, at=NOW + timedelta(minutes=11)))  # goes on, does not begin anew
    assert not found(now=NOW + timedelta(minutes=11)).forgetful


def test_the_same_session_id_is_another_session_on_another_phone() -> None:
    marks = {place.mark_of_session(CHANNEL, phone, session) for phone in (ADA, BISI) for session in ("1", "2")}
    assert len(marks) == 4


WHATSAPP, SMS = "twilio-whatsapp", "twilio-sms"


def chat(talk: str, at: datetime, channel: str = WHATSAPP) -> None:
    with process.redis_of().pipeline(transaction=False) as pipe:
        place.put_chat(pipe, channel, ADA, talk, at)
        pipe.execute()


def test_what_was_begun_last_is_offered_wherever_it_was() -> None:
    keep()
    chat("in a chat", NOW + timedelta(minutes=1))
    assert found().left_last(NOW + timedelta(minutes=2)) == "in a chat"
    keep(replace(KEPT, at=NOW + timedelta(minutes=2)))
    assert found().left_last(NOW + timedelta(minutes=2)) == KEPT.talk
    assert found(BISI, "ATUid_2").left_last(NOW) is None
    assert found().left_last(NOW + timedelta(minutes=13)) is None


def test_a_chat_finds_the_sessions_and_the_other_chats_but_not_itself() -> None:
    def elsewhere(asks: str) -> str | None:
        left = place.elsewhere(asks, ADA, [CHANNEL], NOW + timedelta(minutes=3))
        return left.talk if left else None

    assert elsewhere(WHATSAPP) is None
    chat("in a chat", NOW)
    assert (elsewhere(WHATSAPP), elsewhere(SMS)) == (None, "in a chat")
    keep(replace(KEPT, at=NOW + timedelta(minutes=1)))
    assert (elsewhere(WHATSAPP), elsewhere(SMS)) == (KEPT.talk, KEPT.talk)
    assert place.elsewhere(SMS, ADA, [CHANNEL], NOW + timedelta(minutes=20)) is None


def test_nothing_of_a_chat_can_be_read_in_redis_and_all_of_it_goes(memory: redis.Redis) -> None:
    chat("her talk", NOW)
    [key] = list(memory.scan_iter())
    value = memory.get(key) or b""
    assert 0 < memory.ttl(key) <= 600
    for secret in (b"talk", b"whatsapp", b"8031234567"):
        assert secret not in key + value
    memory.set(key, b"x")
    assert found().chat is None
