"""What the office decides about somebody who saves in two groups is the matter of both, not of her oldest alone."""

import pytest

from models.actions import number_changes, office_words, proposals
from models.actions.forms import Effect
from models.actions.signing_in import Somebody
from models.rules.refused import Refused
from models.rules.staff import Role
from models.tables.groups import Seat
from models.tables.people import Member
from models.tables.staff import Proposal
from tests.support.circles import Circle, running_group
from tests.support.databases import Database
from tests.support.panel import hire
from tests.support.time import A_MONDAY_MORNING as NOW

NOTE = "She was here with her papers"


@pytest.fixture
def two(db: Database) -> tuple[Circle, Circle]:
    """Chidi of the older one saves in the younger one too."""
    older, younger = running_group(), running_group()
    Seat.update(member=older.members["Chidi"]).where(Seat.id == younger.seats["Chidi"]).execute()
    return older, younger


def somebody(role: Role, phone: str = "+2348099990001", groups: frozenset[int] = frozenset()) -> Somebody:
    hired = hire(role, NOW, email=f"{phone}@ajo.example", phone=phone)
    return Somebody(hired.staff_id, "Titi Ola", role, phone.encode(), groups)


def saver(circle: Circle, name: str, role: Role = Role.OWNER) -> Somebody:
    """One of the staff who saves there."""
    who = somebody(role, "+2348099990002")
    mark = bytes(Member.get_by_id(circle.members[name]).phone_index)
    return Somebody(who.staff_id, who.name, role, mark, frozenset())


def test_who_saves_with_her_in_the_younger_group_is_not_the_second(two: tuple[Circle, Circle]) -> None:
    older, younger = two
    office_words.ask_office(older.members["Chidi"], "pin", "", NOTE, somebody(Role.FINANCE), NOW)
    row = Proposal.get()

    done = proposals.check(row.id, row.payload_hash, NOTE, saver(younger, "Bisi"), NOW)

    assert done == Refused("conflict")
    assert Proposal.get().status == "waiting"


def test_nor_does_she_start_a_new_number(two: tuple[Circle, Circle]) -> None:
    older, younger = two
    asked = [older.members["Ada"], older.members["Bisi"]]

    started = number_changes.start(
        older.members["Chidi"], "+2348055512345", asked, NOTE, saver(younger, "Efe", Role.FINANCE), NOW
    )

    assert started == Refused("conflict")


def test_the_field_officer_of_either_group_may_begin(two: tuple[Circle, Circle]) -> None:
    older, younger = two
    hers = somebody(Role.FIELD, groups=frozenset({younger.group_id}))
    nobodys = somebody(Role.FIELD, "+2348099990003", groups=frozenset({younger.group_id + 99}))

    assert office_words.ask_office(older.members["Chidi"], "pin", "", NOTE, nobodys, NOW) == Refused("gone")
    assert isinstance(office_words.ask_office(older.members["Chidi"], "pin", "", NOTE, hers, NOW), Effect)
    assert Proposal.get().group_id == older.group_id
