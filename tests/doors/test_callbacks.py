"""What Africa's Talking tells us afterwards: how a session ended, whether an SMS arrived, who wants no more."""

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bot import clock
from bot.settings import Settings
from models.actions import mail
from models.base import database
from tests.support.cast import ADA, register
from tests.support.leaks import found, in_the_database
from tests.support.phone import FORM

FIXTURES = Path(__file__).parents[1] / "fixtures" / "africastalking"
ENDED = {
    "date": "2026-11-23 09:15:42",
    "sessionId": "ATUid_1",
    "serviceCode": "*347*55#",
    "networkCode": "62130",
    "phoneNumber": ADA.phone,
    "status": "Failed",
    "cost": "NGN 6.9800",
    "durationInMillis": "41250",
    "hopsCount": "2",
    "input": "1*7349",
    "lastAppResponse": "CON Ada owes N5,000",
    "errorMessage": "too slow",
}


@pytest.fixture
def post(web: FlaskClient, ours: Settings) -> Any:
    def send(door: str, form: dict[str, str] | bytes) -> TestResponse:
        body = form if isinstance(form, bytes) else urlencode(form).encode()
        return web.post(f"/webhooks/{door}/{ours.callback_keys[0]}", data=body, content_type=FORM)

    return send


def sessions() -> list[Any]:
    return list(database.execute_sql("SELECT status, cost, took_ms, hops, error FROM ussd_session").fetchall())


def sent_message(message_id: str) -> int:
    """An SMS that went out under this id."""
    now = clock.now()
    queued = mail.queue_message("S01", dedupe_key=f"test:{message_id}", facts={"name": "Ada"}, phone=ADA.phone, now=now)
    assert queued is not None
    mail.claim_mail(now)
    mail.mail_sent(queued, message_id, "NGN 2.2000", 1, now)
    return queued


def status_of(outbox_id: int) -> tuple[str, str | None]:
    found = database.execute_sql("SELECT status, reason FROM outbox WHERE id = %s", (outbox_id,)).fetchone()
    return found[0], found[1]


def test_the_end_of_a_session_is_written_down_once(post: Any) -> None:
    assert post("africastalking-ussd-events", ENDED).text == "ok"
    assert post("africastalking-ussd-events", ENDED).text == "ok"
    assert sessions() == [("failed", "NGN 6.9800", 41250, 2, "too slow")]


@pytest.mark.parametrize(
    ("changes", "row"),
    [
        ({"status": "Success", "errorMessage": ""}, ("success", "NGN 6.9800", 41250, 2, None)),
        ({"status": "Exploded"}, ("unknown", "NGN 6.9800", 41250, 2, "too slow")),
        ({"durationInMillis": "x", "hopsCount": "-1", "cost": ""}, ("failed", "", 0, 0, "too slow")),
        ({"cost": "\x00\N{PILE OF POO}", "errorMessage": "a\x00b"}, ("failed", "\N{PILE OF POO}", 41250, 2, "ab")),
    ],
)
def test_what_is_odd_about_an_ending_is_no_obstacle(post: Any, changes: dict[str, str], row: tuple[Any, ...]) -> None:
    assert post("africastalking-ussd-events", ENDED | changes).status_code == 200
    assert sessions() == [row]


def test_what_was_said_in_the_session_is_not_kept(post: Any, capsys: pytest.CaptureFixture[str]) -> None:
    post("africastalking-ussd-events", ENDED)
    held = in_the_database() + capsys.readouterr().err
    assert found("7349", held) == []
    assert "owes" not in held


@pytest.mark.parametrize(
    ("name", "status"),
    [("success", "delivered"), ("failed", "failed"), ("rejected", "queued"), ("sent", "sent"), ("buffered", "sent")],
)
def test_a_delivery_report_moves_its_message(post: Any, name: str, status: str) -> None:
    """Rejected for "do not disturb" is no end: another provider may still carry it."""
    body = (FIXTURES / f"sms_dlr_{name}.txt").read_bytes()
    message_id = body.decode().split("id=")[1].split("&")[0]
    outbox_id = sent_message(message_id)
    assert post("africastalking-delivery", body).status_code == 200
    assert status_of(outbox_id)[0] == status


def test_a_late_report_moves_nothing_back(post: Any) -> None:
    outbox_id = sent_message("ATXid_1")
    report = {"id": "ATXid_1", "phoneNumber": ADA.phone, "networkCode": "62130", "status": "Success"}
    for status in ("Success", "Sent", "Failed"):
        assert post("africastalking-delivery", report | {"status": status}).status_code == 200
    assert status_of(outbox_id)[0] == "delivered"


def test_a_report_about_nothing_of_ours_is_fine(post: Any) -> None:
    report = {"id": "ATXid_other", "phoneNumber": ADA.phone, "networkCode": "62130", "status": "Success"}
    assert post("africastalking-delivery", report).status_code == 200


def test_who_opts_out_gets_no_reminder_and_every_receipt(post: Any) -> None:
    member_id = register(ADA, clock.now())
    now = clock.now()
    mail.claim_mail(now)
    assert post("africastalking-optout", {"senderId": "AjoSecure", "phoneNumber": ADA.phone}).status_code == 200
    for key, reminder in (("S04", True), ("S09", False)):
        mail.queue_message(key, dedupe_key=key, facts={}, member_id=member_id, reminder=reminder, now=clock.now())
    assert [message.text_key for message in mail.claim_mail(clock.now())] == ["S09"]


def test_a_stranger_may_opt_out_twice(post: Any) -> None:
    for _ in range(2):
        assert post("africastalking-optout", {"senderId": "AjoSecure", "phoneNumber": ADA.phone}).status_code == 200


def test_without_a_database_they_are_asked_to_come_again(post: Any) -> None:
    database.close_all()
    database.init("nowhere", host="127.0.0.1", port=1, user="ajo")
    assert post("africastalking-ussd-events", ENDED).status_code == 503
