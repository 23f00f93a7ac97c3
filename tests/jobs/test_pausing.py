"""Time passes through a pause, with the jobs as the timetable has them: nothing is late or fined, and all goes on."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

import pytest

from jobs.schedule import run_by_hand
from models.queries import pauses
from models.queries.invariants import violations
from models.rules.schedule import LAGOS, cutoff_at
from models.tables.cycles import Obligation
from models.tables.mail import Outbox
from models.tables.people import Member
from tests.jobs.scene import Scene
from tests.support.circles import Circle
from tests.support.resting import rest, wake

# The order of a day: late fees at one, reminders at nine, payouts at ten, and cut-offs at any time.
DAY = ((1, "late_fees"), (9, "reminders"), (10, "payouts"), (18, "cycles"))
MONDAY, DUE = date(2026, 3, 2), date(2026, 3, 6)


@pytest.fixture
def circle(scene: Scene) -> Circle:
    """Three people, every week; the first payment is due on Friday 6 March."""
    return scene.circle(3)


def days(first: date, last: date) -> Iterator[date]:
    for n in range((last - first).days + 1):
        yield first + timedelta(days=n)


def live(scene: Scene, circle: Circle, first: date, last: date) -> None:
    """From day to day, each job at its hour; ten past six for what passes at six."""
    for on in days(first, last):
        for hour, name in DAY:
            at = datetime.combine(on, time(hour, 10), tzinfo=LAGOS)
            if at > scene.now:
                circle.now = scene.set_time(at)
                assert run_by_hand(name).get("failed", 0) == 0, (on, name)
        assert violations(scene.now) == [], on


def reminded(circle: Circle, name: str) -> list[tuple[str, date]]:
    """What she was reminded of, and on which day."""
    rows = Outbox.select().where((Outbox.member == circle.members[name]) & Outbox.dedupe_key.startswith("remind:"))
    return [(row.text_key, row.created_at.astimezone(LAGOS).date()) for row in rows.order_by(Outbox.id)]


def told(key: str) -> int:
    return Outbox.select().where(Outbox.text_key == key).count()


def test_a_week_of_rest_and_then_all_as_before(scene: Scene, circle: Circle) -> None:
    circle.now = scene.now
    rest(circle)
    assert told("S80") == 3
    live(scene, circle, MONDAY, DUE)
    assert circle.group.status == "active"  # since ten past six, when the skipped date had passed
    assert told("S81") == 3
    assert reminded(circle, "Bisi") == []
    live(scene, circle, DUE + timedelta(days=1), date(2026, 3, 13))
    assert [(key, on) for key, on in reminded(circle, "Chidi")] == [
        ("S04", date(2026, 3, 11)),
        ("S05", date(2026, 3, 13)),
    ]
    assert circle.cycle(1).status == "grace"  # nobody has paid by the new date
    live(scene, circle, date(2026, 3, 14), date(2026, 3, 15))
    fees = Obligation.select().where(Obligation.kind == "penalty")
    assert {fee.raised_at.astimezone(LAGOS).date() for fee in fees} == {date(2026, 3, 15)}


def test_a_debt_of_before_costs_nothing_until_its_grace_goes_on(scene: Scene, circle: Circle) -> None:
    for name in ("Ada", "Bisi"):
        circle.pay(name)
    circle.now = scene.set_time(cutoff_at(DUE) + timedelta(hours=1))
    run_by_hand("cycles")
    rest(circle, 2)
    assert (told("S80"), told("S80d")) == (2, 1)
    live(scene, circle, DUE, date(2026, 3, 20))
    assert Obligation.select().where(Obligation.kind == "penalty").count() == 0
    assert [key for key, on in reminded(circle, "Chidi") if DUE < on < date(2026, 3, 20)] == []
    assert circle.group.status == "active"
    assert (circle.cycle(1).status, circle.cycle(2).status) == ("grace", "scheduled")
    live(scene, circle, date(2026, 3, 21), date(2026, 3, 22))
    assert Obligation.select().where(Obligation.kind == "penalty").count() == 1


def test_a_full_pot_goes_out_while_it_rests_and_the_next_round_opens_at_its_end(scene: Scene, circle: Circle) -> None:
    circle.all_pay()
    assert circle.cycle(1).status == "closing"
    circle.now = scene.now
    rest(circle)
    assert [step.due_on for step in (circle.cycle(n) for n in (1, 2, 3))] == [DUE, date(2026, 3, 20), date(2026, 3, 27)]
    live(scene, circle, MONDAY, MONDAY + timedelta(days=1))
    circle.now = scene.now
    assert circle.pay_out().status == "paid"
    live(scene, circle, MONDAY + timedelta(days=2), date(2026, 3, 12))
    assert circle.cycle(2).status == "scheduled"
    live(scene, circle, date(2026, 3, 13), date(2026, 3, 18))
    assert circle.cycle(2).status == "open"
    assert reminded(circle, "Chidi") == [("S04", date(2026, 3, 18))]
    circle.now = scene.now
    circle.all_pay()
    assert circle.payout().member_id == circle.members["Bisi"]


def test_a_house_that_was_down_at_the_end_lets_it_go_on_when_it_is_back(scene: Scene, circle: Circle) -> None:
    circle.now = scene.now
    rest(circle)
    circle.now = scene.set_time(datetime.combine(date(2026, 3, 16), time(9, 10), tzinfo=LAGOS))
    for name in ("late_fees", "cycles", "reminders", "cycles"):
        run_by_hand(name)
    assert (circle.group.status, circle.cycle(1).status) == ("active", "open")
    assert circle.cycle(1).due_on == date(2026, 3, 17)
    assert Obligation.select().where(Obligation.kind == "penalty").count() == 0
    assert Member.select().count() == told("S81")
    assert violations(scene.now) == []


def test_it_goes_on_early_and_is_reminded_of_the_nearer_date(scene: Scene, circle: Circle) -> None:
    circle.now = scene.now
    rest(circle, 3)
    live(scene, circle, MONDAY, date(2026, 3, 4))
    circle.now = scene.now
    wake(circle)
    assert circle.cycle(1).due_on == date(2026, 3, 13)
    assert pauses.current(circle.group_id) is None
    live(scene, circle, date(2026, 3, 5), date(2026, 3, 11))
    assert reminded(circle, "Bisi") == [("S04", date(2026, 3, 11))]
    assert run_by_hand("cycles")["resumed"] == 0
