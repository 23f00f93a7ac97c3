"""The panels beside the phones, at HTTP: the bank's slips, the clock, the inspector, and what is saved as a test."""

import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import requests

from bot.sandbox.browser import saving
from bot.sandbox.browser.diagram import diagram
from flows.flow import Screen
from flows.registry import FLOWS
from tests.bot.sandbox.support import ADA, CODE, Sandbox, eventually
from tests.flows.play import read, replayed

PAYOUT = "ajo-t-01k9xyz7q2m4n6p8r0"
SAVED = {"phone": ADA, "flow": "menu", "name": "saved_by_a_test", "scene": "Bisi is in no group"}
CALL = re.compile(r'data-call="([A-Z]+) ([^"]+)" data-body="([^"]*)"[^>]*>([^<]+)<')


def page(sandbox: Sandbox, panel: str, **asked: str) -> str:
    answer = requests.get(f"{sandbox.url}/sandbox/{panel}", params=asked, timeout=10)
    assert answer.status_code == 200, answer.text
    return answer.text


def press(sandbox: Sandbox, panel: str, title: str, **asked: str) -> requests.Response:
    """Press the first button with these words, as the page's script would."""
    for method, path, body, words in CALL.findall(page(sandbox, panel, **asked)):
        if unescape(words).strip() == title:
            sent = json.loads(unescape(body))
            return requests.request(method, f"{sandbox.url}{unescape(path)}", json=sent, timeout=10)
    raise AssertionError(f"there is no button {title!r}")


def post(sandbox: Sandbox, path: str, **body: Any) -> requests.Response:
    return requests.post(f"{sandbox.url}/sandbox/{path}", json=body, timeout=60)


# --- the bank -----------------------------------------------------------------------------------------------------


def test_an_empty_bank_says_what_to_do(sandbox: Sandbox):
    shown = page(sandbox, "bank")
    assert "N50,000" in shown
    assert "Nobody was asked for money yet" in shown


@pytest.mark.parametrize(
    ("button", "amounts"),
    [("Pay", [500_000]), ("Pay half", [250_000]), ("Pay twice", [500_000, 500_000])],
)
def test_what_is_paid(sandbox: Sandbox, button: str, amounts: list[int]):
    sandbox.charge("ajo-p-1")
    assert press(sandbox, "bank", button).json()["outcomes"] == ["success"] * len(amounts)
    told = sandbox.events(len(amounts))
    assert [each["data"]["amount"] for each in told] == amounts
    assert "paid" in page(sandbox, "bank")


def test_the_bank_says_no(sandbox: Sandbox):
    sandbox.charge("ajo-p-1")
    assert press(sandbox, "bank", "Decline").json()["outcomes"] == ["failed"]
    assert "declined" in page(sandbox, "bank")
    assert press(sandbox, "bank", "Pay after all").json()["outcomes"] == ["success"]


@pytest.mark.parametrize(
    ("button", "status"), [("Arrives", "success"), ("Fails", "failed"), ("Comes back", "reversed")]
)
def test_how_a_transfer_that_hangs_ends(sandbox: Sandbox, button: str, status: str):
    sandbox.client.tune(auto_transfer="none")
    sandbox.transfer(PAYOUT)
    assert "on its way" in page(sandbox, "bank")
    # The first of these words belong to the next transfer; this one's own come after them.
    titles = [each for each in CALL.findall(page(sandbox, "bank")) if unescape(each[3]).strip() == button]
    method, path, body, _ = titles[-1]
    answer = requests.request(method, f"{sandbox.url}{path}", json=json.loads(unescape(body)), timeout=10)
    assert answer.json()["status"] == status
    assert sandbox.transfer_status(PAYOUT) == status


def test_only_the_next_transfer_fails(sandbox: Sandbox):
    assert press(sandbox, "bank", "Fails").status_code == 200
    assert "The next one: fails." in page(sandbox, "bank")
    sandbox.transfer(PAYOUT)
    eventually(lambda: sandbox.transfer_status(PAYOUT), lambda status: status == "failed")
    assert "The next one: fails." not in page(sandbox, "bank")


def test_nobody_pays_late_what_nobody_asked_for(sandbox: Sandbox):
    answer = post(sandbox, "bank/late", reference="ajo-p-404")
    assert (answer.status_code, answer.json()["error"]) == (400, "no charge has the reference ajo-p-404")


