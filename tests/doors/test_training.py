"""A house to learn in: whatever somebody sees of it says that its money is play money, on every way to her."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import redis
from flask.testing import FlaskClient

from app import create_app
from bot import clock as moved
from bot import settings as settings_module
from bot.drawing import drawn
from bot.pictures.words import lines_of
from bot.public.pages import PAGES, address
from bot.settings import Settings
from flows import catalogue
from flows.catalogue import LANGUAGES
from flows.forms import Picture
from jobs import chats, wording
from models.queries.people import member_id_of
from tests.doors.journeys import running_group
from tests.support.cast import BISI, DAYO
from tests.support.chat import Chat
from tests.support.databases import Database
from tests.support.phone import Phone
from tests.support.time import A_MONDAY_MORNING

MARK = "PLAY MONEY"
PANEL = Path(__file__).parents[2] / "bot" / "panel" / "templates"


@pytest.fixture
def school(settings: Settings) -> Iterator[Settings]:
    """The settings of such a house, for this process, too."""
    ours = replace(settings, answer_wait_ms=0, training=True)
    settings_module.use(ours)
    for cached in (wording.screens, chats._runner):
        cached.cache_clear()
    yield ours
    for cached in (wording.screens, chats._runner):
        cached.cache_clear()


@pytest.fixture
def learning(school: Settings, db: Database, redis_client: redis.Redis) -> Iterator[FlaskClient]:
    client = create_app(school).test_client()
    moved.set_to(A_MONDAY_MORNING)
    yield client
    moved.plain()


def test_a_phone_says_it_on_every_screen(learning: FlaskClient, school: Settings) -> None:
    phone = Phone(learning, school.callback_keys[0], school.ussd_code, DAYO.phone)
    assert phone.dial() == f"{MARK}\nWelcome to Ajo.\n" + phone.screen.partition("Welcome to Ajo.\n")[2]
    for answer in ("1", "1", "Dayo Bello", "5839", "5839"):
        assert phone.say(answer).startswith(f"{MARK}\n")
    assert member_id_of(DAYO.phone) is not None


def test_a_chat_and_its_private_page_say_it(learning: FlaskClient, school: Settings) -> None:
    running_group()
    chat = Chat(learning, school, BISI.phone)
    chat.say("menu")
    assert chat.last.body.startswith(f"*{MARK}*\n")
    chat.say("2")
    assert chat.last.body.startswith(f"*{MARK}*\n")
    page = re.search(r"https?://\S+(/s/[\w-]+)", chat.last.body)
    assert page
    for shown in (learning.get(page[1]), learning.get("/s/" + "0" * 32)):
        assert f"<h1>{MARK} · " in shown.text


def test_the_pages_say_it(learning: FlaskClient) -> None:
    assert f"<strong>{MARK}.</strong>" in learning.get("/en").text
    assert MARK in learning.get("/admin/sign-in").text
    assert learning.get("/p/R4K7M2XQ").text.startswith(f"{MARK}\n")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_public_page_says_it_in_every_language(learning: FlaskClient, language: str) -> None:
    for page in PAGES:
        assert catalogue.text("PLAY", language, "whatsapp") in learning.get(address(language, page)).text, page


def test_every_page_of_the_panel_stands_in_the_frame_that_says_it() -> None:
    """No page has a frame of its own, in which it might be forgotten."""
    pages = [path for path in PANEL.glob("panel/*.html") if not path.name.startswith("_")]
    strange = [path.name for path in pages if outermost(path) != (PANEL / "panel" / "base.html").read_text()]
    assert strange == []
    assert len(pages) > 50
    for frame in ("panel/base.html", "rq_dashboard/base.html"):
        assert "{% if training %}" in (PANEL / frame).read_text()


def outermost(path: Path) -> str:
    """The text of the template that stands around it and everything between."""
    text = path.read_text()
    around = re.search(r'{%-? extends "([^"]+)"', text)
    return outermost(PANEL / around[1]) if around else text


def test_a_picture_says_it(school: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """At the head of it, in the words of its language; and the file is not called a receipt of ours."""
    heads = []
    monkeypatch.setattr("bot.drawing.draw_receipt", lambda lines, brand: heads.append(brand) or b"")
    for language in ("en", "ig"):
        made = drawn(Picture("receipt", {"ref": "R48213"}), language, None, A_MONDAY_MORNING, school)
    brands = [lines_of("brand", language, {})[0].value for language in ("en", "ig")]
    assert heads == [f"{brands[0]} · {MARK}", f"{brands[1]} · EGO EGWUREGWU"]
    assert made.name == "play-receipt-R48213.png"


def test_no_approved_text_is_used_because_it_could_not_say_it(school: Settings) -> None:
    assert not wording.has_template(None)  # type: ignore[arg-type]


def test_where_the_money_is_real_nothing_says_it(settings: Settings, db: Database, redis_client: redis.Redis) -> None:
    web = create_app(settings).test_client()
    assert MARK not in web.get("/en").text
    assert MARK not in web.get("/admin/sign-in").text
    assert MARK not in Phone(web, settings.callback_keys[0], settings.ussd_code, DAYO.phone).dial()
    moved.plain()
