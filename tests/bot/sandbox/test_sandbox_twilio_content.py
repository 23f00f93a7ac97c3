"""The Content API by Twilio's SDK, WhatsApp's limits, and Meta's approval of templates."""

import json
from typing import Any

import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client
from twilio.rest.content.v1.content import ContentList
from twilio.rest.content.v1.content.approval_create import ApprovalCreateList

from bot.sandbox.twilio import rules
from tests.bot.sandbox.support import ADA, Sandbox, eventually, sample
from tests.bot.sandbox.twilio_side import ACCOUNT, TOKEN, WHATSAPP_FROM, status_url, statuses

TO_ADA = f"whatsapp:{ADA}"
QUICK_REPLY: dict[str, Any] = sample("twilio/content_create_quick_reply.json")
LIST_PICKER: dict[str, Any] = sample("twilio/content_create_list_picker.json")


def create(twilio: Client, asked: dict[str, Any]) -> str:
    return str(twilio.content.v1.contents.create(ContentList.ContentCreateRequest(asked)).sid)


def submit(twilio: Client, sid: str, name: str = "ajo_due_reminder", category: str = "UTILITY") -> Any:
    wanted = ApprovalCreateList.ContentApprovalRequest({"name": name, "category": category})
    return twilio.content.v1.contents(sid).approval_create.create(wanted)


def word_of_meta(twilio: Client, sid: str) -> dict[str, Any]:
    def look() -> dict[str, Any]:
        found = twilio.content.v1.contents(sid).approval_fetch().fetch().whatsapp
        assert found is not None
        return found

    return eventually(look, lambda found: found["status"] != "received")


def approved(twilio: Client, asked: dict[str, Any]) -> str:
    sid = create(twilio, asked)
    submit(twilio, sid)
    assert word_of_meta(twilio, sid)["status"] == "approved"
    return sid


def buttons(*titles: str, body: str = "Pay now?") -> dict[str, Any]:
    actions = [{"type": "QUICK_REPLY", "title": title, "id": str(n)} for n, title in enumerate(titles)]
    return {"friendly_name": "b", "language": "en", "types": {rules.QUICK_REPLY: {"body": body, "actions": actions}}}


def rows(count: int, item: str = "Row", description: str = "d", button: str = "Choose") -> dict[str, Any]:
    items = [{"item": item, "id": str(n), "description": description} for n in range(count)]
    picker = {"body": "Which?", "button": button, "items": items}
    return {"friendly_name": "l", "language": "en", "types": {rules.LIST_PICKER: picker}}


def send(twilio: Client, sid: str, sandbox: Sandbox, **variables: str) -> Any:
    return twilio.messages.create(
        to=TO_ADA,
        from_=WHATSAPP_FROM,
        content_sid=sid,
        content_variables=json.dumps({name.removeprefix("v"): value for name, value in variables.items()}),
        status_callback=status_url(sandbox),
    )


@pytest.mark.parametrize("asked", [QUICK_REPLY, LIST_PICKER], ids=["quick-reply", "list-picker"])
def test_the_contents_of_the_fixtures_are_created_and_read_back(twilio: Client, asked: dict[str, Any]) -> None:
    sid = create(twilio, asked)

    found = twilio.content.v1.contents(sid).fetch()

    assert (found.friendly_name, found.language, found.types) == (
        asked["friendly_name"],
        asked["language"],
        asked["types"],
    )
    assert found.variables == asked.get("variables", {})
    assert [each.sid for each in twilio.content.v1.contents.list()] == [sid]
    assert twilio.content.v1.contents(sid).delete()
    with pytest.raises(TwilioRestException) as gone:
        twilio.content.v1.contents(sid).fetch()
    assert (gone.value.status, gone.value.code) == (404, 20404)


def test_quick_replies_go_out_in_session_without_approval(sandbox: Sandbox, twilio: Client) -> None:
    phone = sandbox.client.whatsapp(ADA)
    phone.say("hello")

    send(twilio, create(twilio, QUICK_REPLY), sandbox, v1="Bisi")

    (message,) = phone.inbox()
    assert message.body == "Hello Bisi, your contribution of NGN 5,000 is due today. Do you want to pay now?"
    assert [(each.id, each.title) for each in message.choices] == [("pay", "Pay now"), ("later", "Remind me later")]
    assert (message.button, message.template) == ("", False)


def test_a_list_goes_out_in_session(sandbox: Sandbox, twilio: Client) -> None:
    phone = sandbox.client.whatsapp(ADA)
    phone.say("hello")

    send(twilio, create(twilio, LIST_PICKER), sandbox)

    (message,) = phone.inbox()
    assert message.button == "Choose"
    assert message.choices[0].description == "weekly NGN 5,000"


def test_outside_the_24_hours_only_an_approved_template_arrives(sandbox: Sandbox, twilio: Client) -> None:
    sid = create(twilio, QUICK_REPLY)
    send(twilio, sid, sandbox)
    assert statuses(sandbox, 1)[0]["ErrorCode"] == "63016"

    assert submit(twilio, sid).status == "received"
    word = word_of_meta(twilio, sid)
    send(twilio, sid, sandbox, v1="Bisi")

    assert (word["status"], word["name"], word["category"]) == ("approved", "ajo_due_reminder", "UTILITY")
    (message,) = sandbox.client.whatsapp(ADA).inbox()
    assert message.template
    sandbox.client.settle()
    assert sandbox.client.whatsapp(ADA).inbox()[0].price == "-0.01170"


