"""Who can be asked about a new number, how a change stands by what was said, and when it goes without phones."""

from dataclasses import replace
from datetime import timedelta

import pytest

from models.rules import office
from models.rules.office import Tie, stage, unfit, without_phones
from models.rules.refused import Refused
from tests.support.time import A_MONDAY_MORNING as NOW

FIT = Tie("active", NOW - office.KNOWN_FOR, False, False, False, False, True, None)
SOON = NOW + timedelta(minutes=1)


def test_somebody_who_has_saved_with_her_for_long_enough_can_be_asked():
    assert unfit(FIT, NOW) == ""
    assert unfit(replace(FIT, guarded_until=NOW), NOW) == ""


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"status": "frozen"}, "frozen"),
        ({"has_pin": False}, "no_pin"),
        ({"guarded_until": SOON}, "guarded"),
        ({"since": NOW - office.KNOWN_FOR + timedelta(seconds=1)}, "new"),
        ({"since": None}, "new"),
        ({"same_account": True}, "same_account"),
        ({"had_number": True}, "had_number"),
        ({"brought": True}, "brought"),
        ({"brought": True, "runs": True}, ""),
        ({"runs": True, "same_account": True}, "same_account"),
    ],
)
def test_who_cannot_be_asked(changes, why):
    assert unfit(replace(FIT, **changes), NOW) == why


@pytest.mark.parametrize(
    ("answers", "found"),
    [
        (("asked", "asked"), "asking"),
        (("yes", "asked"), "asking"),
        (("yes", "yes"), "ready"),
        (("yes", "no"), "stopped"),
        (("no", "not_needed"), "stopped"),
        (("yes", "unsure"), "short"),
        (("late", "late"), "short"),
        (("yes", "unsure", "asked"), "asking"),
        (("yes", "unsure", "yes"), "ready"),
        (("yes", "yes", "no"), "stopped"),
    ],
)
def test_how_it_stands(answers, found):
    assert stage(answers) == found


@pytest.mark.parametrize(
    ("askable", "unanswered", "said_no", "found"),
    [
        (2, False, False, Refused("ask_first")),
        (2, True, False, "no_answer"),
        (1, False, False, "too_few"),
        (0, True, False, "too_few"),
        (0, True, True, Refused("said_no")),
        (5, False, True, Refused("said_no")),
    ],
)
def test_when_two_who_told_the_office_are_enough(askable, unanswered, said_no, found):
    assert without_phones(askable, unanswered=unanswered, said_no=said_no) == found
