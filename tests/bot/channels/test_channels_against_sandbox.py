"""Both channels against the sandbox's real process: what it sends us, and what becomes of what we send."""

from collections.abc import Mapping

import pytest

from bot.channels.africastalking_ussd import AfricasTalkingUssd
from bot.channels.base import Delivery, Ended, Outcome, Outgoing, Request, Sent
from bot.channels.registry import CHANNELS, CHATS, SESSIONS
from bot.settings import Settings
from bot.turns import Fresh, Retry, Seen, Step, Unknown, new_input, remember
from flows.forms import Message
from tests.bot.sandbox.support import CODE, Sandbox
from tests.support.replay import Asked

ADA = "+2348031234567"
MARKS = b"key of the marks"


@pytest.fixture
def settings(sandbox: Sandbox) -> Settings:
    return Settings.from_env(sandbox.environ)


@pytest.fixture
def sms(settings: Settings) -> Outgoing:
    return CHATS["africastalking-sms"](settings)


@pytest.fixture
def ussd(settings: Settings) -> AfricasTalkingUssd:
    return AfricasTalkingUssd.from_settings(settings)


def arrived(asked: Asked) -> Request:
    return Request(asked.method, asked.headers["Content-Type"], asked.body, asked.path.rsplit("/", 1)[-1])


def test_each_channel_is_in_the_registry_under_its_own_name(settings: Settings) -> None:
    assert {name: CHANNELS[name](settings).name for name in CHANNELS} == {name: name for name in CHANNELS}
    assert all(SESSIONS[name](settings).answers_at_once for name in SESSIONS)


# --- USSD -------------------------------------------------------------------------------------


def steps(ussd: AfricasTalkingUssd, calls: list[Asked]) -> list[Step]:
    """The calls of one session, read one after the other."""
    seen: Seen | None = None
    found = []
    for call in calls:
        hop = ussd.parse(ussd.verify(arrived(call)))
        assert hop.phone == ADA
        found.append(new_input(seen, hop, MARKS))
        seen = remember(hop, MARKS)
    return found


@pytest.mark.parametrize(
    ("quirks", "expected"),
    [
        ({}, [Fresh(""), Fresh("1"), Fresh("Ada Obi & Sons"), Fresh(""), Fresh("12*34")]),
        ({"no_plus": True}, [Fresh(""), Fresh("1"), Fresh("Ada Obi & Sons"), Fresh(""), Fresh("12*34")]),
        (
            {"repeat": 1},
            [Fresh(""), Retry(), Fresh("1"), Retry(), Fresh("Ada Obi & Sons"), Retry(), Fresh(""), Retry(),
             Fresh("12*34"), Retry()],
        ),
    ],
)  # fmt: skip
def test_a_session_is_read_reply_by_reply(
    sandbox: Sandbox, ussd: AfricasTalkingUssd, quirks: Mapping[str, object], expected: list[Step]
) -> None:
    session = sandbox.client.dial(ADA, CODE, quirks=dict(quirks))
    for reply in ("1", "Ada Obi & Sons", "", "12*34"):
        session.reply(reply)
    assert steps(ussd, sandbox.called("/webhooks/africastalking-ussd/", len(expected))) == expected


def test_what_is_dialled_behind_the_code_comes_as_replies(sandbox: Sandbox, ussd: AfricasTalkingUssd) -> None:
    sandbox.client.dial(ADA, CODE.removesuffix("#") + "*2*7#")
    assert steps(ussd, sandbox.called("/webhooks/africastalking-ussd/")) == [Unknown(("2", "7"))]


def test_the_end_of_a_session_is_told(sandbox: Sandbox, ussd: AfricasTalkingUssd) -> None:
    session = sandbox.client.dial(ADA, CODE)
    session.reply("1").hangup()
    (call, *_) = sandbox.called("/webhooks/africastalking-ussd-events/")
    event = ussd.parse_event(ussd.verify(arrived(call)))
    assert (event.session_id, event.phone, event.ended) == (session.id, ADA, Ended.INCOMPLETE)


# --- SMS --------------------------------------------------------------------------------------


def test_a_message_arrives_and_is_reported(sandbox: Sandbox, sms: Outgoing) -> None:
    sent = sms.send(ADA, Message("Ajo: N5,000 received"), reference="outbox-1")
    assert (sent.outcome, sent.cost_kobo) == (Outcome.ACCEPTED, 220)
    assert [(each.text, each.message_id) for each in sandbox.client.inbox(ADA)] == [
        ("Ajo: N5,000 received", sent.message_id)
    ]
    (call,) = sandbox.called("/webhooks/africastalking-delivery/")
    report = sms.parse_delivery(sms.verify(arrived(call)))
    assert (report.message_id, report.status, report.phone) == (sent.message_id, Delivery.DELIVERED, ADA)


def test_a_message_that_does_not_arrive_is_reported(sandbox: Sandbox, sms: Outgoing) -> None:
    sandbox.client.knob("africastalking.send", "report", ["Failed", "UserDoesNotExist"])
    sms.send(ADA, Message("hello"))
    (call,) = sandbox.called("/webhooks/africastalking-delivery/")
    report = sms.parse_delivery(sms.verify(arrived(call)))
    assert (report.status, report.final, report.reason) == (Delivery.FAILED, True, "user_does_not_exist")


@pytest.mark.parametrize(
    ("knob", "value", "outcome", "reason", "came"),
    [
        ("dnd", None, Outcome.DO_NOT_DISTURB, "do_not_disturb", 0),
        ("blacklist", None, Outcome.REFUSED, "opted_out", 0),
        ("insufficient_balance", None, Outcome.OUT_OF_MONEY, "out_of_money", 0),
        ("bad_sender", None, Outcome.REFUSED, "bad_sender", 0),
        ("status_code", 407, Outcome.TEMPORARY, "no_route", 0),
        ("status_code", 500, Outcome.TEMPORARY, "provider_error", 0),
        ("rate_limited", None, Outcome.TEMPORARY, "rate_limited", 0),
        ("error_before_effect", None, Outcome.UNKNOWN, "http_503", 0),
        ("error_after_effect", None, Outcome.UNKNOWN, "http_500", 1),
        ("lose_request", None, Outcome.UNKNOWN, "connection_lost", 0),
        ("lose_answer", None, Outcome.UNKNOWN, "connection_lost", 1),
        ("html_body", None, Outcome.UNKNOWN, "http_502", 1),
        ("truncated_json", None, Outcome.UNKNOWN, "unreadable", 1),
    ],
)
def test_a_message_in_trouble(
    sandbox: Sandbox, sms: Outgoing, knob: str, value: object, outcome: Outcome, reason: str, came: int
) -> None:
    sandbox.client.knob("africastalking.send", knob, value)
    sent = sms.send(ADA, Message("hello"))
    assert (sent.outcome, sent.reason) == (outcome, reason)
    assert len(sandbox.client.inbox(ADA)) == came


def test_a_wrong_key_stops_the_queue(sandbox: Sandbox, settings: Settings) -> None:
    stranger = CHATS["africastalking-sms"](Settings.from_env(sandbox.environ | {"AFRICASTALKING_API_KEY": "wrong"}))
    assert stranger.send(ADA, Message("hello")) == Sent(Outcome.REFUSED, reason="http_401", stop_queue=True)
