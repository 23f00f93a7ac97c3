"""Pictures on their way: Twilio is told where they are, fetches them from us, and they arrive on her phone."""

import threading
from collections.abc import Iterator

import pytest
from werkzeug.serving import make_server

from app import create_app
from bot.sandbox import ports
from bot.settings import current
from flows.forms import Message, Picture
from jobs import outbox
from models.actions import chats, mail
from models.actions.chats import Answered
from models.tables.mail import Outbox
from models.tables.people import Member
from tests.jobs.scene import Scene
from tests.support.cast import ADA, register

WHATSAPP = "twilio-whatsapp"
FACTS = {"amt": "N5,000", "group": "Mama Titi Ajo", "name": "Ada", "date": "Fri 27 Nov", "r": "6", "m": "12",
         "ref": "R48213"}  # fmt: skip


@pytest.fixture
def our_environ(our_environ: dict[str, str]) -> dict[str, str]:
    (port,) = ports.some_free(1)
    return our_environ | {"PUBLIC_URL": f"http://127.0.0.1:{port}"}


@pytest.fixture
def web(scene: Scene) -> Iterator[None]:
    """Our web process, as Twilio reaches it."""
    server = make_server("127.0.0.1", int(current().public_url.rsplit(":", 1)[1]), create_app(current()), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield
    server.shutdown()
    thread.join()


@pytest.fixture
def ada(scene: Scene, web: None) -> int:
    """A member who is on WhatsApp and wants her messages there."""
    register(ADA, scene.now)
    outbox.sweep(scene.now)
    Member.update(reminder_channel="whatsapp").execute()
    scene.client.whatsapp(ADA.phone).say("hi")
    chats.settle(chats.load(WHATSAPP, ADA.phone, ADA.phone), Answered(key="hi"), scene.now)
    return ADA.member_id


def test_a_receipt_comes_with_its_picture(scene: Scene, ada: int):
    message = mail.queue_message("S09c", dedupe_key="n", facts=FACTS, member_id=ada, now=scene.now)
    assert message is not None
    outbox.send_mail(message)

    assert Outbox.get_by_id(message).channel == WHATSAPP
    [arrived] = scene.client.whatsapp(ADA.phone).inbox()
    [file] = arrived.media
    assert "Received" in arrived.body
    assert (file.content_type, file.name) == ("image/png", "ajo-receipt-R48213.png")
    assert scene.client.media(file.sid).startswith(b"\x89PNG")


def test_by_sms_the_same_receipt_has_none(scene: Scene, ada: int):
    Member.update(reminder_channel="sms").execute()
    message = mail.queue_message("S09c", dedupe_key="n", facts=FACTS, member_id=ada, now=scene.now)
    assert message is not None
    outbox.send_mail(message)
    assert "N5,000" in scene.client.inbox(ADA.phone)[-1].text


def test_a_document_follows_its_words_as_a_message_of_its_own(scene: Scene, ada: int):
    words = {"seat": "1", "name": "Ada", "group": "Mama Titi Ajo", "bal": "N30,000"}
    said = Message("Your payments", picture=Picture("statement", words))
    reply = mail.queue_reply(
        channel=WHATSAPP, address=ADA.phone, message=said.to_json(), dedupe_key="r", member_id=ada, now=scene.now
    )
    assert reply is not None
    outbox.send_reply(reply)
    outbox.sweep(scene.now)
    outbox.sweep(scene.now)

    text, document = scene.client.whatsapp(ADA.phone).inbox()
    assert (text.body, text.media) == ("Your payments", ())
    [file] = document.media
    assert (document.body, file.content_type) == ("", "application/pdf")
    assert file.name.startswith("ajo-statement-")
