"""The private page: what may not be typed in a chat, typed by whoever has the link, and kept nowhere."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import create_app
from bot import clock
from bot.settings import Settings
from models.actions import chats, lanes
from models.actions.private_links import POSTS
from models.base import database
from models.queries.people import member_id_of
from models.tables.chats import PrivateLink
from models.tables.people import Member
from tests.doors.journeys import a_forming_group, running_group
from tests.support.cast import BISI, DAYO
from tests.support.chat import Chat, hear_all
from tests.support.leaks import found, in_redis, in_the_database

CANARY = "583920"
LINK = re.compile(r"https?://\S+(/s/[\w-]+)")


@pytest.fixture
def chat(web: FlaskClient, ours: Settings) -> Callable[..., Chat]:
    """The chat of this person."""
    return lambda person: Chat(web, ours, person.phone)


@pytest.fixture
def bisi(chat: Callable[..., Chat]) -> Chat:
    """A member who has asked for her balance, and was sent to a page."""
    running_group()
    bisi = chat(BISI)
    bisi.say("menu")
    bisi.say("2")
    return bisi


def page_of(chat: Chat) -> str:
    """The page that our last message leads to."""
    found = LINK.search(chat.last.body)
    assert found, chat.last.body
    return found[1]


def look(chat: Chat, page: str = "") -> TestResponse:
    return chat.web.get(page or page_of(chat))


def post(chat: Chat, page: str, answer: str, version: str = "", **more: str) -> TestResponse:
    """Type this on the page as it stands."""
    shown = version or re.search(r'name="version" value="(\d+)"', look(chat, page).text)[1]
    return chat.web.post(page, data={"answer": answer, "version": shown} | more)


def test_it_asks_what_the_screen_asks_and_works_on_any_phone(bisi: Chat) -> None:
    shown = look(bisi)
    assert shown.status_code == 200
    assert "PIN" in shown.text
    assert 'type="password" inputmode="numeric"' in shown.text
    assert not re.search(r"<script|\bsrc=|<link|@import|url\(|\son\w+=", shown.text)


def test_it_is_kept_by_nobody_and_framed_by_nobody(bisi: Chat) -> None:
    for shown in (look(bisi), look(bisi, "/s/" + "0" * 32)):
        policy = shown.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert shown.headers["Cache-Control"] == "no-store"
        assert shown.headers["Referrer-Policy"] == "no-referrer"
        assert shown.headers["X-Content-Type-Options"] == "nosniff"


def test_the_right_pin_leads_on_in_the_chat(bisi: Chat) -> None:
    page = page_of(bisi)
    done = post(bisi, page, "7349")
    assert (done.status_code, "go back to your chat" in done.text) == (200, True)
    assert "aid in" in bisi.last.body
    assert look(bisi, page).status_code == 410
    assert post(bisi, page, "7349", version="3").status_code == 410


def test_looking_uses_nothing_up(bisi: Chat) -> None:
    page = page_of(bisi)
    for _ in range(3):
        assert bisi.web.head(page).status_code == 200
        assert look(bisi, page).status_code == 200
    assert PrivateLink.get().posts == 0
    assert post(bisi, page, "7349").status_code == 200


def test_a_wrong_pin_is_asked_again_with_the_tries_that_are_left(bisi: Chat) -> None:
    page, before = page_of(bisi), len(bisi.all)
    for left in (4, 3):
        assert str(left) in post(bisi, page, "1357").text
    assert look(bisi, page).status_code == 200
    assert len(bisi.all) == before
    post(bisi, page, "1357")  # three in a row are enough for one page
    assert look(bisi, page).status_code == 410
    bisi.say("turn")
    page = page_of(bisi)
    post(bisi, page, "1357")
    assert "ocked" in post(bisi, page, "1357").text
    assert look(bisi, page).status_code == 410
    assert "ocked" in bisi.last.body


def test_the_same_answer_sent_twice_is_one_try(bisi: Chat) -> None:
    page = page_of(bisi)
    version = re.search(r'name="version" value="(\d+)"', look(bisi, page).text)[1]
    for _ in range(2):
        assert "4" in post(bisi, page, "1357", version=version).text
    assert Member.get(Member.id == BISI.member_id).pin_failures == 1


def test_back_is_a_button(bisi: Chat) -> None:
    page = page_of(bisi)
    assert 'name="tap" value="0"' in look(bisi, page).text
    assert post(bisi, page, "", tap="0").status_code == 200
    assert "N5,000" in bisi.last.body
    assert look(bisi, page).status_code == 410


def test_a_newcomer_chooses_her_pin_on_one_page(chat: Callable[..., Chat]) -> None:
    dayo = chat(DAYO)
    for answer in ("hi", "1", "1", "Dayo Ige"):
        dayo.say(answer)
    page = page_of(dayo)
    assert "easy" in post(dayo, page, "1234").text
    assert "again" in post(dayo, page, CANARY[:4]).text
    assert "not the same" in post(dayo, page, "9173").text
    assert "again" in post(dayo, page, CANARY[:4]).text
    assert "go back" in post(dayo, page, CANARY[:4]).text
    assert "Dayo" in dayo.last.body
    assert member_id_of(DAYO.phone) is not None


def test_an_account_number_is_typed_there_and_shown_in_no_chat(chat: Callable[..., Chat]) -> None:
    running_group()
    bisi = chat(BISI)
    bisi.say("bank")
    for _ in range(4):
        if LINK.search(bisi.last.body):
            break
        bisi.say("1")
    page = page_of(bisi)
    assert "0123456789" not in str(bisi.all)
    assert look(bisi, page).status_code == 200


def test_it_is_over_when_she_goes_on_without_it(bisi: Chat) -> None:
    page = page_of(bisi)
    bisi.say("menu")
    assert look(bisi, page).status_code == 410
    assert bisi.web.post(page, data={"answer": "7349", "version": "2"}).status_code == 410


def test_it_is_over_after_ten_minutes(bisi: Chat) -> None:
    page = page_of(bisi)
    clock.advance("10m")
    gone = look(bisi, page)
    assert gone.status_code == 410
    assert "10 minutes" in gone.text


@pytest.mark.parametrize("page", ["/s/x", "/s/" + "0" * 32, "/s/%00", "/s/" + "a" * 500])
def test_what_was_never_a_page_is_gone(web: FlaskClient, page: str) -> None:
    assert web.get(page).status_code == 410
    assert web.post(page, data={"answer": "7349"}).status_code == 410


def test_it_takes_only_so_many_answers(bisi: Chat) -> None:
    page = page_of(bisi)
    PrivateLink.update(posts=POSTS).execute()
    assert post(bisi, page, "7349").status_code == 410


def test_what_is_too_long_is_not_read(bisi: Chat) -> None:
    assert bisi.web.post(page_of(bisi), data={"answer": "7" * 5000}).status_code == 410


def test_an_answer_waits_for_the_message_that_is_being_dealt_with(bisi: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    page = page_of(bisi)
    monkeypatch.setattr("bot.page_turns.WAIT_SECONDS", 0.1)
    lane = chats.load(bisi.channel, bisi.address, bisi.address).lane
    assert lanes.claim_lane(lane, "a worker", clock.now())
    assert post(bisi, page, "7349").status_code == 503
    lanes.drop_lane(lane, "a worker", clock.now())
    assert post(bisi, page, "7349").status_code == 200


def test_a_message_that_came_meanwhile_is_heard_afterwards(bisi: Chat) -> None:
    page = page_of(bisi)
    bisi.send("menu")
    assert post(bisi, page, "7349").status_code == 200
    assert "aid in" in bisi.last.body
    hear_all()
    assert "N5,000" in bisi.last.body


def test_what_breaks_is_told_kindly_and_the_page_stays_hers(
    bisi: Chat, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = page_of(bisi)
    with monkeypatch.context() as broken:
        broken.setattr("bot.steps.perform", _break)
        assert post(bisi, page, "7349").status_code == 503
    assert found("7349", capsys.readouterr().err) == []
    assert post(bisi, page, "7349").status_code == 200


def test_a_pin_is_nowhere(chat: Callable[..., Chat], capsys: pytest.CaptureFixture[str], redis_client) -> None:
    words = a_forming_group()
    bisi = chat(BISI)
    bisi.say(f"join {words['code']}")
    for _ in range(4):
        if LINK.search(bisi.last.body):
            break
        bisi.say("1")
    page = page_of(bisi)
    seats = count("seat")
    post(bisi, page, CANARY)
    post(bisi, page, "7349")
    assert count("seat") == seats + 1
    places = [capsys.readouterr().err, in_the_database(), in_redis(redis_client)]
    for secret in (CANARY, page.removeprefix("/s/")):
        assert found(secret, *places) == []


def count(table: str) -> int:
    return int(database.execute_sql(f'SELECT count(*) FROM "{table}"').fetchone()[0])


def _break(*_: object) -> None:
    raise RuntimeError("the machine stops")


def test_where_we_are_reached_over_https_a_browser_never_comes_without(
    ours: Settings, db: object, redis_client: object
) -> None:
    for url, strict in (("https://ajo.ng", True), ("http://127.0.0.1:8000", False)):
        page = create_app(replace(ours, public_url=url)).test_client().get("/s/" + "0" * 32)
        assert ("Strict-Transport-Security" in page.headers) == strict
    clock.plain()
