"""PINs: never stored, tried five times, locked in the database, and never a way to stop the service."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from models import policy
from models.actions import Busy, pins
from models.base import database
from models.commands import ChangePin, CheckPin, Done, PreparePin, RegisterMember, Secret
from models.queries.facts import DatabaseFacts
from models.rules.refused import Refused
from models.tables.ledger import Audit
from models.tables.mail import Performed
from models.tables.people import Member
from tests.support.cast import ADA, BISI, PIN, ask, do, register, told

RIGHT, WRONG = CheckPin(Secret(PIN)), CheckPin(Secret("8264"))


@pytest.fixture
def ada(db, clock):
    register(ADA, clock())
    return ADA


def test_the_right_pin_writes_nothing(ada, clock):
    before = (Performed.select().count(), Audit.select().count())
    assert ask(ada, RIGHT, clock()) == Done()
    assert (Performed.select().count(), Audit.select().count()) == before


def test_four_wrong_ones_count_down_and_the_fifth_locks(ada, clock):
    answers = [ask(ada, WRONG, clock()) for _ in range(6)]
    assert [answer.why for answer in answers] == [
        "wrong_pin_4", "wrong_pin_3", "wrong_pin_2", "wrong_pin_1", "pin_locked", "pin_locked",
    ]  # fmt: skip
    assert DatabaseFacts(ada.phone, clock()).home.me.pin_locked
    assert [message.text_key for message in told(ada)] == ["S01", "S20l"]


def test_the_same_hop_twice_is_one_failure(ada, clock):
    for _ in range(7):
        assert ask(ada, WRONG, clock(), key="at:s:4:0") == Refused("wrong_pin_4")
    assert Member.get().pin_failures == 1


def test_a_locked_member_is_refused_with_the_right_pin_until_the_time_is_over(ada, clock):
    for _ in range(5):
        ask(ada, WRONG, clock())
    clock.advance("29m")
    assert ask(ada, RIGHT, clock()) == Refused("pin_locked")
    clock.advance("1m")
    assert ask(ada, RIGHT, clock()) == Done()


def test_each_lock_is_longer_than_the_one_before_until_she_gets_it_right(ada, clock):
    for minutes in (30, 60, 24 * 60, 24 * 60):
        for _ in range(5):
            ask(ada, WRONG, clock())
        clock.advance(f"{minutes - 1}m")
        assert ask(ada, RIGHT, clock()) == Refused("pin_locked")
        clock.advance("1m")
    assert ask(ada, RIGHT, clock()) == Done()
    for _ in range(5):
        ask(ada, WRONG, clock())
    clock.advance("30m")
    assert ask(ada, RIGHT, clock()) == Done()


def test_a_right_pin_forgives_the_wrong_ones(ada, clock):
    for _ in range(4):
        ask(ada, WRONG, clock())
    assert ask(ada, RIGHT, clock()) == Done()
    assert ask(ada, WRONG, clock()) == Refused("wrong_pin_4")


def test_many_guesses_at_once_get_no_more_tries_than_one_after_the_other(ada, clock):
    def guess(_: int) -> object:
        try:
            return ask(ada, WRONG, clock())
        finally:
            database.close()

    with ThreadPoolExecutor(8) as pool:
        answers = [answer.why for answer in pool.map(guess, range(16))]
    assert sorted(set(answers)) == ["pin_locked", "wrong_pin_1", "wrong_pin_2", "wrong_pin_3", "wrong_pin_4"]
    assert answers.count("pin_locked") == 12
    assert Member.get().pin_locks == 1


def test_a_locked_member_costs_as_much_time_as_any_other(ada, clock, monkeypatch):
    hashed = []
    monkeypatch.setattr(pins.bcrypt, "hashpw", lambda *args, real=pins.bcrypt.hashpw: hashed.append(1) or real(*args))
    monkeypatch.setattr(pins.bcrypt, "checkpw", lambda *args, real=pins.bcrypt.checkpw: hashed.append(1) or real(*args))
    for tries in range(1, 8):
        ask(ada, WRONG, clock())
        assert len(hashed) == tries


def test_who_waits_too_long_for_a_hash_is_told_to_come_back(ada, clock, monkeypatch):
    monkeypatch.setattr(pins, "QUEUE_SECONDS", 0.05)
    with pins._a_hasher(), pins._a_hasher():
        began = time.monotonic()
        with pytest.raises(Busy):
            ask(ada, RIGHT, clock())
        assert time.monotonic() - began < 10
    assert ask(ada, RIGHT, clock()) == Done()


def test_no_pin_and_no_bare_hash_of_it_is_in_the_database(ada, clock):
    kept = Member.get().pin_hash
    assert PIN not in kept
    assert not pins.bcrypt.checkpw(PIN.encode(), kept.split(".", 1)[1].encode())


def test_the_same_pin_of_two_members_has_two_hashes_that_are_not_exchangeable(ada, clock):
    register(BISI, clock())
    theirs = {row.id: row.pin_hash for row in Member.select()}
    assert pins.same_pin(PIN, f"{ADA.member_id}.{theirs[ADA.member_id]}")
    assert not pins.same_pin(PIN, f"{BISI.member_id}.{theirs[ADA.member_id]}")


def test_after_a_change_of_pepper_old_pins_still_count_and_new_ones_use_the_new(ada, clock):
    old = policy.values().pin_pepper
    policy.configure(pin_pepper=f"a-new-pepper-of-good-length, {old}")
    assert ask(ada, RIGHT, clock()) == Done()
    register(BISI, clock())
    policy.configure(pin_pepper="a-new-pepper-of-good-length")
    assert ask(BISI, RIGHT, clock()) == Done()
    policy.configure(pin_pepper=old)


@pytest.mark.parametrize("pin", ["1234", "0000", "1985", "4321", "0001", "12", "73491", "7a49", "", "٧٣٤٩"])
def test_an_easy_or_impossible_pin_is_not_hashed(ada, clock, pin):
    assert ask(ada, PreparePin(Secret(pin)), clock()) == Refused("weak_pin")


def test_a_new_pin_has_to_be_repeated_and_is_told_by_sms(ada, clock):
    chosen = do(ada, PreparePin(Secret("5926")), clock())["pin_hash"]
    assert ask(ada, ChangePin(chosen, Secret("5927")), clock()) == Refused("pin_mismatch")
    assert ask(ada, RIGHT, clock()) == Done()
    do(ada, ChangePin(chosen, Secret("5926")), clock())
    assert ask(ada, CheckPin(Secret("5926")), clock()) == Done()
    assert ask(ada, RIGHT, clock()) == Refused("wrong_pin_4")
    assert told(ada, "S20")[0].facts == {"date": "Mon 2 Mar", "time": "9am"}


def test_a_hash_that_was_made_for_another_member_is_no_new_pin(ada, clock):
    register(BISI, clock())
    hers = do(BISI, PreparePin(Secret("5926")), clock())["pin_hash"]
    assert ask(ada, ChangePin(hers, Secret("5926")), clock()) == Refused("pin_mismatch")


def test_a_pin_that_was_chosen_by_a_stranger_is_hers_when_she_registers(db, clock):
    chosen = do(BISI, PreparePin(Secret(PIN)), clock(), key="at:s:5:0")["pin_hash"]
    assert do(BISI, PreparePin(Secret(PIN)), clock(), key="at:s:5:0")["pin_hash"] == chosen
    member_id = do(BISI, RegisterMember("Bisi", "en", chosen, Secret(PIN), 1), clock())["member_id"]
    assert str(member_id) == chosen.split(".")[0]
    assert ask(BISI, RIGHT, clock()) == Done()
