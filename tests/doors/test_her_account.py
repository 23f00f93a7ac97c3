"""Forgotten PIN and frozen account as the phones of the two see it, over HTTP."""

import pytest

from bot import clock as moved
from models.account_commands import FreezeAccount
from models.actions import cycles
from tests.doors.conftest import Dialer
from tests.support.cast import ADA, BISI, PIN, Formed, Person, do, form_group, told
from tests.support.phone import Phone

NEW = "5926"


@pytest.fixture
def group(web) -> Formed:
    """Three people; the first cycle is open."""
    formed = form_group(moved.now(), size=3)
    assert cycles.start_due_groups(moved.now()) == 1
    return formed


def walk(phone: Phone, *replies: str) -> str:
    """From the main menu; what broke off before is left behind."""
    if phone.dial().startswith("Welcome back."):
        phone.say("2")
    for reply in replies:
        phone.say(reply)
    return phone.screen


def news(person: Person) -> list[str]:
    return [letter.text_key for letter in told(person)]


@pytest.fixture
def bisi(group: Formed, phone: Dialer) -> Phone:
    return phone(BISI)


@pytest.fixture
def ada(group: Formed, phone: Dialer) -> Phone:
    return phone(ADA)


def test_a_forgotten_pin_from_the_lock_to_the_new_one(ada: Phone, bisi: Phone):
    walk(bisi, "2", "8264", "8264", "8264")
    assert bisi.over  # three in a row
    assert "PIN is locked" in walk(bisi, "2", "8264", "8264")

    assert walk(bisi, "8", "3").startswith("Ada Okafor or our office must confirm it is you.")
    assert bisi.say("1").startswith("We asked Ada Okafor")
    assert news(ADA)[-1] == "S51"
    assert "wait for the answer" in walk(bisi, "8", "3")

    assert walk(ada).startswith("Bisi Alade of Mama Titi Ajo forgot the PIN.")
    assert ada.say("1").startswith("You say yes for Bisi Alade")
    assert ada.say(PIN).startswith("Thank you. Bisi Alade gets an SMS.")
    assert news(BISI)[-1] == "S52"

    assert "Choose a new secret 4-digit PIN" in walk(bisi, "8", "3")
    assert bisi.say(NEW).startswith("Enter the same PIN again.")
    assert bisi.again() == bisi.screen
    assert bisi.say(NEW).startswith("Your new PIN is set.")
    assert bisi.over
    assert "S20" in news(BISI)
    assert news(ADA)[-1] == "S53"

    assert "Paid in N0" in walk(bisi, "2", NEW)
    assert "must confirm it is you" in walk(bisi, "8", "3")  # the yes is used up


def test_a_request_that_is_repeated_resets_nothing_twice(ada: Phone, bisi: Phone):
    walk(bisi, "8", "3", "1")
    walk(ada, "1", PIN)
    walk(bisi, "8", "3", NEW, NEW)
    first = bisi.screen
    assert bisi.again() == first
    assert news(BISI).count("S20") == 1


def test_a_new_pin_does_not_open_the_payout_account_that_day(ada: Phone, bisi: Phone):
    walk(bisi, "8", "3", "1")
    walk(ada, "1", PIN)
    walk(bisi, "8", "3", NEW, NEW)

    assert walk(bisi, "7", "3", "1", "0123456789").startswith("Your PIN was made new today.")


def test_freezing_stops_everything_but_paying_in(ada: Phone, bisi: Phone):
    assert walk(bisi, "8", "6").startswith("Freeze your Ajo account?")
    assert bisi.say("1").startswith("Your account is frozen and your money is safe.")
    assert bisi.over
    assert (news(BISI)[-1], news(ADA)[-1]) == ("S50", "S50h")

    assert walk(bisi).startswith("Hi Bisi, your account is frozen.")
    assert bisi.say("2").startswith("Reply 1, 7 or 8.")
    assert bisi.say("1").startswith("Pay N5,000 to Mama Titi Ajo")
    assert "your account is frozen" in bisi.dial("2")


def test_it_takes_her_pin_and_the_head_to_go_on(ada: Phone, bisi: Phone):
    walk(bisi, "8", "6", "1")

    assert walk(bisi, "7", "1", PIN).startswith("We asked Ada Okafor to call you")
    assert "safe and free" in walk(ada)
    assert ada.say("1").startswith("You say yes for Bisi Alade")
    assert ada.say(PIN).startswith("Thank you.")

    assert news(BISI)[-1] == "S54"
    assert walk(bisi).startswith("Hi Bisi, N5,000 due")


def test_a_session_that_was_open_when_it_froze_can_do_no_more(bisi: Phone):
    walk(bisi, "7", "1", PIN, NEW)  # about to repeat a new PIN
    do(BISI, FreezeAccount(), moved.now())

    assert bisi.say(NEW).startswith("Your account is frozen.")
    assert "S20" not in news(BISI)
