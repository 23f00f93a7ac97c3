"""Her own data: a copy, the right name, and going for good."""

import pytest

from models.account_commands import AnswerVouch, CloseAccount, CorrectName, SendMyData
from models.actions import closing, cycles, naming, vouching
from models.commands import ConfirmBankAccount, Done, LeaveGroup
from models.queries.facts import DatabaseFacts
from models.queries.people import name_of
from models.rules.refused import Refused
from models.sealing import keys
from models.tables.accounts import Vouch
from models.tables.cycles import Obligation
from models.tables.groups import Group, Seat
from models.tables.ledger import JournalEntry
from models.tables.money import Payment
from models.tables.people import BankAccount, Member
from tests.models.actions.test_bank_accounts import entered
from tests.support.cast import ADA, BISI, CHIDI, DAYO, ask, do, form_group, join_invited, open_group, register, told
from tests.support.circles import running_group


@pytest.fixture
def group(db, clock):
    formed = form_group(clock(), size=3)
    cycles.start_due_groups(clock())
    return formed


# --- a copy -----------------------------------------------------------------------------------


def test_a_copy_comes_in_three_messages_once_a_day(group, clock):
    do(BISI, SendMyData(), clock())
    do(BISI, SendMyData(), clock())
    assert [letter.text_key for letter in told(BISI) if letter.text_key.startswith("S58")] == ["S58", "S58n", "S58b"]
    assert told(BISI, "S58")[0].facts == {"text": "Bisi Alade", "language": "English", "date": "Mon 2 Mar"}
    assert told(BISI, "S58n")[0].facts == {"n": "1", "bal": "N0", "pot": "N0"}
    clock.advance("1d")
    do(BISI, SendMyData(), clock())
    assert len(told(BISI, "S58")) == 2


def test_the_copy_names_her_payout_bank_by_its_end(db, clock):
    register(BISI, clock())
    do(BISI, ConfirmBankAccount(entered(BISI, clock())), clock())
    do(BISI, SendMyData(), clock())
    facts = told(BISI, "S58a")[0].facts
    assert (facts["bank"], facts["last4"]) == ("GTBank", "6789")


# --- the name ---------------------------------------------------------------------------------


def test_the_head_says_whether_it_is_her_true_name(group, clock):
    assert do(BISI, CorrectName("bisola  Alade"), clock()) == {"name": "bisola", "who": "Ada Okafor"}
    assert name_of(BISI.member_id) == "Bisi Alade"
    assert told(ADA, "S51n")[0].facts["text"] == "bisola Alade"
    (task,) = DatabaseFacts(ADA.phone, clock()).home.tasks
    assert (task.purpose, task.who, task.name) == ("name", "Bisi Alade", "bisola Alade")
    do(ADA, AnswerVouch(task.vouch_id, yes=True), clock())
    assert name_of(BISI.member_id) == "bisola Alade"
    assert (len(told(BISI, "S55")), Vouch.get().status) == (1, "used")


def test_a_no_leaves_the_name_as_it_is(group, clock):
    do(BISI, CorrectName("Bisola Alade"), clock())
    do(ADA, AnswerVouch(Vouch.get().id, yes=False), clock())
    assert name_of(BISI.member_id) == "Bisi Alade"


def test_where_nobody_knows_her_yet_it_is_changed_at_once(db, clock):
    register(BISI, clock())
    command = CorrectName("Bisola Alade")
    assert do(BISI, command, clock(), key="at:s:3:0") == do(BISI, command, clock(), key="at:s:3:0")
    assert DatabaseFacts(BISI.phone, clock()).home.me.name == "Bisola Alade"
    assert len(told(BISI, "S55")) == 1


@pytest.mark.parametrize(("name", "why"), [("Bisi Alade", "same_name"), ("B1si", "bad_name"), ("", "bad_name")])
def test_what_is_no_other_name_is_refused(group, clock, name, why):
    assert ask(BISI, CorrectName(name), clock()) == Refused(why)
    assert ask(DAYO, CorrectName(name), clock()) == Refused("not_registered")


def test_in_a_group_where_nobody_can_be_asked_the_office_has_to(group, clock):
    assert ask(ADA, CorrectName("Adaeze Okafor"), clock()) == Refused("no_voucher")


def test_the_banks_name_for_her_account_is_held_against_the_new_one(group, clock):
    do(BISI, ConfirmBankAccount(entered(BISI, clock(), "BISI ALADE")), clock())
    do(BISI, CorrectName("Morenike Ojo"), clock())
    do(ADA, AnswerVouch(Vouch.get().id, yes=True), clock())
    assert not DatabaseFacts(BISI.phone, clock()).bank_account().matches


