"""People write to us: on WhatsApp, by SMS over Twilio and over Africa's Talking, as the product hears it."""

import json
from typing import Any

import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from bot.sandbox.client import SandboxError
from bot.sandbox.twilio.addresses import user_id_of
from bot.sandbox.twilio.inbound import HELP, START, STOP
from tests.bot.sandbox.support import ADA, CALLBACK_KEY, FIXTURES, Sandbox, eventually
from tests.bot.sandbox.test_sandbox_sms import code_of, send
from tests.bot.sandbox.test_sandbox_twilio_content import LIST_PICKER, QUICK_REPLY, approved, create
from tests.bot.sandbox.test_sandbox_twilio_content import send as send_content
from tests.bot.sandbox.twilio_side import (
    ACCOUNT,
    EMPTY_TWIML,
    SMS_FROM,
    TOKEN,
    WHATSAPP_FROM,
    fixture_form,
    form_of,
    is_signed,
)
from tests.support.replay import Scripted

CHANGING = ("SmsMessageSid", "SmsSid", "MessageSid", "OriginalRepliedMessageSid", "MediaUrl0")


@pytest.fixture(autouse=True)
def answers_like_us(sandbox: Sandbox) -> None:
    sandbox.product.will(EMPTY_TWIML)
    sandbox.client.whatsapp(ADA).person(profile_name="Ada Obi")


def heard(sandbox: Sandbox, path: str = "/webhooks/twilio-whatsapp") -> dict[str, str]:
    asked = sandbox.called(path)[-1]
    assert is_signed(sandbox, asked)
    assert asked.headers["I-Twilio-Idempotency-Token"]
    return form_of(asked)


def assert_like(found: dict[str, str], name: str, **other: str) -> None:
    """The same fields with the same values, but for ids and what is named."""
    like = fixture_form(name) | other
    assert found.keys() == like.keys()
    same = set(like) - set(CHANGING)
    assert {field: found[field] for field in same} == {field: like[field] for field in same}


def test_words_on_whatsapp(sandbox: Sandbox) -> None:
    sid = sandbox.client.whatsapp(ADA).say("I wan pay my ajo")

    found = heard(sandbox)

    assert_like(found, "wa_inbound_text.txt")
    assert found["MessageSid"] == found["SmsSid"] == found["SmsMessageSid"] == sid


def test_words_with_tone_marks_and_pictures(sandbox: Sandbox) -> None:
    sandbox.client.whatsapp(ADA).say("Ẹ káàárọ̀, ₦5,000 👍🏾")

    assert_like(heard(sandbox), "wa_inbound_unicode.txt")


def test_a_button_in_session(sandbox: Sandbox, twilio: Client) -> None:
    phone = sandbox.client.whatsapp(ADA)
    phone.say("hello")
    sent = send_content(twilio, create(twilio, QUICK_REPLY), sandbox)
    sandbox.client.settle()

    phone.tap("Pay now")

    found = heard_last(sandbox, "MessageType", "interactive")
    assert_like(found, "wa_inbound_button.txt", ButtonPayload="pay")
    assert found["OriginalRepliedMessageSid"] == sent.sid


def test_a_button_of_a_template(sandbox: Sandbox, twilio: Client) -> None:
    sent = send_content(twilio, approved(twilio, QUICK_REPLY), sandbox)

    sandbox.client.whatsapp(ADA).tap("later")

    found = heard_last(sandbox, "MessageType", "button")
    texts = {"Body": "Remind me later", "ButtonText": "Remind me later", "ButtonPayload": "later"}
    assert_like(found, "wa_inbound_template_button.txt", **texts)
    assert found["OriginalRepliedMessageSid"] == sent.sid


@pytest.mark.parametrize("what", ["Market women", "circle:42", "#1"])
def test_a_row_of_a_list(sandbox: Sandbox, twilio: Client, what: str) -> None:
    phone = sandbox.client.whatsapp(ADA)
    phone.say("hello")
    send_content(twilio, create(twilio, LIST_PICKER), sandbox)

    phone.tap(what)

    assert_like(heard_last(sandbox, "MessageType", "interactive"), "wa_inbound_list.txt")


def test_what_is_not_there_cannot_be_tapped(sandbox: Sandbox, twilio: Client) -> None:
    phone = sandbox.client.whatsapp(ADA)
    phone.say("hello")
    send_content(twilio, create(twilio, QUICK_REPLY), sandbox)

    with pytest.raises(SandboxError, match="Pay now"):
        phone.tap("Pay later")


def test_an_old_message_can_still_be_tapped(sandbox: Sandbox, twilio: Client) -> None:
    phone = sandbox.client.whatsapp(ADA)
    phone.say("hello")
    send_content(twilio, create(twilio, QUICK_REPLY), sandbox)
    send_content(twilio, create(twilio, LIST_PICKER), sandbox)

    phone.tap("Pay now")

    assert heard_last(sandbox, "MessageType", "interactive")["ButtonPayload"] == "pay"


