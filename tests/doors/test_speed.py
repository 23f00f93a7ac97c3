"""What a hop may cost: one round trip to Redis before and one after, two queries, nothing written when it reads."""

from collections.abc import Callable

import pytest

from bot import clock as moved
from tests.doors.conftest import Dialer
from tests.doors.journeys import running_group
from tests.support.cast import ADA, BISI
from tests.support.counting import Costs, counting
from tests.support.phone import Phone

Hop = Callable[[], str]


@pytest.fixture
def cost(monkeypatch: pytest.MonkeyPatch) -> Callable[[Hop], tuple[str, Costs]]:
    """What a hop shows and costs."""

    def measure(hop: Hop) -> tuple[str, Costs]:
        # The time may be looked up five times a second outside production; it is not part of a hop.
        moved.now()
        with counting(monkeypatch) as costs:
            screen = hop()
        return screen, costs

    return measure


@pytest.fixture
def bisi(phone: Dialer) -> Phone:
    """A member of a running group, on a connection that has been used before."""
    running_group()
    bisi = phone(BISI)
    bisi.dial()
    return bisi


def assert_cheap(costs: Costs, queries: int = 2) -> None:
    assert len(costs.trips) == 2, costs.trips
    assert costs.trips[0] == "MGET"
    assert costs.trips[1].startswith("pipeline")
    assert len(costs.statements) <= queries, costs.statements
    assert costs.writes == []


def test_reading_is_cheap_on_every_hop(bisi: Phone, cost: Callable[[Hop], tuple[str, Costs]]) -> None:
    walk: tuple[tuple[Hop, str], ...] = (
        (bisi.dial, "N5,000 due"),
        (lambda: bisi.say("3"), "Who has paid"),
        (lambda: bisi.say("1"), "nobody has paid yet"),
        (lambda: bisi.say("0"), "Who has paid"),
        (lambda: bisi.say("2"), "Next turns"),
        (lambda: bisi.say("00"), "N5,000 due"),
    )
    for hop, _ in walk:  # a connection plans each question once
        hop()
    for hop, shown in walk:
        screen, costs = cost(hop)
        assert shown in screen
        assert_cheap(costs)


def test_a_first_dial_is_cheap(phone: Dialer, cost: Callable[[Hop], tuple[str, Costs]]) -> None:
    ada = phone(ADA)
    ada.dial()
    for hop in (ada.dial, lambda: ada.say("1"), lambda: ada.say("1"), lambda: ada.say("Ada Obi")):
        _, costs = cost(hop)
        assert_cheap(costs)


def test_a_repeated_hop_costs_one_look(bisi: Phone, cost: Callable[[Hop], tuple[str, Costs]]) -> None:
    bisi.dial()
    _, costs = cost(bisi.again)
    assert (costs.trips, costs.statements) == (["MGET"], [])


def test_a_shortcut_asks_the_books_once_more(bisi: Phone, cost: Callable[[Hop], tuple[str, Costs]]) -> None:
    bisi.dial()
    _, costs = cost(lambda: bisi.dial("3"))
    assert_cheap(costs, queries=3)


def test_a_right_pin_writes_nothing(bisi: Phone, cost: Callable[[Hop], tuple[str, Costs]]) -> None:
    bisi.dial()
    assert "PIN" in bisi.say("2")
    screen, costs = cost(lambda: bisi.say("7349"))
    assert "Paid in" in screen
    assert costs.writes == []
    assert len(costs.trips) == 2
