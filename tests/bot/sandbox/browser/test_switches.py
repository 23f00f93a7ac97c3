"""The switches: what the page turns is what the providers then do, for this phone only."""

from typing import Any

import pytest
from twilio.rest import Client

from bot.sandbox.africastalking.ussd import Quirks
from tests.bot.sandbox.browser.listening import now_told
from tests.bot.sandbox.browser.test_live import sms
from tests.bot.sandbox.support import ADA, CODE, Sandbox, eventually
from tests.bot.sandbox.test_sandbox_ussd import ENDS, HOPS, texts
from tests.bot.sandbox.twilio_side import EMPTY_TWIML, SMS_FROM

BISI = "+2348035550002"


def turn(sandbox: Sandbox, name: str, phone: str = ADA) -> dict[str, Any]:
    """As the script of the page does it."""
    for each in now_told(sandbox, "switches", phone)["knobs"][name]["turn"]:
        sandbox.client.knob(each["on"], each["do"], each["value"], only=phone)
    return dict(now_told(sandbox, "switches", phone)["knobs"][name])


def test_all_are_off_at_first(sandbox: Sandbox) -> None:
    shown = now_told(sandbox, "switches", ADA)

    assert shown["quirks"] == vars(Quirks())
    assert [each["ids"] for each in shown["knobs"].values()] == [[], []]


def test_a_quirk_is_kept_and_is_that_of_the_next_session(sandbox: Sandbox) -> None:
    sandbox.client.phone(ADA, quirks={"last_only": True})
    assert now_told(sandbox, "switches", ADA)["quirks"]["last_only"] is True

    session = sandbox.client.dial(ADA, CODE)
    session.reply("1")
    session.reply("2*3")
    session.reply("")
    assert texts(sandbox.called(HOPS, 4)) == ["", "1", "2*3", ""]


def test_a_phone_of_an_older_sandbox_has_the_newer_quirks_off(sandbox: Sandbox) -> None:
    sandbox.client.phone(BISI, quirks={"race": True})
    shown = now_told(sandbox, "switches", BISI)["quirks"]

    assert shown == vars(Quirks(race=True))


def test_silence_ends_a_session(sandbox: Sandbox) -> None:
    sandbox.client.dial(ADA, CODE, quirks={"patience_seconds": 20})
    assert now_told(sandbox, "keypad", ADA)["patience_seconds"] == 20

    sandbox.client.hurry()
    eventually(lambda: now_told(sandbox, "keypad", ADA)["state"], lambda state: state == "dropped")
    assert b"status=Incomplete" in sandbox.called(ENDS)[0].body


def test_silence_is_counted_from_the_last_reply(sandbox: Sandbox) -> None:
    session = sandbox.client.dial(ADA, CODE, quirks={"patience_seconds": 1000})
    session.reply("1")
    assert sandbox.client.pending()["errands"] == 2

    session.hangup()
    sandbox.client.hurry()
    sandbox.client.settle()
    assert len(sandbox.called(ENDS)) == 1


def test_nothing_is_delivered_to_her_until_it_is_turned_back(sandbox: Sandbox, twilio: Client) -> None:
    turned = turn(sandbox, "failing")
    assert len(turned["ids"]) == 2
    for phone in (ADA, BISI):
        sms(sandbox, phone, "Reminder")
        twilio.messages.create(to=phone, from_=SMS_FROM, body="Reminder")
    sandbox.client.settle()

    assert [each["report"] for each in now_told(sandbox, "inbox", ADA)["messages"]] == ["Failed"]
    assert {each["report"] for each in now_told(sandbox, "inbox", BISI)["messages"]} == {"Success", "delivered"}
    for knob_id in turned["ids"]:
        sandbox.client.take_knobs_away(knob_id)
    assert now_told(sandbox, "switches", ADA)["knobs"]["failing"]["ids"] == []


@pytest.mark.parametrize(("phone", "times"), [(ADA, 2), (BISI, 1)])
def test_what_she_sends_comes_twice(sandbox: Sandbox, phone: str, times: int) -> None:
    sandbox.product.will(EMPTY_TWIML)
    assert len(turn(sandbox, "doubled")["ids"]) == 1
    sandbox.client.whatsapp(phone).say("hi")
    sandbox.client.settle()

    assert len(sandbox.called("/webhooks/twilio-whatsapp", times)) == times