@pytest.mark.parametrize("redirects", [True, False])
def test_a_picture_with_a_caption(sandbox: Sandbox, redirects: bool) -> None:
    sandbox.client.tune(media_redirects=redirects)
    jpeg = b"\xff\xd8\xff\xe0 a teller"

    sandbox.client.whatsapp(ADA).send_media("image", caption="teller", data=jpeg, content_type="image/jpeg")

    found = heard(sandbox)
    assert_like(found, "wa_inbound_media.txt")
    url = found["MediaUrl0"]
    assert url.startswith(f"{sandbox.url}/twilio/2010-04-01/Accounts/{ACCOUNT}/Messages/{found['MessageSid']}/Media/ME")
    assert requests.get(url, timeout=10).status_code == 401
    answer = requests.get(url, auth=(ACCOUNT, TOKEN), timeout=10)
    assert (answer.content, answer.headers["Content-Type"]) == (jpeg, "image/jpeg")
    assert [each.status_code for each in answer.history] == ([307] if redirects else [])


def test_a_voice_note(sandbox: Sandbox, twilio: Client) -> None:
    sid = sandbox.client.whatsapp(ADA).send_media("audio")

    assert_like(heard(sandbox), "wa_inbound_voice_note.txt")
    (media,) = twilio.messages(sid).media.list()
    assert media.content_type == "audio/ogg"


def test_a_contact_card_and_a_place(sandbox: Sandbox) -> None:
    phone = sandbox.client.whatsapp(ADA)
    phone.send_contact("Bisi Adeyemi", "+2348099999999")
    card = heard(sandbox)
    answer = requests.get(card["MediaUrl0"], auth=(ACCOUNT, TOKEN), timeout=10)
    assert "TEL;TYPE=CELL;waid=2348099999999:+2348099999999" in answer.text
    assert (card["MessageType"], card["MediaContentType0"]) == ("contacts", "text/vcard")

    phone.send_place("6.5243793", "3.3792057", "Office")

    like = fixture_form("wa_inbound_location.txt")
    like.pop("Address")
    found = heard_last(sandbox, "MessageType", "location")
    assert found.keys() == like.keys()


@pytest.mark.parametrize("kind", ["video", "document"])
def test_other_files(sandbox: Sandbox, kind: str) -> None:
    sandbox.client.whatsapp(ADA).send_media(kind)

    assert heard(sandbox)["MessageType"] == kind


def test_somebody_who_hides_her_number(sandbox: Sandbox, twilio: Client) -> None:
    phone = sandbox.client.whatsapp(ADA)
    phone.person(privacy="hidden")
    phone.say("hello")

    found, user_id = heard(sandbox), f"whatsapp:{user_id_of(ADA)}"
    assert_like(found, "wa_inbound_bsuid.txt", From=user_id, ExternalUserId=user_id)
    twilio.messages.create(to=user_id, from_=WHATSAPP_FROM, body="Hi")
    assert phone.inbox()[0].body == "Hi"


def test_somebody_of_whom_both_are_told(sandbox: Sandbox) -> None:
    phone = sandbox.client.whatsapp(ADA)
    phone.person(privacy="both")
    phone.say("hello")

    assert_like(heard(sandbox), "wa_inbound_with_external_user_id.txt", ExternalUserId=f"whatsapp:{user_id_of(ADA)}")


def test_who_has_no_whatsapp_cannot_write(sandbox: Sandbox) -> None:
    phone = sandbox.client.whatsapp(ADA)
    phone.person(privacy="absent")

    with pytest.raises(SandboxError, match="has no WhatsApp"):
        phone.say("hello")
    with pytest.raises(SandboxError, match="privacy is one of"):
        phone.person(privacy="shy")


def test_a_message_can_be_lost(sandbox: Sandbox) -> None:
    sandbox.client.knob("webhook.twilio.whatsapp", "drop", only=ADA, times=1)
    phone = sandbox.client.whatsapp(ADA)
    phone.say("one")
    phone.say("two")

    sandbox.client.settle()
    assert [form_of(asked)["Body"] for asked in sandbox.called("/webhooks/twilio-whatsapp")] == ["two"]


def test_a_message_can_come_twice_with_the_same_ids(sandbox: Sandbox) -> None:
    sandbox.client.knob("webhook.twilio.whatsapp", "duplicate", only=ADA, times=1)
    sandbox.client.whatsapp(ADA).say("one")

    first, second = sandbox.called("/webhooks/twilio-whatsapp", 2)
    assert first.body == second.body
    token = "I-Twilio-Idempotency-Token"
    assert first.headers[token] == second.headers[token]


# --- SMS over Twilio ------------------------------------------------------------------------------------------------


def test_an_sms_to_our_number_at_twilio(sandbox: Sandbox) -> None:
    sandbox.client.sms_reply(ADA, "BAL", to="twilio")

    assert_like(heard(sandbox, "/webhooks/twilio-sms"), "sms_inbound.txt")


