"""What the screens may know: right, read cheaply, and only about what is the caller's own."""

from dataclasses import fields, is_dataclass
from datetime import date, timedelta

import pytest

from models import commands as c
from models.actions import cycles, payouts, penalties, short_pots
from models.base import database
from models.facts import ArrangeTask, Home, JoinTask, PayoutTask, ShortPotTask
from models.queries.facts import DatabaseFacts
from models.sealing import keys
from models.tables.cycles import Obligation
from models.tables.groups import Group, Officer
from models.tables.people import Member
from tests.support.cast import ADA, BISI, CHIDI, DAYO, EFE, do, form_group, join_invited, open_group, register
from tests.support.circles import NAIRA, C, Circle, add_account, running_group
from tests.support.counting import counting

NET = 24_750_00  # five times N5,000 without one per cent


def facts_of(circle: Circle, name: str) -> DatabaseFacts:
    member = Member.get_by_id(circle.members[name])
    return DatabaseFacts(keys().open(member.phone_sealed, f"member.phone:{member.id}"), circle.now)


def seat_of(circle: Circle, name: str):
    (seat,) = facts_of(circle, name).home.seats
    return seat


# --- the first screen -----------------------------------------------------------------------


def test_an_unknown_number_is_somebody_with_nothing(db, clock):
    home = DatabaseFacts(DAYO.phone, clock()).home
    assert (home.me.registered, home.me.phone) == (False, DAYO.phone)
    assert home == Home(me=home.me)


def test_the_outsider_sees_nothing_of_a_group(db, clock):
    form_group(clock(), size=3)
    register(DAYO, clock())
    facts = DatabaseFacts(DAYO.phone, clock())
    assert facts.home == Home(me=facts.home.me)
    assert facts.group_card(1) is None
    assert facts.bank_account() is None
    for read in (facts.money, facts.who_paid, facts.turns, facts.payments):
        for seat_id in (1, 2, 999):
            with pytest.raises(LookupError):
                read(seat_id)


def test_what_is_owed_and_when(db):
    circle = running_group()
    seat = seat_of(circle, "Chidi")
    assert (seat.due_kobo, seat.due_on, seat.late_since) == (C, date(2026, 3, 6), None)
    assert (seat.cycle_number, seat.cycles, seat.paid_count, seat.taken) == (1, 5, 0, 5)
    assert (seat.position, seat.collect_on, seat.collect_kobo) == (3, date(2026, 3, 20), NET)
    assert (seat.next_due_on, seat.next_paid, seat.collects_now, seat.collected) == (
        date(2026, 3, 13),
        False,
        False,
        False,
    )
    assert seat_of(circle, "Ada").collects_now


