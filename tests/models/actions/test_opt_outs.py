"""STOP and START, of members and strangers, and what a provider knows on its own account."""

import pytest

from models.actions import mail, opt_outs, refusals
from models.queries import readers
from models.sealing import keys
from models.tables.mail import Outbox
from models.tables.people import Member
from models.tables.ways import ChannelRefusal
from tests.support.cast import ADA, DAYO, register

AT, WHATSAPP = "africastalking-sms", "twilio-whatsapp"


def reminder(person, now, key="r"):
    found = mail.queue_message("S04", dedupe_key=key, facts={}, phone=person.phone, reminder=True, now=now)
    assert found is not None
    return found


def claimed(now):
    return [message.outbox_id for message in mail.claim_mail(now)]


@pytest.mark.parametrize("person", [ADA, DAYO])
def test_stop_holds_until_start_for_members_and_strangers(db, clock, person):
    if person is ADA:
        register(ADA, clock())
        claimed(clock())
    assert opt_outs.stop_reminders(person.phone, actor="test", now=clock(), channel=AT)
    assert not opt_outs.stop_reminders(person.phone, actor="test", now=clock(), channel=AT)
    assert opt_outs.is_stopped(person.phone)
    stopped = reminder(person, clock(), "while stopped")
    assert claimed(clock()) == []

    assert opt_outs.start_reminders(person.phone, actor="test", now=clock(), channel=AT)
    assert not opt_outs.start_reminders(person.phone, actor="test", now=clock(), channel=AT)
    assert claimed(clock()) == []  # what was dropped stays dropped
    assert Outbox.get_by_id(stopped).status == "suppressed"
    wanted = reminder(person, clock(), "after start")
    assert claimed(clock()) == [wanted]
    assert opt_outs.stop_reminders(person.phone, actor="test", now=clock(), channel=AT)


def test_a_members_own_screens_know_it_too(db, clock):
    register(ADA, clock())
    opt_outs.stop_reminders(ADA.phone, actor="test", now=clock())
    assert Member.get().reminders_stopped_at is not None
    opt_outs.start_reminders(ADA.phone, actor="test", now=clock())
    assert Member.get().reminders_stopped_at is None


def reader(person, now):
    message = mail.queue_message("S09", dedupe_key=f"n:{now}", facts={}, phone=person.phone, now=now)
    assert message is not None
    return readers.of_messages({message: person.phone}, now)[message].reader


def test_a_provider_that_heard_stop_is_passed_over_until_she_says_start_there(db, clock):
    opt_outs.opted_out_at_provider(AT, DAYO.phone, actor="provider:at", now=clock())
    assert opt_outs.is_stopped(DAYO.phone)
    assert reader(DAYO, clock()).refused == {AT}

    clock.advance("1h")
    opt_outs.start_reminders(DAYO.phone, actor="test", now=clock(), channel=WHATSAPP)
    assert reader(DAYO, clock()).refused == {AT}  # said somewhere else
    clock.advance("1h")
    opt_outs.start_reminders(DAYO.phone, actor="test", now=clock(), channel=AT)
    assert reader(DAYO, clock()).refused == frozenset()


@pytest.mark.parametrize(("reason", "kept"), [("opted_out", "opted_out"), ("user_in_blacklist", "opted_out"),
                                              ("not_on_whatsapp", "unreachable"), ("bad_number", None)])  # fmt: skip
def test_only_a_reason_that_holds_for_the_next_message_too_is_remembered(db, clock, reason, kept):
    refusals.note(WHATSAPP, keys().index(DAYO.phone, "phone"), reason, clock())
    assert [row.reason for row in ChannelRefusal.select()] == ([kept] if kept else [])
