"""What the panel calls things is for people: every act that a timeline can show, every message that a list names."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.panel.telling_lines import VERBS
from bot.panel.text_names import ENGLISH, HUMAN, NAMES, name_of
from flows import catalogue
from flows.check_texts import NEWS

ROOT = Path(__file__).parents[2]
# Acts of the staff that are neither done by a member nor about one.
OF_THE_OFFICE = ("staff.", "proposal.", "export.", "panel.", "blast.", "payouts.", "blasts.")
# What stands in for the braces of a verb that is put together.
FILLED = {
    "member.{}": ("language", "reminders", "money_in_chat"),
    "payout.{}": ("yes", "hold"),
    "seat.{}": ("let_in", "let_in_officer", "refuse"),
    "time.{}": ("allow", "keep_fee", "refuse"),
    "vouch.{}": ("given", "refused"),
    "number.{}": (),  # its own tests know them
    "proposal.{}": (),
    "export.{}": (),
}


def noted() -> Iterator[str]:
    """The verbs of all acts that are written into the audit trail, from the calls that write them."""
    for path in (each for folder in ("models", "bot", "jobs") for each in (ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and node.args and _name(node.func).endswith("note"):
                yield from _verbs(node.args[0])


def _name(called: ast.expr) -> str:
    return called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""


def _verbs(given: ast.expr) -> Iterator[str]:
    if isinstance(given, ast.JoinedStr):
        pattern = "".join(str(each.value) if isinstance(each, ast.Constant) else "{}" for each in given.values)
        assert pattern in FILLED, f"say in FILLED what {pattern} can become"
        yield from (pattern.format(word) for word in FILLED[pattern])
    elif isinstance(given, ast.IfExp):
        yield from [*_verbs(given.body), *_verbs(given.orelse)]
    elif isinstance(given, ast.Constant) and "." in str(given.value):
        yield str(given.value)


def test_every_act_that_a_timeline_can_show_has_a_sentence() -> None:
    verbs = {verb for verb in noted() if not verb.startswith(OF_THE_OFFICE)}

    assert len(verbs) > 60
    assert sorted(verbs - VERBS.keys()) == []


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_the_sentence_is_for_people(verb: str) -> None:
    sentence = VERBS[verb]

    assert sentence[0].isupper()
    assert not set(sentence) & set("_{}.")


# --- messages -------------------------------------------------------------------------------

TEXTS = sorted(key for key in catalogue.read(ENGLISH) if NEWS.fullmatch(key))


@pytest.mark.parametrize("text_key", TEXTS)
def test_every_message_has_a_name_that_people_can_read(text_key: str) -> None:
    name = name_of(text_key)

    assert name != text_key, f"{text_key}: give it a name in bot/panel/text_names.py"
    assert HUMAN.fullmatch(name), name


def test_no_two_messages_have_one_name() -> None:
    assert len(set(NAMES.values())) == len(NAMES)
