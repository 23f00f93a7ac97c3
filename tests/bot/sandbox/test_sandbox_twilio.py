"""Twilio's message API, driven by Twilio's own SDK: what it takes, what it refuses, what it tells of it later."""

from typing import Any

import pytest
import requests
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from twilio.rest import Client

from bot.sandbox.client import SandboxError
from tests.bot.sandbox.support import ADA, FIXTURES, Sandbox, assert_same_shape, eventually, sample
from tests.bot.sandbox.twilio_side import (
    ACCOUNT,
    SMS_FROM,
    TOKEN,
    WHATSAPP_FROM,
    client_of,
    fixture_form,
    form_of,
    is_signed,
    status_url,
    statuses,
)
from tests.support.replay import Scripted

BISI = "+2348099999999"
SEND = "twilio.send"
TO_ADA = f"whatsapp:{ADA}"
PNG = Scripted(
    body=b"\x89PNG and more", content_type="image/png", headers={"Content-Disposition": 'inline; filename="r.png"'}
)


def whatsapp(twilio: Client, body: str = "Hi Ada", **more: Any) -> Any:
    return twilio.messages.create(to=TO_ADA, from_=WHATSAPP_FROM, body=body, **more)


def sms(twilio: Client, body: str = "Ajo: pay by 6pm", to: str = ADA, **more: Any) -> Any:
    return twilio.messages.create(to=to, from_=SMS_FROM, body=body, **more)


def raw(sandbox: Sandbox, body: bytes | dict[str, str], token: str = TOKEN) -> requests.Response:
    return requests.post(
        f"{sandbox.url}/twilio/2010-04-01/Accounts/{ACCOUNT}/Messages.json",
        data=body,
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        auth=(ACCOUNT, token),
        timeout=10,
    )


def refusal(error: pytest.ExceptionInfo[TwilioRestException]) -> tuple[int, int]:
    return error.value.status, error.value.code


# --- taken ----------------------------------------------------------------------------------------------------------


def test_the_requests_of_the_fixtures_are_answered_like_them(sandbox: Sandbox, twilio: Client) -> None:
    sandbox.client.whatsapp(ADA).say("hello")
    body = (FIXTURES / "twilio/send_wa_freeform_request.txt").read_bytes()

    answer = raw(sandbox, body.replace(b"https%3A%2F%2Fajo.example.org", b"http%3A%2F%2F127.0.0.1%3A1"))

    assert answer.status_code == 201
    assert_same_shape(answer.json(), sample("twilio/send_response_201.json"))
    same = ("account_sid", "api_version", "body", "direction", "from", "to", "num_media", "num_segments", "status")
    expected = sample("twilio/send_response_201.json")
    assert {name: answer.json()[name] for name in same} == {name: expected[name] for name in same}


def test_what_arrives_in_session_is_shown_and_told_of(sandbox: Sandbox, twilio: Client) -> None:
    phone = sandbox.client.whatsapp(ADA)
    phone.say("hello")

    sent = whatsapp(twilio, "Hi *Ada*", status_callback=status_url(sandbox))

    told = statuses(sandbox, 3)
    assert {each["MessageStatus"] for each in told} == {"sent", "delivered", "read"}
    for each in told:
        like = fixture_form(f"wa_status_{each['MessageStatus']}.txt")
        assert each.keys() == like.keys()
        same = set(like) - {"SmsSid", "MessageSid"}
        assert {name: each[name] for name in same} == {name: like[name] for name in same}
    assert all(is_signed(sandbox, asked) for asked in sandbox.called("/webhooks/twilio-status"))
    (message,) = phone.inbox()
    assert (message.body, message.sid, message.template) == ("Hi *Ada*", sent.sid, False)
    fetched = twilio.messages(sent.sid).fetch()
    assert (fetched.status, fetched.price, fetched.price_unit) == ("read", "-0.00500", "USD")
    assert fetched.date_sent is not None


