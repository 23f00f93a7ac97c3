"""Groups: opened with their rules, arranged, left and cancelled while nothing has started."""

import json
from dataclasses import replace
from datetime import date

import pytest

from models.commands import ArrangeOrder, InvitePhone, JoinGroup, LeaveGroup, OpenGroup
from models.queries.facts import DatabaseFacts
from models.rules import codes, rotation
from models.rules.refused import Refused
from models.sealing import keys
from models.tables.cycles import Cycle
from models.tables.groups import Group, GroupRules, Invitation, Officer, Seat
from models.tables.ledger import Audit
from tests.support.cast import (
    ADA,
    BISI,
    CHIDI,
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

WISH = OpenGroup("Mama Titi Ajo", 5_000_00, "weekly", 5, "ballot", date(2026, 3, 6))


def arranged_group(now, size=3):
    return form_group(now, size=size, order="arranged")


def test_opening_makes_the_group_its_rules_its_head_and_the_first_seat(db, clock):
    register(ADA, clock())
    done = do(ADA, WISH, clock())
    group = Group.get_by_id(done["group_id"])
    assert (group.status, group.code, group.name) == ("forming", done["code"], "Mama Titi Ajo")
    assert codes.is_group_code(group.code)
    assert (group.late_fee_kobo, group.service_fee_bps, group.grace_days, group.cutoff_hour) == (200_00, 100, 1, 18)
    assert (Officer.get().member_id, Officer.get().role) == (ADA.member_id, "head")
    assert (Seat.get().status, Seat.get().rules_version) == ("accepted", 1)
    rules = GroupRules.get()
    assert rules.version == 1
    assert rules.terms["collect_kobo"] == 24_750_00
    assert rules.terms["starts_on"] == "2026-03-06"
    assert [row.verb for row in Audit.select().where(Audit.chain == f"group:{group.id}")] == ["group.open"]


def test_the_ballots_secret_is_fixed_at_opening_and_only_its_hash_is_readable(db, clock):
    register(ADA, clock())
    group = Group.get_by_id(do(ADA, WISH, clock())["group_id"])
    secret = keys().open(group.draw_secret_sealed, f"savings_group.draw_secret:{group.id}")
    assert group.draw_secret is None
    assert group.draw_commitment == rotation.commitment(bytes.fromhex(secret))
    plain = Group.get_by_id(do(ADA, replace(WISH, order="joined"), clock())["group_id"])
    assert (plain.draw_commitment, plain.draw_secret_sealed) == (None, None)


def test_two_groups_never_share_a_code(db, clock, monkeypatch):
    register(ADA, clock())
    numbers = iter([7, 7, 7, 8])
    monkeypatch.setattr("models.actions.groups.secrets.randbelow", lambda _: next(numbers))
    first, second = do(ADA, WISH, clock()), do(ADA, WISH, clock())
    assert [first["code"], second["code"]] == [codes.group_code(7), codes.group_code(8)]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"name": "A"}, "bad_name"),
        ({"name": "A name that is far too long"}, "bad_name"),
        ({"contribution_kobo": 99_00}, "bad_amount"),
        ({"contribution_kobo": 100_50}, "bad_amount"),
        ({"contribution_kobo": 500_001_00}, "bad_amount"),
        ({"seats": 2}, "bad_size"),
        ({"seats": 31}, "bad_size"),
        ({"start_on": date(2026, 3, 1)}, "bad_start"),
    ],
)
def test_a_wish_outside_the_rules_is_refused(db, clock, change, why):
    register(ADA, clock())
    assert ask(ADA, replace(WISH, **change), clock()) == Refused(why)
    assert Group.select().count() == 0


def test_the_last_seat_makes_the_group_ready_and_tells_everybody_her_turn(db, clock):
    formed = form_group(clock(), size=5)
    assert Group.get_by_id(formed.group_id).status == "ready"
    assert [row.turn for row in Seat.select().order_by(Seat.id)] == [1, 2, 3, 4, 5]
    assert Cycle.select().where(Cycle.status == "scheduled").count() == 5
    for person in formed.people:
        assert len(told(person, "S03")) == 1


def test_an_arranged_group_waits_for_its_heads_order(db, clock):
    formed = arranged_group(clock())
    assert Group.get_by_id(formed.group_id).status == "forming"
    assert told(ADA, "S29")[0].facts == {"group": "Mama Titi Ajo"}
    seats = [formed.seat_of(person, clock()) for person in (CHIDI, ADA, BISI)]
    do(ADA, ArrangeOrder(formed.group_id, tuple(seats)), clock())
    assert Group.get_by_id(formed.group_id).status == "ready"
    assert [DatabaseFacts(p.phone, clock()).home.seats[0].position for p in (ADA, BISI, CHIDI)] == [2, 3, 1]


