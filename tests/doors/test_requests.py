"""A swap of turns and more time, as the phones of the three see them, over HTTP."""

from datetime import timedelta

import pytest

from bot import clock as moved
from models.actions import cycles
from models.queries.facts import DatabaseFacts
from tests.doors.conftest import Dialer
from tests.support.cast import ADA, BISI, CHIDI, PIN, Formed, Person, form_group, told
from tests.support.phone import Phone


@pytest.fixture
def group(web) -> Formed:
    """Ada heads it, Bisi and Chidi collect after her; the first cycle is open, and due in five days."""
    formed = form_group(moved.now(), size=3, start_on=(moved.now() + timedelta(days=5)).date())
    assert cycles.start_due_groups(moved.now()) == 1
    return formed


def walk(phone: Phone, *replies: str) -> str:
    """From a plain dial; what broke off before is left behind."""
    if phone.dial().startswith("Welcome back."):
        phone.say("2")
    for reply in replies:
        phone.say(reply)
    return phone.screen


def news(person: Person) -> list[str]:
    return [letter.text_key for letter in told(person)]


def seat_of(person: Person):
    (seat,) = DatabaseFacts(person.phone, moved.now()).home.seats
    return seat


def test_two_swap_and_the_head_allows_it(group: Formed, phone: Dialer):
    ada, bisi, chidi = phone(ADA), phone(BISI), phone(CHIDI)
    before = {person: seat_of(person).collect_on for person in (BISI, CHIDI)}

    assert walk(bisi, "4", "1").startswith("You are no. 2")
    assert bisi.say("2").startswith("Ask Chidi: you take")
    assert bisi.say(PIN).startswith("Asked Chidi.")
    assert news(CHIDI)[-1] == "S15"

    assert "Chidi asks" not in walk(ada)
    assert "Bisi asks to swap" in walk(chidi)
    chidi.say("1")
    assert chidi.say(PIN).startswith("You agreed.")
    assert seat_of(BISI).collect_on == before[BISI]

    assert "want to swap turns." in walk(ada)
    assert ada.say("1").startswith("The turns are swapped.")
    assert ada.again() == ada.screen
    assert (seat_of(BISI).collect_on, seat_of(CHIDI).collect_on) == (before[CHIDI], before[BISI])
    assert (news(BISI)[-1], news(CHIDI)[-1]) == ("S16", "S16")


def test_more_time_is_asked_for_and_given(group: Formed, phone: Dialer):
    ada, bisi = phone(ADA), phone(BISI)
    due_on = seat_of(BISI).due_on

    assert "Ask for:" in walk(bisi, "4", "2")
    bisi.say("1")
    bisi.say("2")
    assert bisi.say("1").startswith("Sent to Ada Okafor.")
    assert seat_of(BISI).due_on == due_on
    assert news(ADA)[-1] == "S17a"

    assert "Bisi asks for 2 more days" in walk(ada)
    assert ada.say("1").startswith("Bisi has more time now.")
    assert seat_of(BISI).due_on == due_on + timedelta(days=2)
    assert news(BISI)[-1] == "S17"
    assert "You can ask for time once" in walk(bisi, "4", "2")
