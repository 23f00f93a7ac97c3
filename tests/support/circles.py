"""Groups for tests of the money: members and groups as rows, everything from "the group is full" on by real actions.

Amounts are small and round: five people, N5,000 a week. Ada is the head and an officer together with Bisi.
"""

import itertools
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from models.actions import books, charges, cycles, payments, payouts, transfers
from models.actions.context import Context, Outcome
from models.base import move, next_id
from models.commands import ApprovePayout, Done, StartPayment
from models.queries.payouts import approvers_of
from models.rules import fees
from models.sealing import keys
from models.tables.cycles import Cycle
from models.tables.groups import Group, Officer, Seat
from models.tables.money import Payment, Payout, PayoutAttempt
from models.tables.people import BankAccount, Member

NAMES = ("Ada", "Bisi", "Chidi", "Dayo", "Efe", "Funke", "Gozie", "Hauwa")
MONDAY = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)  # nine o'clock in Lagos
FIRST_DUE = date(2026, 3, 6)
NAIRA = 100
C = 5_000 * NAIRA
FLOAT = 1_000_000 * NAIRA

_numbers = itertools.count(1)


def add_member(name: str, now: datetime = MONDAY) -> int:
    """A member, as registration would have written her."""
    n, member_id = next(_numbers), next_id(Member)
    phone = f"+23480300{n:05d}"
    Member.insert(
        id=member_id,
        phone_sealed=keys().seal(phone, f"member.phone:{member_id}"),
        phone_index=keys().index(phone, "phone"),
        name_sealed=keys().seal(f"{name} Okafor", f"member.name:{member_id}"),
        email_id=f"m-{n:012x}",
        created_at=now,
    ).execute()
    return member_id


def add_account(
    member_id: int, now: datetime = MONDAY, *, usable_at: datetime | None = None, matches: bool = True
) -> int:
    """A confirmed payout account; an older one is retired."""
    n, account_id = next(_numbers), next_id(BankAccount)
    number = f"{n:010d}"
    for old in BankAccount.select().where((BankAccount.member == member_id) & (BankAccount.status == "confirmed")):
        move(BankAccount, old.id, "confirmed", "retired", retired_at=now)
    BankAccount.insert(
        id=account_id,
        member=member_id,
        bank_code="058",
        bank_name="GTBank",
        number_sealed=keys().seal(number, f"bank_account.number:{account_id}"),
        number_index=keys().index(number, "account"),
        last4=number[-4:],
        created_at=now,
    ).execute()
    name = keys().seal("A OKAFOR", f"bank_account.account_name:{account_id}")
    move(BankAccount, account_id, "checking", "found", account_name_sealed=name, matches=matches)
    move(BankAccount, account_id, "found", "confirmed", confirmed_at=now, usable_at=usable_at or now)
    return account_id