def test_an_order_has_to_name_each_seat_once_and_only_the_head_gives_it(db, clock):
    formed = arranged_group(clock())
    seats = [formed.seat_of(person, clock()) for person in formed.people]
    for wrong in ((), seats[:2], [*seats[:2], seats[0]], [*seats, 999]):
        assert ask(ADA, ArrangeOrder(formed.group_id, tuple(wrong)), clock()) == Refused("seats_changed")
    assert ask(BISI, ArrangeOrder(formed.group_id, tuple(seats)), clock()) == Refused("not_allowed")
    do(ADA, ArrangeOrder(formed.group_id, tuple(seats)), clock())
    assert ask(ADA, ArrangeOrder(formed.group_id, tuple(seats)), clock()) == Refused("not_forming")


def test_a_group_that_is_not_full_cannot_be_arranged(db, clock):
    formed = open_group(clock(), size=3, order="arranged")
    seat = formed.seat_of(ADA, clock())
    assert ask(ADA, ArrangeOrder(formed.group_id, (seat,)), clock()) == Refused("seats_changed")


def test_leaving_is_free_and_takes_a_ready_group_back(db, clock):
    formed = form_group(clock(), size=3)
    assert do(BISI, LeaveGroup(formed.seat_of(BISI, clock())), clock()) == {"group": "Mama Titi Ajo"}
    group = Group.get_by_id(formed.group_id)
    assert (group.status, group.order_set_at) == ("forming", None)
    assert [(row.status, row.turn) for row in Seat.select().order_by(Seat.id)] == [
        ("accepted", None), ("withdrawn", None), ("accepted", None),
    ]  # fmt: skip
    assert DatabaseFacts(BISI.phone, clock()).home.seats == ()


def test_a_group_that_lost_somebody_can_become_full_again(db, clock):
    formed = form_group(clock(), size=3)
    do(BISI, LeaveGroup(formed.seat_of(BISI, clock())), clock())
    join_invited(formed, EFE, clock())
    assert Group.get_by_id(formed.group_id).status == "ready"
    facts = DatabaseFacts(EFE.phone, clock())
    assert [turn.who for turn in facts.turns(facts.home.seats[0].seat_id)] == ["Ada", "Chidi", "Efe"]


def test_the_first_of_the_waiting_list_may_ask_when_a_seat_is_given_back(db, clock):
    formed = form_group(clock(), size=3)
    for person in (FEMI, EFE):
        register(person, clock())
        clock.advance("1m")
        done = do(person, JoinGroup(formed.group_id, 1, waiting_list=True), clock())
        assert done["waiting"]
    do(BISI, LeaveGroup(formed.seat_of(BISI, clock())), clock())
    states = [DatabaseFacts(person.phone, clock()).home.seats[0].seat_status for person in (FEMI, EFE)]
    assert states == ["requested", "waiting"]
    assert told(ADA, "S26")[0].facts == {"who": "Femi Bello", "group": "Mama Titi Ajo", "n": "2", "m": "3"}


def test_the_head_stays_while_there_is_anybody_else(db, clock):
    formed = form_group(clock(), size=3)
    assert ask(ADA, LeaveGroup(formed.seat_of(ADA, clock())), clock()) == Refused("head_stays")


def test_a_head_who_is_alone_cancels_the_group_and_who_asked_is_told(db, clock):
    formed = open_group(clock(), size=3)
    registered(clock(), BISI)
    do(BISI, JoinGroup(formed.group_id, 1), clock())
    do(ADA, InvitePhone(formed.group_id, CHIDI.phone), clock())
    do(ADA, LeaveGroup(formed.seat_of(ADA, clock())), clock())
    assert Group.get_by_id(formed.group_id).status == "cancelled"
    assert Invitation.get().status == "expired"
    assert {row.status for row in Seat.select()} == {"withdrawn"}
    assert told(BISI, "S34")[0].facts == {"group": "Mama Titi Ajo"}
    assert DatabaseFacts(ADA.phone, clock()).home.seats == ()
    assert DatabaseFacts(ADA.phone, clock()).group_by_code(formed.code) is None


def test_nobody_leaves_a_group_that_has_started(db, clock):
    formed = form_group(clock(), size=3)
    seat = formed.seat_of(BISI, clock())
    Group.update(status="active").execute()
    assert ask(BISI, LeaveGroup(seat), clock()) == Refused("already_active")


def test_an_officer_who_left_is_no_officer_any_more(db, clock):
    formed = form_group(clock(), size=3)
    Officer.insert(group=formed.group_id, member=BISI.member_id, role="officer", since=clock()).execute()
    do(BISI, LeaveGroup(formed.seat_of(BISI, clock())), clock())
    assert ask(BISI, InvitePhone(formed.group_id, DAYO.phone), clock()) == Refused("not_allowed")


def test_a_seat_that_was_left_is_gone(db, clock):
    formed = form_group(clock(), size=3)
    seat = formed.seat_of(BISI, clock())
    do(BISI, LeaveGroup(seat), clock())
    assert ask(BISI, LeaveGroup(seat), clock()) == Refused("gone")


def test_the_audit_trail_of_a_group_names_no_person(db, clock):
    formed = form_group(clock(), size=3)
    rows = list(Audit.select().where(Audit.chain == f"group:{formed.group_id}").order_by(Audit.seq))
    assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
    text = json.dumps([[row.verb, row.actor, row.subject, row.detail] for row in rows])
    assert not any(name in text for name in ("Ada", "Bisi", "Chidi", "+234"))
