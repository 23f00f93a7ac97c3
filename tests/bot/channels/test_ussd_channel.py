"""Africa's Talking USSD: what comes in, what is turned away, what goes back."""

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.africastalking_ussd import AfricasTalkingUssd
from bot.channels.base import Ended, Request
from bot.errors import CallerError, Forged, Malformed, TooLarge

FIXTURES = Path(__file__).parents[2] / "fixtures" / "africastalking"
INDEX = {each["file"]: each for each in json.loads((FIXTURES / "index.json").read_text())}
CALLBACKS = sorted(name for name in INDEX if name.startswith("ussd_") and "decoded" in INDEX[name])
HOPS = [name for name in CALLBACKS if "event" not in name]
EVENTS = [name for name in CALLBACKS if "event" in name]

NEW, OLD = "new-callback-key-0123456789abcdef", "old-callback-key-0123456789abcdef"
FORM = "application/x-www-form-urlencoded; charset=UTF-8"
DIAL = {
    "phoneNumber": "+2348031234567",
    "serviceCode": "*347*55#",
    "text": "",
    "sessionId": "ATUid_3f0c9a7be21d4468a5c1e0d97b6f4412",
    "networkCode": "62130",
}

channel = AfricasTalkingUssd((NEW, OLD))
ours = AfricasTalkingUssd((NEW, OLD), "*347*55#")


def posted(form: Mapping[str, str] | bytes, key: str = NEW, content_type: str = FORM, method: str = "POST") -> Request:
    body = form if isinstance(form, bytes) else urlencode(form).encode()
    return Request(method, content_type, body, key)


@pytest.mark.parametrize("name", HOPS)
def test_it_reads_every_captured_callback(name: str) -> None:
    hop = channel.parse(channel.verify(posted((FIXTURES / name).read_bytes())))
    said = INDEX[name]["decoded"]
    assert hop.phone == "+" + said["phoneNumber"].removeprefix("+")
    assert (hop.session_id, hop.service_code, hop.network_code, hop.history) == (
        said["sessionId"], said["serviceCode"], said["networkCode"], said["text"],
    )  # fmt: skip


@pytest.mark.parametrize("name", EVENTS)
def test_it_reads_the_end_of_a_session_without_what_was_said(name: str) -> None:
    event = channel.parse_event(channel.verify(posted((FIXTURES / name).read_bytes())))
    said = INDEX[name]["decoded"]
    assert event.ended == Ended(said["status"].lower())
    assert (event.session_id, event.phone, event.duration_ms) == (said["sessionId"], said["phoneNumber"], 41250)
    assert (event.hops, event.steps, event.cost) == (int(said["hopsCount"]), ("menu", "pay"), "NGN 6.9800")
    assert event.error == said.get("errorMessage", "")
    assert said["lastAppResponse"] not in repr(event)


def test_an_event_that_says_little_is_still_one() -> None:
    event = channel.parse_event({**DIAL, "status": "Whatever", "durationInMillis": "-", "hopsCount": "9" * 40})
    assert (event.ended, event.duration_ms, event.hops, event.steps) == (Ended.UNKNOWN, 0, 0, ())


def test_both_keys_open_while_the_url_is_changed() -> None:
    assert channel.verify(posted(DIAL, NEW)) == channel.verify(posted(DIAL, OLD)) == DIAL


@pytest.mark.parametrize("key", ["", "x", NEW[:-1], NEW + "0", NEW.upper(), "\ud800"])
def test_without_the_key_there_is_no_such_page(key: str) -> None:
    with pytest.raises(Forged) as caught:
        channel.verify(posted(DIAL, key))
    assert caught.value.status == 404


def test_a_wrong_key_is_all_that_a_stranger_learns() -> None:
    with pytest.raises(Forged):
        channel.verify(posted(b"x" * 100_000, "wrong", "text/html", "GET"))


