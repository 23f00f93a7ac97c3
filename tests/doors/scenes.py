"""Scenes of the transcripts as rows of a real house: the same people, the same group, the same state of its money."""

from collections.abc import Callable
from datetime import date, timedelta

from bot import clock
from models.actions import cycles
from models.commands import StartPayment
from models.queries.people import member_id_of
from models.tables.money import Payment
from tests.support.cast import Formed, Person, do, join_invited, open_group, register
from tests.support.circles import settle

PIN = "7304"  # of everybody in the transcripts
ADA = Person("Ada", "+2348031110001")
BISI = Person("Bisi Ade", "+2348031110002")
CHIDI = Person("Chidi Eze", "+2348031110003")
DAYO = Person("Dayo Bello", "+2348031110004")
EFE = Person("Efe Okoro", "+2348031110005")
MUSA = Person("Musa Sani", "+2348031110006")
GROUP = "Balogun Ajo"
FRIDAY = 4


def first_due() -> date:
    """The Friday of this week; the house stands on a Monday."""
    today = clock.now().date()
    return today + timedelta(days=FRIDAY - today.weekday())


def registered(*people: Person) -> Callable[[], None]:
    def make() -> None:
        for person in people:
            if member_id_of(person.phone) is None:
                register(person, clock.now(), PIN)

    return make


def with_a_group(*people: Person) -> Callable[[], Formed]:
    """A group of others that has room, and these people."""

    def make() -> Formed:
        registered(*people)()
        return forming(EFE, MUSA, order="ballot")

    return make


def forming(*people: Person, order: str = "joined") -> Formed:
    """Ada's group, with these in it beside her."""
    registered(ADA, *people)()
    formed = open_group(clock.now(), ADA, order=order, start_on=first_due(), name=GROUP)
    for person in people:
        join_invited(formed, person, clock.now())
    return Formed(formed.group_id, formed.code, (ADA, *people))


def owing() -> Formed:
    """The round is open: Ada, Efe and Musa have paid, Bisi and Chidi owe N5,000."""
    formed = forming(EFE, MUSA, BISI, CHIDI)
    assert cycles.start_due_groups(clock.now()) == 1
    for person in (ADA, EFE, MUSA):
        wish = StartPayment(formed.seat_of(person, clock.now()), 5_000_00, "ussd", "737")
        paid = Payment.get_by_id(do(person, wish, clock.now())["payment_id"])
        assert settle(paid.reference, paid.amount_kobo + paid.fee_kobo, clock.now()) == "settled"
    return formed


# By the name of the scene: what is done before, and who holds the phone.
SCENES: dict[str, tuple[Callable[[], object], Person]] = {
    "a new number": (with_a_group(), DAYO),
    "Dayo has registered": (with_a_group(DAYO), DAYO),
    "Bisi is in no group": (with_a_group(BISI), BISI),
    "Bisi owes N5,000": (owing, BISI),
    "Ada has nothing left to do": (owing, ADA),
    "Bisi's group is forming": (lambda: forming(EFE, BISI), BISI),
    "Ada's group is forming": (lambda: forming(EFE, BISI), ADA),
}
