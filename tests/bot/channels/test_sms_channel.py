"""Africa's Talking SMS: one table of what they may answer, one of what they report later."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl

import pytest
from structlog.testing import capture_logs

from bot.channels.africastalking_sms import AfricasTalkingSms
from bot.channels.base import Delivery, DeliveryReport, OptOut, Outcome, Request, Sent
from bot.errors import Forged, Malformed
from flows.forms import Message
from tests.support.replay import FIXTURES, Replay, Scripted, answer, fixture, serving

ADA = "+2348031234567"
KEY = "callback-key-0123456789abcdef0123"
MESSAGE_ID = "ATXid_520e732ea1191c1f03a7d9bea3a91006"
OK = "africastalking/sms_send_response_ok.json"


@pytest.fixture
def replay() -> Iterator[Replay]:
    with serving() as server:
        yield server


@pytest.fixture
def sms(replay: Replay) -> AfricasTalkingSms:
    return channel(replay)


def channel(replay: Replay, read_seconds: float = 5) -> AfricasTalkingSms:
    return AfricasTalkingSms(
        replay.url, "sandbox", "atsk_key", "AJOCIRCLE", (KEY,), connect_seconds=5, read_seconds=read_seconds
    )


def recipients(*found: dict[str, Any], message: str = "Sent to 1/1 Total Cost: 0") -> dict[str, Any]:
    return {"SMSMessageData": {"Message": message, "Recipients": list(found)}}


def one(code: object, **more: Any) -> Scripted:
    return answer(recipients({"statusCode": code, "number": ADA, "cost": "0", "messageId": "None", **more}))


def as_text(name: str) -> Scripted:
    """As they answer at times: the same JSON under a content type that their SDK does not know."""
    return Scripted(200, (FIXTURES / name).read_bytes(), "application/json; charset=utf-8")


ACCEPTED = Sent(Outcome.ACCEPTED, MESSAGE_ID, 220)
DND = Sent(Outcome.DO_NOT_DISTURB, reason="do_not_disturb")
BROKE = Sent(Outcome.OUT_OF_MONEY, reason="out_of_money", stop_queue=True)
BAD_SENDER = Sent(Outcome.REFUSED, reason="bad_sender", stop_queue=True)


@pytest.mark.parametrize(
    ("scripted", "sent"),
    [
        (fixture(OK), ACCEPTED),
        (fixture(OK, 201), ACCEPTED),
        (as_text(OK), ACCEPTED),
        (Scripted(200, (FIXTURES / OK).read_bytes(), "text/plain"), ACCEPTED),
        (fixture("africastalking/sms_send_response_partial.json"), ACCEPTED),
        (fixture("africastalking/sms_send_response_blacklist.json"), Sent(Outcome.REFUSED, reason="opted_out")),
        (fixture("africastalking/sms_send_response_dnd_409.json", 409), DND),
        (fixture("africastalking/sms_send_response_dnd_409.json"), DND),
        (fixture("africastalking/sms_send_response_insufficient.json"), BROKE),
        (fixture("africastalking/sms_send_response_bad_sender.json"), BAD_SENDER),
        (
            fixture("africastalking/sms_send_response_401.txt", 401),
            Sent(Outcome.REFUSED, reason="http_401", stop_queue=True),
        ),
        (one(100), Sent(Outcome.ACCEPTED, "", None)),
        (one("102", messageId="ATXid_1", cost="NGN 2.2050"), Sent(Outcome.ACCEPTED, "ATXid_1", 221)),
        (one(101, cost="KES 0.8000"), Sent(Outcome.ACCEPTED)),
        (one(101, cost="NGN lots"), Sent(Outcome.ACCEPTED)),
        (one(401), Sent(Outcome.REFUSED, reason="risk_hold", stop_queue=True)),
        (one(402), BAD_SENDER),
        (one(403), Sent(Outcome.REFUSED, reason="bad_number")),
        (one(404), Sent(Outcome.REFUSED, reason="unsupported_number")),
        (one(405), BROKE),
        (one(406), Sent(Outcome.REFUSED, reason="opted_out")),
        (one(407), Sent(Outcome.TEMPORARY, reason="no_route")),
        (one(409), DND),
        (one(500), Sent(Outcome.TEMPORARY, reason="provider_error")),
        (one(501), Sent(Outcome.TEMPORARY, reason="gateway_error")),
        (one(502), Sent(Outcome.TEMPORARY, reason="gateway_rejected")),
        (one(999), Sent(Outcome.UNKNOWN, reason="unknown_status")),
        (one(None, status="InvalidPhoneNumber"), Sent(Outcome.REFUSED, reason="bad_number")),
        (answer(recipients(message="InsufficientBalance")), BROKE),
        (answer(recipients(message="Something new")), Sent(Outcome.TEMPORARY, reason="refused_as_a_whole")),
        (answer(recipients({"number": "+1"}, {"number": "+2"})), Sent(Outcome.UNKNOWN, reason="not_listed")),
        (answer({"SMSMessageData": None}), Sent(Outcome.UNKNOWN, reason="unreadable")),
        (answer([]), Sent(Outcome.UNKNOWN, reason="unreadable")),
        (Scripted(200, b"<html>"), Sent(Outcome.UNKNOWN, reason="unreadable")),
        (Scripted(404, b"<html>"), Sent(Outcome.REFUSED, reason="unreadable", stop_queue=True)),
        (Scripted(500), Sent(Outcome.UNKNOWN, reason="http_500")),
        (Scripted(reset=True), Sent(Outcome.UNKNOWN, reason="connection_lost")),
        (Scripted(wait_seconds=2), Sent(Outcome.UNKNOWN, reason="timeout")),
        (Scripted(429, headers={"Retry-After": "30"}), Sent(Outcome.TEMPORARY, reason="rate_limited",
                                                           retry_after_seconds=30)),
        (Scripted(302, headers={"Location": "/elsewhere"}), Sent(Outcome.UNKNOWN, reason="http_302")),
    ],
)  # fmt: skip
def test_every_answer_has_one_meaning(replay: Replay, scripted: Scripted, sent: Sent) -> None:
    replay.will(scripted)
    assert channel(replay, scripted.patience).send(ADA, Message("Ajo: hello")) == sent
    assert len(replay.asked) == 1


def test_the_other_half_of_a_partial_answer() -> None:
    with serving() as replay:
        replay.will(fixture("africastalking/sms_send_response_partial.json"))
        sms = AfricasTalkingSms(replay.url, "sandbox", "k", "", (KEY,))
        assert sms.send("+2348099999999", Message("hi")) == Sent(Outcome.REFUSED, reason="bad_number")


def test_it_asks_what_their_sdk_asks(sms: AfricasTalkingSms, replay: Replay) -> None:
    replay.will(fixture(OK))
    sms.send(ADA, Message("Ajo: your contribution of NGN 5,000 is due today."), reference="outbox-7")
    asked = replay.asked[0]
    sample = parse_qs((FIXTURES / "africastalking/sms_send_request.txt").read_text())
    assert (asked.method, asked.path) == ("POST", "/version1/messaging")
    assert parse_qs(asked.body.decode()) == {
        name: value if name != "to" else [ADA] for name, value in sample.items() if name != "enqueue"
    }
    assert (asked.headers["apiKey"], asked.headers["Accept"]) == ("atsk_key", "application/json")


def test_a_text_is_made_fit_for_a_plain_phone(sms: AfricasTalkingSms, replay: Replay) -> None:
    replay.will(fixture(OK))
    sms.send(ADA, Message("Ẹniọla paid ₦5,000"))
    assert parse_qs(replay.asked[0].body.decode())["message"] == ["Eniola paid N5,000"]


@pytest.mark.parametrize("number", ["", "08031234567", "+234 803 123 4567", "Ada", "+12", f"{ADA},+2348099999999"])
def test_what_is_no_number_is_never_sent(sms: AfricasTalkingSms, replay: Replay, number: str) -> None:
    assert sms.send(number, Message("hi")) == Sent(Outcome.REFUSED, reason="bad_number")
    assert replay.asked == []


def test_nobody_there_is_temporary() -> None:
    sent = AfricasTalkingSms("http://127.0.0.1:9", "sandbox", "k", "", (KEY,)).send(ADA, Message("hi"))
    assert sent == Sent(Outcome.TEMPORARY, reason="no_connection")


def test_the_log_has_neither_number_nor_text_nor_key(sms: AfricasTalkingSms, replay: Replay) -> None:
    replay.will(fixture(OK))
    with capture_logs() as lines:
        sms.send(ADA, Message("secret words"), reference="outbox-7")
    assert [(line["what"], line["reference"], line["result"]) for line in lines] == [("send_sms", "outbox-7", "ok")]
    assert not any(hidden in repr(lines) for hidden in (ADA, "secret words", "atsk_key"))


REPORTS = {
    "sms_dlr_sent.txt": (Delivery.SENT, False, ""),
    "sms_dlr_buffered.txt": (Delivery.SENT, False, ""),
    "sms_dlr_success.txt": (Delivery.DELIVERED, True, ""),
    "sms_dlr_failed.txt": (Delivery.FAILED, True, "user_does_not_exist"),
    "sms_dlr_rejected.txt": (Delivery.FAILED, True, "do_not_disturb_rejection"),
    "sms_dlr_absent.txt": (Delivery.FAILED, True, "absent_subscriber"),
    "sms_dlr_expired.txt": (Delivery.FAILED, True, "expired"),
}


def posted(name: str, key: str = KEY) -> Request:
    body = (FIXTURES / "africastalking" / name).read_bytes()
    return Request("POST", "application/x-www-form-urlencoded", body, key)


def test_every_captured_report_is_expected_here() -> None:
    assert {path.name for path in (FIXTURES / "africastalking").glob("sms_dlr_*")} == set(REPORTS)


@pytest.mark.parametrize("name", REPORTS)
def test_it_reads_every_captured_report(sms: AfricasTalkingSms, name: str) -> None:
    status, final, reason = REPORTS[name]
    report = sms.parse_delivery(sms.verify(posted(name)))
    assert report == DeliveryReport(MESSAGE_ID, status, final, ADA, reason)


@pytest.mark.parametrize(
    ("status", "reason", "expected"),
    [
        ("Submitted", "", (Delivery.SENT, False, "")),
        ("SomethingNew", "", (Delivery.SENT, False, "")),
        ("Failed", "", (Delivery.FAILED, True, "failed")),
        ("Failed", "NotNetworkSubcriber", (Delivery.FAILED, True, "not_network_subscriber")),
        ("Failed", "NotNetworkSubscriber", (Delivery.FAILED, True, "not_network_subscriber")),
        ("Rejected", "UserInBlackList", (Delivery.FAILED, True, "user_in_blacklist")),
    ],
)
def test_words_of_a_report(
    sms: AfricasTalkingSms, status: str, reason: str, expected: tuple[Delivery, bool, str]
) -> None:
    form = {"id": "ATXid_1", "status": status, "phoneNumber": ADA, "failureReason": reason}
    report = sms.parse_delivery(form)
    assert (report.status, report.final, report.reason) == expected


@pytest.mark.parametrize("missing", ["id", "status", "phoneNumber"])
def test_a_report_without_its_subject_is_refused(sms: AfricasTalkingSms, missing: str) -> None:
    form = dict(parse_qsl((FIXTURES / "africastalking/sms_dlr_success.txt").read_text()))
    del form[missing]
    with pytest.raises(Malformed):
        sms.parse_delivery(form)


def test_a_report_needs_the_key(sms: AfricasTalkingSms) -> None:
    with pytest.raises(Forged):
        sms.verify(posted("sms_dlr_success.txt", "guessed"))


def test_it_reads_an_opt_out(sms: AfricasTalkingSms) -> None:
    assert sms.parse_opt_out(sms.verify(posted("sms_optout.txt"))) == OptOut(ADA, "AJOCIRCLE")


def test_the_index_lists_no_answer_that_is_not_tried_here() -> None:
    index = json.loads((FIXTURES / "africastalking/index.json").read_text())
    here = Path(__file__).read_text()
    assert [each["file"] for each in index if each["kind"] == "response" and each["file"].startswith("sms_")
            and each["file"] not in here] == []  # fmt: skip
