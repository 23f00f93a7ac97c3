"""How often she wants to be reminded is how often she is; the head hears of a late one whatever she chose."""

from datetime import datetime, time, timedelta

import pytest

from models.actions.reminders import remind, reminders_due
from models.rules.schedule import LAGOS
from models.tables.mail import Outbox
from models.tables.people import Member
from tests.support.circles import running_group


@pytest.fixture
def circle(db):
    """The first pot, Ada's, is due on Friday 6 March, and nobody has paid."""
    return running_group(5)


def chidi_hears(circle, days):
    """What she is told on the morning so many days after the due date."""
    on = circle.cycle(1).due_on + timedelta(days=days)
    now = datetime.combine(on, time(9), tzinfo=LAGOS)
    for due in reminders_due(now):
        remind(due, now)
    mine = (Outbox.member == circle.members["Chidi"]) & Outbox.reminder
    return [row.text_key for row in Outbox.select().where(mine).order_by(Outbox.id)]


def plan(circle, which):
    Member.update(reminder_plan=which).where(Member.id == circle.members["Chidi"]).execute()


@pytest.mark.parametrize(
    ("which", "days", "heard"),
    [
        ("both", -2, ["S04"]),
        ("both", 0, ["S05"]),
        ("both", 1, ["S06"]),
        ("due_day", -2, []),
        ("due_day", 0, ["S05"]),
        ("due_day", 1, ["S06"]),
        ("due_day", 3, ["S08"]),
        ("none", -2, []),
        ("none", 0, []),
        ("none", 1, []),
        ("none", 3, []),
    ],
)
def test_a_plan_lets_through_what_it_says(circle, which, days, heard):
    plan(circle, which)
    assert chidi_hears(circle, days) == heard


def test_the_head_is_told_of_her_who_wants_to_hear_nothing(circle):
    plan(circle, "none")
    chidi_hears(circle, 3)
    chidi_hears(circle, 3)
    told = Outbox.select().where((Outbox.member == circle.members["Ada"]) & (Outbox.text_key == "S40"))
    assert told.count() == 4  # Chidi is one of the four who are late
