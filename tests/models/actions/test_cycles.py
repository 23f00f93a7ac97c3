"""Groups from full to complete: order, calendar, start, cycles one after the other, the end."""

from datetime import UTC, date, datetime, timedelta

import pytest

from models.actions import ballots, books, cycles, payouts, penalties
from models.queries.groups import terms_of
from models.queries.invariants import violations
from models.rules import accounts, rotation
from models.sealing import keys
from models.tables.cycles import Cycle, Obligation, Pot
from models.tables.groups import Group, Seat
from models.tables.mail import Outbox
from tests.support.circles import FIRST_DUE, MONDAY, NAIRA, C, full_group, running_group


@pytest.fixture(autouse=True)
def in_order(db):
    yield
    assert violations(MONDAY + timedelta(days=400)) == []


def turns(circle) -> list[str]:
    rows = Seat.select().where(Seat.group == circle.group_id).order_by(Seat.turn)
    return [circle.name(row.member_id) for row in rows]


def sent(key: str) -> int:
    return Outbox.select().where(Outbox.text_key == key).count()


# --- becoming ready -------------------------------------------------------------------------


def test_it_becomes_ready_with_an_order_a_calendar_and_a_word_to_everybody():
    circle = full_group()
    assert cycles.become_ready(circle.group_id, MONDAY)
    assert circle.group.status == "ready"
    assert turns(circle) == ["Ada", "Bisi", "Chidi", "Dayo", "Efe"]
    rows = list(Cycle.select().order_by(Cycle.number))
    assert [row.due_on for row in rows] == [FIRST_DUE + timedelta(weeks=k) for k in range(5)]
    assert rows[0].due_at == datetime(2026, 3, 6, 17, 0, tzinfo=UTC)  # six in the evening in Lagos
    assert {row.status for row in rows} == {"scheduled"}
    pots = Pot.select().order_by(Pot.cycle)
    assert [pot.seat_id for pot in pots] == [circle.seats[name] for name in turns(circle)]
    assert sent("S03") == 5
    assert not cycles.become_ready(circle.group_id, MONDAY)
    assert sent("S03") == 5


def test_it_waits_for_the_last_seat():
    circle = full_group()
    Group.update(seats=6).where(Group.id == circle.group_id).execute()
    assert not cycles.become_ready(circle.group_id, MONDAY)
    assert circle.group.status == "forming"


def test_it_draws_lots_that_anybody_can_draw_again():
    circle = full_group()
    secret = "ab" * 32
    sealed = keys().seal(secret, f"savings_group.draw_secret:{circle.group_id}")
    Group.update(turn_order="ballot", draw_secret_sealed=sealed).where(Group.id == circle.group_id).execute()
    Seat.update(draw_number=7).where(Seat.id == circle.seats["Efe"]).execute()
    assert cycles.become_ready(circle.group_id, MONDAY)
    assert circle.group.draw_secret == secret
    numbers = {seat: 7 if name == "Efe" else 0 for name, seat in circle.seats.items()}
    expected = rotation.draw(bytes.fromhex(secret), numbers)
    rows = Seat.select().where(Seat.group == circle.group_id).order_by(Seat.turn)
    assert tuple(row.id for row in rows) == expected


def test_it_draws_again_with_another_secret_when_a_seat_comes_free():
    circle = full_group(5)
    first = ballots.new(circle.group_id)
    Group.update(turn_order="ballot", **first).where(Group.id == circle.group_id).execute()
    cycles.become_ready(circle.group_id, MONDAY)
    opened = circle.group.draw_secret
    assert rotation.commitment(bytes.fromhex(opened)) == first["draw_commitment"]
    cycles.back_to_forming(circle.group_id, MONDAY)
    mark = circle.group.draw_commitment
    assert circle.group.draw_secret is None
    assert mark != first["draw_commitment"]
    cycles.become_ready(circle.group_id, MONDAY)
    assert circle.group.draw_secret != opened
    assert rotation.commitment(bytes.fromhex(circle.group.draw_secret)) == mark


