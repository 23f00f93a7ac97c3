"""SMS: the SDK and plain HTTP send them, phones get them, reports come back."""

from typing import Any
from urllib.parse import parse_qs

import pytest
import requests
from africastalking.Service import AfricasTalkingException
from africastalking.SMS import SMSService

from bot.sandbox.africastalking import wire
from bot.sandbox.segments import segments
from tests.bot.sandbox.support import ADA, FIXTURES, Sandbox, assert_same_shape, sample

KEY = "atsk_development-only-key-of-the-sandbox"
SEND = "africastalking.send"
BISI = "+2348099999999"


def send(sandbox: Sandbox, to: str = ADA, text: str = "Ajo: pay by 6pm", key: str = KEY, **more: str) -> Any:
    body = {"username": "sandbox", "to": to, "message": text, "bulkSMSMode": "1"} | more
    headers = {"apiKey": key, "Accept": "application/json"}
    return requests.post(f"{sandbox.url}/africastalking/version1/messaging", data=body, headers=headers, timeout=10)


def code_of(answer: requests.Response) -> int:
    return int(answer.json()["SMSMessageData"]["Recipients"][0]["statusCode"])


@pytest.fixture
def sdk(sandbox: Sandbox) -> SMSService:
    service = SMSService("sandbox", KEY)
    service._baseUrl = f"{sandbox.url}/africastalking/version1"  # the SDK has no setting for it
    return service


def test_the_sdk_sends_and_reads_the_answer(sandbox: Sandbox, sdk: SMSService) -> None:
    answer = sdk.send("Ajo: your contribution of NGN 5,000 is due today.", [ADA], "AJOCIRCLE")

    assert_same_shape(answer, sample("africastalking/sms_send_response_ok.json"))
    (sms,) = sandbox.client.inbox(ADA)
    assert (sms.sender, sms.segments) == ("AJOCIRCLE", 1)
    assert sms.text == "Ajo: your contribution of NGN 5,000 is due today."


def test_the_sdk_raises_on_a_number_that_does_not_want_to_be_disturbed(sandbox: Sandbox, sdk: SMSService) -> None:
    sandbox.client.knob(SEND, "dnd", only=ADA)

    with pytest.raises(AfricasTalkingException, match="DoNotDisturbRejection"):
        sdk.send("Hello", [ADA], "AJOCIRCLE")


def test_it_takes_the_request_of_the_fixtures(sandbox: Sandbox) -> None:
    sandbox.client.knob(SEND, "status_code", 403, only=BISI)

    answer = requests.post(
        f"{sandbox.url}/africastalking/version1/messaging",
        data=(FIXTURES / "africastalking/sms_send_request.txt").read_bytes(),
        headers={"apiKey": KEY, "Content-Type": "application/x-www-form-urlencoded"},
        timeout=10,
    )

    found = answer.json()
    found["SMSMessageData"]["Recipients"][0]["messageId"] = "ATXid_520e732ea1191c1f03a7d9bea3a91006"
    assert found == sample("africastalking/sms_send_response_partial.json")
    assert answer.headers["Content-Type"] == "application/json", "exactly: the SDK parses no other"


@pytest.mark.parametrize(
    ("do", "name", "status"),
    [("dnd", "dnd_409", 409), ("blacklist", "blacklist", 201), ("insufficient_balance", "insufficient", 201)],
)
def test_a_number_is_refused_in_its_own_words(sandbox: Sandbox, do: str, name: str, status: int) -> None:
    sandbox.client.knob(SEND, do, only=ADA)

    answer = send(sandbox)

    assert answer.status_code == status
    assert answer.json() == sample(f"africastalking/sms_send_response_{name}.json")
    assert sandbox.client.inbox(ADA) == []


def test_a_sender_that_is_not_ours_refuses_the_whole_request(sandbox: Sandbox) -> None:
    answer = send(sandbox, **{"from": "SOMEBODY"})

    assert answer.json() == sample("africastalking/sms_send_response_bad_sender.json")


@pytest.mark.parametrize("more", [{"key": "wrong"}, {"username": "somebody"}])
def test_another_key_or_name_is_refused(sandbox: Sandbox, more: dict[str, str]) -> None:
    answer = send(sandbox, **more)

    assert answer.status_code == 401
    assert answer.content == (FIXTURES / "africastalking/sms_send_response_401.txt").read_bytes().rstrip(b"\n")


