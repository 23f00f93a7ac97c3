"""Twilio's channels with the real SDK and tables, against the sandbox: what arrives, and what is told of it."""

from collections.abc import Iterator

import pytest

from bot.channels.base import ChatMessage, Delivery, Outcome, Request, Sent
from bot.channels.registry import BILLED, CHATS, WINDOWED
from bot.channels.twilio_sms import TwilioSms
from bot.channels.twilio_whatsapp import TwilioWhatsapp
from bot.settings import Settings
from bot.template_desk import provide, refresh, wordings
from bot.templates import TEMPLATES
from bot.twilio.client import Twilio
from bot.twilio.contents import Contents
from bot.twilio.shapes import shape_of
from flows.forms import Choice, Message
from models.queries.contents import contents_of
from tests.bot.sandbox.support import Sandbox, eventually
from tests.bot.sandbox.twilio_side import EMPTY_TWIML
from tests.support.databases import Database
from tests.support.replay import Asked

ADA = "+2348031234567"
TWO = (Choice("1", "Yes, pay"), Choice("0", "Back"))
ROWS = (Choice("1", "Pay now", "N5,000 for this round"), Choice("2", "My turn"), Choice("8", "Help", "Talk to us"))
TRICKY = 'Ada\'s "Ajo"\n*N5,000* \\ {x} 👋🏾 Ẹ kú'
DUE = {"name": "Ada", "amt": "N5,000", "group": "Mama Titi Ajo", "date": "Fri 27 Nov"}


@pytest.fixture
def house(sandbox: Sandbox, db: Database) -> Settings:
    sandbox.product.will(EMPTY_TWIML)
    return Settings.from_env(sandbox.environ)


@pytest.fixture
def whatsapp(house: Settings) -> TwilioWhatsapp:
    return TwilioWhatsapp.from_settings(house)


@pytest.fixture
def sms(house: Settings) -> TwilioSms:
    return TwilioSms.from_settings(house)


@pytest.fixture
def twilio(house: Settings) -> Twilio:
    return Twilio.from_settings(house)


def arrived(sandbox: Sandbox, asked: Asked) -> Request:
    query = "&".join(f"{name}={value}" for name, values in asked.query.items() for value in values)
    url = sandbox.product.url + asked.path + (f"?{query}" if query else "")
    headers = {name.lower(): value for name, value in asked.headers.items()}
    return Request(asked.method, asked.headers["Content-Type"], asked.body, "", url, headers)


def messages_of(sandbox: Sandbox, channel: TwilioWhatsapp, path: str, count: int = 1) -> Iterator[ChatMessage]:
    for asked in sandbox.called(path, count):
        yield channel.parse_message(channel.verify(arrived(sandbox, asked)))


def test_the_registries_know_what_they_can_do() -> None:
    assert set(WINDOWED) == {TwilioWhatsapp.name}
    assert set(BILLED) == {TwilioWhatsapp.name, TwilioSms.name} < set(CHATS)


# --- in ---------------------------------------------------------------------------------------


def test_what_she_says_taps_and_sends_is_read(sandbox: Sandbox, whatsapp: TwilioWhatsapp) -> None:
    phone = sandbox.client.whatsapp(ADA)
    phone.say("Ẹ káàárọ̀ 👋🏾")
    whatsapp.send(ADA, Message("Sure?", TWO))
    whatsapp.send(ADA, Message("What?", ROWS, button="Open menu"))
    eventually(lambda: phone.inbox(), lambda found: len(found) == 2)
    phone.tap("Help")
    phone.send_media("image", caption="teller")

    found = {each.text: each for each in messages_of(sandbox, whatsapp, "/webhooks/twilio-whatsapp", 3)}
    hello, tapped, picture = found["Ẹ káàárọ̀ 👋🏾"], found["Help"], found["teller"]
    assert (hello.phone, hello.choice, hello.media) == (ADA, "", ())
    assert (tapped.choice, tapped.address) == ("8", ADA)
    assert [each.content_type for each in picture.media] == ["image/png"]


