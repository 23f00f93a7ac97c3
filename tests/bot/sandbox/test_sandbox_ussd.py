"""USSD: the product is called byte for byte as Africa's Talking calls it, and its answers are judged alike."""

import threading
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

import pytest

from bot.sandbox.africastalking import wire
from bot.sandbox.client import SandboxError
from tests.bot.sandbox.support import ADA, BYE, CALLBACK_KEY, CODE, FIXTURES, HELLO, Sandbox, eventually, sample
from tests.support.replay import Asked, Scripted

BISI = "+2348099999999"
SESSION = "ATUid_3f0c9a7be21d4468a5c1e0d97b6f4412"
HOPS = f"/webhooks/africastalking-ussd/{CALLBACK_KEY}"
ENDS = f"/webhooks/africastalking-ussd-events/{CALLBACK_KEY}"


def wire_of(name: str) -> bytes:
    return (FIXTURES / f"africastalking/{name}.txt").read_bytes().rstrip(b"\n")


def said(body: bytes, status: int = 200) -> Scripted:
    return Scripted(status, body, content_type="text/plain")


def texts(asked: list[Asked]) -> list[str]:
    return [_decoded(each)["text"] for each in asked]


def _decoded(asked: Asked) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(asked.body.decode(), keep_blank_values=True).items()}


@pytest.mark.parametrize(
    ("names", "replies"),
    [
        (["ussd_01_dial", "ussd_02_choice", "ussd_03_second_choice", "ussd_05_amount"], ["1", "2", "5000"]),
        (["ussd_01_dial", "ussd_02_choice", "ussd_04_repeat_choice"], ["1", "1"]),
        ([None, None, "ussd_06_free_text"], ["2", "Ada Obi & Sons"]),
        ([None, None, None, "ussd_07_empty_reply"], ["1", "", "2"]),
        ([None, None, "ussd_08_star_in_input"], ["1", "12*34"]),
    ],
)
def test_a_session_is_told_as_in_the_fixtures(sandbox: Sandbox, names: list[str | None], replies: list[str]) -> None:
    session = sandbox.client.dial(ADA, CODE, session_id=SESSION)
    for reply in replies:
        session.reply(reply)

    for asked, name in zip(sandbox.called(HOPS, len(names)), names, strict=True):
        assert name is None or asked.body == wire_of(name)
        assert asked.headers["Content-Type"] == "application/x-www-form-urlencoded; charset=UTF-8"
        assert asked.headers["User-Agent"] == "at-ussd-api/1.0"


def test_choices_can_be_dialled_at_once(sandbox: Sandbox) -> None:
    session = sandbox.client.dial(ADA, "*384*4040*2*7#", session_id=SESSION)
    assert sandbox.called(HOPS)[0].body == wire_of("ussd_09_deep_dial")

    session.reply("1")

    assert texts(sandbox.called(HOPS, 2)) == ["2*7", "2*7*1"]


def test_a_network_may_leave_out_the_plus(sandbox: Sandbox) -> None:
    session = sandbox.client.dial(ADA, CODE, session_id=SESSION, quirks={"no_plus": True})
    session.reply("1")

    assert sandbox.called(HOPS, 2)[1].body == wire_of("ussd_11_msisdn_without_plus")


def test_every_hop_of_the_fixtures_is_written_alike() -> None:
    for each in sample("africastalking/index.json"):
        if each.get("what") == "USSD session callback":
            told = each["decoded"]
            body = wire.ussd_hop(
                told["phoneNumber"], told["serviceCode"], told["text"], told["sessionId"], told["networkCode"]
            )
            assert body == wire_of(each["file"].removesuffix(".txt"))
        elif each.get("what") == "USSD end-of-session notification":
            told = each["decoded"]
            assert wire.ussd_end(told, told.get("errorMessage")) == wire_of(each["file"].removesuffix(".txt"))


def test_a_session_has_a_new_name_each_time(sandbox: Sandbox) -> None:
    names = {sandbox.client.dial(ADA, CODE).id for _ in range(3)}

    assert len(names) == 3
    assert all(name.startswith("ATUid_") and len(name) == len(SESSION) for name in names)


def test_the_phone_shows_the_screen_without_its_prefix(sandbox: Sandbox) -> None:
    sandbox.product.will(HELLO, BYE)

    session = sandbox.client.dial(ADA, CODE)
    assert (session.screen, session.ended, session.error) == ("Hello\n1. Pay", False, None)
    session.reply("1")

    assert (session.screen, session.ended, session.error) == ("Bye", True, None)
    with pytest.raises(SandboxError, match="no open session"):
        session.reply("2")


def test_the_end_is_notified(sandbox: Sandbox) -> None:
    sandbox.product.will(HELLO, BYE)

    session = sandbox.client.dial(ADA, CODE).reply("1")

    (asked,) = sandbox.called(ENDS)
    told = _decoded(asked)
    assert list(told) == list(parse_qs(wire_of("ussd_event_success").decode(), keep_blank_values=True))
    assert told["status"] == "Success"
    assert told["sessionId"] == session.id
    assert told["phoneNumber"] == ADA
    assert told["hopsCount"] == "2"
    assert told["input"] == "1"
    assert told["lastAppResponse"] == "END Bye"
    assert told["cost"] == "NGN 6.9800"
    assert told["durationInMillis"].isdigit()
    assert "errorMessage" not in told
    assert asked.headers["Content-Type"] == "application/x-www-form-urlencoded"


def test_hanging_up_is_notified_as_incomplete(sandbox: Sandbox) -> None:
    sandbox.client.dial(ADA, CODE).hangup()

    told = _decoded(sandbox.called(ENDS)[0])
    assert (told["status"], told["lastAppResponse"]) == ("Incomplete", "CON Hello\n1. Pay")