def test_who_has_paid_sees_the_next_date(db):
    circle = running_group()
    circle.pay("Chidi")
    seat = seat_of(circle, "Chidi")
    assert (seat.due_kobo, seat.due_on, seat.paid_count) == (0, date(2026, 3, 13), 1)
    assert seat.next_left_kobo == C
    circle.pay("Chidi", C // 5 * 2, early=True)
    assert (seat_of(circle, "Chidi").next_paid, seat_of(circle, "Chidi").next_left_kobo) == (False, C // 5 * 3)
    circle.pay("Chidi", C // 5 * 3, early=True)
    assert (seat_of(circle, "Chidi").next_paid, seat_of(circle, "Chidi").next_left_kobo) == (True, 0)


def test_a_payment_that_was_begun_is_shown_until_we_know(db):
    circle = running_group()
    payment = circle.ask("Chidi")
    assert (seat_of(circle, "Chidi").pending_payment_id, seat_of(circle, "Chidi").pending_kobo) == (payment.id, C)
    circle.settle(payment)
    assert seat_of(circle, "Chidi").pending_payment_id is None


def test_late_is_said_only_after_the_cut_off(db):
    circle = running_group()
    circle.now = circle.cycle(1).due_at
    assert seat_of(circle, "Chidi").late_since is None
    circle.now += timedelta(seconds=1)
    assert seat_of(circle, "Chidi").late_since == date(2026, 3, 6)
    circle.pay("Chidi")
    assert seat_of(circle, "Chidi").late_since is None


def test_the_late_fee_is_the_one_that_will_come(db):
    circle = running_group()
    assert seat_of(circle, "Chidi").fee_to_come_kobo == 0
    circle.now = circle.cycle(1).due_at + timedelta(seconds=1)
    assert seat_of(circle, "Chidi").fee_to_come_kobo == 200 * NAIRA
    circle.pay("Chidi", C * 9 // 10)
    assert seat_of(circle, "Chidi").fee_to_come_kobo == 50 * NAIRA
    circle.now += timedelta(days=1)
    for due in penalties.penalties_due(circle.now, checked_at=circle.now):
        penalties.add_penalty(due, circle.now, checked_at=circle.now)
    seat = seat_of(circle, "Chidi")
    assert (seat.late_fee_kobo, seat.fee_to_come_kobo) == (50 * NAIRA, 0)
    Obligation.update(status="waived").where(Obligation.kind == "penalty").execute()
    seat = seat_of(circle, "Chidi")
    assert (seat.late_fee_kobo, seat.fee_to_come_kobo) == (0, 0)


def test_the_cycle_after_the_payout(db):
    circle = running_group()
    circle.all_pay()
    circle.pay_out()
    ada, bisi = seat_of(circle, "Ada"), seat_of(circle, "Bisi")
    assert (ada.collected, ada.cycle_number, ada.due_on) == (True, 2, date(2026, 3, 13))
    assert (bisi.collects_now, bisi.paid_count) == (True, 0)


def test_a_group_that_forms_and_one_that_is_ready(db, clock):
    formed = open_group(clock(), size=3)
    join_invited(formed, BISI, clock())
    seat = DatabaseFacts(BISI.phone, clock()).home.seats[0]
    assert (seat.group_status, seat.taken, seat.position, seat.due_on) == ("forming", 2, None, None)
    join_invited(formed, CHIDI, clock())
    seat = DatabaseFacts(BISI.phone, clock()).home.seats[0]
    assert (seat.group_status, seat.position, seat.due_on) == ("ready", 2, date(2026, 3, 3))
    assert (seat.head, seat.head_is_me, seat.officer) == ("Ada Okafor", False, False)
    head = DatabaseFacts(ADA.phone, clock()).home.seats[0]
    assert (head.head_is_me, head.officer) == (True, True)


def test_a_member_of_two_groups_has_two_lines(db, clock):
    form_group(clock(), size=3)
    form_group(clock(), size=4, name="Balogun")
    assert [seat.group for seat in DatabaseFacts(BISI.phone, clock()).home.seats] == ["Mama Titi Ajo", "Balogun"]


def test_a_completed_group_stays_for_a_month(db, clock):
    formed = form_group(clock(), size=3)
    for status in ("active", "completed"):
        Group.update(status=status, ended_at=clock() if status == "completed" else None).execute()
    assert len(DatabaseFacts(BISI.phone, clock()).home.seats) == 1
    clock.advance("30d")
    assert DatabaseFacts(BISI.phone, clock()).home.seats == ()
    assert formed.code


# --- tasks of officers ----------------------------------------------------------------------


def test_a_payout_waits_for_those_who_may_approve_it_and_for_nobody_else(db):
    circle = running_group()
    circle.all_pay()
    asked = {name: facts_of(circle, name).home.tasks for name in circle.members}
    payout = circle.payout()
    # Ada collects; Bisi is the only other officer, so the second in turn fills up.
    assert [name for name, tasks in asked.items() if tasks] == ["Bisi", "Chidi"]
    (task,) = asked["Bisi"]
    assert task == PayoutTask(
        payout_id=payout.id,
        payload_hash=payout.payload_hash,
        group=circle.group.name,
        recipient="Ada",
        net_kobo=NET,
        due_on=date(2026, 3, 6),
        paid_count=5,
        seats=5,
        bank="GTBank",
        last4=task.last4,
        account_name="A OKAFOR",
        cycle_id=circle.cycle(1).id,
    )
    circle.approve("Bisi")
    assert facts_of(circle, "Bisi").home.tasks == ()
    assert len(facts_of(circle, "Chidi").home.tasks) == 1


def test_a_yes_to_another_account_does_not_count_for_the_new_one(db):
    circle = running_group()
    circle.all_pay()
    circle.approve("Bisi")
    add_account(circle.members["Ada"], circle.now)
    payouts.look_again(circle.members["Ada"], circle.now)
    assert len(facts_of(circle, "Bisi").home.tasks) == 1


def test_a_payout_that_an_officer_held_still_waits_for_those_who_have_not_said_yes(db):
    circle = running_group()
    circle.all_pay()
    circle.approve("Bisi")
    payouts.hold_payout(c.HoldPayout(circle.payout().id), circle.context("Chidi"))
    assert facts_of(circle, "Bisi").home.tasks == ()
    (task,) = facts_of(circle, "Chidi").home.tasks
    assert isinstance(task, PayoutTask)
    circle.approve("Chidi")
    assert circle.payout().status == "approved"
    assert facts_of(circle, "Chidi").home.tasks == ()


def test_a_short_pot_is_asked_about_when_its_cut_off_has_passed(db):
    circle = running_group()
    circle.all_pay(but=("Chidi",))
    assert facts_of(circle, "Bisi").home.tasks == ()
    circle.now = circle.cycle(1).due_at + timedelta(minutes=1)
    cycles.pass_cutoffs(circle.now)
    (task,) = facts_of(circle, "Bisi").home.tasks
    assert task == ShortPotTask(
        cycle_id=circle.cycle(1).id,
        group=circle.group.name,
        recipient="Ada",
        full_kobo=NET,
        in_kobo=19_800_00,
        due_on=date(2026, 3, 6),
        paid_count=4,
        seats=5,
    )
    assert facts_of(circle, "Ada").home.tasks == ()
    short_pots.wait_one_day(c.WaitOneDay(task.cycle_id), circle.context("Bisi"))
    assert facts_of(circle, "Bisi").home.tasks == ()
    circle.now += timedelta(days=1)
    assert facts_of(circle, "Bisi").home.tasks == (task,)


def test_a_rest_that_came_late_is_put_to_the_officers_as_well(db):
    circle = running_group()
    circle.all_pay(but=("Chidi",))
    circle.now = circle.cycle(1).due_at + timedelta(minutes=1)
    cycles.pass_cutoffs(circle.now)
    short_pots.pay_short(c.PayShort(circle.cycle(1).id), circle.context("Bisi"))
    circle.approve("Chidi")
    circle.arrive(circle.send())
    assert circle.cycle(1).status == "short_paid"
    circle.pay("Chidi")
    tasks = [task for task in facts_of(circle, "Bisi").home.tasks if isinstance(task, PayoutTask)]
    assert [(task.cycle_id, task.net_kobo) for task in tasks] == [(circle.cycle(1).id, 4_950_00)]


def test_who_asks_for_a_seat_is_shown_to_the_officers(db, clock):
    formed = open_group(clock(), size=4)
    join_invited(formed, CHIDI, clock())
    Officer.insert(group=formed.group_id, member=CHIDI.member_id, role="officer", since=clock()).execute()
    register(BISI, clock())
    seat_id = do(BISI, c.JoinGroup(formed.group_id, 1), clock())["seat_id"]
    expected = JoinTask(seat_id, "Mama Titi Ajo", "Bisi Alade", 2, 4, may_name_officer=True)
    assert DatabaseFacts(ADA.phone, clock()).home.tasks == (expected,)
    (officers,) = DatabaseFacts(CHIDI.phone, clock()).home.tasks
    assert not officers.may_name_officer
    assert DatabaseFacts(BISI.phone, clock()).home.tasks == ()


def test_a_full_group_asks_its_head_for_the_order(db, clock):
    formed = form_group(clock(), size=3, order="arranged")
    (task,) = DatabaseFacts(ADA.phone, clock()).home.tasks
    assert isinstance(task, ArrangeTask)
    assert [name for _, name in task.seats] == ["Ada Okafor", "Bisi Alade", "Chidi Eze"]
    assert DatabaseFacts(BISI.phone, clock()).home.tasks == ()
    do(ADA, c.ArrangeOrder(formed.group_id, tuple(seat for seat, _ in task.seats)), clock())
    assert DatabaseFacts(ADA.phone, clock()).home.tasks == ()


# --- the other screens ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("privacy", "viewer", "paid", "unpaid"),
    [
        (1, "Chidi", (), ()),
        (2, "Chidi", ("Efe", "Chidi"), ()),
        (3, "Chidi", ("Efe", "Chidi"), ("Ada", "Bisi", "Dayo")),
        (1, "Bisi", ("Efe", "Chidi"), ("Ada", "Bisi", "Dayo")),
    ],
)
def test_who_has_paid_is_told_as_far_as_the_group_wants(db, privacy, viewer, paid, unpaid):
    circle = running_group()
    Group.update(privacy=privacy).execute()
    circle.pay("Efe")
    circle.now += timedelta(minutes=1)
    circle.pay("Chidi")
    facts = facts_of(circle, viewer)
    told = facts.who_paid(facts.home.seats[0].seat_id)
    assert (told.paid, told.unpaid) == (paid, unpaid)
    assert (told.paid_count, told.seats, told.cycle_number, told.i_paid) == (2, 5, 1, viewer == "Chidi")
    assert told.privacy == (3 if viewer == "Bisi" else privacy)


def test_names_that_may_not_be_seen_are_not_even_read(db, monkeypatch):
    circle = running_group()
    circle.pay("Efe")
    facts = facts_of(circle, "Chidi")
    seat_id = facts.home.seats[0].seat_id
    opened = []
    monkeypatch.setattr("models.queries.groups.open_name", lambda who, _: opened.append(who) or "Efe")
    facts.who_paid(seat_id)
    assert opened == [circle.members["Efe"]]


def test_the_rotation_with_who_has_collected(db):
    circle = running_group()
    circle.all_pay()
    circle.pay_out()
    facts = facts_of(circle, "Chidi")
    turns = facts.turns(facts.home.seats[0].seat_id)
    assert [(turn.number, turn.who, turn.me, turn.done) for turn in turns] == [
        (1, "Ada", False, True), (2, "Bisi", False, False), (3, "Chidi", True, False), (4, "Dayo", False, False),
        (5, "Efe", False, False),
    ]  # fmt: skip
    assert turns[1].on == date(2026, 3, 13)


def test_two_with_the_same_first_name_are_told_apart(db, clock):
    formed = open_group(clock(), size=3)
    other = type(BISI)("Bisi Cole", EFE.phone)
    join_invited(formed, BISI, clock())
    join_invited(formed, other, clock())
    facts = DatabaseFacts(ADA.phone, clock())
    assert [turn.who for turn in facts.turns(facts.home.seats[0].seat_id)] == ["Ada", "Bisi A", "Bisi C"]


def test_her_money(db):
    circle = running_group()
    circle.pay("Chidi", 2_000_00)
    facts = facts_of(circle, "Chidi")
    money = facts.money(facts.home.seats[0].seat_id)
    assert (money.paid_in_kobo, money.cycles_paid, money.cycles, money.owing_kobo) == (2_000_00, 0, 5, 3_000_00)
    assert (money.position, money.collect_kobo, money.collected) == (3, NET, False)
    circle.pay("Chidi", 3_000_00)
    facts = facts_of(circle, "Chidi")
    money = facts.money(facts.home.seats[0].seat_id)
    assert (money.paid_in_kobo, money.cycles_paid, money.owing_kobo) == (C, 1, 0)


def test_her_payments_newest_first(db):
    circle = running_group()
    circle.pay("Chidi", 2_000_00)
    circle.now = circle.cycle(1).due_at + timedelta(hours=1)
    circle.pay("Chidi", 3_000_00)
    circle.pay("Chidi", early=True)
    facts = facts_of(circle, "Chidi")
    assert [(line.kobo, line.status) for line in facts.payments(facts.home.seats[0].seat_id)] == [
        (C, "ok"), (3_000_00, "late"), (2_000_00, "ok"),
    ]  # fmt: skip
    assert facts.last_bank_type() == "737"


def test_a_payment_that_is_on_its_way_is_said_to_be_checked(db):
    circle = running_group()
    circle.ask("Chidi")
    facts = facts_of(circle, "Chidi")
    assert [line.status for line in facts.payments(facts.home.seats[0].seat_id)] == ["checking"]


def test_a_group_is_found_by_its_code_and_by_nothing_else(db, clock):
    formed = open_group(clock(), size=3)
    facts = DatabaseFacts(DAYO.phone, clock())
    card = facts.group_by_code(formed.code)
    assert card is not None
    assert (card.name, card.head, card.taken, card.status) == ("Mama Titi Ajo", "Ada Okafor", 1, "forming")
    assert (card.terms.cycles, card.terms.ends_on) == (3, date(2026, 3, 17))
    assert facts.group_by_code("000000") is None
    assert facts.group_by_code("'; --") is None


def test_a_member_reads_the_rules_of_her_own_group(db, clock):
    formed = form_group(clock(), size=3)
    card = DatabaseFacts(BISI.phone, clock()).group_card(formed.group_id)
    assert card is not None
    assert card.terms.collect_kobo == 14_850_00


def test_a_quote_leaves_the_group_its_contribution(db, clock):
    quote = DatabaseFacts(DAYO.phone, clock()).quote(5_000_00)
    assert (quote.amount_kobo, quote.fee_kobo, quote.total_kobo) == (5_000_00, 178_00, 5_178_00)


# --- what it costs --------------------------------------------------------------------------


def test_the_home_is_one_question_and_each_screen_one_or_two_more(db, clock, monkeypatch):
    form_group(clock(), size=3)
    warm = DatabaseFacts(BISI.phone, clock())
    warm.who_paid(warm.home.seats[0].seat_id)
    facts = DatabaseFacts(BISI.phone, clock())
    with counting(monkeypatch) as costs:
        seat_id = facts.home.seats[0].seat_id
        assert facts.home.me.name == "Bisi Alade"
    assert len(costs.statements) == 1
    for read in (facts.who_paid, facts.money, facts.turns, facts.payments):
        with counting(monkeypatch) as costs:
            read(seat_id)
            read(seat_id)
        assert len(costs.statements) == 1, read
    assert not costs.writes


def test_a_statement_that_a_new_connection_does_not_know_is_prepared_again(db, clock):
    form_group(clock(), size=3)
    assert DatabaseFacts(BISI.phone, clock()).home.seats
    database.execute_sql("DEALLOCATE ALL")
    assert DatabaseFacts(BISI.phone, clock()).home.seats
    database.close_all()
    assert DatabaseFacts(BISI.phone, clock()).home.seats


def test_facts_are_plain_values(db):
    circle = running_group()
    circle.all_pay()

    def plain(value: object) -> bool:
        if is_dataclass(value):
            return all(plain(getattr(value, each.name)) for each in fields(value))
        if isinstance(value, tuple):
            return all(plain(each) for each in value)
        return value is None or type(value) in (str, int, bool, date)

    assert plain(facts_of(circle, "Bisi").home)