def test_somebody_who_hides_her_number_is_answered(sandbox: Sandbox, whatsapp: TwilioWhatsapp) -> None:
    phone = sandbox.client.whatsapp(ADA)
    phone.person(privacy="hidden")
    phone.say("hello")

    (hello,) = messages_of(sandbox, whatsapp, "/webhooks/twilio-whatsapp")
    assert hello.phone == ""
    assert hello.address == hello.network_id
    assert whatsapp.send(hello.address, Message("Hi")).outcome is Outcome.ACCEPTED
    assert [each.body for each in phone.inbox()] == ["Hi"]


@pytest.mark.parametrize("knob", ["sha256", "second_token"])
def test_every_way_to_sign_is_believed(sandbox: Sandbox, house: Settings, knob: str) -> None:
    sandbox.client.knob("webhook.twilio.whatsapp", knob)
    sandbox.client.whatsapp(ADA).say("hello")

    (hello,) = messages_of(sandbox, TwilioWhatsapp.from_settings(house), "/webhooks/twilio-whatsapp")
    assert hello.text == "hello"


def test_an_sms_is_read(sandbox: Sandbox, sms: TwilioSms) -> None:
    sandbox.client.sms_reply(ADA, "PAY", to="twilio")

    (asked,) = sandbox.called("/webhooks/twilio-sms")
    found = sms.parse_message(sms.verify(arrived(sandbox, asked)))
    assert (found.phone, found.text, found.word) == (ADA, "PAY", "")


# --- out --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "message",
    [
        Message("Hi *Ada*"),
        Message(TRICKY),
        Message(TRICKY, TWO),
        Message("One?", TWO[:1]),
        Message("Three?", (*TWO, Choice("2", "Later"))),
        Message(TRICKY, ROWS, button="Open menu"),
        Message("x" * 1024, ROWS[:1], button="Choose"),
        Message("Ten", tuple(Choice(str(n), f"Row {n}", "d" * 72) for n in range(10)), button="Choose"),
    ],
)
def test_a_message_is_shown_as_it_was_meant(sandbox: Sandbox, whatsapp: TwilioWhatsapp, message: Message) -> None:
    phone = sandbox.client.whatsapp(ADA)
    phone.say("hello")

    sent = whatsapp.send(ADA, message)

    (shown,) = phone.inbox()
    assert (sent.outcome, shown.sid) == (Outcome.ACCEPTED, sent.message_id)
    assert (shown.body, shown.button) == (message.body, message.button)
    assert [(each.id, each.title, each.description) for each in shown.choices] == [
        (each.id, each.title, each.description) for each in message.choices
    ]


def test_a_shape_is_made_once_and_kept(sandbox: Sandbox, house: Settings, twilio: Twilio) -> None:
    shape = shape_of(Message("Sure?", TWO))
    first, second = Contents(twilio), Contents(twilio)

    assert first.sid_of(shape) == first.sid_of(shape) == second.sid_of(shape)
    assert len(sandbox.client.templates()) == 1
    assert [each.name for each in contents_of(twilio.account)] == ["ajo_buttons_2_v1"]


def test_a_shape_that_twilio_has_lost_is_made_again(sandbox: Sandbox, whatsapp: TwilioWhatsapp) -> None:
    phone = sandbox.client.whatsapp(ADA)
    phone.say("hello")
    whatsapp.send(ADA, Message("First?", TWO))
    sandbox.client.reset()
    sandbox.client.whatsapp(ADA).say("hello again")

    assert whatsapp.send(ADA, Message("Second?", TWO)).outcome is Outcome.ACCEPTED
    assert whatsapp.send(ADA, Message("Third?", TWO)).outcome is Outcome.ACCEPTED
    assert [(each.body, len(each.choices)) for each in phone.inbox()] == [
        ("Second?\n\n1. Yes, pay\n0. Back", 0),
        ("Third?", 2),
    ]


