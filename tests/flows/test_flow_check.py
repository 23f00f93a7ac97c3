"""The conversations hold together; and a table that does not is found out."""

from dataclasses import dataclass

import pytest

from flows import check
from flows.flow import Act, Flow, FlowError, Fork, Screen, nothing, row
from flows.registry import FLOWS
from flows.templates import numbers
from models.commands import CheckPin, Command, Secret, StartPayment
from tests.flows.play import FOLDER

# The rules are shown inside the group as well, where there is nothing to join.
SHOWN_ONLY = {("group", "rules"): {"1"}, ("group", "H1f"): {"1"}}


def test_there_are_no_problems():
    assert [str(problem) for problem in check.problems()] == []


def test_every_problem_says_what_to_do():
    assert all(problem.remedy for problem in check.problems({"menu": _broken()}))


def test_every_intent_is_played_on_every_kind_of_channel():
    assert [str(problem) for problem in check.unplayed(FOLDER / "intents")] == []


def test_an_intent_that_is_not_played_is_found_out(tmp_path):
    (tmp_path / "pay.txt").write_text("facts: Bisi owes N5,000\n> dial *347*55*1#\non sms\n> PAY\n", encoding="utf-8")
    found = [str(problem) for problem in check.unplayed(tmp_path)]

    assert "intent pay is not played on whatsapp" in found
    assert "intent pay is not played on sms" not in found
    assert "intent pay is not played on ussd" not in found
    assert "intent turn is not played on ussd" in found


def test_money_that_moves_without_a_confirmation_is_found_out():
    hasty = Flow(
        "contribute",
        states=[Screen("start", "H5f"), Act("pay", StartPayment, lambda _: StartPayment(1, 1, "link", "", False))],
        table=[row("1", "start", "pay"), row("done", "pay", "start"), row("refused", "pay", "start")],
    )
    found = [str(problem) for problem in check.problems({"contribute": hasty})]

    assert "contribute.pay comes right after start, which does not say how much" in found


def test_every_numbered_line_leads_somewhere_or_is_known_not_to():
    for flow in FLOWS.values():
        for screen in filter(None, map(flow.screen, flow.states)):
            dead = {number for number in numbers(screen.text) if (screen.name, number) not in flow.rows}

            assert dead == SHOWN_ONLY.get((flow.name, screen.name), set()), screen


@pytest.mark.parametrize(
    ("states", "table", "problem"),
    [
        ([Screen("A1")], [row("1", "A1", "A2")], "no state A2"),
        ([Screen("A1")], [row("1", "A9", "A1")], "no state A9"),
        ([Screen("A1"), Screen("A1")], [], "A1 stands there twice"),
        ([Screen("A1", returns="A7")], [], "A1 names A7"),
        ([Screen("A1e", again="A1")], [], "A1e repeats A1, which asks nothing"),
    ],
)
def test_a_table_with_a_hole_is_refused_at_import(states, table, problem):
    with pytest.raises(FlowError, match=problem):
        Flow("broken", states, table)


@dataclass(frozen=True)
class Whisper(Command):
    """Refused: too_loud."""

    secret: Secret


def _broken() -> Flow:
    return Flow(
        "menu",
        states=[
            Fork("start"),
            Screen("A3", hears=str),
            Screen("NOT A TEXT"),
            Screen("A2"),
            Act("whisper", Whisper, lambda turn: Whisper(turn.value)),
            Screen("A7", end=True, shows=nothing),
            Screen("F2", picks=True),
            Screen("G1", behind_pin="A2"),
        ],
        table=[
            row("go", "start", "A3", when=lambda _: True),
            row("heard", "A3", "whisper"),
            row("done", "whisper", "A7", when=lambda _: True),
            row("1", "A7", "A2"),
            row("7", "A2", "NOT A TEXT"),
        ],
    )


def test_it_finds_what_is_wrong():
    assert {str(problem) for problem in check.problems({"menu": _broken()})} == {
        "menu.start may lead nowhere",
        "menu.whisper has no row for every way of being done",
        "menu.whisper does not answer too_loud",
        "menu.whisper gets a secret from A3, which is not marked as one",
        "menu.NOT A TEXT has no text NOT A TEXT",
        "menu.A7 is an end that goes on",
        "menu.A7 answers 1 but does not show it",
        "menu.F2 lets nobody pick",
        "menu.G1 is behind the PIN and could be resumed",
        "menu.A2 answers 7 but does not show it",
        "menu.F2 is never reached",
        "menu.G1 is never reached",
    }


def test_refusals_are_read_from_what_the_command_says():
    assert check.refusals(CheckPin) == ("wrong_pin", "pin_locked")
