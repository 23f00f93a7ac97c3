"""Late fees: when one is charged, when it is not known yet, and that it is charged once."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from models.actions import books, cycles, payments
from models.actions.penalties import add_penalty, penalties_due
from models.base import database as connection
from models.queries import invariants
from models.tables.cycles import Cycle, Obligation
from models.tables.groups import Group, Seat
from models.tables.ledger import Audit, JournalEntry
from models.tables.mail import Outbox
from tests.support.circles import NAIRA, C, Circle, running_group
from tests.support.undone import connected, undone

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
FEE = 200 * NAIRA


@pytest.fixture(scope="module")
def running(database, environ) -> Iterator[Circle]:
    """Three people who owe N5,000 until Friday six o'clock, with a day of grace."""
    with connected(database, environ):
        yield running_group(3)


@pytest.fixture
def circle(running) -> Iterator[Circle]:
    with undone():
        yield replace(running)
        assert invariants.violations(running.now) == []


def grace_over(circle: Circle) -> datetime:
    return circle.cycle(1).due_at + DAY


def contribution(circle: Circle, name: str) -> Obligation:
    return Obligation.get((Obligation.seat == circle.seats[name]) & (Obligation.kind == "contribution"))


def fee_of(circle: Circle, name: str) -> Obligation | None:
    return Obligation.get_or_none((Obligation.seat == circle.seats[name]) & (Obligation.kind == "penalty"))


def charge_all(circle: Circle) -> list[int]:
    """The night's work, with a provider that has just answered."""
    due = penalties_due(circle.now, checked_at=circle.now)
    return [found for found in due if add_penalty(found, circle.now, checked_at=circle.now)]


def test_it_charges_who_has_not_paid_when_the_grace_time_is_over(circle):
    circle.pay("Ada")
    circle.now = grace_over(circle)
    assert len(charge_all(circle)) == 2
    fee = fee_of(circle, "Bisi")
    assert (fee.amount_kobo, fee.paid_kobo, fee.status, fee.rule) == (FEE, 0, "pending", "late")
    assert (fee.due_at, fee.raised_at) == (circle.now, circle.now)
    assert fee_of(circle, "Ada") is None
    assert books.balance(f"due.seat:{circle.seats['Bisi']}") == C + FEE


def test_it_charges_nobody_a_second_before(circle):
    circle.now = grace_over(circle) - SECOND
    assert charge_all(circle) == []
    circle.now += SECOND
    assert len(charge_all(circle)) == 3


def test_it_charges_once(circle):
    circle.now = grace_over(circle)
    first = charge_all(circle)
    circle.now += DAY
    assert charge_all(circle) == []
    assert [add_penalty(found, circle.now, checked_at=circle.now) for found in first] == [False] * 3
    assert JournalEntry.select().where(JournalEntry.kind == "penalty").count() == 3


def test_it_tells_her_what_she_owes_now_and_that_she_is_in_arrears(circle):
    circle.now = grace_over(circle)
    add_penalty(contribution(circle, "Bisi").id, circle.now, checked_at=circle.now)
    told = Outbox.get(Outbox.dedupe_key == f"penalty:{circle.seats['Bisi']}:{circle.cycle(1).id}:late")
    assert (told.text_key, told.member_id, told.reminder) == ("S07", circle.members["Bisi"], False)
    assert Seat.get_by_id(circle.seats["Bisi"]).status == "in_arrears"
    assert Seat.get_by_id(circle.seats["Ada"]).status == "active"
    noted = Audit.get(Audit.verb == "penalty.add")
    assert (noted.actor, noted.chain, noted.detail) == ("job:penalties", f"group:{circle.group_id}", {"kobo": FEE})


def test_it_never_takes_more_than_a_tenth_of_what_is_unpaid(circle):
    circle.pay("Bisi", 4_500 * NAIRA)
    circle.now = grace_over(circle)
    charge_all(circle)
    assert fee_of(circle, "Bisi").amount_kobo == 50 * NAIRA


