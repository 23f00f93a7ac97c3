"""What happens in every circle: it is opened, people join, pay, approve and collect."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from flows.welcome import CONSENT_VERSION
from jobs.demo.people import PIN, Person
from jobs.demo.stage import Stage, Unplayable
from models.commands import (
    ApprovePayout,
    ConfirmBankAccount,
    DecideJoiner,
    InvitePhone,
    JoinGroup,
    LookUpAccount,
    OpenGroup,
    PreparePin,
    RegisterMember,
    Secret,
    StartPayment,
)
from models.facts import JoinTask, PayoutTask

BANK_TYPE: Final = "737"
APPROVALS: Final = 2


@dataclass(frozen=True)
class Circle:
    """A group and those who are in it, its head first."""

    group_id: int
    code: str
    people: tuple[Person, ...]
    contribution_kobo: int


def register(stage: Stage, people: Iterable[Person]) -> None:
    """Members with a PIN and an account that their bank has confirmed."""
    accounts: dict[Person, int] = {}
    for person in people:
        pin_hash = str(stage.do(person, PreparePin(Secret(PIN)))["pin_hash"])
        stage.do(person, RegisterMember(person.name, "en", pin_hash, Secret(PIN), CONSENT_VERSION))
        code, bank = person.bank
        name = person.account_name
        stage.tell("/paystack/accounts", bank_code=code, account_number=person.account, account_name=name)
        entered = stage.do(person, LookUpAccount(code, bank, Secret(person.account)))
        accounts[person] = int(entered["bank_account_id"])
    stage.work_off()
    for person, account_id in accounts.items():
        stage.do(person, ConfirmBankAccount(account_id))


def found(
    stage: Stage,
    name: str,
    naira: int,
    first_due: date,
    people: tuple[Person, ...],
    *,
    seats: int = 0,
    order: str = "joined",
    frequency: str = "weekly",
) -> Circle:
    """The head opens it, the second one comes by code and is made an officer, the others are invited and join."""
    head, *others = people
    kobo = naira * 100
    opened = stage.do(head, OpenGroup(name, kobo, frequency, seats or len(people), order, first_due))
    circle = Circle(int(opened["group_id"]), str(opened["code"]), people, kobo)
    for n, person in enumerate(others):
        if n == 0:
            ask_to_join(stage, circle, person)
            task = next(task for task in stage.facts(head).home.tasks if isinstance(task, JoinTask))
            stage.do(head, DecideJoiner(task.seat_id, "let_in_officer"))
        else:
            stage.do(head, InvitePhone(circle.group_id, person.phone))
            invitation = stage.facts(person).home.invitation
            if invitation is None:
                raise Unplayable(f"{person.name} is not invited to {name}")
            stage.do(person, JoinGroup(circle.group_id, invitation.group.rules_version, invitation.invitation_id))
    return circle


def ask_to_join(stage: Stage, circle: Circle, person: Person) -> None:
    """Somebody who was given the code."""
    card = stage.facts(person).group_by_code(circle.code)
    if card is None:
        raise Unplayable(f"no group has the code {circle.code}")
    stage.do(person, JoinGroup(circle.group_id, card.rules_version))


def ask_for_codes(stage: Stage, circle: Circle, people: Iterable[Person]) -> None:
    """They want to pay this cycle's contribution, and have a code to dial."""
    for person in people:
        seat_id = stage.seat_of(person, circle.group_id)
        stage.do(person, StartPayment(seat_id, circle.contribution_kobo, "ussd", BANK_TYPE))
    stage.work_off()


def pay(stage: Stage, circle: Circle, people: Iterable[Person]) -> None:
    """They ask for their codes and dial them."""
    before = _open_charges(stage)
    ask_for_codes(stage, circle, people)
    for reference in _open_charges(stage) - before:
        stage.tell("/paystack/pay", reference=reference)
    stage.work_off()


def pay_out(stage: Stage, circle: Circle) -> None:
    """The officers say yes, and the pot reaches the bank."""
    yes = 0
    for person in circle.people:
        for task in stage.facts(person).home.tasks:
            if yes < APPROVALS and isinstance(task, PayoutTask):
                stage.do(person, ApprovePayout(task.payout_id, task.payload_hash))
                yes += 1
    if yes < APPROVALS:
        raise Unplayable(f"{yes} approvals in group {circle.group_id}")
    stage.work_off()


def _open_charges(stage: Stage) -> set[str]:
    return {str(each["reference"]) for each in stage.ask("/paystack/charges?status=open")["charges"]}
