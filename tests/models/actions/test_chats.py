"""Chats: one answer and one step for each event, silences, and that nothing lies there in the clear."""

from dataclasses import replace
from datetime import timedelta

import pytest

from models.actions import chats, inbox, private_links
from models.actions.chats import Answered, Overtaken
from models.base import database
from models.tables.chats import Chat, PrivateLink
from models.tables.mail import Inbox, Outbox

WHATSAPP = "twilio-whatsapp"
ADA = "+2348030000001"
TALK = '{"flow":"menu","state":"B1"}'
REPLY = '{"body":"Hi Ada"}'


def load():
    return chats.load(WHATSAPP, ADA, ADA)


def hear(clock, key="SM1"):
    return inbox.take_in(WHATSAPP, key, "message", "", b"hi", clock(), lane=inbox.lane_of(ADA))[0]


def answered(inbox_id, **changes):
    values = {"key": f"k{inbox_id}", "talk": TALK, "reply": REPLY, "inbox_id": inbox_id, "result": "said"}
    return Answered(**values | changes)


def test_a_turn_is_written_as_a_whole(db, clock):
    inbox_id = hear(clock)
    assert load().chat_id == 0
    chats.settle(load(), answered(inbox_id), clock())
    chat = load()
    assert (chat.talk, chat.version, chat.heard_at) == (TALK, 1, clock())
    assert chat.is_open(clock())
    assert not chat.is_open(clock() + chats.OPEN)
    assert Inbox.get_by_id(inbox_id).done_at == clock()
    (reply,) = Outbox.select()
    assert (reply.kind, reply.channel, reply.dedupe_key) == ("reply", WHATSAPP, f"reply:k{inbox_id}")
    assert chats.get(chat.chat_id) == chat


def test_who_comes_second_does_nothing(db, clock):
    before, inbox_id = load(), hear(clock)
    chats.settle(before, answered(inbox_id), clock())
    for late in (before, load()):
        with pytest.raises(Overtaken):
            chats.settle(late, answered(inbox_id, talk="{}", key="again"), clock())
    assert load().talk == TALK
    assert Outbox.select().count() == 1


def test_an_answer_beside_the_talk_moves_nothing_but_opens_the_window(db, clock):
    chats.settle(load(), answered(hear(clock)), clock())
    clock.advance("3m")
    chats.settle(load(), answered(hear(clock, "SM2"), talk=None, puzzled=True), clock())
    chat = load()
    assert (chat.talk, chat.version, chat.heard_at, chat.puzzled_at) == (TALK, 1, clock(), clock())
    assert chat.timeout_at == clock() + chats.OPEN - timedelta(minutes=3)


def test_nothing_of_a_chat_lies_in_the_clear(db, clock):
    chats.settle(load(), answered(hear(clock), token="the-token"), clock())
    for table in ("chat", "inbox", "private_link", "outbox"):
        (text,) = database.execute_sql(f"SELECT string_agg(t::text, '') FROM {table} t").fetchone()
        for secret in (ADA, "Hi Ada", '"B1"', "the-token"):
            assert secret not in text
            assert secret.encode().hex() not in text


def test_silence_closes_a_talk_and_a_day_of_it_forgets_it(db, clock):
    chats.settle(load(), answered(hear(clock)), clock())
    clock.now += chats.OPEN
    assert chats.raise_silences(clock()) == 1
    assert chats.raise_silences(clock()) == 0
    assert fall(clock, "timeout") == [True]
    assert (load().talk, load().timeout_at) == (TALK, None)
    clock.now += chats.KEPT
    assert chats.raise_silences(clock()) == 1
    assert fall(clock, "expiry") == [True]
    assert load().talk is None
    assert chats.raise_silences(clock() + chats.KEPT) == 0


def test_a_silence_that_she_broke_in_the_meantime_is_none(db, clock):
    chats.settle(load(), answered(hear(clock)), clock())
    clock.now += chats.OPEN
    chats.raise_silences(clock())
    chats.settle(load(), answered(hear(clock, "SM2")), clock())
    assert fall(clock, "timeout") == [False]
    assert load().is_open(clock())


def fall(clock, event):
    """Deal with the silences that were raised."""
    found = [inbox.opened(row) for row in Inbox.select().where((Inbox.event == event) & Inbox.done_at.is_null())]
    return [chats.fall_silent(each, *(int(part) for part in each.reference.split(":")), clock()) for each in found]


def test_a_talk_that_cannot_go_on_is_forgotten(db, clock):
    chats.settle(load(), answered(hear(clock)), clock())
    chats.forget(load())
    assert (load().talk, load().version) == (None, 2)


def test_an_apology_goes_out_once(db, clock):
    inbox_id = hear(clock)
    for _ in range(2):
        chats.apologize(load(), inbox_id, REPLY, "en", clock())
    assert Outbox.select().count() == 1
    assert Chat.select().count() == 0


def test_a_page_is_hers_for_ten_minutes_and_for_one_version(db, clock):
    token = private_links.new_token()
    assert len(token) >= 32
    chats.settle(load(), answered(hear(clock), token=token), clock())
    page = private_links.find(token, clock())
    assert (page.chat_id, page.version) == (load().chat_id, load().version)
    assert private_links.find("another", clock()) is None
    assert private_links.find(token, clock() + private_links.LIFE) is None
    private_links.go_on(page.link_id, 2, clock(), done=False)
    assert private_links.find(token, clock()) == replace(page, version=2)
    private_links.go_on(page.link_id, 3, clock(), done=True)
    assert private_links.find(token, clock()) is None


def test_a_page_takes_only_so_many_answers(db, clock):
    chats.settle(load(), answered(hear(clock), token="t"), clock())
    page = private_links.find("t", clock())
    counted = [private_links.count_post(page, clock()) for _ in range(private_links.POSTS + 1)]
    assert counted == [*range(1, private_links.POSTS + 1), 0]
    assert PrivateLink.get().posts == private_links.POSTS