@pytest.mark.parametrize("word", [*STOP, "stop", " Stop "])
def test_stop_stops_everything_until_start(sandbox: Sandbox, twilio: Client, word: str) -> None:
    sandbox.client.sms_reply(ADA, word, to="twilio")
    assert heard(sandbox, "/webhooks/twilio-sms")["Body"] == word
    with pytest.raises(TwilioRestException) as refused:
        twilio.messages.create(to=ADA, from_=SMS_FROM, body="Hi")
    assert (refused.value.status, refused.value.code) == (400, 21610)

    sandbox.client.sms_reply(ADA, "START", to="twilio")
    twilio.messages.create(to=ADA, from_=SMS_FROM, body="Hi")

    texts = [sms.text for sms in sandbox.client.inbox(ADA)]
    assert ("unsubscribed" in texts[0], "re-subscribed" in texts[1], texts[2]) == (True, True, "Hi")


@pytest.mark.parametrize("text", ["STOP please", "PAY", "0"])
def test_other_words_are_only_handed_on(sandbox: Sandbox, twilio: Client, text: str) -> None:
    sandbox.client.sms_reply(ADA, text, to="twilio")

    assert heard(sandbox, "/webhooks/twilio-sms")["Body"] == text
    assert sandbox.client.inbox(ADA) == []
    assert twilio.messages.create(to=ADA, from_=SMS_FROM, body="Hi").status == "queued"


def test_twilio_can_say_how_it_has_understood_a_word(sandbox: Sandbox) -> None:
    sandbox.client.tune(advanced_opt_out=True)
    for word, kind in (("STOP", "STOP"), (START[0], "START"), (HELP[0], "HELP")):
        sandbox.client.sms_reply(ADA, word, to="twilio")
        found = heard_last(sandbox, "Body", word, "/webhooks/twilio-sms")
        assert found["OptOutType"] == kind
        assert found.keys() == fixture_form("sms_inbound_stop.txt").keys()


# --- SMS over Africa's Talking --------------------------------------------------------------------------------------


def test_an_sms_to_our_short_code(sandbox: Sandbox) -> None:
    message_id = sandbox.client.sms_reply(ADA, "PAY 5000 MARKET", to="africastalking")

    (asked,) = sandbox.called(f"/webhooks/africastalking-sms/{CALLBACK_KEY}")
    like = (FIXTURES / "africastalking/sms_inbound.txt").read_text().rstrip("\n")
    assert asked.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert [pair.split("=")[0] for pair in asked.body.decode().split("&")] == [
        pair.split("=")[0] for pair in like.split("&")
    ]
    found = form_of(asked)
    assert (found["text"], found["to"], found["from"], found["id"], found["networkCode"]) == (
        "PAY 5000 MARKET",
        "40404",
        ADA,
        message_id,
        "62130",
    )


def test_it_is_sent_every_minute_until_it_is_answered(sandbox: Sandbox) -> None:
    sandbox.product.will(Scripted(status=503), Scripted(status=204), Scripted(body=b"ok", content_type="text/plain"))

    sandbox.client.sms_reply(ADA, "1")

    found = eventually(sandbox.client.webhooks, lambda all_: all_[0]["state"] == "delivered")
    assert found[0]["attempts"] == 3
    assert len({asked.body for asked in sandbox.called("/webhooks/africastalking-sms/", 3)}) == 1


def test_an_answer_goes_to_whom_the_last_sms_came_from(sandbox: Sandbox, twilio: Client) -> None:
    send(sandbox)
    twilio.messages.create(to=ADA, from_=SMS_FROM, body="Reply 1")

    sandbox.client.sms_reply(ADA, "1")

    assert heard(sandbox, "/webhooks/twilio-sms")["Body"] == "1"
    with pytest.raises(SandboxError, match="to is one of"):
        sandbox.client.sms_reply(ADA, "1", to="vodafone")


def test_who_opts_out_at_africas_talking_is_refused_and_we_are_told(sandbox: Sandbox) -> None:
    sandbox.client.opt_out(ADA)

    (asked,) = sandbox.called(f"/webhooks/africastalking-optout/{CALLBACK_KEY}")
    assert asked.body == (FIXTURES / "africastalking/sms_optout.txt").read_bytes().rstrip(b"\n")
    assert code_of(send(sandbox)) == 406
    sandbox.client.opt_in(ADA)
    assert code_of(send(sandbox)) == 101


def heard_last(sandbox: Sandbox, field: str, value: str, path: str = "/webhooks/twilio-whatsapp") -> dict[str, str]:
    """The message with this value in this field, once it was heard."""

    def look() -> list[dict[str, Any]]:
        return [found for asked in sandbox.called(path) if (found := form_of(asked))[field] == value]

    return eventually(look, bool)[-1]


def test_the_channels_metadata_is_json(sandbox: Sandbox) -> None:
    sandbox.client.whatsapp(ADA).say("hello")

    data = json.loads(heard(sandbox)["ChannelMetadata"])["data"]
    assert data["context"] == {"ProfileName": "Ada Obi", "WaId": ADA.removeprefix("+")}