@pytest.mark.parametrize("knob", ["error_before_effect", "lose_answer", "html_body", "truncated_json", "rate_limited"])
def test_while_their_content_service_is_down_she_gets_lines(
    sandbox: Sandbox, whatsapp: TwilioWhatsapp, knob: str
) -> None:
    phone = sandbox.client.whatsapp(ADA)
    phone.say("hello")
    sandbox.client.knob("twilio_content.*", knob)

    assert whatsapp.send(ADA, Message("Sure?", TWO)).outcome is Outcome.ACCEPTED
    assert phone.inbox()[-1].body == "Sure?\n\n1. Yes, pay\n0. Back"


@pytest.mark.parametrize(
    ("knob", "value", "sent", "came"),
    [
        ("refuse", 21211, Sent(Outcome.REFUSED, reason="bad_number"), 0),
        ("refuse", 21610, Sent(Outcome.REFUSED, reason="opted_out"), 0),
        ("refuse", 63007, Sent(Outcome.REFUSED, reason="bad_sender", stop_queue=True), 0),
        ("rate_limited", None, Sent(Outcome.TEMPORARY, reason="rate_limited"), 0),
        ("problem_json", None, Sent(Outcome.UNKNOWN, reason="http_503"), 0),
        ("problem_json", 400, Sent(Outcome.REFUSED, reason="twilio_20500"), 0),
        ("error_before_effect", None, Sent(Outcome.UNKNOWN, reason="http_503"), 0),
        ("error_after_effect", None, Sent(Outcome.UNKNOWN, reason="http_500"), 1),
        ("lose_request", None, Sent(Outcome.UNKNOWN, reason="connection_lost"), 0),
        ("lose_answer", None, Sent(Outcome.UNKNOWN, reason="connection_lost"), 1),
        ("html_body", None, Sent(Outcome.UNKNOWN, reason="http_502"), 1),
        ("truncated_json", None, Sent(Outcome.UNKNOWN, reason="unreadable"), 1),
    ],
)
def test_a_message_in_trouble(
    sandbox: Sandbox, sms: TwilioSms, knob: str, value: object, sent: Sent, came: int
) -> None:
    sandbox.client.knob("twilio.send", knob, value)

    found = sms.send(ADA, Message("hello"))

    assert Sent(found.outcome, reason=found.reason, stop_queue=found.stop_queue) == sent
    assert len(sandbox.client.inbox(ADA)) == came


def test_a_wrong_token_stops_the_queue(sandbox: Sandbox, house: Settings) -> None:
    other = Settings.from_env(sandbox.environ | {"TWILIO_AUTH_TOKEN": "0f1e2d3c4b5a69788796a5b4c3d2e1f0"})

    assert TwilioSms.from_settings(other).send(ADA, Message("hello")) == Sent(
        Outcome.REFUSED, reason="http_401", stop_queue=True
    )


def test_after_a_stop_at_twilio_the_number_is_refused(sandbox: Sandbox, sms: TwilioSms) -> None:
    sms.send(ADA, Message("hello"))
    sandbox.client.sms_reply(ADA, "STOP")

    assert sms.send(ADA, Message("hello")) == Sent(Outcome.REFUSED, reason="opted_out")


# --- what is told of it -----------------------------------------------------------------------


def test_the_way_of_a_message_is_told(sandbox: Sandbox, whatsapp: TwilioWhatsapp, sms: TwilioSms) -> None:
    sandbox.client.whatsapp(ADA).say("hello")
    sent = whatsapp.send(ADA, Message("Hi"))

    calls = sandbox.called("/webhooks/twilio-status", 3)
    reports = [sms.parse_delivery(sms.verify(arrived(sandbox, call))) for call in calls]
    assert {report.status for report in reports} == {Delivery.SENT, Delivery.DELIVERED, Delivery.READ}
    assert {(report.message_id, report.phone) for report in reports} == {(sent.message_id, ADA)}


def test_outside_her_window_the_refusal_comes_later(sandbox: Sandbox, whatsapp: TwilioWhatsapp, sms: TwilioSms) -> None:
    phone = sandbox.client.whatsapp(ADA)
    phone.say("hello")
    phone.close_window()
    assert whatsapp.send(ADA, Message("Hi")).outcome is Outcome.ACCEPTED

    (call, *_) = sandbox.called("/webhooks/twilio-status")
    report = sms.parse_delivery(sms.verify(arrived(sandbox, call)))
    assert (report.status, report.final, report.reason) == (Delivery.FAILED, True, "outside_window")