@pytest.mark.parametrize(
    ("request_", "error", "why"),
    [
        (posted(DIAL, method="GET"), Malformed, "not_post"),
        (posted(DIAL, content_type="application/json"), Malformed, "not_a_form"),
        (posted(DIAL, content_type="multipart/form-data; boundary=x"), Malformed, "not_a_form"),
        (posted(DIAL, content_type=""), Malformed, "not_a_form"),
        (posted({**DIAL, "text": "1" * 4096}), TooLarge, "form_too_large"),
        (posted(b"\xff\xfe=1"), Malformed, "unreadable_form"),
        (posted(b"text=%FF%FE"), Malformed, "unreadable_form"),
        (posted(b"&".join(b"a%d=1" % n for n in range(40))), Malformed, "unreadable_form"),
        (posted(b"text=1&text=2"), Malformed, "repeated_field"),
    ],
)
def test_what_is_no_form_is_refused(request_: Request, error: type[CallerError], why: str) -> None:
    with pytest.raises(error) as caught:
        channel.verify(request_)
    assert caught.value.why == why


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"sessionId": ""}, "bad_sessionId"),
        ({"sessionId": "a b"}, "bad_sessionId"),
        ({"sessionId": "x" * 129}, "bad_sessionId"),
        ({"sessionId": "é"}, "bad_sessionId"),
        ({"phoneNumber": ""}, "bad_phoneNumber"),
        ({"phoneNumber": "Ada"}, "bad_phoneNumber"),
        ({"phoneNumber": "+1"}, "bad_phoneNumber"),
        ({"phoneNumber": "+2348031234567890"}, "bad_phoneNumber"),
        ({"phoneNumber": "+٢٣٤٨٠٣١٢٣٤٥٦٧"}, "bad_phoneNumber"),
        ({"serviceCode": ""}, "bad_serviceCode"),
        ({"serviceCode": "*347*55#\n"}, None),  # outer blanks are nobody's attack
        ({"serviceCode": "hello"}, "bad_serviceCode"),
        ({"text": "1*" * 1001}, "bad_text"),
        ({"networkCode": ""}, None),
        ({"networkCode": "00000"}, None),
        ({"networkCode": "what is this"}, None),
    ],
)
def test_each_field_is_looked_at(change: dict[str, str], why: str | None) -> None:
    if why is None:
        assert channel.parse({**DIAL, **change}).phone == DIAL["phoneNumber"]
        return
    with pytest.raises(Malformed) as caught:
        channel.parse({**DIAL, **change})
    assert caught.value.why == why


@pytest.mark.parametrize("name", ["sessionId", "phoneNumber", "serviceCode", "text"])
def test_a_missing_field_is_refused(name: str) -> None:
    with pytest.raises(Malformed):
        channel.parse({key: value for key, value in DIAL.items() if key != name})


@pytest.mark.parametrize("number", ["+2348031234567", "2348031234567", "08031234567", "+234 803 123 4567"])
def test_a_number_is_one_number_however_it_is_written(number: str) -> None:
    assert channel.parse({**DIAL, "phoneNumber": number}).phone == "+2348031234567"


@pytest.mark.parametrize("code", ["*347*55#", "*347*55*2#", "*347*55*2*7#"])
def test_our_code_and_what_is_dialled_behind_it_is_ours(code: str) -> None:
    assert ours.verify(posted({**DIAL, "serviceCode": code}))


@pytest.mark.parametrize("code", ["*347*56#", "*347*555#", "*384*4040#", ""])
def test_another_code_is_not_ours(code: str) -> None:
    with pytest.raises(Forged):
        ours.verify(posted({**DIAL, "serviceCode": code}))


@pytest.mark.parametrize(
    ("text", "end", "body"),
    [
        ("Ajo\n1. Pay", False, b"CON Ajo\n1. Pay"),
        ("Thank you.", True, b"END Thank you."),
        ("\ufeff  \n Hi ", False, b"CON Hi"),
        ("Pay ₦5,000 to Ẹniọla", False, b"CON Pay N5,000 to Eniola"),
        ("", True, b"END "),
    ],
)
def test_it_answers_as_they_read_it(text: str, end: bool, body: bytes) -> None:
    answer = channel.answer(text, end=end)
    assert (answer.body, answer.content_type) == (body, "text/plain")


@pytest.mark.parametrize(("name", "end"), [("ussd_response_con.txt", False), ("ussd_response_end.txt", True)])
def test_its_answers_look_like_the_samples(name: str, end: bool) -> None:
    sample = (FIXTURES / name).read_bytes().rstrip()
    assert channel.answer(sample[4:].decode(), end=end).body == sample


@given(st.binary(max_size=300), st.dictionaries(st.sampled_from([*DIAL, "other"]), st.text(max_size=60)))
def test_no_body_and_no_field_makes_it_fail_in_another_way(body: bytes, change: dict[str, str]) -> None:
    for form in (body, {**DIAL, **{key: value.encode("utf-8", "replace").decode() for key, value in change.items()}}):
        with suppress(CallerError):
            assert channel.parse(channel.verify(posted(form))).phone.startswith("+")