# --- the clock ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "by or to, one of them"),
        ({"by": "soon"}, "a duration looks like 7d, 36h, 90m or 1d12h"),
        ({"to": "2026-11-27"}, "a time needs its zone"),
        ({"to": "then"}, "that is no time"),
        ({"to": "2020-01-01T09:00:00+00:00"}, "that time has passed already"),
    ],
)
def test_the_time_goes_nowhere(sandbox: Sandbox, body: dict[str, str], said: str):
    answer = post(sandbox, "time/move", **body)
    assert (answer.status_code, answer.json()["error"]) == (400, said)


def test_a_clock_whose_product_is_away_says_so(sandbox: Sandbox):
    """There is no product here, so neither its moments nor the command that moves its time can work."""
    assert "so nobody knows what comes next" in page(sandbox, "time")
    assert press(sandbox, "time", "+1 hour").json() == {"ok": True}
    assert post(sandbox, "time/move", by="1h").json()["error"] == "the time is being moved already"
    shown = eventually(lambda: page(sandbox, "time"), lambda text: ">moving<" not in text, 60)
    assert "failed" in shown


# --- the inspector ------------------------------------------------------------------------------------------------


def test_an_inspector_whose_product_is_away_says_so(sandbox: Sandbox):
    assert "The product does not answer" in page(sandbox, "inspector", phone=ADA)
    answer = requests.get(f"{sandbox.url}/sandbox/inspector", params={"phone": "12"}, timeout=10)
    assert (answer.status_code, answer.json()["error"]) == (400, "phone is no number")


@pytest.mark.parametrize("name", FLOWS)
def test_every_conversation_has_its_picture(name: str):
    flow = FLOWS[name]
    for state in flow.states:
        drawn = diagram(name, state)
        assert drawn is not None
        (lit,) = [node for node in drawn.nodes if node.here]
        assert lit.name == flow.base(state)
        places = [(node.x, node.y) for node in drawn.nodes]
        assert len(set(places)) == len(places)
        assert all(0 <= x < drawn.wide and 0 <= y < drawn.high for x, y in places)
    secrets = {node.name for node in drawn.nodes if node.kind == "secret"}
    named = {flow.base(each.name) for each in flow.states.values() if isinstance(each, Screen) and each.secret}
    assert secrets == named


def test_no_picture_of_what_is_not_there():
    assert diagram("nothing", "home") is None


# --- save as test -------------------------------------------------------------------------------------------------


def test_what_was_said_is_written_down(sandbox: Sandbox):
    assert post(sandbox, "inspector/mark", phone=ADA).status_code == 200
    sandbox.client.dial(ADA, CODE).reply("1")
    shown = requests.get(f"{sandbox.url}/sandbox/inspector/transcript", params={"phone": ADA}, timeout=10)
    assert "attachment" in shown.headers["Content-Disposition"]
    assert shown.text.splitlines() == [
        "# Written down by a phone.",
        "facts: ?",
        "> dial",
        "< Hello",
        "< 1. Pay",
        "> 1",
        "< Hello",
        "< 1. Pay",
    ]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"flow": "nothing"}, "there are no transcripts of nothing"),
        ({"flow": "../menu"}, "there are no transcripts of ../menu"),
        ({"name": "../x"}, "a name has three small letters or more, digits and _"),
        ({"scene": "nobody"}, "there is no scene 'nobody' in tests/flows/cast.py"),
    ],
)
def test_what_cannot_be_saved(sandbox: Sandbox, body: dict[str, str], said: str):
    good = {"phone": ADA, "flow": "menu", "name": "never_written", "scene": "Bisi owes N5,000"}
    answer = post(sandbox, "inspector/save", **(good | body))
    assert (answer.status_code, answer.json()["error"]) == (400, said)


def test_a_saved_test_plays(sandbox: Sandbox):
    """It is written with what the scene says; here into the sandbox's own folder."""
    sandbox.client.dial(ADA, CODE)
    answer = post(sandbox, "inspector/save", **SAVED)
    found = answer.json()
    assert answer.status_code == 200, found
    assert "- < Hello" in found["differences"]
    path = Path(found["path"])
    assert path.parts[-3:] == ("transcripts", "menu", "saved_by_a_test.saved.txt")
    assert saving.TESTS not in path.parents
    lines = path.read_text().splitlines()
    assert lines[1:3] == ["facts: Bisi is in no group", "> dial"]
    assert "< Hello" not in lines
    written, _ = replayed(path)
    assert written == [f"{line.mark} {line.text}".rstrip() for line in read(path)]
    again = post(sandbox, "inspector/save", **SAVED)
    assert again.json()["error"] == "saved_by_a_test.saved.txt is there already"


def test_the_scenes_are_those_of_the_tests():
    assert "Bisi owes N5,000" in saving.scenes()
    assert all("{" not in each for each in saving.scenes())