def test_an_sms_arrives_beside_those_of_others_and_costs_by_its_segments(sandbox: Sandbox, twilio: Client) -> None:
    sent = sms(twilio, "a" * 161, status_callback=status_url(sandbox))

    assert (sent.status, sent.num_segments, sent.price) == ("queued", "2", None)
    told = {each["MessageStatus"]: each for each in statuses(sandbox, 2)}
    assert told["delivered"].keys() == fixture_form("sms_status_delivered.txt").keys()
    (arrived,) = sandbox.client.inbox(ADA)
    assert (arrived.sender, arrived.provider, arrived.segments) == (SMS_FROM, "twilio", 2)
    assert (arrived.report, arrived.price) == ("delivered", "-0.08400")
    assert twilio.messages(sent.sid).fetch().price == "-0.08400"


def test_a_messaging_service_picks_the_sender(sandbox: Sandbox, twilio: Client) -> None:
    sent = twilio.messages.create(to=ADA, messaging_service_sid="MG" + "c" * 32, body="Hi")

    assert (sent.status, sent.num_segments) == ("accepted", "0")
    assert sandbox.client.inbox(ADA)[0].sender == SMS_FROM


def test_messages_can_be_listed_to_make_up_for_lost_webhooks(sandbox: Sandbox, twilio: Client) -> None:
    sandbox.client.whatsapp(ADA).say("one")
    whatsapp(twilio, "two")

    assert [each.body for each in twilio.messages.list(to=WHATSAPP_FROM)] == ["one"]
    assert [each.body for each in twilio.messages.list()] == ["two", "one"]


def test_a_picture_is_fetched_from_us(sandbox: Sandbox, twilio: Client) -> None:
    phone = sandbox.client.whatsapp(ADA)
    phone.say("hello")
    sandbox.client.settle()
    sandbox.product.will(PNG)

    whatsapp(twilio, "Your receipt", media_url=[f"{sandbox.product.url}/media/r48213"])

    (message,) = phone.inbox()
    (file,) = message.media
    assert (file.content_type, file.name, file.size) == ("image/png", "r.png", len(PNG.body))
    assert sandbox.client.media(file.sid) == PNG.body
    with pytest.raises(SandboxError, match="no such file"):
        sandbox.client.media("ME0")


# --- refused at once ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [21211, 21610, 21617])
def test_a_refusal_has_the_shape_of_the_fixtures(sandbox: Sandbox, code: int) -> None:
    sandbox.client.knob(SEND, "refuse", code, times=1)

    answer = raw(sandbox, {"To": ADA, "From": SMS_FROM, "Body": "Hi"})

    expected = sample(f"twilio/error_400_{code}.json")
    assert (answer.status_code, answer.json() | {"message": ""}) == (400, expected | {"message": ""})


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"to": ""}, 21604),
        ({"to": "08031234567"}, 21211),
        ({"to": "whatsapp:Ada"}, 21211),
        ({"from_": ""}, 21603),
        ({"from_": "+15005550001"}, 21606),
        ({"from_": WHATSAPP_FROM}, 21910),
        ({"to": TO_ADA, "from_": "whatsapp:+15005550001"}, 63007),
        ({"body": ""}, 21602),
        ({"body": "a" * 1601}, 21617),
        ({"status_callback": "ajo.ng"}, 21609),
        ({"status_callback": "https://ajo_ng.example.org/x"}, 21609),
        ({"media_url": ["ftp://ajo.ng/x"]}, 21620),
        ({"media_url": ["https://ajo.ng/x"] * 11}, 21623),
        ({"content_sid": "HX0"}, 21655),
        ({"content_sid": "HX0", "content_variables": "Ada"}, 21656),
        ({"content_sid": "HX0", "content_variables": '{"1": 5}'}, 21656),
        ({"content_sid": "HX0", "content_variables": '{"1": "' + "a" * 1601 + '"}'}, 21658),
    ],
)  # fmt: skip
def test_what_is_wrong_has_its_code(sandbox: Sandbox, twilio: Client, fields: dict[str, Any], code: int) -> None:
    with pytest.raises(TwilioRestException) as refused:
        twilio.messages.create(**{"to": ADA, "from_": SMS_FROM, "body": "Hi"} | fields)

    assert refusal(refused) == (400, code)
    assert sandbox.client.inbox(ADA) == []


