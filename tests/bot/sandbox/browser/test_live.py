"""What arrives on a phone appears on the page by itself, and only what has changed is told."""

import requests

from bot.sandbox.browser import stream
from bot.sandbox.browser.devices import DEVICES
from tests.bot.sandbox.browser.listening import listening, now_told
from tests.bot.sandbox.support import ADA, BYE, CODE, Sandbox, eventually
from tests.support.replay import Scripted

BISI = "+2348035550002"
SEND = "africastalking.send"
KEY = "atsk_development-only-key-of-the-sandbox"


def said(text: str) -> Scripted:
    return Scripted(body=text.encode(), content_type="text/plain")


def sms(sandbox: Sandbox, to: str, text: str) -> None:
    body = {"username": "sandbox", "to": to, "message": text, "bulkSMSMode": "1"}
    headers = {"apiKey": KEY, "Accept": "application/json"}
    url = f"{sandbox.url}/africastalking/version1/messaging"
    assert requests.post(url, data=body, headers=headers, timeout=10).status_code == 201


def test_it_begins_with_everything_about_every_phone(sandbox: Sandbox) -> None:
    with listening(sandbox, ADA, BISI) as told:
        told.until("switches", phone=BISI)

    names = [(name, data.get("phone")) for name, data in told.told]
    assert names == [("clock", None)] + [
        (name, phone) for phone in (ADA, BISI) for name in ("keypad", "chat", "inbox", "switches")
    ]


def test_a_screen_appears_and_nothing_else_is_told(sandbox: Sandbox) -> None:
    sandbox.product.will(said("CON Hello\n1. Pay"))
    with listening(sandbox, ADA, BISI) as told:
        told.until("switches", phone=BISI)
        told.told.clear()
        sandbox.client.dial(ADA, CODE)
        shown = told.until("keypad", lambda found: found["screen"] != "")

    assert shown["phone"] == ADA
    assert (shown["screen"], shown["state"], shown["septets"]) == ("Hello\n1. Pay", "open", 12)
    assert {(name, data["phone"]) for name, data in told.told if name in DEVICES} == {("keypad", ADA)}


def test_an_sms_appears_with_its_price_and_later_its_report(sandbox: Sandbox) -> None:
    sandbox.client.tune(report_seconds=600)
    with listening(sandbox, ADA) as told:
        told.until("switches")
        sms(sandbox, ADA, "Ajo: pay by 6pm")
        (message,) = told.until("inbox")["messages"]
        assert (message["sender"], message["text"]) == ("AFRICASTKNG", "Ajo: pay by 6pm")
        assert (message["segments"], message["price"]) == (1, "NGN 2.20")
        sandbox.client.hurry()
        told.until("inbox", lambda found: found["messages"][0]["report"] == "Success")


def test_the_time_is_told_when_it_is_moved(sandbox: Sandbox) -> None:
    with listening(sandbox, ADA) as told:
        assert told.until("clock")["offset_seconds"] == 0
        sandbox.client.move_clock(3600)
        assert told.until("clock")["offset_seconds"] == 3600


def test_a_page_that_was_away_is_told_what_it_missed(sandbox: Sandbox) -> None:
    sms(sandbox, ADA, "While you were away")

    assert [each["text"] for each in now_told(sandbox, "inbox", ADA)["messages"]] == ["While you were away"]


def test_the_newest_session_is_the_one_that_is_shown(sandbox: Sandbox) -> None:
    sandbox.client.dial(ADA, CODE)
    sandbox.product.will(BYE)
    sandbox.client.dial(ADA, CODE)

    assert now_told(sandbox, "keypad", ADA)["screen"] == "Bye"
    assert now_told(sandbox, "keypad", ADA)["state"] == "ended"


def test_too_many_pages_are_told_so_and_one_that_closes_makes_room(sandbox: Sandbox) -> None:
    def opened() -> requests.Response:
        return requests.get(f"{sandbox.url}/sandbox/events", stream=True, timeout=10)

    # The streams of the tests before this one may take a moment to be noticed as closed.
    pages = [eventually(opened, lambda found: found.status_code == 200) for _ in range(stream.MOST_STREAMS)]
    assert opened().status_code == 503
    for each in pages:
        each.close()

    eventually(opened, lambda found: found.status_code == 200).close()