@pytest.mark.parametrize("more", [{"to": ""}, {"text": ""}])
def test_a_field_that_is_missing_is_named(sandbox: Sandbox, more: dict[str, str]) -> None:
    answer = send(sandbox, **more)

    assert answer.status_code == 400
    assert "missing required form field" in answer.text


@pytest.mark.parametrize(
    ("number", "code"), [(ADA, 101), ("08031234567", 403), ("2348031234567", 403), ("+0", 403), ("nobody", 403)]
)
def test_a_number_must_be_international(sandbox: Sandbox, number: str, code: int) -> None:
    assert code_of(send(sandbox, number)) == code


@pytest.mark.parametrize("code", [100, 102, 401, 404, 407, 500, 501, 502])
def test_a_number_can_get_any_code(sandbox: Sandbox, code: int) -> None:
    sandbox.client.knob(SEND, "status_code", code, times=1)

    assert code_of(send(sandbox)) == code


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("[" * 80, 1),  # two septets each
        ("[" * 81, 2),
        ("ọ" * 70, 1),
        ("ọ" * 71, 2),
        ("₦5,000", 1),
        ("😀" * 36, 2),
    ],
)
def test_segments_are_counted_in_septets_or_in_code_units(text: str, count: int) -> None:
    assert segments(text) == count


def test_every_segment_costs(sandbox: Sandbox) -> None:
    answer = send(sandbox, f"{ADA},{BISI}", "a" * 161).json()["SMSMessageData"]

    assert [each["cost"] for each in answer["Recipients"]] == ["NGN 4.4000", "NGN 4.4000"]
    assert answer["Message"] == "Sent to 2/2 Total Cost: NGN 8.8000"


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (None, "success"),
        ("AbsentSubscriber", "absent"),
        ("Expired", "expired"),
        ("Buffered", "buffered"),
        ("Sent", "sent"),
        (["Failed", "UserDoesNotExist"], "failed"),
        (["Rejected", "DoNotDisturbRejection"], "rejected"),
    ],
)
def test_a_report_comes_back_byte_for_byte(sandbox: Sandbox, value: Any, name: str) -> None:
    if value is not None:
        sandbox.client.knob(SEND, "report", value, times=1)

    message_id = send(sandbox).json()["SMSMessageData"]["Recipients"][0]["messageId"]

    (asked,) = sandbox.called("/webhooks/africastalking-delivery/")
    expected = (FIXTURES / f"africastalking/sms_dlr_{name}.txt").read_bytes().rstrip(b"\n")
    assert asked.body == expected.replace(b"ATXid_520e732ea1191c1f03a7d9bea3a91006", message_id.encode())
    assert asked.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert sandbox.client.inbox(ADA)[0].report == parse_qs(asked.body.decode())["status"][0]


def test_reports_are_written_like_the_fixtures() -> None:
    for each in sample("africastalking/index.json"):
        if each.get("what") == "SMS delivery report":
            told = each["decoded"]
            body = wire.delivery_report(
                told["id"], told["status"], told["phoneNumber"], told["networkCode"], told.get("failureReason")
            )
            assert body == (FIXTURES / "africastalking" / each["file"]).read_bytes().rstrip(b"\n")


@pytest.mark.parametrize(("do", "arrived"), [("lose_request", 0), ("lose_answer", 1)])
def test_the_connection_breaks_here_too(sandbox: Sandbox, do: str, arrived: int) -> None:
    sandbox.client.knob(SEND, do, only=ADA, times=1)

    with pytest.raises(requests.ConnectionError):
        send(sandbox)

    assert len(sandbox.client.inbox(ADA)) == arrived


def test_an_inbox_can_be_read_from_where_one_was(sandbox: Sandbox) -> None:
    send(sandbox, text="one")
    (first,) = sandbox.client.inbox(ADA)
    send(sandbox, text="two")

    assert [sms.text for sms in sandbox.client.inbox(ADA, after=first.id)] == ["two"]
    assert sandbox.client.inbox(BISI) == []