def test_another_token_or_account_is_refused(sandbox: Sandbox) -> None:
    answer = raw(sandbox, {"To": ADA, "From": SMS_FROM, "Body": "Hi"}, token="wrong")

    assert answer.status_code == 401
    assert answer.json() | {"message": ""} == sample("twilio/error_401_20003.json") | {"message": ""}
    with pytest.raises(TwilioRestException) as refused:
        client_of(sandbox).api.accounts("AC" + "0" * 32).messages.create(to=ADA, from_=SMS_FROM, body="Hi")
    assert refusal(refused) == (401, 20003)


def test_too_many_requests_have_done_nothing(sandbox: Sandbox, twilio: Client) -> None:
    sandbox.client.knob(SEND, "rate_limited", only=ADA, times=1)

    answer = raw(sandbox, {"To": ADA, "From": SMS_FROM, "Body": "Hi"})

    assert answer.status_code == 429
    assert answer.json() | {"message": ""} == sample("twilio/error_429_20429.json") | {"message": ""}
    assert sandbox.client.inbox(ADA) == []
    assert sms(twilio).status == "queued"


def test_an_error_may_have_the_newer_shape(sandbox: Sandbox, twilio: Client) -> None:
    sandbox.client.knob(SEND, "problem_json", times=1)

    with pytest.raises(TwilioServiceException) as refused:
        sms(twilio)

    assert refused.value.status == 503


@pytest.mark.parametrize(
    ("do", "arrived"),
    [("lose_request", 0), ("lose_answer", 1), ("error_before_effect", 0), ("error_after_effect", 1), ("html_body", 1)],
)
def test_it_breaks_like_every_provider(sandbox: Sandbox, twilio: Client, do: str, arrived: int) -> None:
    sandbox.client.knob(SEND, do, only=ADA, times=1)

    with pytest.raises((requests.ConnectionError, TwilioException)):
        sms(twilio)

    assert len(sandbox.client.inbox(ADA)) == arrived


# --- failed later ---------------------------------------------------------------------------------------------------


def test_outside_the_24_hours_it_is_taken_and_fails_later(sandbox: Sandbox, twilio: Client) -> None:
    sent = whatsapp(twilio, status_callback=status_url(sandbox))

    assert sent.status == "queued"
    (told,) = statuses(sandbox, 1)
    like = fixture_form("wa_status_failed_63016.txt")
    assert told == like | {"SmsSid": sent.sid, "MessageSid": sent.sid}
    assert sandbox.client.whatsapp(ADA).inbox() == []
    found = eventually(lambda: twilio.messages(sent.sid).fetch(), lambda message: message.status == "failed")
    assert (found.error_code, found.price) == (63016, None)


@pytest.mark.parametrize(("hours", "arrived"), [(23.9, 1), (24.1, 0)])
def test_the_24_hours_are_of_the_moved_clock(sandbox: Sandbox, twilio: Client, hours: float, arrived: int) -> None:
    phone = sandbox.client.whatsapp(ADA)
    phone.say("hello")
    sandbox.client.move_clock(hours * 3600)

    whatsapp(twilio)

    assert len(phone.inbox()) == arrived


def test_the_24_hours_can_be_ended(sandbox: Sandbox, twilio: Client) -> None:
    phone = sandbox.client.whatsapp(ADA)
    phone.say("hello")
    assert phone.person()["in_session"] is True
    phone.close_window()

    whatsapp(twilio)

    assert phone.inbox() == []


def test_who_has_no_whatsapp_is_not_reached(sandbox: Sandbox, twilio: Client) -> None:
    sandbox.client.whatsapp(ADA).person(privacy="absent")

    sent = whatsapp(twilio, status_callback=status_url(sandbox))

    (told,) = statuses(sandbox, 1)
    like = fixture_form("wa_status_undelivered_63003.txt")
    assert told == like | {"SmsSid": sent.sid, "MessageSid": sent.sid}


def test_an_id_of_nobody_is_not_reached(sandbox: Sandbox, twilio: Client) -> None:
    twilio.messages.create(
        to="whatsapp:NG.1502576394655843", from_=WHATSAPP_FROM, body="Hi", status_callback=status_url(sandbox)
    )

    assert statuses(sandbox, 1)[0]["ErrorCode"] == "63024"


def test_a_picture_that_is_not_there_fails(sandbox: Sandbox, twilio: Client) -> None:
    sandbox.client.whatsapp(ADA).say("hello")
    sandbox.client.settle()
    sandbox.product.will(Scripted(status=404))

    whatsapp(twilio, media_url=[f"{sandbox.product.url}/media/x"], status_callback=status_url(sandbox))

    assert statuses(sandbox, 1)[0]["ErrorCode"] == "63019"


