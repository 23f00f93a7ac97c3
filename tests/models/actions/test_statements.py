"""What she asked to have by SMS: where she stands, and her last payments in at most two segments."""

import pytest

from flows.gsm import septets
from flows.screens import Screens
from models.account_commands import SendBalance, SendStatement
from models.actions import books, cycles, transfers
from models.commands import ApprovePayout, StartPayment
from models.queries.facts import DatabaseFacts
from models.queries.mail import written_to
from models.rules.refused import Refused
from models.tables.mail import Outbox
from models.tables.money import Payment
from tests.support.cast import ADA, BISI, CHIDI, DAYO, ask, do, form_group, register, told
from tests.support.circles import FLOAT, add_account, settle

SCREENS = Screens(ussd_code="*347*55#", help_phone="08001234567", site="ajo.example")


@pytest.fixture
def group(db, clock):
    formed = form_group(clock(), size=3)
    books.open_float(FLOAT, clock())
    cycles.start_due_groups(clock())
    return formed


def pays(group, person, now):
    wish = StartPayment(group.seat_of(person, now), 5_000_00, "ussd", "737")
    paid = Payment.get_by_id(do(person, wish, now)["payment_id"])
    settle(paid.reference, paid.amount_kobo + paid.fee_kobo, now)


def test_the_balance_says_what_the_screen_says(group, clock):
    pays(group, BISI, clock())
    do(BISI, SendBalance(group.seat_of(BISI, clock())), clock())
    assert told(BISI, "S61")[0].facts == {
        "group": "Mama Titi Ajo", "bal": "N5,000", "r": "1", "m": "3", "owed": "N0", "t": "2", "pot": "N14,850",
        "date": "Tue 10 Mar",
    }  # fmt: skip


def test_before_the_turns_are_set_it_names_none(db, clock):
    formed = form_group(clock(), size=3, order="arranged")
    do(BISI, SendBalance(formed.seat_of(BISI, clock())), clock())
    assert "pot" not in told(BISI, "S61n")[0].facts


def test_the_statement_has_a_line_for_each_payment(group, clock):
    pays(group, BISI, clock())
    do(BISI, SendStatement(group.seat_of(BISI, clock())), clock())
    (letter,) = (letter for letter in written_to(BISI.phone) if letter.text_key == "S60")
    text = SCREENS.sms("S60", **letter.facts)
    assert text == "Mama Titi Ajo: 2 Mar N5,000 ok. Total N5,000. More: *347*55*5#"
    assert septets(text) <= 160


def test_many_payments_fit_into_two_segments(group, clock):
    for _ in range(9):
        do(BISI, StartPayment(group.seat_of(BISI, clock()), 5_000_00, "ussd", "737"), clock())
    do(BISI, SendStatement(group.seat_of(BISI, clock())), clock())
    (letter,) = (letter for letter in written_to(BISI.phone) if letter.text_key == "S60")
    assert 160 < septets(SCREENS.sms("S60", **letter.facts)) <= 2 * 153


def test_the_same_asked_twice_at_once_is_sent_once(group, clock):
    pays(group, BISI, clock())
    seat = group.seat_of(BISI, clock())
    for command in (SendBalance(seat), SendStatement(seat)):
        do(BISI, command, clock(), key=f"at:s:3:{type(command).__name__}")
        do(BISI, command, clock(), key=f"at:s:3:{type(command).__name__}")
        do(BISI, command, clock())
    assert Outbox.select().where(Outbox.text_key.in_(["S60", "S61"])).count() == 2


def test_nobody_gets_anybody_elses(group, clock):
    register(DAYO, clock())
    seat = group.seat_of(BISI, clock())
    for person in (DAYO, ADA):
        assert ask(person, SendBalance(seat), clock()) == Refused("gone")
        assert ask(person, SendStatement(seat), clock()) == Refused("gone")


def test_who_has_not_paid_has_no_statement(group, clock):
    assert ask(BISI, SendStatement(group.seat_of(BISI, clock())), clock()) == Refused("nothing_paid")


def test_who_has_collected_is_told_so(group, clock):
    add_account(ADA.member_id, clock())
    for person in group.people:
        pays(group, person, clock())
    for person in (BISI, CHIDI):
        (task,) = DatabaseFacts(person.phone, clock()).home.tasks
        do(person, ApprovePayout(task.payout_id, task.payload_hash), clock())
    transfers.settle_balance(10**9, clock())
    transfers.reserve(task.payout_id, clock())
    order = transfers.claim_attempt(task.payout_id, clock())
    transfers.transfer_verified(order.reference, "success", now=clock())
    do(ADA, SendBalance(group.seat_of(ADA, clock())), clock())
    assert told(ADA, "S61c")[0].facts["pot"] == "N14,850"
