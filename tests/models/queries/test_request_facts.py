"""Requests on the first screen: one query where nothing is open, a second where something is, nothing for outsiders."""

import pytest

from models.actions import extensions, swaps
from models.commands import AskMoreTime, AskSwap, Done
from models.facts import SwapTask, TimeTask
from models.queries.facts import DatabaseFacts
from models.sealing import keys
from models.tables.people import Member
from tests.support.circles import Circle, running_group
from tests.support.counting import counting


@pytest.fixture
def circle(db) -> Circle:
    return running_group()


def facts_of(circle: Circle, name: str) -> DatabaseFacts:
    member = Member.get_by_id(circle.members[name])
    return DatabaseFacts(keys().open(member.phone_sealed, f"member.phone:{member.id}"), circle.now)


def ask_both(circle: Circle) -> None:
    swap = AskSwap(circle.seats["Chidi"], circle.seats["Efe"])
    assert isinstance(swaps.ask_swap(swap, circle.context("Chidi")), Done)
    time = AskMoreTime(circle.seats["Dayo"], "two_days", "travel")
    assert extensions.ask_more_time(time, circle.context("Dayo")) == Done()


def test_it_costs_a_second_query_only_where_something_is_open(circle, monkeypatch):
    other = running_group()
    facts_of(circle, "Ada").home  # noqa: B018 (prepares the statements)
    ask_both(circle)
    facts_of(circle, "Ada").home  # noqa: B018
    for asked, queries in ((circle, 2), (other, 1)):
        facts = facts_of(asked, "Ada")
        with counting(monkeypatch) as costs:
            assert len(facts.home.tasks) == queries - 1
        assert len(costs.statements) == queries


def test_each_sees_what_is_hers_to_answer(circle):
    other = running_group()
    ask_both(circle)
    seen = {name: [type(task) for task in facts_of(circle, name).home.tasks] for name in circle.members}
    assert seen == {"Ada": [TimeTask], "Bisi": [TimeTask], "Chidi": [], "Dayo": [], "Efe": [SwapTask]}
    assert all(facts_of(other, name).home.tasks == () for name in other.members)


def test_the_outsider_learns_nothing_about_a_seat(circle):
    stranger = facts_of(running_group(), "Dayo")
    for read in (stranger.swaps, stranger.more_time):
        with pytest.raises(LookupError):
            read(circle.seats["Chidi"])
