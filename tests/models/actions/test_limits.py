"""A pot above the limit: the group forms and waits, two of the staff raise the limit, and it goes on by itself."""

import importlib
from dataclasses import replace
from datetime import timedelta

import pytest

from models import country
from models.actions import arranging, cycles, payouts, proposals
from models.actions.forms import Effect
from models.actions.proposals import Wish
from models.actions.signing_in import Somebody
from models.base import database
from models.commands import ArrangeOrder
from models.country import home
from models.facts import ArrangeTask
from models.queries.facts import DatabaseFacts
from models.queries.invariants import violations
from models.rules.proposals import LIFE
from models.rules.refused import Refused
from models.rules.staff import Role
from models.tables.groups import Group, Seat
from models.tables.ledger import Audit
from models.tables.money import Payout
from models.tables.people import Member
from models.tables.staff import Proposal, Staff
from tests.support.cast import ADA, Formed, ask, form_group, join_invited, open_group, told
from tests.support.circles import full_group, running_group
from tests.support.panel import hire

BIG = 3 * 500_000_00
MILLIONS = 1_000_000_00
NOTE = "She has led three groups of that size"


def limited(monkeypatch: pytest.MonkeyPatch, kobo: int) -> None:
    """As if this were the country's limit."""
    monkeypatch.setattr(country, "_home", [replace(home(), pot_limit=kobo, pot_cap=15 * MILLIONS)])


def employed(now, role: Role, n: int, phone: str = "", groups: frozenset[int] = frozenset()) -> Somebody:
    hired = hire(role, now, email=f"s{n}@ajo.example", phone=phone or f"+23480999900{n:02d}", name=f"Staff {n}")
    row = Staff.get_by_id(hired.staff_id)
    return Somebody(row.id, row.name, role, bytes(row.phone_index), groups)


@pytest.fixture
def two(db, clock) -> tuple[Somebody, Somebody]:
    return employed(clock(), Role.FINANCE, 1), employed(clock(), Role.OWNER, 2)


def propose(group_id: int, kobo: object, who: Somebody, now) -> Effect | Refused:
    return proposals.propose(Wish("group_limit", f"group:{group_id}", {"limit_kobo": kobo}, NOTE), who, now)


def agree(group_id: int, kobo: int, two: tuple[Somebody, Somebody], now) -> Effect | Refused:
    done = propose(group_id, kobo, two[0], now)
    assert isinstance(done, Effect), done
    row = Proposal.get_by_id(done.facts["proposal_id"])
    return proposals.check(row.id, row.payload_hash, "Looked at her groups", two[1], now)


def big_group(now, order: str = "joined", size: int = 3) -> Formed:
    return form_group(now, size=size, order=order, contribution_kobo=500_000_00)


def asked_to_arrange(now) -> int:
    """Whether the head finds it among her tasks."""
    return sum(isinstance(task, ArrangeTask) for task in DatabaseFacts(ADA.phone, now).home.tasks)


def status(formed: Formed) -> str:
    return Group.get_by_id(formed.group_id).status


# --- before it begins -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("more", "begins"), [(1, True), (0, True), (-1, False)])
def test_a_full_group_begins_with_a_pot_at_the_limit_and_not_with_a_kobo_more(db, clock, monkeypatch, more, begins):
    limited(monkeypatch, BIG + more)
    formed = big_group(clock())
    assert (status(formed) == "ready") is begins
    assert (told(ADA, "S85") == []) is begins


def test_its_head_is_told_that_it_waits(db, clock, monkeypatch):
    limited(monkeypatch, MILLIONS)
    big_group(clock())
    (letter,) = told(ADA, "S85")
    assert letter.facts == {"group": "Mama Titi Ajo", "pot": "N1,500,000", "limit": "N1,000,000"}


@pytest.mark.parametrize("order", ["joined", "ballot"])
def test_nobody_can_draw_its_turns(db, clock, monkeypatch, two, order):
    limited(monkeypatch, MILLIONS)
    formed = big_group(clock(), order)
    assert arranging.draw(two[0], formed.group_id, clock()) == Refused("above_limit")
    assert not cycles.become_ready(formed.group_id, clock())
    assert status(formed) == "forming"