def test_it_takes_the_heads_order_and_waits_for_it():
    circle = full_group(3)
    Group.update(turn_order="arranged").where(Group.id == circle.group_id).execute()
    assert not cycles.become_ready(circle.group_id, MONDAY)
    for turn, name in enumerate(("Chidi", "Ada", "Bisi"), start=1):
        Seat.update(turn=turn).where(Seat.id == circle.seats[name]).execute()
    assert cycles.become_ready(circle.group_id, MONDAY)
    assert turns(circle) == ["Chidi", "Ada", "Bisi"]


@pytest.mark.parametrize(
    ("full_at", "first_due"),
    [
        (datetime(2026, 3, 5, 17, 0, tzinfo=UTC), date(2026, 3, 6)),
        (datetime(2026, 3, 5, 17, 0, 1, tzinfo=UTC), date(2026, 3, 13)),
        (datetime(2026, 3, 30, 9, 0, tzinfo=UTC), date(2026, 4, 3)),
    ],
)
def test_it_moves_the_calendar_by_whole_intervals_when_the_first_day_is_too_close(full_at, first_due):
    circle = full_group(3)
    cycles.become_ready(circle.group_id, full_at)
    assert circle.cycle(1).due_on == first_due == terms_of(circle.group).starts_on
    assert circle.group.anchor_on == FIRST_DUE
    assert circle.cycle(3).due_on == first_due + timedelta(weeks=2)


def test_it_does_not_lose_the_end_of_the_month_when_it_moves():
    circle = full_group(3, frequency="monthly", anchor_on=date(2026, 1, 31))
    cycles.become_ready(circle.group_id, datetime(2026, 2, 1, 8, 0, tzinfo=UTC))
    assert [circle.cycle(n).due_on for n in (1, 2, 3)] == [date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)]
    assert terms_of(circle.group).ends_on == date(2026, 4, 30)


def test_it_does_not_lose_the_end_of_the_month_when_a_seat_comes_free():
    circle = full_group(3, frequency="monthly", anchor_on=date(2026, 1, 31))
    full_at = datetime(2026, 2, 5, 8, 0, tzinfo=UTC)
    cycles.become_ready(circle.group_id, full_at)
    cycles.back_to_forming(circle.group_id, full_at)
    assert terms_of(circle.group).starts_on == date(2026, 2, 28)
    cycles.become_ready(circle.group_id, full_at + timedelta(days=1))
    assert [circle.cycle(n).due_on for n in (1, 2, 3)] == [date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)]
    cycles.back_to_forming(circle.group_id, full_at)
    cycles.become_ready(circle.group_id, full_at + timedelta(days=30))
    assert [circle.cycle(n).due_on for n in (1, 2, 3)] == [date(2026, 3, 31), date(2026, 4, 30), date(2026, 5, 31)]


def test_it_goes_back_to_forming_and_gets_ready_again_with_new_dates():
    circle = full_group(3)
    cycles.become_ready(circle.group_id, MONDAY)
    assert cycles.back_to_forming(circle.group_id, MONDAY)
    assert {row.turn for row in Seat.select()} == {None}
    later = MONDAY + timedelta(days=30)
    assert cycles.become_ready(circle.group_id, later)
    assert Cycle.select().count() == 3
    assert circle.cycle(1).due_on == date(2026, 4, 3)
    assert sent("S03") == 6


# --- starting -------------------------------------------------------------------------------


@pytest.mark.parametrize(("frequency", "days"), [("daily", 1), ("weekly", 7), ("two_weekly", 14), ("monthly", 28)])
def test_it_starts_one_interval_before_the_first_due_time(frequency, days):
    circle = full_group(3, frequency=frequency, anchor_on=date(2026, 5, 8))
    cycles.become_ready(circle.group_id, MONDAY)
    start = circle.cycle(1).due_at - timedelta(days=days)
    assert cycles.start_due_groups(start - timedelta(seconds=1)) == 0
    assert not cycles.start_group(circle.group_id, start - timedelta(seconds=1))
    assert cycles.start_due_groups(start) == 1
    assert cycles.start_due_groups(start) == 0
    assert circle.group.status == "active"
    assert {row.status for row in Seat.select()} == {"active"}
    assert circle.cycle(1).status == "open"
    assert books.balance(accounts.due_seat(circle.seats["Ada"])) == C


