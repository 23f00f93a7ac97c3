"""Members: how they come in, and what is kept of them."""

from dataclasses import replace

import pytest

from flows.welcome import CONSENT_VERSION
from models.actions import people, perform
from models.actions.people import SaidRow
from models.base import database
from models.commands import AgreeAgain, Done, PreparePin, RegisterMember, Secret
from models.queries.facts import DatabaseFacts
from models.rules.refused import Refused
from models.sealing import keys
from models.tables.mail import Said, UssdSession
from models.tables.people import Consent, Member
from tests.support.cast import (
    ADA,
    BISI,
    DAYO,
    PIN,
    Person,
    ask,
    context_of,
    do,
    form_group,
    join_invited,
    open_group,
    register,
    told,
)
from tests.support.leaks import found, in_the_database


def test_registering_makes_a_member_with_consent_and_a_welcome(db, clock):
    member_id = register(ADA, clock())
    row = Member.get_by_id(member_id)
    assert keys().open(row.phone_sealed, f"member.phone:{member_id}") == ADA.phone
    assert keys().open(row.name_sealed, f"member.name:{member_id}") == "Ada Okafor"
    consent = Consent.get()
    assert (consent.member_id, consent.version, consent.channel) == (member_id, CONSENT_VERSION, "test")
    (welcome,) = told(ADA)
    assert (welcome.text_key, welcome.facts) == ("S01", {"name": "Ada"})


@pytest.mark.parametrize(("channel", "told_on"), [("twilio-whatsapp", "whatsapp"), ("africastalking-ussd", "sms")])
def test_she_is_told_where_she_came_in(db, clock, channel, told_on):
    context = replace(context_of(ADA, clock()), channel=channel)
    prepared = perform(PreparePin(Secret(PIN)), context)
    assert isinstance(prepared, Done)
    perform(RegisterMember(ADA.name, "en", prepared.data["pin_hash"], Secret(PIN), 1), replace(context, key="next"))
    assert Member.get().reminder_channel == told_on


def test_her_address_for_receipts_says_nothing_about_her(db, clock):
    register(ADA, clock())
    register(BISI, clock())
    ids = [row.email_id for row in Member.select()]
    assert len(set(ids)) == 2
    assert all(len(each) == 16 and int(each, 16) >= 0 for each in ids)


def test_nothing_personal_is_in_the_database_in_the_clear(db, clock):
    form_group(clock(), size=3)
    for table in ("member", "outbox", "performed", "invitation", "audit", "seat", "group_rules"):
        rows = database.execute_sql(f"SELECT t::text FROM {table} t").fetchall()
        assert rows
        text = "\n".join(row[0] for row in rows)
        for secret in ("Okafor", "Alade", ADA.phone, ADA.phone[4:]):
            assert secret not in text, (table, secret)
            assert secret.encode().hex() not in text, (table, secret)
    assert found(PIN, in_the_database()) == []


def test_the_repeat_has_to_match_and_the_name_has_to_be_one(db, clock):
    chosen = do(ADA, PreparePin(Secret(PIN)), clock())["pin_hash"]
    assert ask(ADA, RegisterMember("Ada", "en", chosen, Secret("7340"), 1), clock()) == Refused("pin_mismatch")
    assert ask(ADA, RegisterMember("4d4", "en", chosen, Secret(PIN), 1), clock()) == Refused("bad_name")
    assert Member.select().count() == 0


def test_a_number_registers_once(db, clock):
    register(ADA, clock())
    again = Person("Ada Again", ADA.phone)
    chosen = do(again, PreparePin(Secret(PIN)), clock())["pin_hash"]
    assert ask(again, RegisterMember("Ada", "en", chosen, Secret(PIN), 1), clock()) == Refused("already_registered")


def test_a_name_keeps_its_signs(db, clock):
    person = Person("  Ṣadé   O’Neil ", "+2348031239998")
    register(person, clock())
    assert DatabaseFacts(person.phone, clock()).home.me.name == "Ṣadé O'Neil"


def test_an_invitation_waits_for_her_while_she_registers(db, clock):
    formed = open_group(clock(), size=3)
    assert join_invited(formed, BISI, clock())["let_in"]


def test_a_session_is_recorded_once_however_often_it_is_told(db, clock):
    for _ in range(2):
        people.record_session_end(
            session="ATUid_1",
            phone=ADA.phone,
            network_code="62120",
            status="Success",
            cost="NGN 1.2000",
            took_ms=23_000,
            hops=4,
            now=clock(),
        )
    row = UssdSession.get()
    assert (row.session, row.hops, row.error) == ("ATUid_1", 4, None)


def test_who_agreed_to_an_older_wording_agrees_once_to_the_new_one(db, clock):
    register(ADA, clock())
    Consent.update(version=CONSENT_VERSION - 1).execute()
    assert DatabaseFacts(ADA.phone, clock()).home.me.consent_version == CONSENT_VERSION - 1
    clock.advance("1d")
    for _ in range(2):
        assert ask(ADA, AgreeAgain(CONSENT_VERSION), clock()) == Done()
    rows = list(Consent.select().order_by(Consent.version))
    assert [(row.version, row.language) for row in rows] == [(CONSENT_VERSION - 1, "en"), (CONSENT_VERSION, "en")]
    assert rows[0].given_at < rows[1].given_at == clock()
    assert DatabaseFacts(ADA.phone, clock()).home.me.consent_version == CONSENT_VERSION
    (noted,) = database.execute_sql("SELECT detail FROM audit WHERE verb = 'member.consent'").fetchall()
    assert noted[0] == {"consent_version": CONSENT_VERSION, "channel": "test"}


def test_nobody_else_agrees_for_her(db, clock):
    assert ask(DAYO, AgreeAgain(CONSENT_VERSION), clock()) == Refused("not_registered")


def test_what_was_said_is_written_in_bulk_sealed_and_once(db, clock):
    turns = [
        SaidRow(
            stream_id=f"{n}-0",
            at=clock(),
            phone=ADA.phone,
            channel="ussd",
            session="s",
            state_before="a",
            state_after="b",
            heard="Ngozi Bello",
            said="Hello Ngozi",
            took_ms=12,
        )
        for n in range(3)
    ]
    people.write_said(turns)
    people.write_said(turns[1:])
    assert people.write_said([]) == 0
    rows = list(Said.select().order_by(Said.id))
    assert [row.stream_id for row in rows] == ["0-0", "1-0", "2-0"]
    assert keys().open(rows[0].said_sealed, "said.said:0-0") == "Hello Ngozi"
