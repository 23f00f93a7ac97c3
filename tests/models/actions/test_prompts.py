"""Prompts: the last one first, for two days, and each once."""

from datetime import timedelta

from models.actions import prompts
from models.base import database

ADA = "+2348030000001"
DUE = {"1": "=pay:12", "2": "=more_time:12"}


def test_the_last_one_comes_first_and_each_waits_for_two_days(db, clock):
    prompts.leave(ADA, "S04", "Mama Titi Ajo", DUE, clock())
    clock.advance("1h")
    prompts.leave(ADA, "S04", "Office Ajo", {"1": "=pay:13"}, clock())
    prompts.leave("+2348030000002", "S04", "Office Ajo", {"1": "=pay:14"}, clock())
    assert [each.about for each in prompts.waiting(ADA, clock())] == ["Office Ajo", "Mama Titi Ajo"]
    clock.now += prompts.ANSWERABLE - timedelta(minutes=30)
    assert [each.choices for each in prompts.waiting(ADA, clock())] == [{"1": "=pay:13"}]
    assert prompts.waiting(ADA, clock() + timedelta(hours=1)) == []


def test_a_reminder_that_comes_again_replaces_the_first(db, clock):
    prompts.leave(ADA, "S04", "Mama Titi Ajo", DUE, clock())
    prompts.leave(ADA, "S06", "Mama Titi Ajo", DUE | {"3": "=report:12"}, clock())
    assert [each.text_key for each in prompts.waiting(ADA, clock())] == ["S06"]


def test_what_was_answered_waits_no_more(db, clock):
    prompts.leave(ADA, "S04", "Mama Titi Ajo", DUE, clock())
    assert prompts.answered(ADA, "=more_time:12", clock()) == 1
    assert prompts.waiting(ADA, clock()) == []
    assert prompts.answered(ADA, "=more_time:12", clock()) == 0


def test_it_does_not_say_whose_it_is(db, clock):
    prompts.leave(ADA, "S04", "Mama Titi Ajo", DUE, clock())
    (text,) = database.execute_sql("SELECT p::text FROM prompt p").fetchone()
    assert ADA not in text
