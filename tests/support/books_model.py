"""The books a second time, in a few lines of plain Python: what every account must stand at after each step.

Written from ledger.md and circle-rules.md, not from the code that it checks: it shares no rule with it.
"""

from collections import defaultdict
from dataclasses import dataclass, field

from tests.support.circles import NAIRA, Circle


@dataclass
class Debt:
    """Something that a seat owes."""

    kind: str
    cycle: int
    left: int


@dataclass
class BooksModel:
    """Balances by account, debit positive, of one group and of the house."""

    circle: Circle
    balances: defaultdict = field(default_factory=lambda: defaultdict(int))
    debts: defaultdict = field(default_factory=lambda: defaultdict(list))
    raised: set = field(default_factory=set)
    fined: set = field(default_factory=set)
    late: set = field(default_factory=set)
    promised: dict = field(default_factory=dict)
    taken: defaultdict = field(default_factory=lambda: defaultdict(int))
    nets: dict = field(default_factory=dict)
    shared: bool = False

    def __post_init__(self) -> None:
        group = self.circle.group
        self.contribution = group.contribution_kobo
        self.late_fee = min(200 * NAIRA, self.contribution // 10)
        self.pool = f"liab.penalty_pool:{group.id}"
        self.unwinding, self.due_unwinding = f"liab.unwinding:{group.id}", f"due.unwinding:{group.id}"
        self.cycles = {n: self.circle.cycle(n) for n in range(1, group.cycles + 1)}

    def move(self, debit: str, credit: str, kobo: int) -> None:
        self.balances[debit] += kobo
        self.balances[credit] -= kobo

    def seat(self, name: str) -> str:
        return f"due.seat:{self.circle.seats[name]}"

    def wallet(self, name: str) -> str:
        return f"liab.wallet:{self.circle.members[name]}"

    def pot(self, cycle: int) -> str:
        return f"liab.pot:{self.cycles[cycle].id}"

    # --- what is owed

    def owe(self, name: str, cycle: int) -> None:
        if (name, cycle) not in self.raised:
            self.raised.add((name, cycle))
            self.debts[name].append(Debt("contribution", cycle, self.contribution))
            self.move(self.seat(name), f"due.contrib:{self.cycles[cycle].id}", self.contribution)

    def open(self, cycle: int) -> None:
        for name in self.circle.members:
            self.owe(name, cycle)

    def fine(self, name: str, cycle: int) -> None:
        left = next(debt.left for debt in self.debts[name] if (debt.kind, debt.cycle) == ("contribution", cycle))
        kobo = min(self.late_fee, left // 10)
        self.fined.add((name, cycle))
        self.debts[name].append(Debt("penalty", cycle, kobo))
        self.move(self.seat(name), f"due.penalty:{self.circle.group_id}", kobo)

    # --- money in

    def receive(self, name: str, kobo: int, provider_fee: int, asked: int, fee: int, early: bool, opened: int) -> None:
        """opened: the last cycle that has begun; what is owed to a later one counts only for who pays early."""
        self.balances["cash.paystack_clearing"] += kobo - provider_fee
        self.balances["exp.psp_fees"] += provider_fee
        open_debts = [debt for debt in self.debts[name] if debt.left]
        now_due = [debt for debt in open_debts if debt.cycle <= opened]
        kinds = ("contribution", "penalty", "unwinding")
        order = [d for kind in kinds for d in sorted(now_due, key=lambda d: d.cycle) if d.kind == kind]
        order += [debt for debt in open_debts if debt.cycle > opened] if early else []
        fee = fee if order else 0
        recovered = min(fee, max(kobo - asked, 0))
        left = kobo - recovered
        for debt in order:
            part = min(left, debt.left)
            debt.left -= part
            left -= part
            self._paid(name, debt, part)
        more = min(left, fee - recovered)
        self.balances["inc.fee_recovery"] -= recovered + more
        self.balances[self.wallet(name)] -= left - more

    def _paid(self, name: str, debt: Debt, kobo: int) -> None:
        self.balances[self.seat(name)] -= kobo
        if debt.kind == "unwinding":
            self.balances[self.due_unwinding] += kobo
            self.balances[self.unwinding] -= kobo
            return
        if debt.kind == "contribution":
            self.balances[f"due.contrib:{self.cycles[debt.cycle].id}"] += kobo
            self.balances[self.pot(debt.cycle)] -= kobo
        else:
            self.balances[f"due.penalty:{self.circle.group_id}"] += kobo
            self.balances[self.pool] -= kobo
        due_at = self.circle.cycle(debt.cycle).due_at
        if debt.kind == "contribution":
            due_at = self.promised.get((name, debt.cycle), due_at)
        if kobo and not debt.left and self.circle.now > due_at:
            self.late.add(name)

    def suspend(self, kobo: int, provider_fee: int, currency: str) -> None:
        suffix = "" if currency == "NGN" else f":{currency}"
        if currency == "NGN":
            self.balances["exp.psp_fees"] += provider_fee
            self.balances["liab.suspense_in"] -= provider_fee
        self.move(f"cash.paystack_clearing{suffix}", f"liab.suspense_in{suffix}", kobo - provider_fee)

    # --- money out

    def reserve(self, payout) -> None:
        if payout.kind == "claim":
            self.move(self.unwinding, f"liab.payout_clearing:{payout.id}", payout.gross_kobo)
            self.move(f"due.claim:{payout.seat_id}", self.due_unwinding, payout.gross_kobo)
            return
        cycle = next(n for n, row in self.cycles.items() if row.id == payout.cycle_id)
        self.move(self.pot(cycle), f"liab.payout_clearing:{payout.id}", payout.gross_kobo)

    def release(self, payout) -> None:
        """A part of a claim is given up before it has left."""
        kobo = -self.balances[f"liab.payout_clearing:{payout.id}"]
        self.move(f"liab.payout_clearing:{payout.id}", self.unwinding, kobo)
        self.move(self.due_unwinding, f"due.claim:{payout.seat_id}", kobo)

    def pay(self, payout, provider_fee: int) -> None:
        service_fee = self._service_fee(payout)
        self.taken[self.circle.name(payout.member_id)] += payout.gross_kobo
        self.balances[f"liab.payout_clearing:{payout.id}"] += payout.gross_kobo
        self.balances["inc.service_fee"] -= service_fee
        self.balances["cash.paystack_balance"] -= payout.gross_kobo - service_fee + provider_fee
        self.balances["exp.psp_fees"] += provider_fee

    def lose_fee(self, provider_fee: int) -> None:
        self.move("exp.psp_fees", "cash.paystack_balance", provider_fee)

    def take_back(self, payout) -> None:
        net = payout.gross_kobo - self._service_fee(payout)
        self.move("cash.paystack_balance", f"liab.payout_returned:{payout.member_id}", net)

    def _service_fee(self, payout) -> int:
        return 0 if payout.kind == "claim" else payout.gross_kobo // 100  # an end costs nothing

    def settle(self, kobo: int) -> None:
        self.move("cash.paystack_balance", "cash.paystack_clearing", kobo)

    # --- the end

    def end(self) -> None:
        """The late fees go to those who were never late, the odd kobo to the first of them."""
        for name, kobo in self._late_fees(list(self.circle.members), self.late).items():
            self.move(self.pool, self.wallet(name), kobo)
        self.shared = True

    def dissolve(self, by_turn: list[str]) -> None:
        """In the middle: what she has put in and her share of the late fees, less what she took out, is owed to her,
        or by her. A fine that she has not paid makes her late too. What the group holds is there for the claims."""
        shares = self._late_fees(by_turn, self.late | {name for name, _ in self.fined})
        nets = {}
        for name in by_turn:
            raised = [debt for debt in self.debts[name] if debt.kind == "contribution"]
            put_in = len(raised) * self.contribution - sum(debt.left for debt in raised)
            nets[name] = put_in + shares.get(name, 0) - self.taken[name]
        for account in list(self.balances):
            if account.startswith(("liab.pot:", "liab.payout_clearing:", "liab.penalty_pool:")):
                self.move(account, self.unwinding, -self.balances[account])
            if account.startswith("due."):
                self.balances[account] = 0
        assert sum(nets.values()) == -self.balances[self.unwinding]
        for name, net in nets.items():
            if net > 0:
                self.move(self.due_unwinding, f"due.claim:{self.circle.seats[name]}", net)
            else:
                self.move(self.seat(name), self.due_unwinding, -net)
            self.debts[name] = [Debt("unwinding", 0, -net)] if net < 0 else []
        self.nets, self.shared = nets, True

    def _late_fees(self, names: list[str], late: set[str]) -> dict[str, int]:
        pool = -self.balances[self.pool]
        sharers = [name for name in names if name not in late] or names
        return {name: pool // len(sharers) + (n < pool % len(sharers)) for n, name in enumerate(sharers)}