def test_dialling_again_drops_the_session_before(sandbox: Sandbox) -> None:
    first = sandbox.client.dial(ADA, CODE)
    sandbox.client.dial(ADA, CODE)

    told = _decoded(sandbox.called(ENDS)[0])
    assert (told["status"], told["sessionId"]) == ("Incomplete", first.id)


def test_a_silent_network_notifies_nothing(sandbox: Sandbox) -> None:
    sandbox.client.dial(ADA, CODE, quirks={"silent": True}).hangup()

    assert sandbox.client.webhooks() == []


@pytest.mark.parametrize(
    "answer",
    [
        said(b"CON Hello", 500),
        said(b"CON Hello", 404),
        said(b"CON Hello", 201),
        said(b""),
        said(b" CON Hello"),
        said(b"\xef\xbb\xbfCON Hello"),
        said(b"\nEND Bye"),
        said(b"Hello"),
        said(b"CONTINUE"),
        Scripted(reset=True),
    ],
)
def test_a_bad_answer_ends_the_session(sandbox: Sandbox, answer: Scripted) -> None:
    sandbox.product.will(answer, HELLO)

    session = sandbox.client.dial(ADA, CODE)

    assert session.ended
    assert session.error is not None
    assert session.screen == "Connection problem or invalid MMI code."
    told = _decoded(sandbox.called(ENDS)[0])
    assert told["status"] == "Failed"
    assert told["errorMessage"] == session.error


def test_an_answer_that_takes_too_long_ends_the_session(sandbox: Sandbox) -> None:
    sandbox.client.tune(callback_timeout_seconds=0.1)
    sandbox.product.will(Scripted(body=b"CON Hello", wait_seconds=0.5), HELLO)

    assert sandbox.client.dial(ADA, CODE).error == "the application did not answer in time"


def test_a_hop_can_be_sent_again(sandbox: Sandbox) -> None:
    session = sandbox.client.dial(ADA, CODE, quirks={"repeat": 1})
    session.reply("1").reply("2")

    asked = sandbox.called(HOPS, 6)
    assert texts(asked) == ["", "", "1", "1", "1*2", "1*2"]
    assert asked[0].body == asked[1].body
    assert session.answers == ["CON Hello\n1. Pay"] * 2


def test_a_hop_can_be_sent_twice_at_the_same_moment(sandbox: Sandbox) -> None:
    session = sandbox.client.dial(ADA, CODE, quirks={"race": True})

    assert len(session.answers) == 2
    assert texts(sandbox.called(HOPS, 2)) == ["", ""]


def test_the_answer_can_be_lost_on_its_way(sandbox: Sandbox) -> None:
    session = sandbox.client.dial(ADA, CODE, quirks={"lose_answer": True})

    assert session.ended
    assert session.answers == ["CON Hello\n1. Pay"], "the product was called all the same"


def test_another_phone_can_go_on_in_the_session(sandbox: Sandbox) -> None:
    session = sandbox.client.dial(ADA, CODE)

    session.reply("1", phone=BISI)

    told = _decoded(sandbox.called(HOPS, 2)[1])
    assert (told["phoneNumber"], told["sessionId"], told["text"]) == (BISI, session.id, "1")


def test_a_phone_keeps_its_network_and_quirks(sandbox: Sandbox) -> None:
    sandbox.client.phone(ADA, quirks={"no_plus": True}, network_code="62120")

    sandbox.client.dial(ADA, CODE)

    told = _decoded(sandbox.called(HOPS)[0])
    assert (told["phoneNumber"], told["networkCode"]) == (ADA.removeprefix("+"), "62120")


def test_a_label_of_a_hop_comes_back(sandbox: Sandbox) -> None:
    label = "at-ussd-hop-metadata"
    sandbox.product.will(
        Scripted(body=b"CON Menu", headers={label: "menu"}), Scripted(body=b"END Paid", headers={label: "pay"}), HELLO
    )

    sandbox.client.dial(ADA, CODE).reply("1")

    assert sandbox.called(HOPS, 2)[1].headers[label] == "menu"
    assert _decoded(sandbox.called(ENDS)[0])["hopsMetadata"] == "menu|pay"


@pytest.mark.parametrize(
    ("code", "quirks"), [("*123#", None), ("*384*4040", None), ("", None), (CODE, {"explode": True})]
)
def test_a_phone_cannot_do_everything(sandbox: Sandbox, code: str, quirks: Any) -> None:
    with pytest.raises(SandboxError):
        sandbox.client.dial(ADA, code, quirks=quirks)


def test_what_was_said_is_kept(sandbox: Sandbox) -> None:
    sandbox.product.will(HELLO, BYE)
    sandbox.client.dial(ADA, CODE).reply("1")

    (session,) = sandbox.client.history(ADA)["sessions"]

    assert session["status"] == "Success"
    assert [(hop["text"], hop["answer"]) for hop in session["hops"]] == [("", "CON Hello\n1. Pay"), ("1", "END Bye")]


def test_a_hop_is_dated_when_it_was_typed(sandbox: Sandbox) -> None:
    """Whatever the product does for it comes after: a transcript puts it behind the line that asked for it."""
    thought = threading.Event()
    sandbox.product.will(replace(HELLO, held=thought))
    sandbox.client.tune(callback_timeout_seconds=60)
    typing = threading.Thread(target=sandbox.client.dial, args=(ADA, CODE))
    typing.start()
    eventually(lambda: sandbox.product.asked, bool)
    asked = datetime.now(UTC)
    thought.set()
    typing.join()

    (session,) = sandbox.client.history(ADA)["sessions"]

    assert datetime.fromisoformat(session["hops"][0]["at"]) <= asked
