"""What the gateway does to `text` (providers.md 1.4), and what we make of it."""

from pathlib import Path

import pytest
import redis
from flask.testing import FlaskClient

from bot import clock as moved
from bot.settings import Settings
from models.base import database
from tests.doors.conftest import Dialer
from tests.support.cast import ADA, BISI, Person, register
from tests.support.phone import Phone

FIXTURES = Path(__file__).parents[1] / "fixtures" / "africastalking"
LANGUAGES, CONSENT, NAME = "Welcome to Ajo.", "Ajo keeps your name", "What name does your group"
MENU, BUSY = "you are in no group yet", "Sorry, Ajo is busy now"


def count(table: str) -> int:
    return int(database.execute_sql(f"SELECT count(*) FROM {table}").fetchone()[0])


@pytest.fixture
def ada(phone: Dialer) -> Phone:
    """A number that has never dialled."""
    return phone(ADA)


@pytest.fixture
def bisi(phone: Dialer) -> Phone:
    """A member without a group."""
    register(BISI, moved.now())
    return phone(BISI)


def test_a_dial_opens_the_first_screen(ada: Phone) -> None:
    assert ada.dial().startswith(LANGUAGES)
    assert not ada.over


def test_the_whole_history_comes_each_time_and_only_the_last_reply_counts(ada: Phone) -> None:
    ada.dial()
    assert CONSENT in ada.say("1")
    assert ada.history == "1"
    assert NAME in ada.say("1")  # the same reply as before, and a new one
    assert ada.history == "1*1"


def test_a_repeated_request_is_answered_from_memory(ada: Phone) -> None:
    ada.dial()
    first = ada.say("1")
    assert ada.again() == first
    assert ada.again() == first
    assert NAME in ada.say("1")


def test_a_repeated_dial_is_one_dial(ada: Phone) -> None:
    first = ada.dial()
    assert ada.again() == first
    assert CONSENT in ada.say("1")


@pytest.mark.parametrize("history", ["", "2", "1", "1*2", "9*1", "1*11"])
def test_a_history_that_goes_another_way_gets_the_last_screen_again(ada: Phone, history: str) -> None:
    ada.dial()
    ada.say("1")
    last = ada.say("1")
    good, ada.history = ada.history, history
    assert ada.again() == last
    ada.history = good
    assert ada.again() == last


def test_a_star_that_was_typed_does_not_split_a_reply(ada: Phone) -> None:
    ada.dial()
    screen = ada.say("1*2")
    assert screen.startswith("Reply 1, 2, 3, 4 or 5.")
    assert CONSENT in ada.say("1")


def test_a_star_in_a_name_is_one_reply(ada: Phone) -> None:
    ada.dial()
    ada.say("1")
    ada.say("1")
    assert "Please use letters only" in ada.say("Ada*Obi")
    assert "Hello Ada" in ada.say("Ada Obi")


def test_an_empty_reply_asks_again(ada: Phone) -> None:
    ada.dial()
    asked = ada.say("1")
    assert ada.say("") == asked
    assert ada.history == "1*"
    assert NAME in ada.say("1")
    assert ada.history == "1**1"


@pytest.mark.parametrize("number", [BISI.phone.removeprefix("+"), "0" + BISI.phone[4:], f" {BISI.phone} "])
def test_a_number_without_its_plus_is_the_same_number(bisi: Phone, number: str) -> None:
    bisi.dial()
    shown = bisi.say("1")
    assert bisi.post(bisi.form(phoneNumber=number)).text == f"CON {shown}"


def test_another_phone_does_not_get_into_a_session(ada: Phone, bisi: Phone, capsys: pytest.CaptureFixture[str]) -> None:
    assert MENU in bisi.dial()
    response = ada.post(bisi.form(phoneNumber=ADA.phone, text="1"))
    assert response.text.startswith(f"END {BUSY}")
    assert "another phone on a session" in capsys.readouterr().err
    assert "6-digit group code" in bisi.say("1"), "its owner goes on undisturbed"


def test_another_phone_gets_nothing_of_a_session_whose_memory_was_lost(
    ada: Phone, bisi: Phone, redis_client: redis.Redis
) -> None:
    bisi.dial()
    bisi.say("1")
    redis_client.flushdb()
    answered = ada.post(bisi.form(phoneNumber=ADA.phone)).text
    assert CONSENT in answered, "it is her own first session, one reply into it"
    assert "Bisi" not in answered