def test_nobody_can_put_its_order_into_force(db, clock, monkeypatch, two):
    limited(monkeypatch, MILLIONS)
    formed = big_group(clock(), "arranged")
    seats = tuple(row.id for row in Seat.select().order_by(Seat.id))
    assert ask(ADA, ArrangeOrder(formed.group_id, seats), clock()) == Refused("above_limit")
    assert asked_to_arrange(clock()) == 0
    assert arranging.put_into_force(two[0], formed.group_id, seats, clock()) == Refused("above_limit")
    assert arranging.keep_order(two[0], formed.group_id, seats, clock()) == Effect("order_kept")
    agree(formed.group_id, 2 * MILLIONS, two, clock())
    assert (len(told(ADA, "S29")), asked_to_arrange(clock())) == (1, 1)
    assert ask(ADA, ArrangeOrder(formed.group_id, seats), clock()) is not None
    assert status(formed) == "ready"


def test_a_ready_group_that_is_above_by_now_does_not_start(db, clock, monkeypatch, two):
    formed = big_group(clock())
    assert status(formed) == "ready"
    limited(monkeypatch, MILLIONS)
    clock.set(clock() + timedelta(days=7))
    assert cycles.start_due_groups(clock()) == 0
    assert (status(formed), len(told(ADA, "S85"))) == ("forming", 1)
    agree(formed.group_id, 2 * MILLIONS, two, clock())
    assert status(formed) == "ready"


# --- two raise it ---------------------------------------------------------------------------------------------------


def test_two_raise_it_and_the_full_group_begins_at_once(db, clock, monkeypatch, two):
    limited(monkeypatch, MILLIONS)
    formed = big_group(clock())
    done = agree(formed.group_id, 2 * MILLIONS, two, clock())
    assert done == Effect("limit_raised", facts={"group": "Mama Titi Ajo", "amount": "N2,000,000"})
    assert (status(formed), Group.get_by_id(formed.group_id).pot_limit_kobo) == ("ready", 2 * MILLIONS)
    (letter,) = told(ADA, "S86")
    assert letter.facts == {"group": "Mama Titi Ajo", "limit": "N2,000,000"}
    (line,) = Audit.select().where(Audit.verb == "group.limit")
    assert line.detail == {"from_kobo": MILLIONS, "to_kobo": 2 * MILLIONS, "proposal": Proposal.get().id}
    assert line.actor == two[1].actor
    assert violations(clock()) == []


def test_raised_too_little_it_goes_on_waiting(db, clock, monkeypatch, two):
    limited(monkeypatch, MILLIONS)
    formed = big_group(clock())
    agree(formed.group_id, BIG - 100, two, clock())
    assert status(formed) == "forming"
    agree(formed.group_id, BIG, two, clock())
    assert status(formed) == "ready"


def test_a_group_that_still_fills_up_begins_when_it_is_full(db, clock, monkeypatch, two):
    limited(monkeypatch, MILLIONS)
    formed = open_group(clock(), size=3, contribution_kobo=500_000_00)
    agree(formed.group_id, 2 * MILLIONS, two, clock())
    assert status(formed) == "forming"
    big = form_group(clock(), size=3, contribution_kobo=1_000_00)
    for person in big.people[1:]:
        join_invited(formed, person, clock())
    assert status(formed) == "ready"
    assert told(ADA, "S85") == []


def test_it_comes_down_again_until_the_turns_are_drawn(db, clock, monkeypatch, two):
    limited(monkeypatch, MILLIONS)
    formed = open_group(clock(), size=3, contribution_kobo=500_000_00)
    agree(formed.group_id, 2 * MILLIONS, two, clock())
    done = agree(formed.group_id, MILLIONS, two, clock())
    assert done == Effect("limit_lowered", facts={"group": "Mama Titi Ajo", "amount": "N1,000,000"})
    assert Group.get_by_id(formed.group_id).pot_limit_kobo is None
    assert len(told(ADA, "S86")) == 1


def test_what_has_begun_keeps_what_it_was_promised(db, clock, monkeypatch, two):
    limited(monkeypatch, MILLIONS)
    formed = big_group(clock())
    agree(formed.group_id, 2 * MILLIONS, two, clock())
    assert propose(formed.group_id, MILLIONS, two[0], clock()) == Refused("has_begun")


@pytest.mark.parametrize("kobo", [15 * MILLIONS + 100, 2 * MILLIONS + 1, MILLIONS - 100, 0, -1, "2000000", None])
def test_what_is_no_limit_cannot_be_proposed(db, clock, monkeypatch, two, kobo):
    limited(monkeypatch, MILLIONS)
    formed = open_group(clock(), size=3, contribution_kobo=500_000_00)
    assert propose(formed.group_id, kobo, two[0], clock()) == Refused("bad_limit")


