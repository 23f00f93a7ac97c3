"""The loop: commands once, answers that were waited for, and something to say whatever breaks."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import redis

from bot import clock as moved
from bot import process, runner, steps
from bot.answers import completed
from bot.queue import signal_answer
from bot.runner import Answer, Runner
from bot.settings import Settings
from bot.text import screens_of
from bot.turns import UssdHop
from flows.engine import Engine, Talk
from models.actions import bank_accounts, charges, perform
from models.actions.pins import Busy
from models.base import database
from models.queries.due import due
from tests.doors.journeys import a_forming_group, running_group
from tests.support.cast import BISI, PIN, form_group
from tests.support.databases import Database
from tests.support.time import A_MONDAY_MORNING

CHANNEL = "africastalking-ussd"


@pytest.fixture
def wired(settings: Settings, db: Database, redis_client: redis.Redis) -> Iterator[Settings]:
    """A process on a Monday morning, in which a hop may wait for a job."""
    ours = replace(settings, answer_wait_ms=3000)
    process.wire(ours)
    moved.set_to(A_MONDAY_MORNING)
    yield ours
    moved.plain()


@pytest.fixture
def take(wired: Settings) -> Callable[..., Answer]:
    """Bisi's request with this history."""
    ours = Runner(Engine(screens_of(wired)), wired.answer_wait_ms)

    def turn(history: str = "", session: str = "s1") -> Answer:
        return ours.take_turn(CHANNEL, UssdHop(session, BISI.phone, wired.ussd_code, "62130", history))

    return turn


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hop that waits for a job as long as it takes."""
    monkeypatch.setattr(steps, "completed", lambda *given: completed(*given[:3], 30_000))


@pytest.fixture
def walk(take: Callable[..., Answer]) -> Callable[[str], Answer]:
    """One session up to this history, hop by hop."""

    def go(history: str) -> Answer:
        answer = take()
        replies = history.split("*")
        for hop in range(1, len(replies) + 1):
            answer = take("*".join(replies[:hop]))
        return answer

    return go


def later(table: str, act: Callable[[], None]) -> None:
    """As a worker does, while the hop waits: once there is a row for it."""

    def run() -> None:
        until = time.monotonic() + 30
        try:
            while not count(table) and time.monotonic() < until:
                time.sleep(0.01)
            act()
        finally:
            database.close()

    threading.Thread(target=run).start()


def count(table: str) -> int:
    return int(database.execute_sql(f"SELECT count(*) FROM {table}").fetchone()[0])


@pytest.mark.usefixtures("patient")
def test_a_hop_shows_the_code_that_a_job_got_meanwhile(walk: Any, take: Any) -> None:
    running_group()
    walk("1*1*1")

    def charge() -> None:
        now = moved.now()
        [payment_id] = charges.charges_to_send(now)
        charges.claim_charge(payment_id, now)
        how = {"pay_code": "*737*000*4321#"}
        charges.charge_answered(payment_id, how_to_pay=how, until_at=now + timedelta(minutes=30), now=now)
        signal_answer("charge", payment_id)

    later("payment", charge)
    began = time.monotonic()
    answer = take("1*1*1*1")
    assert "*737*000*4321#" in answer.text
    assert answer.end
    assert time.monotonic() - began < 10


@pytest.mark.usefixtures("patient")
def test_a_hop_tells_that_the_provider_refused(walk: Any, take: Any) -> None:
    running_group()
    walk("1*1*1")

    def refuse() -> None:
        [payment_id] = charges.charges_to_send(moved.now())
        charges.claim_charge(payment_id, moved.now())
        charges.charge_refused(payment_id, "declined", moved.now())
        signal_answer("charge", payment_id)

    later("payment", refuse)
    assert "Nothing was charged" in take("1*1*1*1").text


def test_a_hop_does_not_wait_for_ever(walk: Any, take: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    running_group()
    walk("1*1*1")
    monkeypatch.setattr(steps, "completed", lambda *given: completed(*given[:3], 50))
    began = time.monotonic()
    assert "comes by SMS" in take("1*1*1*1").text
    assert time.monotonic() - began < 10


@pytest.mark.usefixtures("patient")
def test_a_hop_shows_the_name_that_the_bank_said_meanwhile(walk: Any, take: Any) -> None:
    form_group(moved.now(), size=3)
    walk("98*7*3*1")

    def resolve() -> None:
        [account_id] = [ring.row_id for ring in due(moved.now()) if ring.name == "look_up_account"]
        bank_accounts.claim_lookup(account_id, moved.now())
        bank_accounts.account_resolved(account_id, BISI.name.upper(), moved.now())
        signal_answer("look_up_account", account_id)

    later("bank_account", resolve)
    answer = take("98*7*3*1*0123456789")
    assert BISI.name.upper() in answer.text
    assert "0123456789" in answer.text


def test_the_same_hop_at_the_same_moment_is_performed_once(walk: Any, take: Any) -> None:
    running_group()
    walk("1*1*1")

    def hop(_: int) -> Answer:
        try:
            return take("1*1*1*1")
        finally:
            database.close()

    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(hop, range(3)))
    assert {answer.text for answer in answers} == {answers[0].text}
    assert count("payment") == 1


@pytest.mark.parametrize(("module", "breaks_at"), [(runner, "_keep"), (steps, "completed")])
def test_a_hop_that_breaks_after_its_commit_is_not_done_again(
    walk: Any, take: Any, monkeypatch: pytest.MonkeyPatch, module: Any, breaks_at: str
) -> None:
    words = a_forming_group()
    walk(f"1*{words['code']}*1")
    joined = f"1*{words['code']}*1*{PIN}"
    seats = count("seat")
    with monkeypatch.context() as broken:
        broken.setattr(module, breaks_at, _break)
        assert "Ajo is busy now" in take(joined).text
    assert "let you in" in take(joined).text
    assert count("seat") == seats + 1


def test_a_hop_that_breaks_between_two_commands_goes_on_where_it_was(
    walk: Any, take: Any, monkeypatch: pytest.MonkeyPatch, redis_client: redis.Redis
) -> None:
    words = a_forming_group()
    walk(f"1*{words['code']}*1*7351")  # a wrong PIN: the right one after it is written down
    joined = f"1*{words['code']}*1*7351*{PIN}"
    performed: list[str] = []

    def only_the_pin(command: Any, context: Any) -> Any:
        performed.append(type(command).__name__)
        return perform(command, context) if len(performed) == 1 else _break()

    with monkeypatch.context() as broken:
        broken.setattr(steps, "perform", only_the_pin)
        assert "Ajo is busy now" in take(joined).text
    assert performed == ["CheckPin", "JoinGroup"]
    seats = count("seat")
    assert "let you in" in take(joined).text
    assert count("seat") == seats + 1


def test_when_too_many_pins_are_checked_she_is_asked_to_come_again(
    walk: Any, take: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    form_group(moved.now(), size=3)
    walk("2")

    def too_many(command: Any, context: Any) -> None:
        raise Busy

    monkeypatch.setattr(steps, "perform", too_many)
    answer = take(f"2*{PIN}")
    assert (answer.end, answer.result) == (True, "too busy")
    assert "Traceback" not in capsys.readouterr().err


def test_a_talk_of_another_version_begins_again(walk: Any, take: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    form_group(moved.now(), size=3)
    walk("3")
    monkeypatch.setattr(Talk, "to_json", lambda self: '{"flow":"menu","mood":"good"}')
    take("3*00")
    monkeypatch.undo()
    assert take("3*00*3").text.startswith("Hi Bisi")


def test_one_line_for_each_turn(walk: Any, capsys: pytest.CaptureFixture[str]) -> None:
    form_group(moved.now(), size=3)
    capsys.readouterr()
    walk("3*3")
    lines = [line for line in capsys.readouterr().err.splitlines() if '"turn"' in line]
    assert len(lines) == 3
    assert all('"who": "+234***0002"' in line and '"result": "con"' in line for line in lines)


def _break(*_: Any) -> Any:
    raise RuntimeError("the machine stops")
