"""The fixed cast, and how a group is formed: through the same commands as everybody else.

Ada organises, Bisi, Efe and Femi pay, Chidi is late, Dayo is an outsider who must see nothing
and whom nobody obeys. A group that needs more people gets the chorus.
"""

import itertools
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from flows.welcome import CONSENT_VERSION
from models.actions import perform
from models.actions.context import Context, Outcome
from models.commands import Command, Done, InvitePhone, JoinGroup, OpenGroup, PreparePin, RegisterMember, Secret
from models.queries.facts import DatabaseFacts
from models.queries.mail import Letter, written_to
from models.queries.people import member_id_of
from models.rules.schedule import earliest_start
from tests.support.worded import worded

PIN = "7349"
NAMES = (
    *("Ada Okafor", "Bisi Alade", "Chidi Eze", "Efe Omoruyi", "Femi Bello", "Gozie Ani", "Halima Sani", "Ify Nwosu"),
    *("Jumoke Ojo", "Kemi Ade", "Lami Musa", "Mfon Bassey", "Ngozi Bello", "Ola Ige", "Peju Aina", "Remi Oni"),
    *("Sade Cole", "Titi Balogun", "Uche Obi", "Vera Etim", "Wale Dada", "Yemi Lawal", "Zainab Bala", "Aisha Umar"),
    *("Bola Akin", "Chika Udo", "Dupe Kolade", "Ebele Okoro", "Funke Ayo", "Grace Peters"),
)
_keys = itertools.count(1)


@dataclass(frozen=True)
class Person:
    """Somebody with a phone. member_id is None as long as she has not registered."""

    name: str
    phone: str

    @property
    def first_name(self) -> str:
        return self.name.split(" ")[0]

    @property
    def member_id(self) -> int:
        found = member_id_of(self.phone)
        assert found is not None, f"{self.name} has not registered"
        return found


ADA, BISI, CHIDI, EFE, FEMI, *CHORUS = (
    Person(name, f"+23480312300{number:02d}") for number, name in enumerate(NAMES, start=1)
)
DAYO = Person("Dayo Outsider", "+2348099990099")


@dataclass(frozen=True)
class Formed:
    """A group and its people, head first, in the order in which they joined."""

    group_id: int
    code: str
    people: tuple[Person, ...]

    def seat_of(self, person: Person, now: datetime) -> int:
        """Her seat in this group."""
        seats = DatabaseFacts(person.phone, now).home.seats
        return next(seat.seat_id for seat in seats if seat.group_id == self.group_id)


def context_of(person: Person, now: datetime, key: str | None = None, **more: Any) -> Context:
    """The circumstances of a command; each call is another hop unless a key is given."""
    hop = next(_keys)
    values = {"channel": "test", "session": "s1", "hop": hop, "talk": "{}"} | more
    return Context(
        phone=person.phone, member_id=member_id_of(person.phone), key=key or f"test:s1:{hop}:0", now=now, **values
    )


def ask(person: Person, command: Command, now: datetime, key: str | None = None) -> Outcome:
    """What she is answered."""
    return perform(command, context_of(person, now, key))


def do(person: Person, command: Command, now: datetime, key: str | None = None) -> dict[str, Any]:
    """Do something that has to succeed; the data of its outcome."""
    outcome = ask(person, command, now, key)
    assert isinstance(outcome, Done), outcome
    return outcome.data


def register(person: Person, now: datetime, pin: str = PIN) -> int:
    """Take her in; her member id."""
    pin_hash = do(person, PreparePin(Secret(pin)), now)["pin_hash"]
    return int(do(person, RegisterMember(person.name, "en", pin_hash, Secret(pin), CONSENT_VERSION), now)["member_id"])


def registered(now: datetime, *people: Person) -> None:
    """Take in those who are not members yet."""
    for person in people:
        if member_id_of(person.phone) is None:
            register(person, now)


def open_group(
    now: datetime,
    head: Person = ADA,
    *,
    size: int = 5,
    order: str = "joined",
    frequency: str = "weekly",
    contribution_kobo: int = 5_000_00,
    start_on: date | None = None,
    name: str = "Mama Titi Ajo",
) -> Formed:
    """A group with nobody in it but its head."""
    registered(now, head)
    on = start_on or earliest_start(now)
    data = do(head, OpenGroup(name, contribution_kobo, frequency, size, order, on), now)
    return Formed(data["group_id"], data["code"], (head,))


def form_group(now: datetime, size: int = 5, order: str = "joined", **terms: Any) -> Formed:
    """A full group: Ada opens it, the others are invited and join one after the other.

    With an order other than 'arranged' it is ready after that; its calendar is in the database.
    """
    formed = open_group(now, size=size, order=order, **terms)
    people = (BISI, CHIDI, EFE, FEMI, *CHORUS)[: size - 1]
    for person in people:
        join_invited(formed, person, now)
    return Formed(formed.group_id, formed.code, (ADA, *people))


def join_invited(formed: Formed, person: Person, now: datetime) -> dict[str, Any]:
    """The head invites her, she registers if need be, and joins."""
    do(formed.people[0], InvitePhone(formed.group_id, person.phone), now)
    registered(now, person)
    invitation = DatabaseFacts(person.phone, now).home.invitation
    assert invitation is not None
    return do(person, JoinGroup(formed.group_id, invitation.group.rules_version, invitation.invitation_id), now)


def told(person: Person, text_key: str | None = None) -> list[Letter]:
    """The messages decided for her, oldest first."""
    letters = [letter for letter in written_to(person.phone) if text_key in (None, letter.text_key)]
    return [replace(letter, facts=worded(letter.facts)) for letter in letters]