def test_it_gives_a_days_notice_when_the_clock_was_down():
    circle = full_group(3)
    cycles.become_ready(circle.group_id, MONDAY)
    late = circle.cycle(1).due_at + timedelta(days=2)
    cycles.start_due_groups(late)
    assert circle.cycle(1).due_at == late + timedelta(days=1)
    assert circle.cycle(2).due_on == FIRST_DUE + timedelta(weeks=1)
    assert {row.due_at for row in Obligation.select()} == {late + timedelta(days=1)}


# --- going on -------------------------------------------------------------------------------


def test_it_completes_a_cycle_once_the_last_one_has_paid():
    circle = running_group()
    circle.all_pay(but=("Efe",))
    assert circle.cycle(1).status == "open"
    circle.pay("Efe")
    assert circle.cycle(1).status == "closing"
    assert sent("S11") == 5
    assert [payout.gross_kobo for payout in payouts.live(circle.cycle(1).id)] == [5 * C]


def test_it_opens_the_next_cycle_when_the_pot_has_left_and_not_before():
    circle = running_group()
    circle.all_pay()
    payout = circle.approve_twice()
    attempt = circle.send(payout)
    assert [circle.cycle(n).status for n in (1, 2)] == ["closing", "scheduled"]
    circle.arrive(attempt)
    assert [circle.cycle(n).status for n in (1, 2, 3)] == ["settled", "open", "scheduled"]
    assert sent("S39") == 4


def test_it_passes_the_cut_off_and_notes_who_is_behind():
    circle = running_group()
    circle.pay("Ada")
    due = circle.cycle(1).due_at
    assert cycles.pass_cutoffs(due) == 0
    circle.now = due + timedelta(seconds=1)
    assert cycles.pass_cutoffs(circle.now) == 1
    assert cycles.pass_cutoffs(circle.now) == 0
    assert circle.cycle(1).status == "grace"
    behind = Seat.select().where(Seat.status == "in_arrears")
    assert {circle.name(row.member_id) for row in behind} == {"Bisi", "Chidi", "Dayo", "Efe"}
    circle.pay("Chidi")
    assert Seat.get_by_id(circle.seats["Chidi"]).status == "active"
    assert Obligation.get(Obligation.seat == circle.seats["Chidi"]).status == "paid_late"


def test_it_ends_when_the_last_pot_has_left():
    circle = running_group(3)
    for n in range(1, 4):
        circle.all_pay()
        circle.pay_out()
        assert circle.cycle(n).status == "settled"
    assert circle.group.status == "completed"
    assert {row.status for row in Seat.select()} == {"completed"}
    assert sent("S11l") == 3
    assert sent("S13l") == 1
    assert sent("S35") == 3
    assert cycles.open_next_cycle(circle.group_id, circle.now) is None


def test_it_does_not_end_while_a_late_fee_is_owed_and_shares_the_fees_when_it_ends():
    circle = running_group(3, contribution_kobo=1_000 * NAIRA)
    circle.all_pay(but=("Chidi",))
    due = Obligation.get((Obligation.seat == circle.seats["Chidi"]) & (Obligation.kind == "contribution"))
    circle.now = due.due_at + timedelta(days=1, minutes=1)
    cycles.pass_cutoffs(circle.now)
    assert penalties.add_penalty(due.id, circle.now, checked_at=circle.now)
    circle.pay("Chidi", 1_000 * NAIRA)
    circle.pay_out()
    for _ in range(2):
        circle.now += timedelta(days=5)
        circle.all_pay()
        circle.pay_out()
    assert circle.group.status == "active"
    assert books.balance(accounts.due_seat(circle.seats["Chidi"])) == 100 * NAIRA
    circle.pay("Chidi", 100 * NAIRA)
    assert circle.group.status == "completed"
    # Chidi was late; Ada and Bisi were not.
    assert books.held(accounts.wallet(circle.members["Ada"])) == 50 * NAIRA
    assert books.held(accounts.wallet(circle.members["Bisi"])) == 50 * NAIRA
    assert books.held(accounts.wallet(circle.members["Chidi"])) == 0
    assert sent("S41") == 2
