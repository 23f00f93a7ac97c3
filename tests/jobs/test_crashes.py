"""Killed at every point of every job that touches money or messages: what is left is found, finished, and done once.

The whole of it: two deaths in a row, and broken providers besides, is `make soak` (tests/soak).
"""

from collections.abc import Iterator

import pytest

from models.tables.money import Payment, PayoutAttempt
from tests.jobs.crashing import Snapshot, killed_at, points
from tests.jobs.scenarios import SCENARIOS, Scenario
from tests.jobs.scene import Scene
from tests.support.databases import Database


@pytest.fixture(params=SCENARIOS, ids=lambda scenario: scenario.name)
def scenario(request: pytest.FixtureRequest) -> Scenario:
    return request.param


@pytest.fixture
def begun(scene: Scene, scenario: Scenario, db: Database) -> Iterator[Snapshot]:
    """The scenario's beginning, to come back to."""
    scenario.begin(scene)
    snapshot = Snapshot(scene, db)
    yield snapshot
    snapshot.drop()


def test_whoever_is_killed_anywhere_is_followed_by_one_that_finishes(scene: Scene, scenario: Scenario, begun: Snapshot):
    for point in points():
        begun.restore()
        killed = killed_at(point, lambda: scenario.act(scene))
        scenario.recover(scene)
        scenario.assert_done_once(scene)
        for money in (Payment, PayoutAttempt):
            assert not money.select().where(money.status != "success").exists()
        if not killed:
            break
    assert point > scenario.least_points
