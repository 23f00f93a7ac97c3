"""Every conversation, as anybody can read it: what is heard, what is said, what is asked for."""

import pytest

from flows.check import refusals
from flows.flow import Act, Screen
from flows.registry import FLOWS
from tests.flows.play import FOLDER, INTENTS, read, replayed, transcripts

PATHS = list(transcripts())


@pytest.mark.parametrize("path", PATHS, ids=lambda path: str(path.relative_to(FOLDER)).removesuffix(".txt"))
def test_it_goes_as_written(path):
    written, _ = replayed(path)

    assert "\n".join(written) == "\n".join(f"{line.mark} {line.text}".rstrip() for line in read(path))


def test_every_file_is_played():
    assert set(PATHS) == set(FOLDER.rglob("*.txt"))


# On WhatsApp it is told otherwise than where it is dialled, in a transcript of its own; by SMS nobody registers.
OTHERWISE = {
    "whatsapp": {"menu/shortcut", "statement/by_sms"},
    "sms": {
        "menu/shortcut",
        *("join_group/declines", "join_group/declines_too_late", "join_group/invited_and_new"),
        *(f"welcome/{path.stem}" for path in (FOLDER / "welcome").glob("*.txt") if "." not in path.stem),
    },
}


# What is asked for there only: a picture and a hidden number are WhatsApp's; a statement by SMS and the voucher of a
# mobile-money operator are the keypad's.
NOT_THERE = {"ussd": {"TellOfPicture", "SendLinkCode", "ConfirmLink"}, "whatsapp": {"SendStatement", "SubmitVoucher"}}


@pytest.mark.parametrize("form", OTHERWISE)
def test_what_is_dialled_is_written_down_for_a_chat_too(form):
    dialled = [path for path in PATHS if "." not in path.stem and path.parent.name != INTENTS]
    dialled = [path for path in dialled if not any(line.mark == "on" for line in read(path))]
    lacking = [
        name
        for path in dialled
        if not path.with_name(f"{path.stem}.{form}.txt").exists()
        and (name := f"{path.parent.name}/{path.stem}") not in OTHERWISE[form]
    ]

    assert dialled
    assert lacking == []


@pytest.mark.parametrize("form", NOT_THERE)
def test_every_refusal_of_every_command_is_told_where_she_is(form):
    heard = set().union(*(replayed(path)[1].outcomes for path in PATHS))
    commands = {state.command for flow in FLOWS.values() for state in flow.states.values() if isinstance(state, Act)}
    lacking = [
        f"{command.__name__} {why}"
        for command in commands
        for why in refusals(command)
        if command.__name__ not in NOT_THERE[form] and (form, command.__name__, why) not in heard
    ]

    assert lacking == []


def test_every_screen_and_every_command_is_in_some_transcript():
    seen = set().union(*(replayed(path)[1].visited for path in PATHS))
    lacking = [
        f"{flow.name}.{state.name}"
        for flow in FLOWS.values()
        for state in flow.states.values()
        if isinstance(state, Screen | Act) and (flow.name, state.name) not in seen
    ]

    assert lacking == []
