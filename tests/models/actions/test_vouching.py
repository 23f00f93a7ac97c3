"""Vouching: who is asked, who may answer, how long it holds; and the new PIN that comes of it."""

import pytest

from models.account_commands import AnswerVouch, AskVouch, ResetPin
from models.actions import cycles
from models.base import database
from models.commands import CheckPin, ConfirmBankAccount, DecideJoiner, Done, JoinGroup, PreparePin, Secret
from models.queries.facts import DatabaseFacts
from models.rules.refused import Refused
from models.tables.accounts import Vouch
from models.tables.groups import Officer
from models.tables.ledger import Audit
from models.tables.people import Member
from models.vouches import VouchCard, VouchTask
from tests.models.actions.test_bank_accounts import LOOK_UP, entered
from tests.support.cast import ADA, BISI, CHIDI, DAYO, PIN, ask, do, form_group, open_group, register, told

NEW = "5926"


@pytest.fixture
def group(db, clock):
    formed = form_group(clock(), size=3)
    cycles.start_due_groups(clock())
    return formed


def name_officer(group, person, clock):
    Officer.insert(group=group.group_id, member=person.member_id, role="officer", since=clock()).execute()


def asked(person, clock, purpose="pin"):
    do(person, AskVouch(purpose), clock())
    return Vouch.select().order_by(Vouch.id.desc()).get()


def tasks_of(person, clock):
    return [task for task in DatabaseFacts(person.phone, clock()).home.tasks if isinstance(task, VouchTask)]


def chosen(person, clock, pin=NEW):
    return do(person, PreparePin(Secret(pin)), clock())["pin_hash"]


def given(person, clock, by=ADA):
    vouch = asked(person, clock)
    do(by, AnswerVouch(vouch.id, yes=True), clock())
    return vouch


# --- asking -----------------------------------------------------------------------------------


def test_the_head_is_asked_and_sees_it_when_she_dials(group, clock):
    assert DatabaseFacts(BISI.phone, clock()).voucher() == "Ada Okafor"
    assert do(BISI, AskVouch("pin"), clock()) == {"who": "Ada Okafor"}
    assert tasks_of(ADA, clock) == [VouchTask(Vouch.get().id, "pin", "Mama Titi Ajo", "Bisi Alade", "")]
    assert (tasks_of(BISI, clock), tasks_of(CHIDI, clock)) == ([], [])
    assert told(ADA, "S51")[0].facts == {"who": "Bisi Alade", "group": "Mama Titi Ajo"}
    card = VouchCard(Vouch.get().id, given=False, who="Ada Okafor")
    assert DatabaseFacts(BISI.phone, clock()).vouch("pin") == card
    assert DatabaseFacts(BISI.phone, clock()).vouch("unfreeze") is None


def test_asked_twice_is_asked_once(group, clock):
    asked(BISI, clock)
    before = Audit.select().count()
    assert do(BISI, AskVouch("pin"), clock()) == {"who": "Ada Okafor"}
    assert (Vouch.select().count(), len(told(ADA, "S51")), Audit.select().count()) == (1, 1, before)


def test_about_the_head_another_officer_is_asked(group, clock):
    assert ask(ADA, AskVouch("pin"), clock()) == Refused("no_voucher")
    assert DatabaseFacts(ADA.phone, clock()).voucher() == ""
    name_officer(group, CHIDI, clock)
    assert do(ADA, AskVouch("pin"), clock()) == {"who": "Chidi Eze"}
    assert len(tasks_of(CHIDI, clock)) == 1
    assert tasks_of(ADA, clock) == []


def test_an_officer_is_not_asked_about_a_plain_member(group, clock):
    name_officer(group, CHIDI, clock)
    vouch = asked(BISI, clock)
    assert tasks_of(CHIDI, clock) == []
    assert ask(CHIDI, AnswerVouch(vouch.id, yes=True), clock()) == Refused("not_allowed")


def test_where_nobody_has_begun_to_trust_anybody_nobody_is_asked(db, clock):
    formed = open_group(clock(), size=3)
    register(BISI, clock())
    do(BISI, JoinGroup(formed.group_id, 1), clock())
    do(ADA, DecideJoiner(formed.seat_of(BISI, clock()), "let_in"), clock())
    assert ask(BISI, AskVouch("pin"), clock()) == Refused("no_voucher")


def test_whoever_is_frozen_herself_is_not_asked(group, clock):
    Member.update(status="frozen").where(Member.id == ADA.member_id).execute()
    assert ask(BISI, AskVouch("pin"), clock()) == Refused("no_voucher")


def test_an_account_that_is_not_frozen_needs_no_unfreezing(group, clock):
    assert ask(BISI, AskVouch("unfreeze"), clock()) == Refused("not_frozen")
    Member.update(status="frozen").where(Member.id == BISI.member_id).execute()
    assert ask(BISI, AskVouch("pin"), clock()) == Refused("frozen")


