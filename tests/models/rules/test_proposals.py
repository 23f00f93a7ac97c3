"""The rules of two people: a note, two who are not one, nobody in her own matter, one spelling of what was shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules import approvals
from models.rules.proposals import (
    MOST_NOTE,
    Person,
    Stakes,
    conflict,
    note_refusal,
    payload_hash,
    same_browser,
    second_refusal,
)
from models.rules.refused import Refused

MARY, CHI = Person(1, b"mary"), Person(2, b"chi")


@pytest.mark.parametrize(
    ("note", "why"),
    [("", "short_note"), ("   ok   ", "short_note"), ("fine!", None), ("x" * (MOST_NOTE + 1), "long_note")],
)
def test_a_note_says_something(note: str, why: str | None) -> None:
    assert note_refusal(note) == (None if why is None else Refused(why))


def test_two_are_two_people() -> None:
    assert second_refusal(MARY, CHI) is None
    assert second_refusal(MARY, MARY) == Refused("own_proposal")
    assert second_refusal(MARY, Person(3, b"mary")) == Refused("same_person")
    assert second_refusal(Person(4, b"ngozi", let_in_by=2), CHI) == Refused("let_her_in")
    assert second_refusal(Person(4, b"ngozi", let_in_by=2), MARY) is None


def test_nobody_decides_her_own_matter() -> None:
    assert conflict(MARY, Stakes()) is None
    assert conflict(MARY, Stakes(phones=frozenset({b"mary"}))) == Refused("conflict")
    assert conflict(MARY, Stakes(staff=frozenset({1}))) == Refused("conflict")
    assert conflict(CHI, Stakes(frozenset({b"mary"}), frozenset({1}))) is None


def test_one_browser_is_noticed() -> None:
    assert same_browser({b"a", b"b"}, {b"b"})
    assert not same_browser({b"a"}, {b"b"})
    assert not same_browser((), ())


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**15), 10**15) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
PAYLOADS = st.dictionaries(st.text(max_size=6), VALUES, max_size=4)


@given(PAYLOADS)
def test_the_order_in_which_it_is_written_does_not_matter(payload: dict[str, object]) -> None:
    turned = dict(reversed(list(payload.items())))
    assert payload_hash("payout", "payout:1", payload) == payload_hash("payout", "payout:1", turned)


@given(PAYLOADS, PAYLOADS)
def test_whatever_is_another_thing_has_another_hash(one: dict[str, object], other: dict[str, object]) -> None:
    # True and 1 are equal to Python and are spelt differently, so the text decides.
    same = repr(sorted(one.items(), key=repr)) == repr(sorted(other.items(), key=repr))
    if not same and one != other:
        assert payload_hash("payout", "payout:1", one) != payload_hash("payout", "payout:1", other)
    assert payload_hash("payout", "payout:1", one) != payload_hash("payout", "payout:2", one)
    assert payload_hash("payout", "payout:1", one) != payload_hash("blast", "payout:1", one)


def test_staff_are_voices_beside_the_officers() -> None:
    assert approvals.voices({1, 2}, recipient=1) == 1
    assert approvals.voices({1, 2}, recipient=1, staff={7}) == 2
    assert approvals.voices((), recipient=1, staff=(7, 7)) == 1
    assert not approvals.approved({1}, recipient=1)
