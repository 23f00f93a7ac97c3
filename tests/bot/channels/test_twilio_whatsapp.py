"""WhatsApp over Twilio: one table of what comes in, one of what is sent, one of what they may answer."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qs, parse_qsl

import pytest
from structlog.testing import capture_logs

from bot.channels.base import ChatMessage, Delivery, DeliveryReport, Media, OptOut, Outcome, Request, Sent
from bot.channels.twilio_whatsapp import TwilioWhatsapp
from bot.errors import CallerError
from bot.templates import Wording
from bot.twilio.client import Twilio
from bot.twilio.shapes import Shape
from flows.forms import Choice, Message, Picture
from tests.support.replay import FIXTURES, Replay, Scripted, answer, fixture, serving

ADA = "+2348031234567"
HIDDEN = "NG.1502576394655843"
ACCOUNT = "AC0123456789abcdef0123456789abcdef"
TOKEN = "test_auth_token_0123456789abcdef"
STATUS = "https://ajo.example.org/webhooks/twilio-status"
SID = "SMdddddddddddddddddddddddddddddddd"
CONTENT = "HX" + "b" * 32
OK = fixture("twilio/send_response_201.json", 201)
INDEX = {each["file"]: each for each in json.loads((FIXTURES / "twilio/index.json").read_text())}


@dataclass
class Texts:
    """What Twilio has of us, without a database: every shape and template, or none."""

    has: bool = True
    lost: list[str] = field(default_factory=list)

    def sid_of(self, shape: Shape) -> str | None:
        return CONTENT if self.has else None

    def approved_sid(self, wanted: Wording) -> str | None:
        return CONTENT if self.has else None

    def gone(self, sid: str) -> None:
        self.lost.append(sid)


@pytest.fixture
def replay() -> Iterator[Replay]:
    with serving() as server:
        server.will(OK)
        yield server


@pytest.fixture
def texts() -> Texts:
    return Texts()


def channel(replay: Replay, texts: Texts, read_seconds: float = 5) -> TwilioWhatsapp:
    twilio = Twilio(replay.url, replay.url, ACCOUNT, TOKEN, connect_seconds=5, read_seconds=read_seconds)
    return TwilioWhatsapp(twilio, texts, "+14155238886", STATUS, (TOKEN,))


@pytest.fixture
def whatsapp(replay: Replay, texts: Texts) -> TwilioWhatsapp:
    return channel(replay, texts)


# --- in ---------------------------------------------------------------------------------------


def arrived(name: str) -> Request:
    """A fixture as it came: with its URL, its signature and the rest of its headers."""
    known = INDEX[name]
    headers = {header.lower(): value for header, value in known["headers"].items()}
    body = (FIXTURES / "twilio" / name).read_bytes().rstrip(b"\n")
    return Request(known["method"], known["content_type"], body, "", known["url"], headers)


def form_of(name: str, **changes: str) -> dict[str, str]:
    return dict(parse_qsl(arrived(name).body.decode(), keep_blank_values=True)) | changes


def sid(end: str) -> str:
    return "SM" + end.rjust(32, "0")


MEDIA = f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/Messages"
JPEG = Media(f"{MEDIA}/MM{'7' * 32}/Media/ME{'8' * 32}", "image/jpeg")
OGG = Media(f"{MEDIA}/MM{'9' * 32}/Media/ME{'a' * 32}", "audio/ogg")

INCOMING = {
    "wa_inbound_text.txt": ChatMessage(sid("abc0001"), ADA, ADA, "I wan pay my ajo"),
    "wa_inbound_unicode.txt": ChatMessage(sid("abc0002"), ADA, ADA, "Ẹ káàárọ̀, ₦5,000 👍🏾"),
    "wa_inbound_button.txt": ChatMessage(
        sid("abc0003"), ADA, ADA, "Pay now", choice="pay:circle:42", replied_to="MM" + "5" * 32
    ),
    "wa_inbound_template_button.txt": ChatMessage(
        sid("abc0004"), ADA, ADA, "Yes, I paid", choice="paid_yes", replied_to="MM" + "6" * 32
    ),
    "wa_inbound_list.txt": ChatMessage(sid("abc0005"), ADA, ADA, "Market women", choice="circle:42"),
    "wa_inbound_location.txt": ChatMessage(sid("abc0006"), ADA, ADA, ""),
    "wa_inbound_media.txt": ChatMessage(sid("abc0007"), ADA, ADA, "teller", media=(JPEG,)),
    "wa_inbound_voice_note.txt": ChatMessage(sid("abc0008"), ADA, ADA, "", media=(OGG,)),
    "wa_inbound_bsuid.txt": ChatMessage(sid("abc0009"), HIDDEN, "", "hello", network_id=HIDDEN),
    "wa_inbound_with_external_user_id.txt": ChatMessage(
        sid("abc000a"), ADA, ADA, "hello", network_id="ID.4566546130240000"
    ),
}


def test_every_captured_message_is_expected_here() -> None:
    assert {path.name for path in (FIXTURES / "twilio").glob("wa_inbound_*")} == set(INCOMING)


@pytest.mark.parametrize("name", INCOMING)
def test_it_reads_every_captured_message(whatsapp: TwilioWhatsapp, name: str) -> None:
    assert whatsapp.parse_message(whatsapp.verify(arrived(name))) == INCOMING[name]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"Body": "two\nlines\tand  more \u200b"}, {"text": "two lines and more"}),
        ({"Body": "x" * 1600}, {"text": "x" * 160}),
        ({"Forwarded": "true", "FrequentlyForwarded": "true"}, {}),
        ({"SomethingNew": "x", "ReferralBody": "an advertisement"}, {}),
        ({"ListId": "1", "ListTitle": "Pay now"}, {"choice": "1"}),
        ({"ButtonPayload": "1"}, {"choice": "1"}),
        ({"ListId": "2", "ButtonPayload": "1"}, {"choice": "2"}),
        ({"ListId": "", "ButtonPayload": "1"}, {"choice": "1"}),
        ({"MessageType": "interactive", "Body": "Pay now"}, {"text": "Pay now", "choice": ""}),
        ({"OptOutType": "STOP", "Body": "stop"}, {"text": "stop", "word": "stop"}),
        ({"WaId": "", "ProfileName": ""}, {}),
        # The digits of somebody who hides her number are no phone, whatever stands beside them.
        (
            {"From": f"whatsapp:{HIDDEN}", "WaId": "150257639465584"},
            {"address": HIDDEN, "phone": "", "network_id": HIDDEN},
        ),
        ({"From": "whatsapp:+19999999999"}, {"address": "+19999999999", "phone": "+19999999999"}),
    ],
)  # fmt: skip
def test_what_else_a_message_may_bring(
    whatsapp: TwilioWhatsapp, changes: dict[str, str], expected: dict[str, Any]
) -> None:
    found = whatsapp.parse_message(form_of("wa_inbound_text.txt", **changes))

    assert found == replace(INCOMING["wa_inbound_text.txt"], **expected)


@pytest.mark.parametrize(
    "changes",
    [
        {"From": "+2348031234567"},  # an SMS
        {"From": "whatsapp:"},
        {"From": "whatsapp:2348031234567"},
        {"From": "whatsapp:+23480"},
        {"From": "whatsapp:Ada Obi"},
        {"From": "whatsapp:NG.150 257"},
        {"From": "messenger:1234567"},
        {"From": ""},
        {"ExternalUserId": "whatsapp:nonsense!"},
        {"MessageSid": ""},
        {"MessageSid": "SM1"},
    ],
)
def test_a_message_of_nobody_is_refused(whatsapp: TwilioWhatsapp, changes: dict[str, str]) -> None:
    with pytest.raises(CallerError):
        whatsapp.parse_message(form_of("wa_inbound_text.txt", **changes))


def test_three_pictures_are_three(whatsapp: TwilioWhatsapp) -> None:
    form = form_of("wa_inbound_media.txt", NumMedia="3", MediaUrl1="https://a/1", MediaUrl2="https://a/2",
                   MediaContentType1="Image/PNG; charset=x", MediaContentType2="")  # fmt: skip

    assert whatsapp.parse_message(form).media == (JPEG, Media("https://a/1", "image/png"), Media("https://a/2", ""))


def test_the_answer_on_the_request_says_nothing(whatsapp: TwilioWhatsapp) -> None:
    answered = whatsapp.empty_answer()

    assert (answered.body, answered.content_type) == (b"<Response/>", "text/xml")


REPORTS = {
    "wa_status_sent.txt": (Delivery.SENT, False, ""),
    "wa_status_delivered.txt": (Delivery.DELIVERED, True, ""),
    "wa_status_read.txt": (Delivery.READ, True, ""),
    "wa_status_failed_63016.txt": (Delivery.FAILED, True, "outside_window"),
    "wa_status_undelivered_63003.txt": (Delivery.FAILED, True, "not_on_whatsapp"),
}


def test_every_captured_report_is_expected_here() -> None:
    assert {path.name for path in (FIXTURES / "twilio").glob("wa_status_*")} == set(REPORTS)


@pytest.mark.parametrize("name", REPORTS)
def test_it_reads_every_captured_report(whatsapp: TwilioWhatsapp, name: str) -> None:
    status, final, reason = REPORTS[name]

    assert whatsapp.parse_delivery(whatsapp.verify(arrived(name))) == DeliveryReport(SID, status, final, ADA, reason)


def test_a_stop_comes_with_its_message(whatsapp: TwilioWhatsapp) -> None:
    form = form_of("wa_inbound_text.txt", OptOutType="STOP")

    assert whatsapp.parse_opt_out(form) == OptOut(ADA, "whatsapp:+14155238886")


# --- out --------------------------------------------------------------------------------------

ACCEPTED = Outcome.ACCEPTED
TWO = (Choice("1", "Pay now"), Choice("0", "Back"))
ROWS = (Choice("1", "Pay now", "N5,000 for this round"), Choice("2", "My turn"), Choice("8", "Help", "Talk to us"))
TRICKY = 'Ada\'s "Ajo"\n*N5,000* \\ {{1}} due 👋🏾 Ẹ kú'


def sent_form(replay: Replay) -> dict[str, str]:
    form = parse_qs(replay.asked[-1].body.decode(), keep_blank_values=True, strict_parsing=True)
    assert all(len(values) == 1 for values in form.values())
    return {name: values[0] for name, values in form.items()}


def test_it_asks_what_their_sdk_asks(whatsapp: TwilioWhatsapp, replay: Replay) -> None:
    sent = whatsapp.send(ADA, Message("Hi Ada"), reference="7")

    asked = replay.asked[0]
    sample = parse_qs((FIXTURES / "twilio/send_wa_freeform_request.txt").read_text().rstrip("\n"))
    assert (sent.outcome, sent.message_id, sent.bill.segments) == (ACCEPTED, SID, 1)
    assert (asked.method, asked.path) == ("POST", f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json")
    assert parse_qs(asked.body.decode()) == sample | {"StatusCallback": [STATUS]}
    assert asked.headers["Authorization"].startswith("Basic ")
    assert asked.headers["User-Agent"].startswith("twilio-python/9.")


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (Message("Hi Ada"), {"Body": "Hi Ada"}),
        (Message(TRICKY), {"Body": TRICKY}),
        (Message("Sure?", TWO), {"1": "Sure?", "2": "Pay now", "3": "1", "4": "Back", "5": "0"}),
        (Message(TRICKY, TWO[:1]), {"1": TRICKY, "2": "Pay now", "3": "1"}),
        (
            Message("What?", ROWS, button="Open menu"),
            {"1": "What?", "2": "Open menu", "3": "Pay now", "4": "1", "5": "N5,000 for this round",
             "6": "My turn", "7": "2", "8": "Help", "9": "8", "10": "Talk to us"},
        ),
        # What no button or list can carry goes as numbered lines.
        (Message("Sure?", (*TWO, *TWO)), {"Body": "Sure?\n\n1. Pay now\n0. Back\n1. Pay now\n0. Back"}),
        (Message("x" * 1025, TWO), {"Body": "x" * 1025 + "\n\n1. Pay now\n0. Back"}),
        (Message("Hm", (Choice("1", "a" * 21),)), {"Body": f"Hm\n\n1. {'a' * 21}"}),
        (Message("Hm", (Choice("1", "a"), Choice("2", "a"))), {"Body": "Hm\n\n1. a\n2. a"}),
        (Message("Hm", (Choice("1", ""),)), {"Body": "Hm\n\n1. "}),
        (Message("News", (Choice("=pay:12", "p" * 21),)), {"Body": f"News\n\n{'p' * 21}"}),
        (Message("Hm", ROWS * 4, button="Open"), None),
        (Message("Hm", ROWS, button="b" * 21), None),
        (Message("Hm", (Choice("1", "a", "d" * 73),), button="Open"), {"Body": f"Hm\n\n1. a ({'d' * 73})"}),
        (Message("x" * 1500, (Choice("1", "a", "d" * 99),)), {"Body": "x" * 1500 + "\n\n1. a"}),
    ],
)  # fmt: skip
def test_every_message_has_one_form(
    whatsapp: TwilioWhatsapp, replay: Replay, message: Message, expected: dict[str, str] | None
) -> None:
    assert whatsapp.send(ADA, message).outcome is ACCEPTED

    form = sent_form(replay)
    if "ContentSid" in form:
        assert form["ContentSid"] == CONTENT
        assert form["ContentVariables"].isascii()
        assert json.loads(form["ContentVariables"]) == expected
        assert "Body" not in form
    else:
        assert expected is None or form["Body"] == expected["Body"]
        assert len(form["Body"]) <= 1600


PICTURE = Picture("receipt", {"amt": "N5,000"}, "https://ajo.example.org/media/abc.png")


def test_a_picture_goes_with_its_words_and_its_choices_as_lines(whatsapp: TwilioWhatsapp, replay: Replay) -> None:
    whatsapp.send(ADA, Message("Received", TWO, picture=PICTURE))

    form = sent_form(replay)
    assert (form["Body"], form["MediaUrl"]) == ("Received\n\n1. Pay now\n0. Back", PICTURE.url)


def test_a_document_goes_without_words(whatsapp: TwilioWhatsapp, replay: Replay) -> None:
    whatsapp.send(ADA, Message("", picture=PICTURE))

    assert sent_form(replay)["MediaUrl"] == PICTURE.url


def test_a_picture_that_nobody_can_draw_leaves_the_buttons(whatsapp: TwilioWhatsapp, replay: Replay) -> None:
    whatsapp.send(ADA, Message("Received", TWO, picture=replace(PICTURE, url="")))

    assert sent_form(replay)["ContentSid"] == CONTENT


def test_a_picture_that_twilio_does_not_take_leaves_the_words(whatsapp: TwilioWhatsapp, replay: Replay) -> None:
    replay.will(refusal(21620), OK)

    assert whatsapp.send(ADA, Message("Received", TWO, picture=PICTURE)).outcome is ACCEPTED
    assert "MediaUrl" not in sent_form(replay)
    assert sent_form(replay)["ContentSid"] == CONTENT


@pytest.mark.parametrize("message", [Message("Sure?", TWO), Message("What?", ROWS, button="Open menu")])
def test_without_their_content_service_choices_are_lines(replay: Replay, message: Message) -> None:
    channel(replay, Texts(has=False)).send(ADA, message)

    form = sent_form(replay)
    assert form["Body"].splitlines()[0] == message.body
    assert all(f"{choice.id}. {choice.title}" in form["Body"] for choice in message.choices)


def refusal(code: int, status: int = 400) -> Scripted:
    return answer({"code": code, "message": "no", "more_info": "", "status": status}, status)


def problem(code: int, status: int = 400) -> Scripted:
    """The newer shape of their errors."""
    body = {"type": "https://www.twilio.com/docs/errors", "title": "no", "status": status, "code": code}
    return answer(body, status, content_type="application/problem+json")


@pytest.mark.parametrize("code", [21655, 21656, 63005])
def test_what_is_refused_for_its_buttons_goes_without_them(
    whatsapp: TwilioWhatsapp, replay: Replay, texts: Texts, code: int
) -> None:
    replay.will(refusal(code), OK)

    assert whatsapp.send(ADA, Message("Sure?", TWO)).outcome is ACCEPTED
    assert sent_form(replay)["Body"] == "Sure?\n\n1. Pay now\n0. Back"
    assert texts.lost == ([CONTENT] if code == 21655 else [])


def test_somebody_without_a_number_is_written_to_by_her_id(whatsapp: TwilioWhatsapp, replay: Replay) -> None:
    whatsapp.send(HIDDEN, Message("Hi"))

    assert sent_form(replay)["To"] == f"whatsapp:{HIDDEN}"


@pytest.mark.parametrize("to", ["", "08031234567", "whatsapp:+2348031234567", "Ada", "+12", f"{ADA},{ADA}", "NG."])
def test_what_is_no_address_is_never_sent(whatsapp: TwilioWhatsapp, replay: Replay, to: str) -> None:
    assert whatsapp.send(to, Message("hi")) == Sent(Outcome.REFUSED, reason="bad_number")
    assert replay.asked == []


def refused(reason: str, *, stop: bool = False) -> Sent:
    return Sent(Outcome.REFUSED, reason=reason, stop_queue=stop)


@pytest.mark.parametrize(
    ("scripted", "sent"),
    [
        (fixture("twilio/error_400_21211.json", 400), refused("bad_number")),
        (fixture("twilio/error_400_21610.json", 400), refused("opted_out")),
        (fixture("twilio/error_400_21617.json", 400), refused("too_long")),
        (fixture("twilio/error_401_20003.json", 401), refused("http_401", stop=True)),
        (fixture("twilio/error_429_20429.json", 429), Sent(Outcome.TEMPORARY, reason="rate_limited")),
        (
            fixture("twilio/error_429_20429.json", 429, headers={"Retry-After": "3"}),
            Sent(Outcome.TEMPORARY, reason="rate_limited", retry_after_seconds=3),
        ),
        (problem(20429, 429), Sent(Outcome.TEMPORARY, reason="rate_limited")),
        (problem(21610), refused("opted_out")),
        (refusal(21606), refused("bad_sender", stop=True)),
        (refusal(21612), refused("no_route")),
        (refusal(21614), refused("not_mobile")),
        (refusal(21408), refused("no_permission_for_country")),
        (refusal(63003), refused("not_on_whatsapp")),
        (refusal(63007), refused("bad_sender", stop=True)),
        (refusal(63016), refused("outside_window")),
        (refusal(63018), Sent(Outcome.TEMPORARY, reason="rate_limited")),
        (refusal(63024), refused("not_on_whatsapp")),
        (refusal(63032), refused("not_now_on_whatsapp")),
        (refusal(20404, 404), refused("bad_account", stop=True)),
        (refusal(20003, 403), refused("http_403", stop=True)),
        (refusal(99999), refused("twilio_99999")),
        (answer({"code": "<b>", "message": "no"}, 400), refused("refused")),
        (answer({"message": "no"}, 400), refused("twilio_400")),
        (Scripted(400, b"<html>"), refused("twilio_400")),
        (Scripted(201, b"<html>"), Sent(Outcome.UNKNOWN, reason="unreadable")),
        (Scripted(201, b""), Sent(Outcome.UNKNOWN, reason="unreadable")),
        (answer([], 201), Sent(Outcome.UNKNOWN, reason="unreadable")),
        (answer({"sid": None}, 201), Sent(Outcome.UNKNOWN, reason="unreadable")),
        (Scripted(500), Sent(Outcome.UNKNOWN, reason="http_500")),
        (problem(20500, 503), Sent(Outcome.UNKNOWN, reason="http_503")),
        (Scripted(reset=True), Sent(Outcome.UNKNOWN, reason="connection_lost")),
        (Scripted(wait_seconds=2), Sent(Outcome.UNKNOWN, reason="timeout")),
        (Scripted(302, headers={"Location": "/elsewhere"}), Sent(Outcome.UNKNOWN, reason="http_302")),
    ],
)
def test_every_answer_has_one_meaning(replay: Replay, texts: Texts, scripted: Scripted, sent: Sent) -> None:
    replay.will(scripted)

    assert channel(replay, texts, scripted.patience).send(ADA, Message("hello")) == sent
    assert len(replay.asked) == 1


def test_nobody_there_is_temporary() -> None:
    twilio = Twilio("http://127.0.0.1:9", "http://127.0.0.1:9", ACCOUNT, TOKEN)
    sent = TwilioWhatsapp(twilio, Texts(), "+14155238886", STATUS, (TOKEN,)).send(ADA, Message("hi"))

    assert sent == Sent(Outcome.TEMPORARY, reason="no_connection")


def test_their_environment_variables_do_not_decide_whom_we_call(
    whatsapp: TwilioWhatsapp, replay: Replay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TWILIO_EDGE", "dublin")
    monkeypatch.setenv("TWILIO_REGION", "ie1")

    assert whatsapp.send(ADA, Message("hi")).outcome is ACCEPTED


def test_the_log_has_neither_number_nor_text_nor_token(whatsapp: TwilioWhatsapp, replay: Replay) -> None:
    with capture_logs() as lines:
        whatsapp.send(ADA, Message("secret words", TWO), reference="outbox-7")

    assert [(line["what"], line["reference"], line["result"]) for line in lines] == [("message_post", "outbox-7", "ok")]
    assert not any(hidden in repr(lines) for hidden in (ADA[1:], "secret words", TOKEN))


# --- templates --------------------------------------------------------------------------------

DUE = {"name": "Ada", "amt": "N5,000", "group": "Mama Titi Ajo", "date": "Fri 27 Nov", "r": "6", "m": "12"}


def test_a_template_goes_by_its_sid_with_the_facts_in_their_order(whatsapp: TwilioWhatsapp, replay: Replay) -> None:
    sent = whatsapp.send_template(ADA, "S04", "en", DUE | {"group": " Ada's\n Ajo "}, arg="12")

    form = sent_form(replay)
    assert sent.outcome is ACCEPTED
    assert form["ContentSid"] == CONTENT
    assert json.loads(form["ContentVariables"]) == {
        "1": "Ada", "2": "N5,000", "3": "Ada's Ajo", "4": "Fri 27 Nov", "5": "=pay:12", "6": "=more_time:12",
    }  # fmt: skip


def test_a_template_that_is_about_no_seat(whatsapp: TwilioWhatsapp, replay: Replay) -> None:
    whatsapp.send_template(ADA, "S04", "en", DUE)

    assert json.loads(sent_form(replay)["ContentVariables"])["5"] == "=pay"


@pytest.mark.parametrize(
    ("key", "language", "facts"),
    [
        ("S99", "en", DUE),
        ("S04", "xx", DUE),
        ("S04", "en", {}),
        ("S04", "en", DUE | {"name": " "}),
        ("S04", "en", DUE | {"group": "x" * 201}),
    ],
)
def test_a_template_that_cannot_be_filled_is_not_sent(
    whatsapp: TwilioWhatsapp, replay: Replay, key: str, language: str, facts: dict[str, str]
) -> None:
    assert whatsapp.send_template(ADA, key, language, facts) == refused("no_template")
    assert replay.asked == []


def test_only_an_approved_template_is_there(replay: Replay, whatsapp: TwilioWhatsapp) -> None:
    without = channel(replay, Texts(has=False))

    assert whatsapp.has_template("S04", "en")
    assert not whatsapp.has_template("S01", "en")
    assert not without.has_template("S04", "en")
    assert without.send_template(ADA, "S04", "en", DUE) == refused("no_template")


@pytest.mark.parametrize("code", [21655, 21656])
def test_a_template_that_twilio_does_not_take_is_none(
    whatsapp: TwilioWhatsapp, replay: Replay, texts: Texts, code: int
) -> None:
    replay.will(refusal(code))

    assert whatsapp.send_template(ADA, "S04", "en", DUE) == refused("no_template")
    assert texts.lost == ([CONTENT] if code == 21655 else [])


def test_the_sample_of_a_template_request_has_the_same_fields(whatsapp: TwilioWhatsapp, replay: Replay) -> None:
    whatsapp.send_template(ADA, "S04", "en", DUE)

    sample = parse_qs((FIXTURES / "twilio/send_wa_template_request.txt").read_text().rstrip("\n"))
    assert sent_form(replay).keys() == sample.keys()
