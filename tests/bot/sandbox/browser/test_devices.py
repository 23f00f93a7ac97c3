"""What the three phones show, in every state that they can be in."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from twilio.rest import Client

from bot.sandbox.africastalking.ussd import NETWORK_FAILURE
from tests.bot.sandbox.browser.listening import listening, now_told
from tests.bot.sandbox.browser.test_live import said, sms
from tests.bot.sandbox.support import ADA, BYE, CODE, HELLO, Sandbox
from tests.bot.sandbox.test_sandbox_mobile_money import ABENA, accra, ghana, paystack
from tests.bot.sandbox.twilio_side import EMPTY_TWIML, WHATSAPP_FROM
from tests.support.replay import Scripted

__all__ = ["accra", "ghana", "paystack"]
BISI = "+2348035550002"


# --- the keypad ---


def test_a_phone_that_never_dialled_is_idle(sandbox: Sandbox) -> None:
    shown = now_told(sandbox, "keypad", ADA)

    assert (shown["state"], shown["screen"], shown["wallet"]) == ("idle", "", None)


def test_while_the_product_thinks_the_phone_waits(sandbox: Sandbox) -> None:
    thought = Event()
    sandbox.product.will(Scripted(body=b"CON Hello", content_type="text/plain", held=thought))
    sandbox.client.tune(callback_timeout_seconds=60)
    with listening(sandbox, ADA) as told, ThreadPoolExecutor(1) as pool:
        told.until("switches")
        dialled = pool.submit(sandbox.client.dial, ADA, CODE)
        waiting = told.until("keypad", lambda found: found["waits"])
        assert (waiting["state"], waiting["screen"]) == ("open", "")
        thought.set()
        assert told.until("keypad")["screen"] == "Hello"
        assert dialled.result().screen == "Hello"


def test_replies_are_shown_as_they_are_sent_but_no_pin(sandbox: Sandbox) -> None:
    sandbox.product.will(HELLO, said("CON Your PIN"), said("CON Amount"), said("CON Sure?"))
    session = sandbox.client.dial(ADA, CODE)
    for reply in ("1", "7304", "5000"):
        session.reply(reply)
    shown = now_told(sandbox, "keypad", ADA)

    assert shown["history"] == "1*••••*5000"
    assert (shown["hops"], shown["requests"]) == (4, 4)


def test_an_empty_reply_and_a_shortcut_are_in_what_is_shown(sandbox: Sandbox) -> None:
    session = sandbox.client.dial(ADA, CODE.replace("#", "*2*7#"))
    session.reply("")
    session.reply("3")

    assert now_told(sandbox, "keypad", ADA)["history"] == "2*7**3"


def test_a_request_that_is_repeated_is_one_reply_and_two_requests(sandbox: Sandbox) -> None:
    session = sandbox.client.dial(ADA, CODE, quirks={"repeat": 1})
    session.reply("1")
    shown = now_told(sandbox, "keypad", ADA)

    assert (shown["history"], shown["hops"], shown["requests"]) == ("1", 2, 4)
    assert shown["waits"] is False


@pytest.mark.parametrize("quirks", [{}, {"repeat": 1}, {"race": True}])
def test_an_empty_reply_is_answered_like_any_other(sandbox: Sandbox, quirks: dict[str, int]) -> None:
    session = sandbox.client.dial(ADA, CODE, quirks=quirks)
    session.reply("")
    shown = now_told(sandbox, "keypad", ADA)

    assert (shown["state"], shown["waits"], shown["hops"]) == ("open", False, 2)


@pytest.mark.parametrize(
    ("answer", "state", "screen"),
    [
        (BYE, "ended", "Bye"),
        (Scripted(500, b"CON Hello", content_type="text/plain"), "failed", NETWORK_FAILURE),
        (said("Hello"), "failed", NETWORK_FAILURE),
    ],
)
def test_the_end_of_a_session(sandbox: Sandbox, answer: Scripted, state: str, screen: str) -> None:
    sandbox.product.will(answer)
    sandbox.client.dial(ADA, CODE)
    shown = now_told(sandbox, "keypad", ADA)

    assert (shown["state"], shown["screen"]) == (state, screen)
    assert (shown["error"] is None) == (state == "ended")


def test_a_dropped_line_keeps_the_last_screen(sandbox: Sandbox) -> None:
    sandbox.client.dial(ADA, CODE).hangup()
    shown = now_told(sandbox, "keypad", ADA)

    assert (shown["state"], shown["screen"], shown["error"]) == ("dropped", "Hello\n1. Pay", None)


def test_an_answer_that_was_lost_is_not_on_the_screen(sandbox: Sandbox) -> None:
    sandbox.client.dial(ADA, CODE, quirks={"lose_answer": True})
    shown = now_told(sandbox, "keypad", ADA)

    assert (shown["state"], shown["screen"]) == ("failed", NETWORK_FAILURE)
    assert "lost" in shown["error"]


def test_a_screen_that_no_cheap_phone_shows_has_no_septets(sandbox: Sandbox) -> None:
    sandbox.product.will(said("CON Ọ̀rẹ́"))
    sandbox.client.dial(ADA, CODE)
    assert now_told(sandbox, "keypad", ADA)["septets"] is None

    sandbox.product.will(said("CON [1]"))
    sandbox.client.dial(ADA, CODE)
    assert now_told(sandbox, "keypad", ADA)["septets"] == 5  # brackets cost two


def test_mobile_money_asks_on_the_phone_that_pays(ghana: Sandbox) -> None:
    wallet = {"phone": ABENA, "provider": "mtn"}
    ghana.charge("ajo-c-17-1-k3j9x0q2", 5000, currency="GHS", mobile_money=wallet)
    assert now_told(ghana, "keypad", ABENA)["wallet"] == {"amount": 5000, "currency": "GHS"}

    ghana.client.pay(phone=ABENA)
    assert now_told(ghana, "keypad", ABENA)["wallet"] is None


# --- the chat ---


def test_both_sides_of_a_chat_and_the_24_hours(sandbox: Sandbox, twilio: Client) -> None:
    assert now_told(sandbox, "chat", ADA)["open"] is False
    sandbox.client.whatsapp(ADA).say("hi")
    twilio.messages.create(to=f"whatsapp:{ADA}", from_=WHATSAPP_FROM, body="Hello *Ada*")
    sandbox.client.settle()
    shown = now_told(sandbox, "chat", ADA)

    assert [(each["mine"], each["body"]) for each in shown["messages"]] == [(True, "hi"), (False, "Hello *Ada*")]
    assert (shown["messages"][1]["status"], shown["messages"][1]["price"]) == ("read", "USD 0.005")
    assert shown["open"] is True
    assert shown["until"]


def test_what_did_not_arrive_is_shown_with_its_reason(sandbox: Sandbox, twilio: Client) -> None:
    twilio.messages.create(to=f"whatsapp:{ADA}", from_=WHATSAPP_FROM, body="Are you there?")
    sandbox.client.settle()
    (lost,) = now_told(sandbox, "chat", ADA)["messages"]

    assert (lost["arrived"], lost["error"], lost["price"]) == (False, 63016, "")


def test_files_come_with_their_message(sandbox: Sandbox) -> None:
    sandbox.product.will(EMPTY_TWIML)
    sandbox.client.whatsapp(ADA).send_media("image", caption="My teller")
    (message,) = now_told(sandbox, "chat", ADA)["messages"]

    (file,) = message["files"]
    assert (file["content_type"], file["name"]) == ("image/png", "teller.png")
    assert sandbox.client.media(file["sid"])[:4] == b"\x89PNG"


def test_nobody_sees_the_chat_of_another(sandbox: Sandbox) -> None:
    sandbox.product.will(EMPTY_TWIML)
    sandbox.client.whatsapp(BISI).send_media("image")

    assert now_told(sandbox, "chat", ADA)["messages"] == []


# --- SMS ---


def test_her_own_sms_stand_between_those_that_came(sandbox: Sandbox) -> None:
    sms(sandbox, ADA, "Reply 1 to pay")
    sandbox.client.sms_reply(ADA, "1 & more")
    sandbox.client.sms_reply(ADA, "BAL", to="twilio")
    sandbox.client.sms_reply(BISI, "not hers")
    messages = now_told(sandbox, "inbox", ADA)["messages"]

    assert sorted(each["text"] for each in messages if each["mine"]) == ["1 & more", "BAL"]
    assert [each["text"] for each in messages if not each["mine"]] == ["Reply 1 to pay"]
    assert len({each["id"] for each in messages}) == 3


def test_what_she_sends_twice_was_written_once(sandbox: Sandbox) -> None:
    sandbox.client.knob("webhook.*", "duplicate", 1, only=ADA)
    for text in ("BAL", "BAL"):
        sandbox.client.sms_reply(ADA, text)
    sandbox.called("/webhooks/africastalking-sms", 4)

    assert [each["text"] for each in now_told(sandbox, "inbox", ADA)["messages"]] == ["BAL", "BAL"]


def test_who_has_stopped_them_is_told(sandbox: Sandbox) -> None:
    sandbox.client.opt_out(ADA)
    assert now_told(sandbox, "inbox", ADA)["stopped"] == ["africastalking"]