@pytest.mark.parametrize(("code", "word"), [(30003, "undelivered"), (30007, "failed")])
def test_an_sms_can_fail_later(sandbox: Sandbox, twilio: Client, code: int, word: str) -> None:
    sandbox.client.knob(SEND, "fails", code, only=ADA, times=1)

    sms(twilio, status_callback=status_url(sandbox))

    (told,) = statuses(sandbox, 1)
    assert told.keys() == fixture_form("sms_status_undelivered_30003.txt").keys()
    assert (told["MessageStatus"], told["ErrorCode"]) == (word, str(code))
    assert sandbox.client.inbox(ADA) == []


# --- callbacks ------------------------------------------------------------------------------------------------------


def test_nothing_may_be_told_of_a_message(sandbox: Sandbox, twilio: Client) -> None:
    sandbox.client.knob(SEND, "silence", only=ADA)

    sent = sms(twilio, status_callback=status_url(sandbox))

    sandbox.client.settle()
    assert twilio.messages(sent.sid).fetch().status == "delivered"
    assert sandbox.client.webhooks() == []


def test_callbacks_come_double_lost_and_in_another_order(sandbox: Sandbox, twilio: Client) -> None:
    sandbox.client.knob("webhook.twilio.status", "reorder", only="sent", times=1)
    sandbox.client.knob("webhook.twilio.status", "duplicate", only="delivered", times=1)

    sms(twilio, status_callback=status_url(sandbox))

    assert [each["MessageStatus"] for each in statuses(sandbox, 3)] == ["delivered", "delivered", "sent"]
    sandbox.client.settle()
    sandbox.client.knob("webhook.twilio.status", "drop", only="sent", times=1)
    sms(twilio, status_callback=status_url(sandbox))
    assert [each["MessageStatus"] for each in statuses(sandbox, 4)][3:] == ["delivered"]


@pytest.mark.parametrize(
    ("do", "value", "token", "algorithm"),
    [
        ("sha256", None, TOKEN, "HMAC_SHA256"),
        ("sha256", "a-shared-key", "a-shared-key", "HMAC_SHA256"),
        ("wrong_signature", None, "00000000000000000000000000000000", "HMAC_SHA1"),
    ],
)
def test_callbacks_can_be_signed_otherwise(
    sandbox: Sandbox,
    twilio: Client,
    do: str,
    value: str | None,
    token: str,
    algorithm: str,
) -> None:
    sandbox.client.knob("webhook.twilio.status", do, value, only="sent", times=1)

    sms(twilio, status_callback=status_url(sandbox))

    asked = next(each for each in sandbox.called("/webhooks/twilio-status", 2) if form_of(each)["SmsStatus"] == "sent")
    assert not is_signed(sandbox, asked)
    assert is_signed(sandbox, asked, token, algorithm)
    assert ("X-Twilio-Webhooks-Signature-Settings" in asked.headers) == (do == "sha256")


def test_a_callback_is_tried_once_and_no_second_time_when_it_was_answered(sandbox: Sandbox, twilio: Client) -> None:
    sandbox.product.will(Scripted(status=503))

    sms(twilio, status_callback=status_url(sandbox))

    sandbox.client.settle()
    assert [(each["state"], each["attempts"]) for each in sandbox.client.webhooks()] == [("given_up", 1)] * 2


def test_a_callback_is_tried_once_more_when_nobody_answers(sandbox: Sandbox, twilio: Client) -> None:
    sms(twilio, status_callback="http://127.0.0.1:1/webhooks/twilio-status")

    found = eventually(
        sandbox.client.webhooks, lambda all_: [each["state"] for each in all_] == ["given_up", "given_up"]
    )
    assert [each["attempts"] for each in found] == [2, 2]


def test_204_is_an_answer(sandbox: Sandbox, twilio: Client) -> None:
    sandbox.product.will(Scripted(status=204))

    sms(twilio, status_callback=status_url(sandbox))

    sandbox.client.settle()
    assert {each["state"] for each in sandbox.client.webhooks()} == {"delivered"}