def test_it_charges_nobody_while_the_provider_does_not_answer(circle):
    circle.now = grace_over(circle)
    bisi = contribution(circle, "Bisi").id
    for checked_at in (None, circle.now - SECOND):
        assert penalties_due(circle.now, checked_at=checked_at) == []
        assert not add_penalty(bisi, circle.now, checked_at=checked_at)
    circle.now += DAY
    assert add_penalty(bisi, circle.now, checked_at=circle.now - DAY)


def test_it_waits_for_a_payment_that_was_begun_in_time(circle):
    payment = circle.ask("Bisi")
    bisi = contribution(circle, "Bisi").id
    circle.now = grace_over(circle)
    assert bisi not in penalties_due(circle.now, checked_at=circle.now)
    assert not add_penalty(bisi, circle.now, checked_at=circle.now)
    payments.payment_ended(payment.reference, "failed", circle.now)
    assert bisi in penalties_due(circle.now, checked_at=circle.now)
    assert add_penalty(bisi, circle.now, checked_at=circle.now)


def test_it_does_not_wait_for_a_payment_that_was_begun_too_late(circle):
    circle.now = grace_over(circle)
    circle.ask("Bisi")
    assert len(charge_all(circle)) == 3


def test_it_does_not_wait_for_the_payment_of_somebody_else(circle):
    circle.ask("Ada")
    circle.now = grace_over(circle)
    assert len(charge_all(circle)) == 2


@pytest.mark.parametrize("changed", [{"late_fee_kobo": 0}, {"grace_days": 2}])
def test_it_goes_by_the_rules_of_the_group(circle, changed):
    Group.update(**changed).where(Group.id == circle.group_id).execute()
    circle.now = grace_over(circle)
    assert penalties_due(circle.now, checked_at=circle.now) == []
    assert not add_penalty(contribution(circle, "Bisi").id, circle.now, checked_at=circle.now)


def test_it_charges_a_late_fee_for_nothing_but_a_contribution(circle):
    circle.now = grace_over(circle)
    charge_all(circle)
    circle.now += 10 * DAY
    assert not add_penalty(fee_of(circle, "Bisi").id, circle.now, checked_at=circle.now)


def test_it_takes_so_many_at_a_time_oldest_first(circle):
    circle.now = grace_over(circle)
    everybody = penalties_due(circle.now, checked_at=circle.now)
    assert penalties_due(circle.now, checked_at=circle.now, limit=2) == everybody[:2]


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Pacific/Auckland"])
def test_a_day_of_grace_has_24_hours_wherever_the_database_thinks_it_is(circle, zone):
    # New York's clocks go forward in the night after this Saturday, within the grace time.
    saturday = datetime.fromisoformat("2026-03-07T17:00:00+00:00")
    Cycle.update(due_at=saturday).where(Cycle.number == 1).execute()
    Obligation.update(due_at=saturday).execute()
    connection.execute_sql(f"SET LOCAL TIME ZONE '{zone}'")
    circle.now = datetime.fromisoformat("2026-03-08T16:59:59+00:00")
    assert penalties_due(circle.now, checked_at=circle.now) == []
    circle.now += SECOND
    assert len(penalties_due(circle.now, checked_at=circle.now)) == 3


def test_a_fee_is_taken_back_when_the_money_turns_out_to_have_come_in_time(circle):
    payment = circle.ask("Bisi")
    paid_at = circle.cycle(1).due_at - SECOND
    circle.now = grace_over(circle) + DAY
    cycles.pass_cutoffs(circle.now)
    payments.payment_ended(payment.reference, "abandoned", circle.now)
    charge_all(circle)
    circle.settle(payment, paid_at=paid_at)
    assert fee_of(circle, "Bisi").status == "waived"
    assert contribution(circle, "Bisi").status == "paid"
    assert books.balance(f"due.seat:{circle.seats['Bisi']}") == 0
    assert Seat.get_by_id(circle.seats["Bisi"]).status == "active"
