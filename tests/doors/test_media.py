"""The pictures of messages: whoever has the link sees the file for two hours, and nobody else sees anything."""

from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient

from bot import clock, media
from bot.settings import Settings
from flows.forms import Message, Picture
from models.actions import mail
from tests.support.cast import ADA, BISI, open_group, register

FACTS = {"amt": "N5,000", "group": "Mama Titi Ajo", "name": "Ngozi", "date": "Fri 27 Nov", "r": "6", "m": "12",
         "ref": "R48213"}  # fmt: skip
POSTER = Picture("poster", {"group": "Mama Titi Ajo", "code": "482917"})


def receipt() -> int:
    """A piece of news that comes with a picture."""
    found = mail.queue_message("S09c", dedupe_key="n", facts=FACTS, phone=ADA.phone, now=clock.now())
    assert found is not None
    return found


def reply(picture: Picture | None, member_id: int | None = None) -> int:
    found = mail.queue_reply(
        channel="twilio-whatsapp", address=ADA.phone, message=Message("Hello", picture=picture).to_json(),
        dedupe_key=f"r{member_id}", member_id=member_id, now=clock.now(),
    )  # fmt: skip
    assert found is not None
    return found


def path_of(ours: Settings, outbox_id: int, kind: str) -> str:
    return urlsplit(media.link(ours, outbox_id, Picture(kind, {}))).path


def test_a_receipt_is_drawn_from_the_message_when_it_is_asked_for(web: FlaskClient, ours: Settings):
    answer = web.get(path_of(ours, receipt(), "receipt"))

    assert answer.status_code == 200
    assert answer.data.startswith(b"\x89PNG")
    assert answer.headers["Content-Disposition"] == 'inline; filename="ajo-receipt-R48213.png"'
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_picture_of_a_reply_is_the_one_that_it_names(web: FlaskClient, ours: Settings):
    answer = web.get(path_of(ours, reply(POSTER), "poster"))
    assert answer.headers["Content-Disposition"] == 'inline; filename="ajo-poster-482917.png"'


def test_a_statement_shows_the_payments_of_her_own_seat_only(web: FlaskClient, ours: Settings):
    formed = open_group(clock.now(), ADA)
    seat = formed.seat_of(ADA, clock.now())
    register(BISI, clock.now())
    words = {"seat": str(seat), "name": "Ada", "group": "Mama Titi Ajo", "bal": "N0"}
    for person in (ADA, BISI):
        answer = web.get(path_of(ours, reply(Picture("statement", words), person.member_id), "statement"))
        assert answer.content_type == "application/pdf"
        assert answer.data.startswith(b"%PDF-")


def test_nothing_personal_stands_in_the_link(ours: Settings, web: FlaskClient):
    link = media.link(ours, 7, POSTER)
    assert link.startswith(f"{ours.public_url}/media/")
    assert link.endswith(".png")
    assert not any(each in link for each in ("Titi", "482917", ADA.phone[1:]))
    assert media.link(ours, 7, Picture("painting", {})) == ""


def test_a_link_is_good_for_two_hours(web: FlaskClient, ours: Settings):
    path = path_of(ours, receipt(), "receipt")
    clock.set_to(clock.now() + media.LIFE)
    assert web.get(path).status_code == 200
    clock.set_to(clock.now() + (media.LIFE / 100))
    assert web.get(path).status_code == 404


@pytest.mark.parametrize("change", ["signature", "ending", "other key", "other salt", "no such message", "no picture"])
def test_nobody_else_sees_anything(web: FlaskClient, ours: Settings, change: str):
    outbox_id = receipt()
    path = path_of(ours, outbox_id, "receipt")
    wrong = {
        "signature": path.replace(path[-10:-4], "AAAAAA"),
        "ending": path.replace(".png", ".pdf"),
        "other key": path_of(replace(ours, secret_key="x" * 40), outbox_id, "receipt"),
        "other salt": "/media/" + media.URLSafeTimedSerializer(ours.secret_key, salt="page").dumps(1) + ".png",
        "no such message": path_of(ours, 4711, "receipt"),
        "no picture": path_of(ours, reply(None), "receipt"),
    }[change]
    answer = web.get(wrong)

    assert (answer.status_code, answer.data) == (404, b"not found")