def test_there_has_to_be_a_group(db, clock, two):
    assert propose(77, 6 * MILLIONS, two[0], clock()) == Refused("gone")


# --- neither of them is of the group --------------------------------------------------------------------------------


def test_neither_the_head_nor_one_who_saves_in_it_is_one_of_the_two(db, clock, monkeypatch, two):
    limited(monkeypatch, MILLIONS)
    formed = big_group(clock())
    for n, person in enumerate(formed.people[:2], start=3):
        own = employed(clock(), Role.FINANCE, n, phone=person.phone)
        assert propose(formed.group_id, 2 * MILLIONS, own, clock()) == Refused("conflict")


def test_the_head_of_a_draft_is_none_of_the_two(db, clock, two):
    circle = full_group(3)
    Group.update(status="draft").where(Group.id == circle.group_id).execute()
    Seat.update(status="withdrawn").where(Seat.group == circle.group_id).execute()
    index = bytes(Member.get_by_id(circle.members["Ada"]).phone_index)
    head = replace(two[0], phone_index=index)
    assert propose(circle.group_id, 6 * MILLIONS, head, clock()) == Refused("conflict")


def test_one_alone_raises_nothing_and_it_expires(db, clock, monkeypatch, two):
    limited(monkeypatch, MILLIONS)
    formed = big_group(clock())
    done = propose(formed.group_id, 2 * MILLIONS, two[0], clock())
    row = Proposal.get_by_id(done.facts["proposal_id"])
    assert proposals.check(row.id, row.payload_hash, NOTE, two[0], clock()) == Refused("own_proposal")
    late = clock() + LIFE
    assert proposals.check(row.id, row.payload_hash, NOTE, two[1], late) == Refused("over")
    assert status(formed) == "forming"


def test_it_counts_for_the_rules_that_were_looked_at(db, clock, monkeypatch, two):
    limited(monkeypatch, MILLIONS)
    formed = big_group(clock())
    done = propose(formed.group_id, 2 * MILLIONS, two[0], clock())
    row = Proposal.get_by_id(done.facts["proposal_id"])
    Group.update(contribution_kobo=600_000_00).where(Group.id == formed.group_id).execute()
    assert proposals.check(row.id, row.payload_hash, NOTE, two[1], clock()) == Refused("changed")


# --- the belt: on payday --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("more", "held"), [(1, False), (0, False), (-1, True)])
def test_a_pot_above_the_limit_is_held_and_goes_on_when_it_is_raised(db, clock, monkeypatch, two, more, held):
    circle = running_group(3)
    circle.all_pay()
    payout = Payout.get()
    limited(monkeypatch, payout.gross_kobo - payout.gross_kobo % 100 + more)
    payouts.look(payout.id, circle.now)
    payout = Payout.get()
    assert (payout.status, payout.held_reason) == (("held", "above_limit") if held else ("awaiting_approval", None))
    if held:
        agree(circle.group_id, 2 * MILLIONS, two, circle.now)
        assert Payout.get().status == "awaiting_approval"
    assert violations(circle.now) == []


def test_two_yeses_do_not_pay_what_is_above_the_limit(db, clock, monkeypatch):
    circle = running_group(3)
    circle.all_pay()
    limited(monkeypatch, Payout.get().gross_kobo - 100)
    assert circle.approve("Bisi") == Refused("changed")
    assert (Payout.get().status, Payout.get().held_reason) == ("held", "above_limit")


@pytest.mark.parametrize(("status", "allowed"), [("active", 6 * MILLIONS), ("ready", 6 * MILLIONS), ("forming", None)])
def test_groups_from_before_there_was_a_limit_run_on(db, status, allowed):
    """Those whose turns were drawn may have the pot that they have; one that forms waits like any other."""
    big, small = full_group(3, contribution_kobo=2 * MILLIONS), full_group(3)
    Group.update(status="ready").execute()
    if status != "ready":
        Group.update(status=status).execute()
    backfill = importlib.import_module("models.migrations.0025_pot_limits").SQL.partition("UPDATE")
    database.cursor().execute(backfill[1] + backfill[2])
    assert Group.get_by_id(big.group_id).pot_limit_kobo == allowed
    assert Group.get_by_id(small.group_id).pot_limit_kobo is None
