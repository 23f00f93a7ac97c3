"""Random histories of a circle, with crashes in the middle of any action: the books always hold, and always agree
with a second bookkeeper who knows nothing of the first.

AJO_HISTORIES says how many, and then one that fails is shrunk; without it, few and always the same.
"""

import os
from collections.abc import Callable, Sequence

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from models import base
from tests.support.history import EVERYWHERE, History

HISTORIES = int(os.environ.get("AJO_HISTORIES", "0"))
NAMES = ("ask", "ask", "deliver", "deliver", "all_pay", "all_pay", "approve", "approve_twice", "approve_twice", "send",
         "send", "arrive", "arrive", "fail", "answer", "tick", "deliver_foreign", "deliver_again", "give_up",
         "stranger", "return_it", "settle_balance", "pay_short", "whole_cycle", "whole_cycle", "swap", "swap",
         "more_time", "more_time", "rest", "rest", "dissolve")  # fmt: skip
NUMBERS = st.integers(0, 200_000)

OF_A_GROUP = ("due.", "liab.pot:", "liab.payout_clearing:", "liab.penalty_pool:", "liab.unwinding:")

# What a bank has sent back is in the way of an end, and has an end of its own (test_payouts.py).
BEFORE_THE_END = [name for name in NAMES if name not in ("dissolve", "return_it")]

AS_MANY = settings(
    max_examples=HISTORIES or 6,
    derandomize=not HISTORIES,
    phases=(Phase.generate, Phase.shrink) if HISTORIES else (Phase.generate,),
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)


def steps_of(names: Sequence[str], least: int, most: int) -> st.SearchStrategy[list[tuple[str, int, int, int]]]:
    deaths = st.one_of(st.just(0), st.just(0), st.integers(1, 80))
    return st.lists(st.tuples(st.sampled_from(names), NUMBERS, NUMBERS, deaths), min_size=least, max_size=most)


@pytest.fixture
def fresh(db) -> Callable[[], None]:
    """A new database for each history of a test."""

    def renew() -> None:
        base.database.close_all()
        db.renew()

    return renew


@AS_MANY
@given(steps=steps_of(NAMES, 20, 60))
def test_it_keeps_its_books_through_any_history(fresh, steps):
    fresh()
    history = History()
    history.check()
    for step in steps:
        history.step(*step)


@AS_MANY
@given(before=steps_of(BEFORE_THE_END, 5, 30), after=steps_of(BEFORE_THE_END, 0, 15), crash_at=st.integers(0, 200))
def test_whatever_was_before_a_group_can_be_ended_and_everybody_gets_what_is_hers(fresh, before, after, crash_at):
    fresh()
    history = History()
    for step in before:
        history.step(*step)
    history.hear_of_all_transfers()
    if history.circle.group.status == "completed":
        return
    assert history.end_it(crash_at)
    nets, taken = history.model.nets, dict(history.model.taken)
    for step in after:
        history.step(*step)
    history.unwind()
    assert {name: history.model.taken[name] - taken.get(name, 0) for name in nets} == {
        name: max(net, 0) for name, net in nets.items()
    }
    left = {account for account, kobo in history.model.balances.items() if kobo}
    assert {account for account in left if account.startswith(OF_A_GROUP)} == set()


def test_it_keeps_its_books_when_it_dies_at_any_statement(db):
    """The whole way of a cycle, each action of it killed at its 1st, 2nd, 3rd ... statement before it may finish."""
    history = History()
    way = [("ask", 0, 2), ("ask", 1, 2), ("deliver", 0, 0), ("deliver", 0, 0), ("approve", 0, 0)]
    dying = ("ask", 2, 2), ("deliver", 0, 0), ("approve", 0, 0), ("approve", 1, 0), ("send", 0, 0), ("arrive", 0, 1)
    for name, a, b in way:
        history.step(name, a, b, 0)
    for name, a, b in dying:
        history.step(name, a, b, EVERYWHERE)
    assert history.circle.cycle(1).status == "settled"