@dataclass
class Circle:
    """A group, its people by name, and how they do things. The time moves with `now`."""

    group_id: int
    members: dict[str, int]
    seats: dict[str, int]
    now: datetime = MONDAY
    _keys: itertools.count = field(default_factory=itertools.count)

    @property
    def group(self) -> Group:
        return Group.get_by_id(self.group_id)

    def cycle(self, number: int) -> Cycle:
        return Cycle.get((Cycle.group == self.group_id) & (Cycle.number == number))

    def payout(self) -> Payout:
        """The group's newest payout."""
        cycles_of_group = Cycle.select(Cycle.id).where(Cycle.group == self.group_id)
        return Payout.select().where(Payout.cycle.in_(cycles_of_group)).order_by(Payout.id.desc()).get()

    def context(self, name: str) -> Context:
        key = f"test:{self.group_id}:{name}:{next(self._keys)}"
        return Context("+2348030000000", self.members[name], "ussd", key, "s", 1, "{}", self.now)

    def wish(self, name: str, kobo: int = C, *, method: str = "ussd", early: bool = False) -> Outcome:
        """She asks to pay."""
        command = StartPayment(self.seats[name], kobo, method, "737", early)
        return payments.start_payment(command, self.context(name))

    def ask(self, name: str, kobo: int = C, *, method: str = "ussd", early: bool = False) -> Payment:
        """She asks to pay, and the provider gives her a code."""
        done = self.wish(name, kobo, method=method, early=early)
        assert isinstance(done, Done), done
        order = charges.claim_charge(done.data["payment_id"], self.now)
        assert order is not None
        charges.charge_answered(
            order.payment_id, how_to_pay={"pay_code": "*737*1#"}, until_at=self.now + timedelta(hours=1), now=self.now
        )
        return Payment.get_by_id(order.payment_id)

    def settle(
        self,
        payment: Payment,
        kobo: int | None = None,
        *,
        paid_at: datetime | None = None,
        currency: str = "NGN",
        fee_kobo: int | None = None,
    ) -> str:
        """The provider has so much of her money (by default what it asked for)."""
        received = payment.amount_kobo + payment.fee_kobo if kobo is None else kobo
        return settle(payment.reference, received, self.now, paid_at=paid_at, currency=currency, fee_kobo=fee_kobo)

    def pay(self, name: str, kobo: int = C, *, early: bool = False) -> Payment:
        """The whole way in."""
        payment = self.ask(name, kobo, early=early)
        assert self.settle(payment) == "settled"
        return Payment.get_by_id(payment.id)

    def all_pay(self, *, but: tuple[str, ...] = ()) -> None:
        """Everybody pays the contribution."""
        for name in self.members:
            if name not in but:
                self.pay(name, self.group.contribution_kobo)

    def approve(self, name: str, payout: Payout | None = None) -> Outcome:
        found = payout or self.payout()
        return payouts.approve_payout(ApprovePayout(found.id, found.payload_hash), self.context(name))

    def approve_twice(self) -> Payout:
        """The first two who may."""
        payout = self.payout()
        for member_id in approvers_of(self.group_id, payout.member_id)[:2]:
            assert isinstance(self.approve(self.name(member_id)), Done)
        return Payout.get_by_id(payout.id)

    def name(self, member_id: int) -> str:
        return next(name for name, found in self.members.items() if found == member_id)

    def send(self, payout: Payout | None = None) -> PayoutAttempt:
        """T1 and T2: the transfer is on the wire."""
        payout_id = (payout or self.payout()).id
        assert transfers.reserve(payout_id, self.now) == "reserved"
        order = transfers.claim_attempt(payout_id, self.now)
        assert order is not None
        return PayoutAttempt.get_by_id(order.attempt_id)

    def arrive(self, attempt: PayoutAttempt, status: str = "success", *, fee_kobo: int | None = 2_500) -> str:
        """The provider's word on it."""
        return transfers.transfer_verified(attempt.reference, status, fee_kobo=fee_kobo, now=self.now)

    def pay_out(self) -> Payout:
        """The whole way out of the pot that waits."""
        payout = self.approve_twice()
        self.arrive(self.send(payout))
        return Payout.get_by_id(payout.id)


def settle(
    reference: str,
    kobo: int,
    now: datetime,
    *,
    paid_at: datetime | None = None,
    currency: str = "NGN",
    fee_kobo: int | None = None,
    domain_ok: bool = True,
) -> str:
    """A receipt as the provider confirms it."""
    return payments.settle_payment(
        reference,
        provider="paystack",
        provider_id=f"id-{reference}",
        received_kobo=kobo,
        currency=currency,
        fee_kobo=fees.paystack_collection_fee(kobo) if fee_kobo is None else fee_kobo,
        paid_at=paid_at or now,
        domain_ok=domain_ok,
        now=now,
    )


def full_group(
    size: int = 5,
    *,
    contribution_kobo: int = C,
    frequency: str = "weekly",
    accounts: bool = True,
    anchor_on: date = FIRST_DUE,
    grace_days: int = 1,
    now: datetime = MONDAY,
) -> Circle:
    """A group that is full and forming: turns in the order of NAMES."""
    members = {name: add_member(name, now) for name in NAMES[:size]}
    group_id = next_id(Group)
    Group.insert(
        id=group_id,
        code=f"{next(_numbers):06d}",
        name=f"Market {group_id}",
        head=members["Ada"],
        status="forming",
        contribution_kobo=contribution_kobo,
        frequency=frequency,
        seats=size,
        cycles=size,
        turn_order="joined",
        anchor_on=anchor_on,
        cutoff_hour=18,
        grace_days=grace_days,
        late_fee_kobo=fees.default_late_fee(contribution_kobo),
        service_fee_bps=100,
        created_at=now,
    ).execute()
    seats = {}
    for n, (name, member_id) in enumerate(members.items()):
        at = now + timedelta(seconds=n)
        seats[name] = Seat.insert(
            group=group_id, member=member_id, status="accepted", rules_version=1, asked_at=at, accepted_at=at
        ).execute()
        if accounts:
            add_account(member_id, now)
    for name, role in (("Ada", "head"), ("Bisi", "officer")):
        Officer.insert(group=group_id, member=members[name], role=role, since=now).execute()
    return Circle(group_id, members, seats, now)


def running_group(size: int = 5, **terms) -> Circle:
    """A group whose first cycle is open. Our float is at the provider."""
    circle = full_group(size, **terms)
    books.open_float(FLOAT, circle.now)
    assert cycles.become_ready(circle.group_id, circle.now)
    cycles.start_due_groups(circle.now)
    if circle.group.status != "active":
        circle.now = circle.cycle(1).due_at - timedelta(days=1)
        cycles.start_due_groups(circle.now)
    assert circle.group.status == "active"
    return circle
