"""What happens in every circle: it is opened, people join, pay, approve and collect."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

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
    PayShort,
    PreparePin,
    RegisterMember,
    Secret,
    StartPayment,
)
from models.facts import JoinTask, PayoutTask, ShortPotTask
from models.queries import rehearsal
from models.rules.schedule import local_date

APPROVALS: Final = 2
TRIES: Final = 5
MINUTES_APART: Final = 7  # from one who pays to the next


@dataclass(frozen=True)
class Circle:
    """A group and those who are in it, its head first."""

    group_id: int
    code: str
    people: tuple[Person, ...]
    contribution_kobo: int

    def but(self, *absent: Person) -> tuple[Person, ...]:
        """Everybody except for some."""
        return tuple(person for person in self.people if person not in absent)


def day(stage: Stage, days: int) -> date:
    """So many days after the present one."""
    return local_date(stage.end) + timedelta(days=days)


def register(stage: Stage, people: Iterable[Person]) -> None:
    """Members with a PIN and an account that their bank has confirmed."""
    accounts: dict[Person, int] = {}
    for person in people:
        pin_hash = str(stage.do(person, PreparePin(Secret(PIN)))["pin_hash"])
        stage.do(person, RegisterMember(person.name, person.language, pin_hash, Secret(PIN), CONSENT_VERSION))
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
    stage.work_off()
    return circle


def ask_to_join(stage: Stage, circle: Circle, person: Person) -> None:
    """Somebody who was given the code."""
    card = stage.facts(person).group_by_code(circle.code)
    if card is None:
        raise Unplayable(f"no group has the code {circle.code}")
    stage.do(person, JoinGroup(circle.group_id, card.rules_version))


def ask_for_codes(
    stage: Stage, circle: Circle, people: Iterable[Person], naira: Mapping[Person, int] | None = None
) -> list[str]:
    """They want to pay this cycle's contribution, or so many naira, and learn how. The references."""
    rows = []
    for person in people:
        seat_id = stage.seat_of(person, circle.group_id)
        kobo = (naira or {}).get(person, circle.contribution_kobo // 100) * 100
        rows.append(int(stage.do(person, StartPayment(seat_id, kobo, *person.way))["payment_id"]))
    stage.work_off()
    for _ in range(TRIES):
        if all(status == "pending" for _, status in rehearsal.charges(rows)):
            break
        stage.wait(MINUTES_APART)  # the bank was too slow: asked again, as it always is
        stage.work_off()
    return [reference for reference, _ in rehearsal.charges(rows)]


def pay(
    stage: Stage, circle: Circle, people: Iterable[Person], naira: Mapping[Person, int] | None = None, **more: Any
) -> None:
    """They ask how, and do it, one after the other. more: what is different about it at the bank."""
    for n, reference in enumerate(ask_for_codes(stage, circle, people, naira)):
        if n:
            stage.wait(MINUTES_APART)
        stage.tell("/paystack/pay", reference=reference, **more)
    stage.work_off()


def pay_out(stage: Stage, circle: Circle, approvals: int = APPROVALS) -> None:
    """The officers say yes to the largest pot that waits for them, and it reaches the bank."""
    yes = 0
    for person in circle.people:
        waiting = [task for task in stage.facts(person).home.tasks if isinstance(task, PayoutTask)]
        if yes < approvals and waiting:
            largest = max(waiting, key=lambda task: task.net_kobo)
            stage.do(person, ApprovePayout(largest.payout_id, largest.payload_hash))
            yes += 1
    if yes < approvals:
        raise Unplayable(f"{yes} approvals in group {circle.group_id}")
    stage.work_off()


def pay_out_short(stage: Stage, circle: Circle) -> None:
    """Somebody is missing, and the officers pay out what is in: to want that is the first one's yes."""
    head = circle.people[0]
    task = next(task for task in stage.facts(head).home.tasks if isinstance(task, ShortPotTask))
    stage.do(head, PayShort(task.cycle_id))
    pay_out(stage, circle, APPROVALS - 1)
