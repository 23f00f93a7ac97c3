"""The five steps of a newcomer: told on the page, opened on the right phones, ticked when they have been taken."""

import json
from pathlib import Path
from typing import Any

import pytest
import requests

from jobs.demo import tries
from tests.bot.sandbox.browser.test_page import page
from tests.bot.sandbox.support import ADA, Sandbox
from tests.support.replay import answer

BEFORE = "2000-01-01T00:00:00.000Z"
NOBODYS = {"deeds": []}


def done(sandbox: Sandbox, since: str = BEFORE, **more: Any) -> dict[str, bool]:
    params = {"since": since, "phone": ADA, **more}
    found: dict[str, bool] = requests.get(f"{sandbox.url}/sandbox/guide", params=params, timeout=10).json()["done"]
    return found


def taken(sandbox: Sandbox, **more: Any) -> set[str]:
    return {name for name, is_done in done(sandbox, **more).items() if is_done}


def deed(command: str, refused: str | None = None) -> dict[str, Any]:
    return {"at": BEFORE, "channel": "ussd", "command": command, "done": {}, "refused": refused}


def test_at_first_nothing_is_done(sandbox: Sandbox) -> None:
    sandbox.product.will(answer(NOBODYS))
    assert done(sandbox) == dict.fromkeys(("start", "join", "pay", "time", "collect"), False)


def test_what_was_done_on_the_open_phones_counts_and_a_refusal_does_not(sandbox: Sandbox) -> None:
    sandbox.product.will(answer({"deeds": [deed("OpenGroup"), deed("JoinGroup", refused="group_full")]}))
    assert taken(sandbox) == {"start"}

    asked = sandbox.called("/inspect/deeds")[-1]
    assert asked.query == {"phone": [ADA], "since": [BEFORE]}


def test_while_the_product_is_away_the_rest_is_known(sandbox: Sandbox) -> None:
    sandbox.charge("ajo-c-17-1-k3j9x0q2")
    sandbox.client.pay("ajo-c-17-1-k3j9x0q2")

    assert taken(sandbox) == {"pay"}


def test_what_was_before_the_guide_began_does_not_count(sandbox: Sandbox) -> None:
    sandbox.charge("ajo-c-17-1-k3j9x0q2")
    sandbox.client.pay("ajo-c-17-1-k3j9x0q2")
    sandbox.client.move_clock(3600)

    assert taken(sandbox, since="2100-01-01T00:00:00.000Z", offset=3600) == set()
    assert taken(sandbox, since="2100-01-01T00:00:00.000Z", offset=0) == {"time"}


def test_a_pot_counts_when_it_has_arrived(sandbox: Sandbox) -> None:
    sandbox.client.tune(auto_transfer="none")
    sandbox.transfer("ajo-p-17-1-k3j9x0q2")
    assert taken(sandbox) == set()

    sandbox.client.end_transfer("ajo-p-17-1-k3j9x0q2", "success")
    assert taken(sandbox) == {"collect"}


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