def test_a_template_that_waits_is_none_yet(sandbox: Sandbox, twilio: Client) -> None:
    sandbox.client.knob("twilio_content.approval", "approval", "received")
    sid = create(twilio, QUICK_REPLY)
    submit(twilio, sid)

    send(twilio, sid, sandbox)

    assert statuses(sandbox, 1)[0]["ErrorCode"] == "63016"


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("{{1}}, pay now.", "begins with a variable"),
        ("Pay now, {{1}}", "ends with a variable"),
        ("Pay {{1}} {{2}} now.", "side by side"),
        ("Pay {{1}}{{2}} now.", "side by side"),
        ("Pay {{2}} now.", "not numbered from 1"),
    ],
)
def test_meta_rejects_a_template_against_its_rules(twilio: Client, body: str, why: str) -> None:
    sid = create(twilio, {"friendly_name": "t", "language": "en", "types": {rules.TEXT: {"body": body}}})
    submit(twilio, sid)

    word = word_of_meta(twilio, sid)

    assert word["status"] == "rejected"
    assert why in word["rejection_reason"]


def test_meta_can_be_made_to_reject(sandbox: Sandbox, twilio: Client) -> None:
    sandbox.client.knob("twilio_content.approval", "approval", "rejected", only="ajo_due_reminder", times=1)
    sid = create(twilio, QUICK_REPLY)
    submit(twilio, sid)

    assert word_of_meta(twilio, sid)["status"] == "rejected"
    assert submit(twilio, sid).status == "received"  # and be asked again
    assert word_of_meta(twilio, sid)["status"] == "approved"
    assert [each["status"] for each in sandbox.client.templates()] == ["approved"]


def test_what_cannot_be_submitted_is_refused(twilio: Client) -> None:
    quick, picker = create(twilio, QUICK_REPLY), create(twilio, LIST_PICKER)
    for sid, name, category in (
        (picker, "ajo_list", "UTILITY"),
        (quick, "Ajo Due!", "UTILITY"),
        (quick, "ajo_due", "NEWS"),
    ):
        with pytest.raises(TwilioRestException) as refused:
            submit(twilio, sid, name, category)
        assert refused.value.status == 400


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (buttons(*"abcdefghijk"), "11 buttons"),
        (buttons("a" * 21), "21 characters"),
        (buttons("Yes", "Yes"), "same title"),
        (buttons(""), "a button is empty"),
        (buttons("Yes", body="a" * 1025), "1025 characters"),
        (buttons("Yes", body=" "), "the body is empty"),
        (rows(11), "11 rows"),
        (rows(0), "items and a button"),
        (rows(1, item="a" * 25), "25 characters"),
        (rows(1, description="a" * 73), "73 characters"),
        (rows(1, button="a" * 21), "21 characters"),
        ({"friendly_name": "x", "language": "en", "types": {}}, "types is missing"),
        ({"friendly_name": "x", "language": "en", "types": {"twilio/telex": {}}}, "no type that is known"),
        ({"friendly_name": "x", "types": {rules.TEXT: {"body": "Hi"}}}, "language"),
    ],
)  # fmt: skip
def test_what_whatsapp_cannot_show_is_not_created(sandbox: Sandbox, asked: dict[str, Any], why: str) -> None:
    answer = requests.post(f"{sandbox.url}/twilio-content/v1/Content", json=asked, auth=(ACCOUNT, TOKEN), timeout=10)

    assert answer.status_code == 400
    assert why in answer.json()["message"]
    assert sandbox.client.templates() == []


@pytest.mark.parametrize("asked", [buttons(*"abcdefghij"), rows(10, "a" * 24, "b" * 72, "c" * 20), buttons("a" * 20)])
def test_the_limits_themselves_are_allowed(twilio: Client, asked: dict[str, Any]) -> None:
    assert create(twilio, asked).startswith("HX")


@pytest.mark.parametrize(("asked", "arrived"), [(buttons("a", "b", "c"), 1), (buttons("a", "b", "c", "d"), 0)])
def test_a_session_has_three_buttons(sandbox: Sandbox, twilio: Client, asked: dict[str, Any], arrived: int) -> None:
    sandbox.client.whatsapp(ADA).say("hello")

    send(twilio, create(twilio, asked), sandbox)

    assert len(sandbox.client.whatsapp(ADA).inbox()) == arrived
    if not arrived:
        assert statuses(sandbox, 1)[0]["ErrorCode"] == "63005"


def test_what_a_variable_makes_too_long_fails_later(sandbox: Sandbox, twilio: Client) -> None:
    sandbox.client.whatsapp(ADA).say("hello")

    send(twilio, create(twilio, buttons("Pay {{1}}")), sandbox, v1="a very long amount of naira")

    assert statuses(sandbox, 1)[0]["ErrorCode"] == "63005"


def test_the_token_is_asked_here_too(sandbox: Sandbox) -> None:
    answer = requests.get(f"{sandbox.url}/twilio-content/v1/Content", auth=(ACCOUNT, "wrong"), timeout=10)

    assert (answer.status_code, answer.json()["code"]) == (401, 20003)
