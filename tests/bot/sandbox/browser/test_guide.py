"""The five steps of a newcomer: told on the page, opened on the right phones, ticked when they have been taken."""

import json
from pathlib import Path
from typing import Any

import pytest
import requests

from jobs.demo import tries
from tests.bot.sandbox.browser.test_page import page
from tests.bot.sandbox.support import Sandbox
from tests.support.replay import Scripted, answer

NAMES = ("start", "join", "pay", "time", "collect")


def done(sandbox: Sandbox) -> dict[str, bool]:
    found: dict[str, bool] = requests.get(f"{sandbox.url}/sandbox/guide", timeout=10).json()["done"]
    return found


def taken(sandbox: Sandbox) -> set[str]:
    return {name for name, is_done in done(sandbox).items() if is_done}


def begin_again(sandbox: Sandbox) -> None:
    assert requests.post(f"{sandbox.url}/sandbox/guide/begin", json={}, timeout=10).status_code == 200


def books(*names: str) -> Scripted:
    """What the product answers when these have happened."""
    return answer({"steps": {name: name in names for name in NAMES if name != "time"}})


def test_at_first_nothing_is_done(sandbox: Sandbox) -> None:
    sandbox.product.will(books())
    assert done(sandbox) == dict.fromkeys(NAMES, False)


def test_what_has_happened_since_the_page_was_first_opened_counts(sandbox: Sandbox) -> None:
    page(sandbox)
    sandbox.product.will(books("start", "collect"))
    assert taken(sandbox) == {"start", "collect"}
    taken(sandbox)

    first, second = sandbox.called("/inspect/steps", 2)
    assert first.query == second.query


def test_begun_again_only_what_comes_then_counts(sandbox: Sandbox) -> None:
    taken(sandbox)
    sandbox.client.move_clock(3600)
    assert taken(sandbox) == {"time"}

    begin_again(sandbox)
    assert taken(sandbox) == set()
    first, *_, last = sandbox.called("/inspect/steps", 3)
    assert first.query["since"] < last.query["since"]


def test_while_the_product_is_away_only_the_time_is_known(sandbox: Sandbox) -> None:
    page(sandbox)
    sandbox.client.move_clock(60)

    assert taken(sandbox) == {"time"}


def test_another_house_begins_anew(sandbox: Sandbox) -> None:
    """What a browser still has from a demo that was thrown away does not matter."""
    page(sandbox)
    sandbox.client.move_clock(86400)
    assert taken(sandbox) == {"time"}

    sandbox.client.reset()
    assert taken(sandbox) == set()


@pytest.fixture
def left(sandbox: Sandbox) -> Any:
    folder = Path(sandbox.environ["DATA_DIR"])
    tries.leave(folder)
    yield json.loads((folder / tries.FILE).read_text())
    (folder / tries.FILE).unlink()


def test_the_steps_lead_to_the_phones_of_the_demo(sandbox: Sandbox, left: dict[str, Any]) -> None:
    text = page(sandbox).text

    assert f"The PIN of the demo&#39;s people is {left['pin']}." in text
    for phones in (left["pay"], left["collect"]):
        assert "&amp;".join(f"phone={each.replace('+', '%2B')}" for each in phones) in text


def test_without_the_demo_the_steps_are_told(sandbox: Sandbox) -> None:
    text = page(sandbox).text

    assert text.count("data-step=") == 5
    assert "Each needs her PIN." in text
