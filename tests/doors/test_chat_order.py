"""Order and loss in chats: two workers, killed ones, silences that race a message, what breaks. Real processes of it
are in tests/jobs/test_processes.py; here the workers are threads with connections of their own."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask.testing import FlaskClient

from bot import chat as chat_module
from bot import clock, steps
from bot.settings import Settings
from jobs import chats as jobs
from jobs.inbound import process_event
from models.actions import chats as actions
from models.actions import inbox, lanes, prompts
from models.base import database
from models.tables.chats import Chat as ChatRow
from models.tables.mail import Inbox
from tests.doors.journeys import running_group
from tests.support.cast import BISI, CHIDI, Person, told
from tests.support.chat import Chat, events, hear_all, replies

Chatter = Callable[..., Chat]


@pytest.fixture
def chat(web: FlaskClient, ours: Settings) -> Chatter:
    """The chat of this person."""
    return lambda person, channel="twilio-whatsapp": Chat(web, ours, person.phone, channel)


@pytest.fixture
def bisi(chat: Chatter) -> Chat:
    """A member who owes her first contribution."""
    running_group()
    return chat(BISI)


@pytest.fixture
def workers() -> Iterator[ThreadPoolExecutor]:
    """Two of them."""
    with ThreadPoolExecutor(2, initializer=database.close) as pool:
        yield pool


def count(table: str) -> int:
    return int(database.execute_sql(f'SELECT count(*) FROM "{table}"').fetchone()[0])


def waiting() -> list[int]:
    return [row.id for row in Inbox.select().where(Inbox.done_at.is_null()).order_by(Inbox.id)]


def test_two_messages_of_one_member_are_answered_in_order_by_two_workers(
    bisi: Chat, workers: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[str] = []
    slowly(monkeypatch, heard)
    for text in ("menu", "1", "0", "3"):
        bisi.send(text)
    list(workers.map(process_event, waiting()))
    assert heard == ["menu", "1", "0", "3"]
    assert "round 1 of 3" in bisi.last.body
    assert len(bisi.all) == 4


def test_those_of_others_go_on_beside_them(
    chat: Chatter, workers: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    running_group()
    meeting = threading.Barrier(2, timeout=10)
    listen = chat_module.ChatRunner.hear

    def together(self: Any, *args: Any) -> str:
        meeting.wait()  # passes only when both are being heard at the same time
        return listen(self, *args)

    monkeypatch.setattr(chat_module.ChatRunner, "hear", together)
    for person in (BISI, CHIDI):
        chat(person).send("menu")
    list(workers.map(process_event, waiting()))
    assert [len(list(replies(person.phone))) for person in (BISI, CHIDI)] == [1, 1]


def test_a_message_that_comes_while_another_is_answered_waits_for_it(
    bisi: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    listen = chat_module.ChatRunner.hear
    came: list[str] = []

    def interrupted(self: Any, *args: Any) -> str:
        if not came:
            came.append("1")
            bisi.send("1")
            process_event(waiting()[-1])  # another worker, who finds the lane held
        return listen(self, *args)

    monkeypatch.setattr(chat_module.ChatRunner, "hear", interrupted)
    bisi.send("menu")
    process_event(waiting()[0])
    assert [event for event, _ in events()] == ["message", "message"]
    assert waiting() == []
    assert "How" in bisi.last.body


@pytest.mark.parametrize("where", ["before it was performed", "between performing and answering"])
def test_a_worker_that_was_killed_is_replaced_and_nothing_is_done_twice(
    chat: Chatter, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    running_group()
    bisi = chat(BISI)
    for text in ("menu", "1", "1", "1"):
        bisi.say(text)
    payments, answers = count("payment"), len(bisi.all)
    bisi.send("1")
    with monkeypatch.context() as killed:
        if where == "before it was performed":
            killed.setattr(steps, "perform", _die)
        else:
            killed.setattr(actions, "settle", _die)
        killed.setattr(lanes, "drop_lane", lambda *_: None)  # it gets to nothing any more
        with pytest.raises(Killed):
            jobs.work_off(inbox.lane_of(BISI.phone))
    assert count("payment") == payments + (where != "before it was performed")
    assert hear_all() == 0  # in somebody's hands, as far as we know
    clock.advance("31s")
    hear_all()
    assert count("payment") == payments + 1
    assert len(bisi.all) == answers + 1
    assert waiting() == []


def test_what_breaks_is_told_once_tried_again_and_then_goes_on(bisi: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    bisi.say("menu")
    with monkeypatch.context() as broken:
        broken.setattr(chat_module, "until_said", _break)
        assert "busy" in bisi.say("1").body
        clock.advance("31s")
        hear_all()
    assert len(bisi.all) == 2
    clock.advance("61s")
    hear_all()
    assert "How" in bisi.last.body
    assert waiting() == []


def test_what_cannot_be_answered_is_not_overtaken_but_given_up_and_leads_home(
    bisi: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    bisi.say("menu")
    until_said = chat_module.until_said
    bad = [True]

    def breaks_at_first(*args: Any) -> Any:
        if bad[0] and "contribute" in args[1].talk.flow:
            raise RuntimeError("the machine stops")
        return until_said(*args)

    monkeypatch.setattr(chat_module, "until_said", breaks_at_first)
    bisi.say("1")
    bisi.say("2")
    assert [row.parked_at is not None for row in Inbox.select().order_by(Inbox.id)] == [False, True, False]
    assert "N5,000" in bisi.last.body


def test_a_silence_and_a_message_in_both_orders(bisi: Chat) -> None:
    bisi.say("menu")
    bisi.say("1")
    clock.advance("9m")
    assert jobs.raise_silences(clock.now()) == {"raised": 0}
    clock.advance("1m")
    assert jobs.raise_silences(clock.now()) == {"raised": 1}
    assert "Welcome back" in bisi.say("1").body  # the silence came first
    assert events()[-2:] == [("timeout", "timeout"), ("message", "menu.B4")]

    bisi.say("1")
    clock.advance("11m")
    bisi.send("hello")  # now the message comes first
    jobs.raise_silences(clock.now())
    hear_all()
    assert "Welcome back" in bisi.last.body
    assert events()[-1] == ("timeout", "heard since")
    assert ChatRow.get().timeout_at > clock.now()


def test_after_a_silence_her_pin_counts_no_more(bisi: Chat) -> None:
    bisi.say("menu")
    row = actions.load(bisi.channel, bisi.address, bisi.address)
    talk = row.talk.replace('"pin_ok":false', '"pin_ok":true')
    actions.settle(row, actions.Answered(key="pin", talk=talk), clock.now())
    assert "aid in" in bisi.say("2").body
    clock.advance("10m")
    jobs.raise_silences(clock.now())
    hear_all()
    assert "/s/" in bisi.say("turn").body


def test_a_day_later_the_talk_is_forgotten(bisi: Chat) -> None:
    bisi.say("menu")
    bisi.say("1")
    for wait in ("10m", "24h"):
        clock.advance(wait)
        jobs.raise_silences(clock.now())
        hear_all()
    assert ChatRow.get().talk_sealed is None
    assert "Welcome back" not in bisi.say("hi").body


def test_a_digit_answers_the_last_message_that_asked_for_one(chat: Chatter) -> None:
    formed = running_group()
    seat = formed.seat_of(BISI, clock.now())
    bisi = chat(BISI, "twilio-sms")
    remind("Mama Titi Ajo", seat)
    assert "1 bank code" in bisi.say("1").body
    assert prompts.waiting(BISI.phone, clock.now()) == []
    assert "Your bank" in bisi.say("1").body  # an open talk comes first


def test_a_digit_that_answers_two_messages_is_asked_about(chat: Chatter) -> None:
    formed = running_group()
    seat = formed.seat_of(BISI, clock.now())
    bisi = chat(BISI, "twilio-sms")
    remind("Mama Titi Ajo", seat)
    remind("Owo Ile", seat + 1000)
    assert "Which group do you mean" in bisi.say("1").body
    assert "Mama Titi Ajo" in bisi.say("2").body
    assert [each.about for each in prompts.waiting(BISI.phone, clock.now())] == ["Owo Ile"]


def test_a_digit_two_days_later_answers_nothing(chat: Chatter) -> None:
    formed = running_group()
    remind("Mama Titi Ajo", formed.seat_of(BISI, clock.now()))
    clock.advance("49h")
    assert "1. Pay" in chat(BISI, "twilio-sms").say("1").body


def remind(about: str, seat: int) -> None:
    prompts.leave(BISI.phone, "S05", about, {"1": f"=pay:{seat}", "2": f"=more_time:{seat}"}, clock.now())


def test_somebody_who_hides_her_number_proves_it_and_is_known(web: FlaskClient, ours: Settings) -> None:
    running_group()
    hidden = Chat(web, ours, "NG.1502576394655843")
    assert "number" in hidden.say("hello").body
    assert "SMS" in hidden.say(BISI.phone).body
    code = code_sent_to(BISI)
    assert "know you" in hidden.say(code).body
    assert "N5,000" in hidden.tap("Go on").body
    assert "How" in hidden.say("1").body


def code_sent_to(person: Person) -> str:
    return str(told(person, "S63")[-1].facts["code"])


def slowly(monkeypatch: pytest.MonkeyPatch, heard: list[str]) -> None:
    """Every message takes its time."""
    listen = chat_module.ChatRunner.hear

    def hear(self: Any, channel: str, form: Any, message: Any, *args: Any) -> str:
        time.sleep(0.05)
        heard.append(message.text)
        return listen(self, channel, form, message, *args)

    monkeypatch.setattr(chat_module.ChatRunner, "hear", hear)


class Killed(BaseException):
    """As SIGKILL: nothing catches it."""


def _die(*_: Any) -> Any:
    raise Killed


def _break(*_: Any) -> Any:
    raise RuntimeError("the machine stops")
