"""What is new in a USSD request: the fixtures as sequences, the quirks one by one, and any session at all."""

import json
from dataclasses import astuple
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.turns import (
    MAX_REPLY,
    Diverged,
    Fresh,
    Retry,
    Seen,
    Step,
    Stranger,
    Unknown,
    UssdHop,
    clean,
    new_input,
    remember,
    tokens,
)

FIXTURES = Path(__file__).parents[1] / "fixtures" / "africastalking"
KEY = b"key of the marks"
ADA, DAYO = "+2348031234567", "+2348099999999"


def hop(history: str, session: str = "ATUid_1", phone: str = ADA) -> UssdHop:
    return UssdHop(session, phone, "*347*55#", "62130", history)


def after(previous: str | None, history: str) -> Step:
    seen = None if previous is None else remember(hop(previous), KEY)
    return new_input(seen, hop(history), KEY)


@pytest.mark.parametrize(
    ("previous", "history", "step"),
    [
        (None, "", Fresh("")),  # she dials
        ("", "1", Fresh("1")),
        ("1", "1*2", Fresh("2")),
        ("1", "1*1", Fresh("1")),  # the same choice twice is a choice
        ("1*2", "1*2*5000", Fresh("5000")),
        ("2", "2*Ada Obi & Sons", Fresh("Ada Obi & Sons")),
        ("1", "1*", Fresh("")),  # sent nothing
        ("1*", "1**2", Fresh("2")),
        ("", "*2", Fresh("2")),  # sent nothing at the first screen, which looked like a retry; then 2
        ("1", "1*12*34", Fresh("12*34")),  # one reply with a star in it
        ("1*2", "1*2", Retry()),
        ("", "", Retry()),
        ("1*2", "1", Diverged()),
        ("1*2", "1*3", Diverged()),
        ("1*2", "1*3*4", Diverged()),
        ("1*2", "1*25", Diverged()),
        ("1*2", "", Diverged()),
        (None, "2*7", Unknown(("2", "7"))),
        (None, "1**2", Unknown(("1", "", "2"))),
        (None, "*", Unknown(("", ""))),
    ],
)
def test_it_finds_what_is_new(previous: str | None, history: str, step: Step) -> None:
    assert after(previous, history) == step


EXPECTED = {
    "ussd_01_dial.txt": (None, Fresh("")),
    "ussd_02_choice.txt": ("", Fresh("1")),
    "ussd_03_second_choice.txt": ("1", Fresh("2")),
    "ussd_04_repeat_choice.txt": ("1", Fresh("1")),
    "ussd_05_amount.txt": ("1*2", Fresh("5000")),
    "ussd_06_free_text.txt": ("2", Fresh("Ada Obi & Sons")),
    "ussd_07_empty_reply.txt": ("1*", Fresh("2")),
    "ussd_08_star_in_input.txt": ("1", Fresh("12*34")),
    "ussd_09_deep_dial.txt": (None, Unknown(("2", "7"))),
    "ussd_10_sandbox.txt": (None, Fresh("")),
    "ussd_11_msisdn_without_plus.txt": ("", Fresh("1")),
}


def test_every_captured_callback_is_expected_here() -> None:
    assert {path.name for path in FIXTURES.glob("ussd_[0-9]*.txt")} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_it_reads_the_captured_callbacks(name: str) -> None:
    history = parse_qs((FIXTURES / name).read_text(), keep_blank_values=True)["text"][0]
    previous, step = EXPECTED[name]
    assert after(previous, history) == step


def test_another_phone_on_the_same_session_is_a_stranger_even_with_the_right_history() -> None:
    seen = remember(hop("1*4321"), KEY)
    assert new_input(seen, hop("1*4321", phone=DAYO), KEY) == Stranger()
    assert new_input(seen, hop("1*4321*2", phone=DAYO), KEY) == Stranger()


def test_a_new_session_of_the_same_phone_starts_anew() -> None:
    seen = remember(hop("1*2"), KEY)
    assert new_input(seen, hop("", session="ATUid_2"), KEY) == Fresh("")
    assert new_input(seen, hop("1*2", session="ATUid_2"), KEY) == Unknown(("1", "2"))


def test_what_is_remembered_shows_nothing_of_the_history_and_fits_no_other_key() -> None:
    seen = remember(hop("1*734912"), KEY)
    assert "734912" not in json.dumps(astuple(seen))
    assert new_input(seen, hop("1*734912"), b"another key") == Stranger()
    assert remember(hop("1*734913"), KEY).mark != seen.mark


def test_nothing_typed_shows_in_a_repr() -> None:
    shown = repr((hop("1*734912"), Fresh("734912"), Unknown(("734912",))))
    assert "734912" not in shown


@given(st.lists(st.text(st.characters(exclude_characters="*", exclude_categories=["C", "Z"]), max_size=12), max_size=8))
def test_every_reply_of_any_session_is_found_and_every_repeat_is_a_retry(replies: list[str]) -> None:
    seen: Seen | None = None
    for count in range(len(replies) + 1):
        current = hop("*".join(replies[:count]))
        step = new_input(seen, current, KEY)
        if current.history or count == 0:
            assert step == Fresh(replies[count - 1] if count else "")
        else:
            assert step == Retry()  # an empty first reply cannot be told from a repeated dial
        seen = remember(current, KEY)
        assert new_input(seen, current, KEY) == Retry()


@given(st.text(max_size=40), st.text(max_size=40))
def test_it_never_fails_and_only_a_continuation_is_fresh(previous: str, history: str) -> None:
    step = after(previous, history)
    assert isinstance(step, Fresh | Retry | Diverged)
    assert isinstance(step, Retry) == (previous == history)
    if isinstance(step, Fresh):
        assert history.startswith(previous)


@given(st.text(max_size=300))
def test_a_clean_reply_is_short_visible_and_stays_clean(text: str) -> None:
    once = clean(text)
    assert len(once) <= MAX_REPLY
    assert not any(ord(char) < 32 or 0xD800 <= ord(char) < 0xE000 for char in once)
    assert clean(once) == once


def test_tokens_keep_the_empty_ones() -> None:
    assert tokens("") == ()
    assert tokens("1**2*") == ("1", "", "2", "")
