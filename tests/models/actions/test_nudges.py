"""A gentle reminder: once a cycle, to all who have not paid, and nobody is named."""

from datetime import timedelta

import pytest

from models.account_commands import NudgeGently
from models.actions import nudges
from models.actions.mail import claim_mail
from models.commands import Done
from models.rules.refused import Refused
from models.rules.schedule import LAGOS, waking
from models.tables.mail import Outbox
from tests.support.circles import running_group


@pytest.fixture
def circle(db):
    """Ada and Bisi have paid, the others have not."""
    circle = running_group()
    circle.pay("Ada")
    circle.pay("Bisi")
    return circle


def nudge(circle, name, seat_of=None):
    return nudges.nudge_gently(NudgeGently(circle.seats[seat_of or name]), circle.context(name))


def nudged():
    rows = Outbox.select(Outbox.member).where(Outbox.text_key == "S62").order_by(Outbox.member)
    return [row.member_id for row in rows]


def test_everybody_who_has_not_paid_hears_it_once(circle):
    assert nudge(circle, "Bisi") == Done({"sent": 3})
    assert nudged() == [circle.members[name] for name in ("Chidi", "Dayo", "Efe")]
    assert all(row.reminder for row in Outbox.select().where(Outbox.text_key == "S62"))


@pytest.mark.parametrize(("hour", "minute"), [(21, 0), (1, 30), (6, 59)])
def test_one_that_is_asked_for_at_night_goes_in_the_morning(circle, hour, minute):
    circle.now = circle.now.astimezone(LAGOS).replace(hour=hour, minute=minute)
    claim_mail(circle.now, limit=1000)
    nudge(circle, "Bisi")
    assert claim_mail(circle.now) == []
    morning = waking(circle.now)
    assert (morning.astimezone(LAGOS).hour, morning - circle.now < timedelta(hours=11)) == (7, True)
    assert {mail.text_key for mail in claim_mail(morning)} == {"S62"}


def test_once_a_cycle_whoever_asks(circle):
    nudge(circle, "Bisi")
    for name in ("Bisi", "Ada", "Chidi"):
        assert nudge(circle, name) == Refused("already_nudged")
    assert len(nudged()) == 3


def test_nobody_is_asked_to_remind_herself(circle):
    assert nudge(circle, "Chidi") == Done({"sent": 2})
    assert circle.members["Chidi"] not in nudged()


def test_when_all_others_have_paid_nobody_is_left(circle):
    circle.pay("Dayo")
    circle.pay("Efe")
    assert nudge(circle, "Chidi") == Refused("nobody_left")


def test_between_two_cycles_there_is_nothing_to_remind_of(circle):
    for name in ("Chidi", "Dayo", "Efe"):
        circle.pay(name)
    assert nudge(circle, "Bisi") == Refused("not_active")


def test_with_somebody_elses_seat_nothing_happens(circle):
    assert nudge(circle, "Bisi", seat_of="Ada") == Refused("not_active")
    assert nudged() == []
