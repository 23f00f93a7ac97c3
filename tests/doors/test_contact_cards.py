"""Contact cards: while she is asking people to join they are invitations, elsewhere something for the staff."""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from bot import clock
from bot.contacts import numbers_on
from bot.settings import Settings
from jobs import chats as jobs
from models.base import database
from tests.support.cast import ADA, open_group
from tests.support.chat import Chat

CARD = (
    b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Kemi\r\nTEL;TYPE=CELL;waid=2348031230077:+234 803 123 0077\r\nEND:VCARD\r\n"
    b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Lami\r\nitem1.TEL:08031230078\r\nTEL:08031230077\r\nEND:VCARD\r\n"
)


@pytest.fixture
def ada(web: FlaskClient, ours: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Chat]:
    """The head of a group that has room, whose cards can be had."""
    open_group(clock.now(), size=5)
    jobs._runner.cache_clear()
    monkeypatch.setattr(jobs, "_card", lambda media: CARD if media.url.endswith("card") else b"")
    yield Chat(web, ours, ADA.phone)
    jobs._runner.cache_clear()


def send(ada: Chat, name: str = "card") -> str:
    return ada.say("", NumMedia="1", MediaUrl0=f"https://api.twilio.com/{name}", MediaContentType0="text/vcard").body


def invited() -> int:
    return int(database.execute_sql("SELECT count(*) FROM invitation").fetchone()[0])


@pytest.mark.parametrize(
    ("card", "numbers"),
    [
        (CARD, ["+2348031230077", "+2348031230078"]),
        (b"", []),
        (b"BEGIN:VCARD\nTEL:+1 800 FLOWERS\nTEL:\nEND:VCARD", []),
        (b"\xff\xfeTEL:\xff", []),
        (b"TEL;VALUE=uri:tel:+2348031230077", ["+2348031230077"]),
    ],
)
def test_the_numbers_of_a_card(card: bytes, numbers: list[str]) -> None:
    assert numbers_on(card) == numbers


def test_a_card_invites_its_numbers(ada: Chat) -> None:
    ada.say("group")
    ada.tap("Invite someone")
    assert "Invited 0803" in send(ada)
    assert invited() == 2


def test_a_card_without_a_number_is_asked_about_again(ada: Chat) -> None:
    ada.say("group")
    ada.tap("Invite someone")
    assert "not a mobile number" in send(ada, "empty")
    assert invited() == 0


def test_elsewhere_a_card_invites_nobody(ada: Chat) -> None:
    ada.say("group")
    send(ada)
    assert invited() == 0


def test_nothing_of_a_card_is_kept(ada: Chat) -> None:
    ada.say("group")
    ada.tap("Invite someone")
    send(ada)
    assert database.execute_sql("SELECT count(*) FROM attachment").fetchone()[0] == 0
