"""Every conversation, as anybody can read it: what is heard, what is said, what is asked for."""

import re

import pytest

from flows.check import refusals
from flows.flow import Act, Screen
from flows.registry import FLOWS
from tests.flows.play import FOLDER, read, replayed, transcripts

PATHS = list(transcripts())


@pytest.mark.parametrize("path", PATHS, ids=lambda path: str(path.relative_to(FOLDER)).removesuffix(".txt"))
def test_it_goes_as_written(path):
    written, _ = replayed(path)

    assert "\n".join(written) == "\n".join(f"{line.mark} {line.text}".rstrip() for line in read(path))


def test_every_file_is_played():
    assert set(PATHS) == set(FOLDER.rglob("*.txt"))


def test_every_screen_and_every_command_is_in_some_transcript():
    seen = set().union(*(replayed(path)[1].visited for path in PATHS))
    lacking = [
        f"{flow.name}.{state.name}"
        for flow in FLOWS.values()
        for state in flow.states.values()
        if isinstance(state, Screen | Act) and (flow.name, state.name) not in seen
    ]

    assert lacking == []


def test_every_refusal_of_every_command_is_in_some_transcript():
    told = "\n".join(path.read_text(encoding="utf-8") for path in PATHS)
    heard = set(re.findall(r"^! (\w+)\(.*\n(?:facts: .*\n)?= Refused (\w+?)(?:_\d+)?$", told, re.MULTILINE))
    commands = {state.command for flow in FLOWS.values() for state in flow.states.values() if isinstance(state, Act)}
    lacking = [
        f"{command.__name__} {why}"
        for command in commands
        for why in refusals(command)
        if (command.__name__, why) not in heard
    ]

    assert lacking == []
