"""The journeys of the tests at the doors: what she answers to which screen, whatever order they come in."""

from collections.abc import Callable
from dataclasses import dataclass

from bot import clock
from models.actions import cycles
from models.commands import StartPayment
from models.tables.money import Payment
from tests.support.cast import ADA, BISI, PIN, Formed, Person, do, form_group, open_group, register
from tests.support.circles import add_account, settle
from tests.support.phone import Phone

LONGEST = 14


@dataclass(frozen=True)
class Journey:
    """Who dials, what has to be there first, her answers by the words of the screen, and what it leaves behind."""

    name: str
    who: Person
    before: Callable[[], dict[str, str]]  # sets the scene; words to put into the answers
    answers: tuple[tuple[str, str], ...]
    leaves: dict[str, int]  # rows that are new at the end, by table

    def answer(self, screen: str, words: dict[str, str]) -> str:
        """What she types at this screen."""
        return next(reply for shown, reply in self.answers if shown in screen).format_map(words)


def travel(journey: Journey, phone: Phone, words: dict[str, str], each_hop: Callable[[int], None]) -> int:
    """Go through it to its end; `each_hop` happens before each request. Returns how many hops it took."""
    each_hop(0)
    phone.dial()
    for hop in range(1, LONGEST):
        if phone.over:
            return hop
        each_hop(hop)
        phone.say(journey.answer(phone.screen, words))
    raise AssertionError(f"{journey.name} does not end: {phone.screen}")


def running_group(size: int = 3) -> Formed:
    """A group whose first cycle is open."""
    formed = form_group(clock.now(), size=size)
    assert cycles.start_due_groups(clock.now()) == 1
    return formed


def nobody() -> dict[str, str]:
    """An empty house."""
    return {}


def a_forming_group() -> dict[str, str]:
    """Ada's group has room, and Bisi has registered."""
    formed = open_group(clock.now(), size=3)
    register(BISI, clock.now())
    return {"code": formed.code}


def money_due() -> dict[str, str]:
    """The first contribution is due."""
    running_group()
    return {}


def a_full_pot() -> dict[str, str]:
    """Everybody has paid for Ada, and the other two are asked to approve."""
    formed = running_group()
    add_account(ADA.member_id, clock.now())
    for person in formed.people:
        wish = StartPayment(formed.seat_of(person, clock.now()), 5_000_00, "ussd", "737")
        paid = Payment.get_by_id(do(person, wish, clock.now())["payment_id"])
        assert settle(paid.reference, paid.amount_kobo + paid.fee_kobo, clock.now()) == "settled"
    return {}


JOURNEYS = (
    Journey(
        "register",
        ADA,
        nobody,
        (
            ("Welcome to Ajo.", "1"),
            ("Ajo keeps your name", "1"),
            ("What name does your group", ADA.name),
            ("Choose a secret 4-digit PIN", PIN),
            ("Enter the same PIN again", PIN),
            ("You are in", "0"),
        ),
        {"member": 1, "consent": 1, "outbox": 1, "audit": 1},
    ),
    Journey(
        "join",
        BISI,
        a_forming_group,
        (
            ("you are in no group yet", "1"),
            ("Enter the 6-digit group code", "{code}"),
            ("You collect", "1"),
            ("Enter PIN to join", PIN),
            ("1. Join", "1"),
        ),
        {"seat": 1, "outbox": 1, "audit": 1},
    ),
    Journey(
        "open",
        BISI,
        a_forming_group,
        (
            ("you are in no group yet", "2"),
            ("Name your group", "Office Ajo"),
            ("How much will each person", "5000"),
            ("How often?", "2"),
            ("How many people", "3"),
            ("Who collects first?", "1"),
            ("First payment day?", "1"),
            ("Enter PIN to create", PIN),
            ("1. Create", "1"),
            ("is ready. Code", "0"),
            ("Office Ajo is not yet full", "0"),
        ),
        {"savings_group": 1, "seat": 1, "audit": 1},
    ),
    Journey(
        "pay",
        BISI,
        money_due,
        (
            ("due", "1"),
            ("Dial my bank code", "1"),
            ("Your bank?", "1"),
            ("Total N", "1"),
        ),
        {"payment": 1, "audit": 1},
    ),
    Journey(
        "approve",
        BISI,
        a_full_pot,
        (
            ("1. Approve", "1"),
            ("Enter PIN", PIN),
            ("1. Yes, send", "1"),
        ),
        {"approval": 1, "audit": 1},
    ),
)
