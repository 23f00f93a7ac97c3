"""Twilio at the doors: the URL to the letter, forms of any honest size, reports that find their message."""

from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bot import clock
from bot.settings import Settings
from bot.twilio.signature import SIGNATURE, signature_of
from bot.webhooks import called_url
from models.actions import mail
from models.base import database
from models.tables.mail import Inbox
from tests.support.cast import ADA

FORM = "application/x-www-form-urlencoded"
SID = "SM" + "d" * 32


@pytest.fixture
def post(web: FlaskClient, ours: Settings) -> Any:
    """Post a form as Twilio does: signed over our public URL with this path, as it is written here."""

    def send(target: str, form: dict[str, str], *, token: int = 0, method: str = "POST", **more: Any) -> TestResponse:
        url = ours.public_url + target
        signature = signature_of(ours.twilio_tokens[token], url, form.items())
        return web.open(
            urlsplit(target).path,
            method=method,
            data=urlencode(form),
            content_type=FORM,
            headers={SIGNATURE: signature},
            environ_overrides={"RAW_URI": target, "QUERY_STRING": urlsplit(target).query},
            **more,
        )

    return send


def written(body: str = "hi", **more: str) -> dict[str, str]:
    return {"MessageSid": SID, "From": f"whatsapp:{ADA.phone}", "To": "whatsapp:+14155238886", "Body": body} | more


def report(status: str, **more: str) -> dict[str, str]:
    return {"MessageSid": SID, "MessageStatus": status, "To": f"whatsapp:{ADA.phone}"} | more


def test_a_message_is_taken_in_and_answered_with_nothing(post: Any) -> None:
    response = post("/webhooks/twilio-whatsapp", written())

    assert (response.status_code, response.text, response.mimetype) == (200, "<Response/>", "text/xml")
    assert Inbox.select().count() == 1


@pytest.mark.parametrize(
    "query",
    ["?a=1", "?to=%2B234&b=%2b234&c=+", "?x=%7e~&y=%c3%a9", "?=&&a", "?a=%zz", "?a=|{}"],
)
def test_the_query_is_signed_to_the_letter(post: Any, query: str) -> None:
    assert post(f"/webhooks/twilio-whatsapp{query}", written()).status_code == 200


def test_the_path_is_signed_to_the_letter(post: Any) -> None:
    assert post("/webhooks/twilio%2Dwhatsapp", written()).status_code == 200


def test_another_query_than_was_signed_is_refused(web: FlaskClient, ours: Settings) -> None:
    signature = signature_of(ours.twilio_tokens[0], f"{ours.public_url}/webhooks/twilio-sms", written().items())
    response = web.post(
        "/webhooks/twilio-sms?a=1", data=urlencode(written()), content_type=FORM, headers={SIGNATURE: signature}
    )

    assert response.status_code == 404
    assert Inbox.select().count() == 0


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE"])
def test_only_a_post_is_taken(post: Any, method: str) -> None:
    assert post("/webhooks/twilio-whatsapp", written(), method=method).status_code == 405
    assert Inbox.select().count() == 0


def test_a_form_of_four_pages_is_taken_and_one_of_forty_is_not(post: Any) -> None:
    assert post("/webhooks/twilio-whatsapp", written("👍🏾" * 800)).status_code == 200
    assert post("/webhooks/twilio-whatsapp", written("👍🏾" * 8000)).status_code == 413


@pytest.mark.parametrize(
    ("environ", "called"),
    [
        ({"RAW_URI": "/webhooks/x?a=%2B"}, "https://ajo.example/webhooks/x?a=%2B"),
        ({"REQUEST_URI": "/webhooks/x"}, "https://ajo.example/webhooks/x"),
        ({"PATH_INFO": "/webhooks/x"}, "https://ajo.example/webhooks/x"),
        ({"RAW_URI": "/webhooks/x?"}, "https://ajo.example/webhooks/x"),
        ({"RAW_URI": "http://10.0.0.7:8000/webhooks/x?a=1"}, "https://ajo.example/webhooks/x?a=1"),
        ({"RAW_URI": "http://10.0.0.7:8000"}, "https://ajo.example/"),
    ],
)
def test_the_url_is_ours_with_what_was_asked_for(environ: dict[str, str], called: str) -> None:
    assert called_url("https://ajo.example/", environ) == called


# --- reports ----------------------------------------------------------------------------------


@pytest.fixture
def sent(web: FlaskClient) -> int:
    """A message that Twilio has taken under this id."""
    now = clock.now()
    queued = mail.queue_message("S01", dedupe_key="test", facts={"name": "Ada"}, phone=ADA.phone, now=now)
    assert queued is not None
    mail.claim_mail(now)
    mail.mail_sent(queued, SID, None, 1, now)
    return queued


def status_of(outbox_id: int) -> tuple[str, str | None]:
    found = database.execute_sql("SELECT status, reason FROM outbox WHERE id = %s", (outbox_id,)).fetchone()
    return found[0], found[1]


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["sent"], "sent"),
        (["delivered"], "delivered"),
        (["delivered", "read"], "read"),
        (["read", "delivered", "sent"], "read"),
        (["delivered", "sent", "queued"], "delivered"),
        (["delivered", "delivered"], "delivered"),
        (["something new"], "sent"),
    ],
)
def test_reports_in_any_order_never_take_a_message_back(post: Any, sent: int, words: list[str], status: str) -> None:
    for word in words:
        assert post("/webhooks/twilio-status", report(word)).status_code == 200

    assert status_of(sent)[0] == status


def test_a_report_on_nothing_of_ours_is_taken_in_silence(post: Any) -> None:
    response = post("/webhooks/twilio-status", report("delivered"))

    assert (response.status_code, response.text) == (200, "<Response/>")
