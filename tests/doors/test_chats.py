"""A chat from its door to its answer: HTTP in, the outbox and the books after."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from bot import clock
from bot.settings import Settings
from flows.registry import FLOWS
from models.base import database
from models.tables.chats import Chat as ChatRow
from models.tables.mail import Inbox
from models.tables.people import Member
from tests.doors.conftest import Dialer
from tests.doors.journeys import running_group
from tests.support.cast import BISI, DAYO, Person
from tests.support.chat import Chat, events, hear_all
from tests.support.leaks import found, in_redis, in_the_database

SMS = "twilio-sms"
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


def test_a_message_is_stored_and_answered_by_a_message(bisi: Chat) -> None:
    response = bisi.send("hi")
    assert (response.text, response.mimetype) == ("<Response/>", "text/xml")
    assert bisi.all == []
    hear_all()
    assert "N5,000" in bisi.last.body
    assert "Pay now" in bisi.titles
    assert events() == [("message", "menu.B1")]


def test_a_choice_leads_on(bisi: Chat) -> None:
    bisi.say("hi")
    how = bisi.tap("Pay now")
    assert "How" in how.body
    assert len(bisi.all) == 2


def test_digits_do_as_well_as_taps_and_words_as_well_as_digits(bisi: Chat) -> None:
    bisi.say("hi")
    by_digit = bisi.say("1")
    assert bisi.say("menu").body == bisi.all[0].body
    assert bisi.say("pay") == by_digit


def test_the_same_webhook_twice_is_one_message(bisi: Chat) -> None:
    form = bisi.form("hi")
    for _ in range(2):
        assert bisi.post(form).status_code == 200
    hear_all()
    assert bisi.post(form).status_code == 200
    hear_all()
    assert len(bisi.all) == 1
    assert Inbox.get().repeats == 2


def test_what_is_not_signed_is_not_heard(bisi: Chat) -> None:
    form = bisi.form("hi")
    assert bisi.web.post("/webhooks/twilio-whatsapp", data=form).status_code == 404
    assert Inbox.select().count() == 0


def test_nothing_of_what_was_said_stays_in_the_inbox(bisi: Chat) -> None:
    bisi.say("hi")
    assert bytes(Inbox.get().body_sealed) == b""


def test_a_stranger_on_sms_is_told_where_to_dial_and_only_once_an_hour(chat: Chatter) -> None:
    dayo = chat(DAYO, SMS)
    assert "not in Ajo yet" in dayo.say("hello").body
    dayo.say("who are you")
    assert len(dayo.all) == 1
    clock.advance("61m")
    dayo.say("hello again")
    assert len(dayo.all) == 2


def test_a_member_on_sms_is_told_only_once_an_hour_that_we_do_not_understand(chat: Chatter, bisi: Chat) -> None:
    by_sms = chat(BISI, SMS)
    by_sms.say("what is the weather")
    by_sms.say("how are you today")
    assert len(by_sms.all) == 1
    assert "PAY" in by_sms.last.body
    assert "N5,000" in by_sms.say("menu").body


def test_a_machine_is_not_answered_for_ever(bisi: Chat) -> None:
    for _ in range(5):
        bisi.say("Thank you for your message. We will be back at eight.")
    assert len(bisi.all) == 2
    assert "Pay now" in str(bisi.say("menu").choices)


@pytest.mark.parametrize("channel", ["twilio-whatsapp", SMS])
def test_stop_and_start_move_nothing(chat: Chatter, bisi: Chat, channel: str) -> None:
    hers = chat(BISI, channel)
    hers.say("menu")
    pay = hers.say("1")
    hers.say("STOP")
    assert Member.get(Member.id == BISI.member_id).reminders_stopped_at is not None
    hers.say("start")
    assert Member.get(Member.id == BISI.member_id).reminders_stopped_at is None
    assert ChatRow.get(ChatRow.channel == channel).version == 2
    assert hers.say("xyzzy?") is not pay
    assert len(hers.all) == 5


def test_a_button_that_is_called_stop_answers_its_screen_and_stops_no_reminders(bisi: Chat) -> None:
    menu = bisi.say("menu")
    assert bisi.say("Stop", ButtonPayload="00", MessageType="interactive") == menu
    assert Member.get(Member.id == BISI.member_id).reminders_stopped_at is None


def test_the_providers_own_stop_is_heeded_and_not_answered(chat: Chatter, bisi: Chat) -> None:
    by_sms = chat(BISI, SMS)
    by_sms.send("STOP", OptOutType="STOP")
    hear_all()
    assert Member.get(Member.id == BISI.member_id).reminders_stopped_at is not None
    assert by_sms.all == []


def test_a_pin_typed_in_a_chat_is_neither_kept_nor_used(
    bisi: Chat, capsys: pytest.CaptureFixture[str], redis_client: Any
) -> None:
    bisi.say("menu")
    asked = bisi.say("2")
    assert "/s/" in asked.body
    bisi.say("7349")
    assert "/s/" in bisi.last.body
    assert "Paid in" not in bisi.last.body
    assert failures(BISI) == 0
    assert found("7349", in_the_database(), in_redis(redis_client), capsys.readouterr().err) == []


def test_after_a_question_that_waits_on_the_keypad_an_sms_asks_for_what_it_says(chat: Chatter, bisi: Chat) -> None:
    by_sms = chat(BISI, SMS)
    assert "Dial" in by_sms.say("BAL").body
    assert "Pay N3,000" in by_sms.say("PAY 3000").body


def test_a_pin_typed_by_sms_is_neither_kept_nor_used(
    chat: Chatter, bisi: Chat, capsys: pytest.CaptureFixture[str], redis_client: Any
) -> None:
    by_sms = chat(BISI, SMS)
    by_sms.say("BAL")
    assert "delete" in by_sms.say("7349").body
    assert "delete" in by_sms.say("my pin is 7349").body
    assert failures(BISI) == 0
    assert found("7349", in_the_database(), in_redis(redis_client), capsys.readouterr().err) == []


def test_a_word_with_a_number_is_no_pin_in_a_chat_either(bisi: Chat) -> None:
    bisi.say("menu")
    assert "/s/" in bisi.say("2").body
    assert "N3,000" in bisi.say("PAY 3000").body


def test_a_talk_is_offered_again_after_a_silence(bisi: Chat) -> None:
    bisi.say("menu")
    bisi.say("1")
    clock.advance("11m")
    offered = bisi.say("hello")
    assert "Welcome back" in offered.body
    assert "How" in bisi.say("1").body


def test_a_place_begun_on_ussd_is_offered_in_a_chat_and_the_other_way_round(
    bisi: Chat, phone: Dialer, chat: Chatter
) -> None:
    dialled = phone(BISI)
    dialled.dial()
    dialled.say("1")
    clock.advance("1m")
    assert "Welcome back" in bisi.say("hi").body
    assert "How" in bisi.say("1").body
    clock.advance("1m")
    assert "Welcome back" in dialled.dial()
    assert "Dial my bank code" in dialled.say("1")
    clock.advance("1m")
    assert "Welcome back" in chat(BISI, SMS).say("hi").body


def test_what_waits_for_a_pin_in_a_chat_is_gone_on_with_by_dialling(bisi: Chat, phone: Dialer) -> None:
    bisi.say("menu")
    bisi.say("2")
    dialled = phone(BISI)
    assert "Welcome back" in dialled.dial()
    assert "PIN" in dialled.say("1")
    assert "Paid in" in dialled.say("7349")


def test_a_renamed_state_leads_home(bisi: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    bisi.say("menu")
    bisi.say("1")
    database.execute_sql("SELECT 1")
    monkeypatch.setitem(FLOWS, "contribute", FLOWS["help"])
    assert "N5,000" in bisi.say("1").body


def test_without_redis_a_chat_goes_on(bisi: Chat, redis_client: Any) -> None:
    bisi.say("menu")
    redis_client.flushdb()
    assert "How" in bisi.say("1").body


def failures(person: Person) -> int:
    return int(Member.get(Member.id == person.member_id).pin_failures)
