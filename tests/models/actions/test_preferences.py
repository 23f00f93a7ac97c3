"""How she wants to be spoken to: kept, honoured, and not written down twice."""

import pytest

from models.account_commands import SetLanguage, SetReminders, ShowMoneyInChat
from models.actions import opt_outs
from models.queries.facts import DatabaseFacts
from models.rules.refused import Refused
from models.sealing import keys
from models.tables.chats import Chat
from models.tables.ledger import Audit
from models.tables.people import Member
from tests.support.cast import BISI, DAYO, ask, do, register


@pytest.fixture
def bisi(db, clock):
    register(BISI, clock())
    return BISI


def on_whatsapp(person, now):
    index = keys().index(person.phone, "phone")
    Chat.insert(
        channel="twilio-whatsapp", address_index=index, address_sealed=b"", phone_index=index, lane=index, heard_at=now
    ).execute()


def audited():
    return [row.verb for row in Audit.select().order_by(Audit.id) if row.verb.startswith("member.")]


def test_the_language_is_remembered(bisi, clock):
    do(bisi, SetLanguage("ha"), clock())
    assert DatabaseFacts(bisi.phone, clock()).home.me.language == "ha"
    assert audited()[-1] == "member.language"


@pytest.mark.parametrize(
    "command",
    [SetLanguage("en"), SetReminders(plan="both"), SetReminders(channel="sms"), ShowMoneyInChat(on=False)],
)
def test_what_is_so_already_writes_nothing(bisi, clock, command):
    before = audited()
    do(bisi, command, clock())
    assert audited() == before


@pytest.mark.parametrize(
    "command", [SetLanguage("ig"), SetReminders(plan="none"), SetReminders(channel="sms"), ShowMoneyInChat(on=True)]
)
def test_the_same_hop_twice_is_once(bisi, clock, command):
    assert do(bisi, command, clock(), key="at:s:3:0") == do(bisi, command, clock(), key="at:s:3:0") == {}
    assert ask(DAYO, command, clock()) == Refused("not_registered")


def test_a_plan_and_a_channel_are_two_things(bisi, clock):
    on_whatsapp(bisi, clock())
    do(bisi, SetReminders(plan="due_day"), clock())
    do(bisi, SetReminders(channel="whatsapp"), clock())
    row = Member.get()
    assert (row.reminder_plan, row.reminder_channel) == ("due_day", "whatsapp")


def test_wanting_reminders_takes_back_an_earlier_stop(bisi, clock):
    opt_outs.stop_reminders(bisi.phone, actor="test", now=clock())
    do(bisi, SetReminders(plan="due_day"), clock())
    assert not opt_outs.is_stopped(bisi.phone)
    assert Member.get().reminder_plan == "due_day"


def test_wanting_them_on_a_channel_is_wanting_them(bisi, clock):
    do(bisi, SetReminders(plan="none"), clock())
    opt_outs.stop_reminders(bisi.phone, actor="test", now=clock())
    do(bisi, SetReminders(channel="sms"), clock())
    assert not opt_outs.is_stopped(bisi.phone)
    assert Member.get().reminder_plan == "both"


def test_start_brings_back_what_was_chosen_away(bisi, clock):
    do(bisi, SetReminders(plan="none"), clock())
    assert opt_outs.start_reminders(bisi.phone, actor="test", now=clock())
    assert Member.get().reminder_plan == "both"
    assert audited()[-1] == "member.start_reminders"


def test_start_leaves_the_due_day_alone(bisi, clock):
    do(bisi, SetReminders(plan="due_day"), clock())
    opt_outs.stop_reminders(bisi.phone, actor="test", now=clock())
    opt_outs.start_reminders(bisi.phone, actor="test", now=clock())
    assert Member.get().reminder_plan == "due_day"


def test_whatsapp_is_for_those_who_have_written_to_us_there(bisi, clock):
    assert ask(bisi, SetReminders(channel="whatsapp"), clock()) == Refused("no_whatsapp")
    assert Member.get().reminder_channel == "sms"


def test_money_in_chats_is_off_until_she_says_so(bisi, clock):
    assert not DatabaseFacts(bisi.phone, clock()).home.me.money_in_chat
    do(bisi, ShowMoneyInChat(on=True), clock())
    assert DatabaseFacts(bisi.phone, clock()).home.me.money_in_chat
    do(bisi, ShowMoneyInChat(on=False), clock())
    assert not DatabaseFacts(bisi.phone, clock()).home.me.money_in_chat
