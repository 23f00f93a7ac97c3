"""Redis emptied before any hop of any journey, and any hop sent twice: the books at the end are the same."""

from collections.abc import Callable

import pytest
import redis

from bot import clock, process
from models.base import database
from models.queries.invariants import violations
from tests.doors.conftest import Dialer
from tests.doors.journeys import JOURNEYS, LONGEST, Journey, travel
from tests.support.phone import Phone

BOOKS = (
    *("member", "consent", "savings_group", "seat", "payment", "approval", "payout", "bank_account", "invitation"),
    *("journal_entry", "outbox", "audit", "inbox"),
)
by_name = pytest.mark.parametrize("journey", JOURNEYS, ids=lambda journey: journey.name)


def books() -> dict[str, int]:
    return {table: database.execute_sql(f"SELECT count(*) FROM {table}").fetchone()[0] for table in BOOKS}


class Traveller:
    """Goes through a journey and looks at what it has left in the books."""

    def __init__(self, journey: Journey, phone: Phone) -> None:
        self.words = journey.before()
        self.journey, self.phone, self.began = journey, phone, books()

    def go(self, each_hop: Callable[[int], None]) -> int:
        hops = travel(self.journey, self.phone, self.words, each_hop)
        left = {table: count - self.began[table] for table, count in books().items() if count != self.began[table]}
        assert left == self.journey.leaves
        assert violations(clock.now()) == []
        return hops


@pytest.fixture
def traveller(phone: Dialer, journey: Journey) -> Traveller:
    return Traveller(journey, phone(journey.who))


@by_name
def test_a_journey_leaves_what_it_should(traveller: Traveller) -> None:
    assert traveller.go(lambda hop: None) < LONGEST


@pytest.mark.parametrize(
    ("journey", "lost_before"),
    [
        pytest.param(journey, hop, id=f"{journey.name}-{hop}")
        for journey in JOURNEYS
        for hop in range(1, len(journey.answers) + 1)
    ],
)
def test_memory_lost_before_any_hop_changes_nothing(
    traveller: Traveller, redis_client: redis.Redis, lost_before: int
) -> None:
    def lose(hop: int) -> None:
        if hop == lost_before:
            redis_client.flushdb()

    traveller.go(lose)


@by_name
def test_every_hop_sent_twice_is_done_once(traveller: Traveller) -> None:
    def repeat(hop: int) -> None:
        if hop:
            shown = traveller.phone.screen
            assert traveller.phone.again() == shown

    traveller.go(repeat)
    last = traveller.phone.screen
    assert traveller.phone.again() == last


@by_name
def test_every_hop_sent_again_after_memory_was_lost_is_done_once(
    traveller: Traveller, redis_client: redis.Redis
) -> None:
    def lose_and_repeat(hop: int) -> None:
        if hop:
            redis_client.flushdb()
            traveller.phone.again()

    traveller.go(lose_and_repeat)
    redis_client.flushdb()
    last = traveller.phone.screen
    assert traveller.phone.again() == last, "what was performed is answered from the books"


@by_name
def test_without_redis_nothing_is_performed_and_everything_is_answered(traveller: Traveller) -> None:
    process.use_redis(process.connect_redis("redis://127.0.0.1:1/0"))
    traveller.phone.dial()
    for _ in range(8):
        if traveller.phone.over:
            break
        traveller.phone.say(traveller.journey.answer(traveller.phone.screen, traveller.words))
    assert books() == traveller.began


@by_name
def test_without_a_database_she_is_told_to_come_again(traveller: Traveller) -> None:
    traveller.phone.dial()
    database.close_all()
    database.init("nowhere", host="127.0.0.1", port=1, user="ajo")
    for _ in range(LONGEST):  # a newcomer's first answers need no books; the first that needs them is told
        if traveller.phone.over:
            break
        traveller.phone.say(traveller.journey.answer(traveller.phone.screen, traveller.words))
    assert "Ajo is busy now" in traveller.phone.screen
