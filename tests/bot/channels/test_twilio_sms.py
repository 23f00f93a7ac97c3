"""SMS over Twilio: what comes in, what is sent, what it costs. What they may answer is tried with WhatsApp's tables."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, parse_qsl

import pytest

from bot.channels.base import Bill, ChatMessage, Delivery, DeliveryReport, OptOut, Outcome, Request, Sent
from bot.channels.twilio_sms import TwilioSms
from bot.errors import CallerError
from bot.settings import Settings
from bot.twilio.client import Twilio
from flows.forms import Choice, Message
from tests.support.replay import FIXTURES, Replay, Scripted, answer, fixture, serving

ADA = "+2348031234567"
ACCOUNT = "AC0123456789abcdef0123456789abcdef"
TOKEN = "test_auth_token_0123456789abcdef"
STATUS = "https://ajo.example.org/webhooks/twilio-status"
SID = "SMdddddddddddddddddddddddddddddddd"
INDEX = {each["file"]: each for each in json.loads((FIXTURES / "twilio/index.json").read_text())}
ANSWER: dict[str, Any] = json.loads((FIXTURES / "twilio/send_response_201.json").read_text())


@pytest.fixture
def replay() -> Iterator[Replay]:
    with serving() as server:
        server.will(fixture("twilio/send_response_201.json", 201))
        yield server


@pytest.fixture
def sms(replay: Replay) -> TwilioSms:
    twilio = Twilio(replay.url, replay.url, ACCOUNT, TOKEN, connect_seconds=5, read_seconds=5)
    return TwilioSms(twilio, "+15005550006", STATUS, (TOKEN,))


def arrived(name: str) -> Request:
    known = INDEX[name]
    headers = {header.lower(): value for header, value in known["headers"].items()}
    body = (FIXTURES / "twilio" / name).read_bytes().rstrip(b"\n")
    return Request(known["method"], known["content_type"], body, "", known["url"], headers)


def form_of(name: str, **changes: str) -> dict[str, str]:
    return dict(parse_qsl(arrived(name).body.decode(), keep_blank_values=True)) | changes


def sid(end: str) -> str:
    return "SM" + end.rjust(32, "0")


INCOMING = {
    "sms_inbound.txt": ChatMessage(sid("def0001"), ADA, ADA, "BAL"),
    "sms_inbound_stop.txt": ChatMessage(sid("def0002"), ADA, ADA, "STOP", word="stop"),
    "sms_inbound_fallback.txt": ChatMessage(sid("def0003"), ADA, ADA, "BAL"),
}
REPORTS = {
    "sms_status_delivered.txt": (Delivery.DELIVERED, True, ""),
    "sms_status_undelivered_30003.txt": (Delivery.FAILED, True, "unreachable"),
}


def test_everything_captured_is_expected_here() -> None:
    folder = FIXTURES / "twilio"

    assert {path.name for path in folder.glob("sms_inbound*")} == set(INCOMING)
    assert {path.name for path in folder.glob("sms_status_*")} == set(REPORTS)


@pytest.mark.parametrize("name", INCOMING)
def test_it_reads_every_captured_message(sms: TwilioSms, name: str) -> None:
    assert sms.parse_message(sms.verify(arrived(name))) == INCOMING[name]


@pytest.mark.parametrize("name", REPORTS)
def test_it_reads_every_captured_report(sms: TwilioSms, name: str) -> None:
    status, final, reason = REPORTS[name]

    assert sms.parse_delivery(sms.verify(arrived(name))) == DeliveryReport(SID, status, final, ADA, reason)


@pytest.mark.parametrize(
    ("name", "address"),
    [("wa_status_read.txt", ADA), ("wa_status_failed_63016.txt", ADA)],
)
def test_reports_on_whatsapp_come_through_the_same_door(sms: TwilioSms, name: str, address: str) -> None:
    assert sms.parse_delivery(sms.verify(arrived(name))).phone == address


@pytest.mark.parametrize(
    ("word", "code", "expected"),
    [
        ("queued", "", (Delivery.SENT, False, "")),
        ("sending", "", (Delivery.SENT, False, "")),
        ("something_new", "", (Delivery.SENT, False, "")),
        ("Delivered", "", (Delivery.DELIVERED, True, "")),
        ("failed", "", (Delivery.FAILED, True, "failed")),
        ("canceled", "", (Delivery.FAILED, True, "canceled")),
        ("undelivered", "30006", (Delivery.FAILED, True, "not_mobile")),
        ("undelivered", "30007", (Delivery.FAILED, True, "filtered")),
        ("undelivered", "39999", (Delivery.FAILED, True, "twilio_39999")),
        ("undelivered", "<script>", (Delivery.FAILED, True, "refused")),
        ("delivered", "30003", (Delivery.DELIVERED, True, "")),
    ],
)
def test_words_of_a_report(sms: TwilioSms, word: str, code: str, expected: tuple[Delivery, bool, str]) -> None:
    report = sms.parse_delivery(form_of("sms_status_delivered.txt", MessageStatus=word, ErrorCode=code))

    assert (report.status, report.final, report.reason) == expected


@pytest.mark.parametrize("missing", ["MessageSid", "MessageStatus"])
def test_a_report_without_its_subject_is_refused(sms: TwilioSms, missing: str) -> None:
    with pytest.raises(CallerError):
        sms.parse_delivery(form_of("sms_status_delivered.txt", **{missing: ""}))


@pytest.mark.parametrize("sender", ["MTN", "55555", "whatsapp:+2348031234567", "", "2348031234567"])
def test_a_machine_gets_no_answer(sms: TwilioSms, sender: str) -> None:
    with pytest.raises(CallerError):
        sms.parse_message(form_of("sms_inbound.txt", From=sender))


def test_the_answer_on_the_request_says_nothing(sms: TwilioSms) -> None:
    assert sms.empty_answer().body == b"<Response/>"
    assert sms.empty_answer().content_type == "text/xml"


def test_a_stop_comes_with_its_message(sms: TwilioSms) -> None:
    assert sms.parse_opt_out(form_of("sms_inbound_stop.txt")) == OptOut(ADA, "+15005550006")


def test_it_asks_what_their_sdk_asks(sms: TwilioSms, replay: Replay) -> None:
    sent = sms.send(ADA, Message("Ajo: contribution due today"), reference="7")

    sample = parse_qs((FIXTURES / "twilio/send_sms_request.txt").read_text().rstrip("\n"))
    assert sent == Sent(Outcome.ACCEPTED, SID, bill=Bill(segments=1))
    assert parse_qs(replay.asked[0].body.decode()) == sample | {"StatusCallback": [STATUS]}


def test_a_text_is_made_fit_for_a_plain_phone_and_has_no_buttons(sms: TwilioSms, replay: Replay) -> None:
    sms.send(ADA, Message("Ẹniọla paid ₦5,000", (Choice("1", "Pay now"),)))

    assert parse_qs(replay.asked[0].body.decode())["Body"] == ["Eniola paid N5,000"]


@pytest.mark.parametrize("to", ["", "08031234567", "NG.1502576394655843", "whatsapp:+2348031234567", f"{ADA},{ADA}"])
def test_what_is_no_number_is_never_sent(sms: TwilioSms, replay: Replay, to: str) -> None:
    assert sms.send(to, Message("hi")) == Sent(Outcome.REFUSED, reason="bad_number")
    assert replay.asked == []


@pytest.mark.parametrize(
    ("changes", "bill"),
    [
        ({}, Bill(segments=1)),
        ({"price": "-0.04200", "price_unit": "USD", "num_segments": "2"}, Bill("USD 0.04200", 2)),
        ({"price": "0.04200", "price_unit": "usd"}, Bill("USD 0.04200", 1)),
        ({"price": "-0.042", "price_unit": None}, Bill(segments=1)),
        ({"price": None, "price_unit": "USD", "num_segments": None}, Bill()),
        ({"num_segments": "many"}, Bill()),
    ],
)
def test_the_bill(sms: TwilioSms, replay: Replay, changes: dict[str, Any], bill: Bill) -> None:
    replay.will(answer(ANSWER | changes))

    assert sms.bill_of(SID) == bill
    assert (replay.asked[0].method, replay.asked[0].path) == (
        "GET",
        f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{SID}.json",
    )


@pytest.mark.parametrize(
    "scripted",
    [Scripted(500), Scripted(404), Scripted(200, b"<html>"), answer([]), Scripted(reset=True), Scripted(401)],
)
def test_a_bill_that_cannot_be_had_now(sms: TwilioSms, replay: Replay, scripted: Scripted) -> None:
    replay.will(scripted)

    assert sms.bill_of(SID) is None


def test_its_settings() -> None:
    sms = TwilioSms.from_settings(
        Settings.from_env({"PUBLIC_URL": "https://ajo.example.org", "TWILIO_AUTH_TOKEN": TOKEN})
    )

    assert sms.parse_message(sms.verify(arrived("sms_inbound.txt"))).text == "BAL"