@pytest.mark.parametrize(
    ("shortcut", "shown"), [("8", "Help"), ("7", "My account"), ("7*1", "present PIN"), ("6", "Start a group")]
)
def test_a_shortcut_leads_where_its_numbers_lead(bisi: Phone, shortcut: str, shown: str) -> None:
    an_hour_ago(bisi)
    assert shown in bisi.dial(shortcut)


def test_a_shortcut_goes_on_as_any_session(bisi: Phone) -> None:
    an_hour_ago(bisi)
    bisi.dial("7")
    assert "present PIN" in bisi.say("1")
    assert bisi.history == "7*1"


def test_a_shortcut_that_the_network_leaves_in_the_code_is_the_same(bisi: Phone, redis_client: redis.Redis) -> None:
    bisi.code = "*347*55*7#"
    assert "My account" in bisi.dial()
    assert "present PIN" in bisi.say("1")
    redis_client.flushdb()
    assert "present PIN" in bisi.again()
    assert bisi.history == "1"


def test_nobody_goes_on_after_the_end_of_a_session(bisi: Phone) -> None:
    bisi.dial()
    bisi.say("8")
    bisi.say("5")
    assert MENU in bisi.say("1")


def test_a_shortcut_of_a_stranger_begins_at_the_beginning(ada: Phone) -> None:
    an_hour_ago(ada)
    assert LANGUAGES in ada.dial("1")
    assert CONSENT in ada.say("1")


def test_nothing_is_performed_from_replies_that_were_dialled(ada: Phone) -> None:
    ada.dial("1*1*Ada Obi*7349*7349")
    assert "Choose a secret 4-digit PIN" in ada.screen
    assert (count("member"), count("performed")) == (0, 0)


def test_a_session_that_was_silent_for_too_long_begins_again(bisi: Phone) -> None:
    bisi.dial()
    bisi.say("2")
    asked = bisi.say("Office Ajo")
    moved.advance("181s")
    shown = bisi.again()
    assert shown != asked
    assert "Welcome back" in shown
    assert "How much" in bisi.say("1")


@pytest.mark.parametrize(("away", "offered"), [("9m", True), ("11m", False)])
def test_a_dropped_talk_is_offered_for_ten_minutes(bisi: Phone, away: str, offered: bool) -> None:
    bisi.dial()
    bisi.say("2")
    bisi.say("Office Ajo")
    moved.advance(away)
    assert ("Welcome back" in bisi.dial()) is offered
    if offered:
        assert "How much will each person pay" in bisi.say("1")


def test_what_came_to_its_end_is_not_offered(bisi: Phone) -> None:
    bisi.dial()
    bisi.say("8")
    bisi.say("5")
    assert bisi.over
    assert MENU in bisi.dial()


def test_a_repeated_end_is_the_same_end(bisi: Phone) -> None:
    bisi.dial()
    bisi.say("8")
    last = bisi.say("5")
    assert bisi.again() == last
    assert bisi.over


@pytest.mark.parametrize("network", ["62120", "99999", "", "0", "MTN", "x" * 200])
def test_an_unknown_network_is_as_good_as_any(ada: Phone, network: str) -> None:
    ada.dial()
    assert ada.post(ada.form(networkCode=network)).text.startswith("CON ")


@pytest.mark.parametrize("number", ["+254711082000", "+15005550006", "+2347021234567"])
def test_any_number_that_a_network_vouches_for_is_answered(phone: Dialer, number: str) -> None:
    assert phone(Person("Nobody", number)).dial().startswith(LANGUAGES)


@pytest.mark.parametrize("name", sorted(path.name for path in FIXTURES.glob("ussd_[01]*.txt")))
def test_every_captured_callback_gets_a_screen(web: FlaskClient, ours: Settings, name: str) -> None:
    body = (FIXTURES / name).read_bytes()
    for code in (b"%2A384%2A4040%23", b"%2A384%2A44135%23"):
        body = body.replace(code, b"%2A347%2A55%23")
    response = web.post(
        f"/webhooks/africastalking-ussd/{ours.callback_keys[0]}",
        data=body,
        content_type="application/x-www-form-urlencoded; charset=UTF-8",
    )
    assert response.status_code == 200
    assert response.text.startswith("CON ")
    assert response.content_type == "text/plain"


def an_hour_ago(phone: Phone) -> None:
    """Let Redis remember since an hour ago, so that it cannot have forgotten a session."""
    phone.dial()
    moved.advance("1h")