def test_a_pot_of_hers_waits_when_the_account_is_no_longer_in_her_name(db):
    circle = running_group()
    circle.all_pay()
    assert circle.payout().status == "awaiting_approval"
    naming.set_name(circle.members["Ada"], "Morenike Ojo", actor="member:2", now=circle.now)
    assert (circle.payout().status, circle.payout().held_reason) == ("held", "name_differs")


# --- going ------------------------------------------------------------------------------------


def test_she_goes_and_nobody_finds_her(db, clock):
    member_id = register(BISI, clock())
    do(BISI, ConfirmBankAccount(entered(BISI, clock())), clock())
    do(BISI, CloseAccount(), clock())
    row = Member.get_by_id(member_id)
    assert (row.status, row.closed_at, row.pin_hash, name_of(member_id)) == ("closed", clock(), None, f"A{member_id}")
    assert not DatabaseFacts(BISI.phone, clock()).home.me.registered
    assert [letter.text_key for letter in told(BISI)][-1] == "S59"
    account = BankAccount.get()
    assert (account.status, account.account_name_sealed) == ("retired", None)
    assert keys().open(account.number_sealed, f"bank_account.number:{account.id}") == ""


def test_her_number_can_register_again_as_somebody_else(db, clock):
    first = register(BISI, clock())
    do(BISI, CloseAccount(), clock())
    assert register(BISI, clock()) != first
    assert DatabaseFacts(BISI.phone, clock()).home.seats == ()


def test_closed_is_closed(db, clock):
    register(BISI, clock())
    do(BISI, CloseAccount(), clock(), key="at:s:3:0")
    assert ask(BISI, CloseAccount(), clock(), key="at:s:4:0") == Refused("not_registered")
    assert len(told(BISI, "S59")) == 1


def test_whoever_has_a_seat_stays(group, clock):
    assert ask(BISI, CloseAccount(), clock()) == Refused("owes_money")  # the first cycle is open
    formed = open_group(clock(), CHIDI, size=3, name="Office Ajo")
    register(DAYO, clock())
    join_invited(formed, DAYO, clock())
    assert ask(DAYO, CloseAccount(), clock()) == Refused("has_seat")
    do(DAYO, LeaveGroup(formed.seat_of(DAYO, clock())), clock())
    assert do(DAYO, CloseAccount(), clock()) == {}


def test_who_heads_a_group_stays(db, clock):
    open_group(clock(), BISI, size=3)
    assert ask(BISI, CloseAccount(), clock()) == Refused("has_seat")


def test_a_seat_that_she_only_asked_for_is_given_back(db, clock):
    register(BISI, clock())
    formed = open_group(clock(), size=3)
    Seat.insert(group=formed.group_id, member=BISI.member_id, status="waiting", asked_at=clock()).execute()
    member_id = BISI.member_id
    do(BISI, CloseAccount(), clock())
    assert Seat.get(Seat.member == member_id).status == "withdrawn"


def has_finished(circle, name):
    """As if the group were over for her."""
    Seat.update(status="completed").where(Seat.member == circle.members[name]).execute()


def closed(circle, name):
    return closing.close_account(CloseAccount(), circle.context(name))


def test_whoever_owes_pays_first(db):
    circle = running_group(3)
    has_finished(circle, "Bisi")
    assert closed(circle, "Bisi") == Refused("owes_money")


def test_whoever_is_owed_something_gets_it_first(db):
    circle = running_group(3)
    circle.all_pay()
    for name in circle.members:
        has_finished(circle, name)
    Group.update(ended_at=circle.now).execute()
    assert closed(circle, "Ada") == Refused("is_owed")  # her pot is on its way
    assert circle.wish("Bisi", early=True) == Refused("not_active")
    assert closed(circle, "Bisi") == Done()


def test_a_payment_that_is_on_its_way_holds_her(db):
    circle = running_group(3)
    circle.all_pay()
    circle.ask("Bisi", early=True)
    Obligation.update(status="cancelled").where(Obligation.status == "pending").execute()
    has_finished(circle, "Bisi")
    assert closed(circle, "Bisi") == Refused("is_owed")


def test_what_she_paid_stays_in_the_books_and_her_questions_do_not(db):
    circle = running_group(3)
    circle.all_pay()
    vouching.ask("pin", None, circle.context("Bisi"))
    has_finished(circle, "Bisi")
    hers = Payment.select().where(Payment.member == circle.members["Bisi"])
    before = (JournalEntry.select().count(), hers.count())
    assert closed(circle, "Bisi") == Done()
    assert (JournalEntry.select().count(), hers.count()) == before
    assert Vouch.get().status == "expired"
