"""Money against bad luck of every kind at once: providers that break by chance, and one death after the other.

Not part of `make test`; `make soak` runs it. SOAK_SEEDS says how many histories (default 200), SOAK_FROM where to
begin. A history that fails has its seed in its name: `make soak ARGS="-k 4711-"` plays it again.
"""

import os
import random
from collections.abc import Callable

import pytest

from bot.sandbox.client import SandboxClient
from tests.jobs.crashing import Snapshot, killed_at, poll_round
from tests.jobs.scenarios import SCENARIOS, Scenario
from tests.jobs.scene import Scene
from tests.support.databases import Database

SEEDS = range(
    int(os.environ.get("SOAK_FROM", "1")),
    int(os.environ.get("SOAK_FROM", "1")) + int(os.environ.get("SOAK_SEEDS", "200")),
)
DEATHS = 3
BREAKS = 2
MONEY = SCENARIOS[:2]

FAULTS = (
    "lose_request",
    "lose_answer",
    "error_after_effect",
    "error_before_effect",
    "html_body",
    "truncated_json",
    "rate_limited",
)
PLACES = {
    "a payout": ("paystack.balance", "paystack.recipient", "paystack.transfer", "paystack.verify_transfer"),
    "a payment": ("paystack.charge", "paystack.verify"),
}
WEBHOOKS = ("drop", "duplicate", "reorder", "delay")


@pytest.fixture(params=MONEY, ids=lambda scenario: scenario.name.replace(" ", "-"))
def scenario(request: pytest.FixtureRequest) -> Scenario:
    return request.param


@pytest.mark.parametrize("seed", SEEDS, ids="{}-".format)
def test_a_history(scene: Scene, db: Database, scenario: Scenario, seed: int):
    luck = random.Random(seed)
    scenario.begin(scene)
    snapshot = Snapshot(scene, db)
    try:
        snapshot.restore()
        break_things(scene.client, luck, PLACES[scenario.name])
        killed_at(luck.randint(1, 40), lambda: scenario.act(scene))
        for _ in range(luck.randint(0, DEATHS)):
            scene.assert_books()
            scene.advance(f"{luck.choice((10, 61, 200, 1000, 4000))}s")
            killed_at(luck.randint(1, 30), rounds(scene, luck.randint(1, 3)))
        scene.client.take_knobs_away()
        scenario.recover(scene)
        scenario.assert_done_once(scene)
    finally:
        snapshot.drop()


def break_things(client: SandboxClient, luck: random.Random, places: tuple[str, ...]) -> None:
    for _ in range(luck.randint(0, BREAKS)):
        client.knob(luck.choice(places), luck.choice(FAULTS), times=luck.randint(1, 2))
    if luck.random() < 0.5:
        client.knob("webhook.*", luck.choice(WEBHOOKS), times=luck.randint(1, 3))


def rounds(scene: Scene, count: int) -> Callable[[], None]:
    def go() -> None:
        for _ in range(count):
            poll_round(scene)

    return go