def test_the_bill_is_had_once_it_is_known(sandbox: Sandbox, sms: TwilioSms) -> None:
    sent = sms.send(ADA, Message("x" * 161))

    bill = eventually(lambda: sms.bill_of(sent.message_id), lambda found: bool(found and found.cost))
    assert (bill.cost.split()[0], bill.segments) == ("USD", 2)


# --- templates --------------------------------------------------------------------------------


def test_templates_are_made_submitted_and_approved(sandbox: Sandbox, twilio: Twilio) -> None:
    first = list(provide(twilio, ["en"]))
    assert {each.status for each in first} == {"received"}
    assert len(first) == len(TEMPLATES) == len(sandbox.client.templates())
    assert {each.next_step for each in first} == {"wait, and run this again"}

    eventually(lambda: {each.status for each in provide(twilio, ["en"])}, lambda found: found == {"approved"})
    assert len(sandbox.client.templates()) == len(TEMPLATES)  # again made none
    assert {(each["category"], each["status"], each["rejection_reason"]) for each in sandbox.client.templates()} == {
        ("UTILITY", "approved", "")
    }


def test_an_approved_template_reaches_her_outside_her_window(
    sandbox: Sandbox, whatsapp: TwilioWhatsapp, twilio: Twilio
) -> None:
    assert not whatsapp.has_template("S04", "en")
    assert whatsapp.send_template(ADA, "S04", "en", DUE).reason == "no_template"
    list(provide(twilio, ["en"]))
    eventually(lambda: list(refresh(twilio, ["en"])), lambda _: whatsapp.has_template("S04", "en"))
    phone = sandbox.client.whatsapp(ADA)
    phone.say("hello")
    phone.close_window()

    sent = whatsapp.send_template(ADA, "S04", "en", DUE | {"group": 'Ada\'s\n"Ajo"'}, arg="12")

    (shown,) = phone.inbox()
    assert (sent.outcome, shown.template) == (Outcome.ACCEPTED, True)
    assert shown.body.startswith('Hello Ada, your payment of N5,000 for Ada\'s "Ajo" is due on Fri 27 Nov. Tap')
    assert [(each.id, each.title) for each in shown.choices] == [
        ("=pay:12", "Pay now"),
        ("=more_time:12", "Need more time"),
    ]


def test_a_rejected_template_is_not_used_and_says_what_to_do(
    sandbox: Sandbox, whatsapp: TwilioWhatsapp, twilio: Twilio
) -> None:
    sandbox.client.knob("twilio_content.approval", "approval", "rejected", only="ajo_due_soon_v1")
    list(provide(twilio, ["en"]))

    def standing() -> str:
        return next(each.next_step for each in refresh(twilio, ["en"]) if each.name == "ajo_due_soon_v1")

    eventually(standing, lambda found: found == "change its text, give it a new version")
    assert not whatsapp.has_template("S04", "en")


def test_one_that_cannot_be_made_now_does_not_hold_up_the_others(sandbox: Sandbox, twilio: Twilio) -> None:
    sandbox.client.knob("twilio_content.*", "error_before_effect", times=1)

    standings = list(provide(twilio, ["en"]))

    assert [each.status for each in standings].count("not made") == 1
    assert [each.status for each in standings].count("received") == len(TEMPLATES) - 1


def test_templates_that_were_deleted_there_are_made_again(sandbox: Sandbox, twilio: Twilio) -> None:
    list(provide(twilio, ["en"]))
    sandbox.client.reset()

    assert {each.status for each in refresh(twilio, ["en"])} == {"not made"}
    assert {each.status for each in provide(twilio, ["en"])} == {"received"}


def test_a_language_without_templates_has_none(twilio: Twilio) -> None:
    assert list(wordings(["xx"])) == []