def test_a_question_lapses_and_can_be_asked_again(group, clock):
    first = asked(BISI, clock)
    clock.advance("48h")
    assert tasks_of(ADA, clock) == []
    assert ask(ADA, AnswerVouch(first.id, yes=True), clock()) == Refused("gone")
    second = asked(BISI, clock)
    assert second.id != first.id
    assert Vouch.get_by_id(first.id).status == "expired"


# --- answering --------------------------------------------------------------------------------


def test_an_outsider_learns_nothing_and_changes_nothing(group, clock):
    vouch = asked(BISI, clock)
    register(DAYO, clock())
    for person, vouch_id in ((DAYO, vouch.id), (CHIDI, vouch.id), (BISI, vouch.id), (ADA, 999)):
        assert ask(person, AnswerVouch(vouch_id, yes=True), clock()) == Refused("not_allowed")
    assert Vouch.get().status == "asked"


def test_a_yes_is_told_and_counts_once(group, clock):
    vouch = asked(BISI, clock)
    answer = AnswerVouch(vouch.id, yes=True)
    assert do(ADA, answer, clock(), key="at:s:3:0") == {"name": "Bisi Alade", "purpose": "pin"}
    assert do(ADA, answer, clock(), key="at:s:3:0") == {"name": "Bisi Alade", "purpose": "pin"}
    assert ask(ADA, answer, clock()) == Refused("gone")
    assert told(BISI, "S52")[0].facts == {"name": "Bisi", "head": "Ada Okafor"}
    assert DatabaseFacts(BISI.phone, clock()).vouch("pin").given


def test_a_no_is_told_too_and_leads_nowhere(group, clock):
    vouch = asked(BISI, clock)
    do(ADA, AnswerVouch(vouch.id, yes=False), clock())
    assert [letter.text_key for letter in told(BISI, "S52r")] == ["S52r"]
    assert DatabaseFacts(BISI.phone, clock()).vouch("pin") is None
    assert ask(BISI, ResetPin(chosen(BISI, clock), Secret(NEW)), clock()) == Refused("gone")


# --- the new PIN ------------------------------------------------------------------------------


def test_a_yes_lets_her_choose_a_new_pin_once(group, clock):
    given(BISI, clock)
    pin_hash = chosen(BISI, clock)
    reset = ResetPin(pin_hash, Secret(NEW))
    assert do(BISI, reset, clock(), key="at:s:5:0") == do(BISI, reset, clock(), key="at:s:5:0")
    assert ask(BISI, CheckPin(Secret(NEW)), clock()) == Done()
    assert ask(BISI, ResetPin(pin_hash, Secret(NEW)), clock()) == Refused("gone")
    assert len(told(BISI, "S20")) == 1
    assert told(ADA, "S53")[0].facts["who"] == "Bisi Alade"


def test_without_a_yes_there_is_no_new_pin(group, clock):
    asked(BISI, clock)
    assert ask(BISI, ResetPin(chosen(BISI, clock), Secret(NEW)), clock()) == Refused("gone")
    assert ask(BISI, CheckPin(Secret(PIN)), clock()) == Done()


def test_a_yes_holds_for_a_day(group, clock):
    given(BISI, clock)
    clock.advance("24h")
    assert DatabaseFacts(BISI.phone, clock()).vouch("pin") is None
    assert ask(BISI, ResetPin(chosen(BISI, clock), Secret(NEW)), clock()) == Refused("gone")


def test_it_has_to_be_repeated_as_chosen_by_herself(group, clock):
    given(BISI, clock)
    assert ask(BISI, ResetPin(chosen(BISI, clock), Secret("5927")), clock()) == Refused("pin_mismatch")
    assert ask(BISI, ResetPin(chosen(ADA, clock), Secret(NEW)), clock()) == Refused("pin_mismatch")
    assert do(BISI, ResetPin(chosen(BISI, clock), Secret(NEW)), clock()) == {}


def test_the_lock_is_lifted(group, clock):
    for _ in range(5):
        ask(BISI, CheckPin(Secret("8264")), clock())
    given(BISI, clock)
    do(BISI, ResetPin(chosen(BISI, clock), Secret(NEW)), clock())
    assert ask(BISI, CheckPin(Secret(NEW)), clock()) == Done()
    assert not DatabaseFacts(BISI.phone, clock()).home.me.pin_locked


def test_for_a_day_her_payout_account_stays_as_it_is(group, clock):
    account_id = entered(BISI, clock())
    given(BISI, clock)
    do(BISI, ResetPin(chosen(BISI, clock), Secret(NEW)), clock())
    assert ask(BISI, LOOK_UP, clock()) == Refused("new_pin")
    assert ask(BISI, ConfirmBankAccount(account_id), clock()) == Refused("new_pin")
    clock.advance("24h")
    assert "usable_on" in do(BISI, ConfirmBankAccount(account_id), clock())


def test_no_pin_is_in_the_database(group, clock):
    given(BISI, clock)
    do(BISI, ResetPin(chosen(BISI, clock), Secret(NEW)), clock())
    rows = database.execute_sql("SELECT v::text || '' FROM vouch v").fetchall()
    assert NEW not in repr(rows)
