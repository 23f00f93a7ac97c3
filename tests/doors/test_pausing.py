"""A group that rests, as the phones of its members see it, over HTTP: until when, what is next, and what stays due."""

from datetime import datetime, timedelta

import pytest

from bot import clock as moved
from models.actions import cycles, pausing
from models.queries import pauses
from models.queries.facts import DatabaseFacts
from models.queries.invariants import violations
from models.queries.people import member_id_of
from models.rules.schedule import show_date, show_day
from models.tables.cycles import Cycle
from models.tables.people import Member
from tests.doors.conftest import Dialer
from tests.support.cast import ADA, BISI, CHIDI, Formed, Person, form_group, told
from tests.support.circles import Circle
from tests.support.phone import Phone
from tests.support.resting import rest

SAID = {
    "en": "is paused till",
    "pcm": "don pause till",
    "yo": "sinmi titi",
    "ha": "na hutu har",
    "ig": "na-ezu ike ruo",
}


@pytest.fixture
def group(web) -> Formed:
    """Ada heads it, Bisi and Chidi collect after her; the first cycle is open, and due in five days."""
    formed = form_group(moved.now(), size=3, start_on=(moved.now() + timedelta(days=5)).date())
    assert cycles.start_due_groups(moved.now()) == 1
    return formed


def circle(group: Formed) -> Circle:
    return Circle(group.group_id, {}, {}, moved.now())


def dial(phone: Phone, *replies: str) -> str:
    """From a plain dial; what broke off before is left behind."""
    if phone.dial().startswith("Welcome back."):
        phone.say("2")
    for reply in replies:
        phone.say(reply)
    return phone.screen


def news(person: Person) -> list[str]:
    return [letter.text_key for letter in told(person)]


def dues(group: Formed) -> list[datetime]:
    return [row.due_at for row in Cycle.select().where(Cycle.group == group.group_id).order_by(Cycle.number)]


def test_the_menus_say_until_when_and_what_comes_next(group: Formed, phone: Dialer) -> None:
    bisi = phone(BISI)
    first = dues(group)[0].date()
    assert f"due {show_date(first)}" in dial(bisi)
    rest(circle(group))
    assert "S80" in news(BISI)
    screen = dial(bisi)
    assert f"is paused till {show_date(first)}" in screen
    assert f"Next: N5,000 on {show_date(first + timedelta(weeks=1))}" in screen
    assert "4. " not in screen
    assert f"Paused till {show_date(first)}" in dial(bisi, "3")
    assert show_day(first + timedelta(weeks=1)) in dial(bisi, "3", "2")
    assert dial(bisi, "1").startswith("Pay N5,000")
    assert violations(moved.now()) == []


@pytest.mark.parametrize("language", SAID)
def test_in_every_language(group: Formed, phone: Dialer, language: str) -> None:
    Member.update(language=language).where(Member.id == member_id_of(BISI.phone)).execute()
    rest(circle(group))
    assert SAID[language] in phone(BISI).dial()


def test_what_was_due_before_stays_due_without_a_fee(group: Formed, phone: Dialer) -> None:
    first = dues(group)[0]
    moved.set_to(first + timedelta(hours=1))
    cycles.pass_cutoffs(moved.now())
    rest(circle(group))
    screen = dial(phone(CHIDI), "0")  # the pot that is short waits for an officer, and for her later
    assert screen.startswith(f"Chidi, N5,000 due since {show_date(first.date())}.")
    assert "no late fee" in screen
    assert "S80d" in news(CHIDI)


def test_it_goes_on_and_so_do_the_menus(group: Formed, phone: Dialer) -> None:
    rest(circle(group))
    ends_at = pauses.current(group.group_id).ends_at
    moved.set_to(ends_at)
    assert pausing.end_pause(group.group_id, ends_at)
    assert "S81" in news(ADA)
    screen = dial(phone(BISI))
    assert f"N5,000 due {show_date(dues(group)[0].date())}" in screen
    assert "paused" not in screen
    assert DatabaseFacts(BISI.phone, moved.now()).home.seats[0].paused_until is None
