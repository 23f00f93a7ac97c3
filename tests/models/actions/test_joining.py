"""Getting into a group: by code and with the head's word, or by invitation."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from models.base import database
from models.commands import DecideJoiner, DeclineInvitation, InvitePhone, JoinGroup, LeaveGroup
from models.queries.facts import DatabaseFacts
from models.rules.refused import Refused
from models.tables.groups import Group, Invitation, Officer, Seat
from tests.support.cast import (
    ADA,
    BISI,
    CHIDI,
    CHORUS,
    DAYO,
    EFE,
    FEMI,
    ask,
    do,
    form_group,
    join_invited,
    open_group,
    register,
    registered,
    told,
)


@pytest.fixture
def group(db, clock):
    return open_group(clock(), size=3)


def invitation_of(person, clock):
    found = DatabaseFacts(person.phone, clock()).home.invitation
    assert found is not None
    return found


# --- invitations ----------------------------------------------------------------------------


def test_an_invited_number_is_written_to_and_sees_the_group(group, clock):
    done = do(ADA, InvitePhone(group.group_id, "0803 123 0002"), clock())
    assert done == {"masked": "0803***0002", "asked": 2, "of": 3}
    (message,) = told(BISI)
    assert (message.text_key, message.facts) == (
        "S02",
        {
            "head": "Ada Okafor",
            "group": "Mama Titi Ajo",
            "amt": "N5,000",
            "once": "weekly",
            "m": "3",
            "date": "Tue 3 Mar",
        },
    )
    invitation = invitation_of(BISI, clock)
    assert (invitation.by, invitation.language, invitation.group.name) == ("Ada Okafor", "en", "Mama Titi Ajo")
    assert (invitation.group.taken, invitation.group.terms.collect_kobo) == (1, 14_850_00)


def test_who_follows_an_invitation_is_let_in_at_once(group, clock):
    assert join_invited(group, BISI, clock())["let_in"]
    assert Invitation.get().status == "accepted"
    assert told(BISI, "S03w")[0].facts == {
        "name": "Bisi", "group": "Mama Titi Ajo", "amt": "N5,000", "date": "Tue 3 Mar",
    }  # fmt: skip
    assert DatabaseFacts(BISI.phone, clock()).home.invitation is None


def test_an_invited_number_that_comes_by_code_is_let_in_too(group, clock):
    do(ADA, InvitePhone(group.group_id, BISI.phone), clock())
    register(BISI, clock())
    assert do(BISI, JoinGroup(group.group_id, 1), clock())["let_in"]


def test_an_invitation_is_for_its_own_number_only(group, clock):
    do(ADA, InvitePhone(group.group_id, BISI.phone), clock())
    register(DAYO, clock())
    done = do(DAYO, JoinGroup(group.group_id, 1, Invitation.get().id), clock())
    assert (done["let_in"], done["waiting"]) == (False, False)
    assert Invitation.get().status == "open"


@pytest.mark.parametrize("phone", ["", "0123", "08031", "+447911123456789", "0700CALLME", "01 271 8080"])
def test_what_is_no_mobile_number_is_not_invited(group, clock, phone):
    assert ask(ADA, InvitePhone(group.group_id, phone), clock()) == Refused("bad_phone")


def test_a_number_is_invited_once_and_not_when_it_is_in(group, clock):
    do(ADA, InvitePhone(group.group_id, BISI.phone), clock())
    assert ask(ADA, InvitePhone(group.group_id, BISI.phone), clock()) == Refused("already_asked")
    assert ask(ADA, InvitePhone(group.group_id, ADA.phone), clock()) == Refused("already_in")
    registered(clock(), BISI)
    do(BISI, JoinGroup(group.group_id, 1), clock())
    assert ask(ADA, InvitePhone(group.group_id, BISI.phone), clock()) == Refused("already_in")


def test_only_officers_invite_and_only_while_there_is_room(db, clock):
    formed = form_group(clock(), size=3)
    assert ask(BISI, InvitePhone(formed.group_id, EFE.phone), clock()) == Refused("not_allowed")
    assert ask(ADA, InvitePhone(formed.group_id, EFE.phone), clock()) == Refused("group_full")
    Group.update(status="active").execute()
    assert ask(ADA, InvitePhone(formed.group_id, EFE.phone), clock()) == Refused("not_forming")


def test_a_group_cannot_write_to_any_number_of_strangers(group, clock):
    for person in (BISI, CHIDI, EFE, FEMI, *CHORUS[:5]):
        do(ADA, InvitePhone(group.group_id, person.phone), clock())
    assert ask(ADA, InvitePhone(group.group_id, CHORUS[5].phone), clock()) == Refused("not_allowed")


def test_a_stranger_may_decline_and_the_inviter_is_told(group, clock):
    do(ADA, InvitePhone(group.group_id, BISI.phone), clock())
    assert do(BISI, DeclineInvitation(invitation_of(BISI, clock).invitation_id), clock()) == {"head": "Ada Okafor"}
    assert told(ADA, "S28")[0].facts == {"who": "0803***0002", "group": "Mama Titi Ajo"}
    assert DatabaseFacts(BISI.phone, clock()).home.invitation is None
    assert ask(BISI, DeclineInvitation(Invitation.get().id), clock()) == Refused("gone")


def test_who_declined_can_be_asked_again_but_is_not_written_to_twice_a_day(group, clock):
    do(ADA, InvitePhone(group.group_id, BISI.phone), clock())
    do(BISI, DeclineInvitation(invitation_of(BISI, clock).invitation_id), clock())
    do(ADA, InvitePhone(group.group_id, BISI.phone), clock())
    assert len(told(BISI, "S02")) == 1


# --- by code --------------------------------------------------------------------------------


def test_who_comes_by_code_asks_and_the_head_lets_her_in(group, clock):
    register(BISI, clock())
    card = DatabaseFacts(BISI.phone, clock()).group_by_code(group.code)
    done = do(BISI, JoinGroup(card.group_id, card.rules_version), clock())
    assert not done["let_in"]
    assert told(ADA, "S26")[0].facts == {"who": "Bisi Alade", "group": "Mama Titi Ajo", "n": "1", "m": "3"}
    assert do(ADA, DecideJoiner(done["seat_id"], "let_in"), clock()) == {"name": "Bisi", "verdict": "let_in"}
    assert Seat.get_by_id(done["seat_id"]).status == "accepted"
    assert [message.text_key for message in told(BISI)] == ["S01", "S03w"]


def test_the_head_may_refuse_or_name_an_officer(group, clock):
    registered(clock(), BISI, CHIDI)
    first, second = (do(person, JoinGroup(group.group_id, 1), clock())["seat_id"] for person in (BISI, CHIDI))
    do(ADA, DecideJoiner(first, "refuse"), clock())
    assert told(BISI, "S27")[0].facts == {"group": "Mama Titi Ajo"}
    do(ADA, DecideJoiner(second, "let_in_officer"), clock())
    assert Officer.get(Officer.member == CHIDI.member_id).role == "officer"
    again = do(BISI, JoinGroup(group.group_id, 1), clock())["seat_id"]
    assert ask(CHIDI, DecideJoiner(again, "let_in_officer"), clock()) == Refused("not_allowed")
    do(CHIDI, DecideJoiner(again, "let_in"), clock())
    assert Group.get().status == "ready"


def test_a_decision_is_made_once(group, clock):
    register(BISI, clock())
    seat = do(BISI, JoinGroup(group.group_id, 1), clock())["seat_id"]
    do(ADA, DecideJoiner(seat, "let_in"), clock())
    for verdict in ("let_in", "let_in_officer", "refuse"):
        assert ask(ADA, DecideJoiner(seat, verdict), clock()) == Refused("gone")
    assert Officer.select().count() == 1


def test_nobody_decides_about_herself(group, clock):
    register(BISI, clock())
    seat = do(BISI, JoinGroup(group.group_id, 1), clock())["seat_id"]
    assert ask(BISI, DecideJoiner(seat, "let_in"), clock()) == Refused("gone")


def test_who_asks_too_late_finds_the_group_full(group, clock):
    registered(clock(), BISI, CHIDI, EFE)
    seats = [do(person, JoinGroup(group.group_id, 1), clock())["seat_id"] for person in (BISI, CHIDI, EFE)]
    for seat in seats[:2]:
        do(ADA, DecideJoiner(seat, "let_in"), clock())
    assert ask(ADA, DecideJoiner(seats[2], "let_in"), clock()) == Refused("group_full")
    do(ADA, DecideJoiner(seats[2], "refuse"), clock())


def test_a_full_group_has_a_waiting_list(db, clock):
    formed = form_group(clock(), size=3)
    register(DAYO, clock())
    assert ask(DAYO, JoinGroup(formed.group_id, 1), clock()) == Refused("group_full")
    assert do(DAYO, JoinGroup(formed.group_id, 1, waiting_list=True), clock())["waiting"]
    do(DAYO, LeaveGroup(formed.seat_of(DAYO, clock())), clock())
    assert DatabaseFacts(DAYO.phone, clock()).home.seats == ()


def test_joining_asks_for_the_rules_that_are_in_force_and_for_a_group_that_forms(group, clock):
    register(BISI, clock())
    assert ask(BISI, JoinGroup(group.group_id, 2), clock()) == Refused("rules_changed")
    assert ask(BISI, JoinGroup(999, 1), clock()) == Refused("no_such_group")
    assert ask(ADA, JoinGroup(group.group_id, 1), clock()) == Refused("already_in")
    Group.update(status="ready").execute()
    Group.update(status="active").execute()
    assert ask(BISI, JoinGroup(group.group_id, 1), clock()) == Refused("not_forming")


def test_two_who_come_at_once_do_not_both_get_the_last_seat(group, clock):
    join_invited(group, BISI, clock())
    for person in (CHIDI, EFE, FEMI):
        do(ADA, InvitePhone(group.group_id, person.phone), clock())
    registered(clock(), CHIDI, EFE, FEMI)

    def join(person):
        try:
            return ask(person, JoinGroup(group.group_id, 1), clock())
        finally:
            database.close()

    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(join, (CHIDI, EFE, FEMI)))
    assert sum(bool(answer) for answer in answers) == 1
    assert answers.count(Refused("group_full")) == 2
    assert Seat.select().where(Seat.status == "accepted").count() == 3
    assert Group.get().status == "ready"
