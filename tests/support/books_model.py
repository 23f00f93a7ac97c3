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
    shared: bool = False

    def __post_init__(self) -> None:
        group = self.circle.group
        self.contribution = group.contribution_kobo
        self.late_fee = min(200 * NAIRA, self.contribution // 10)
        self.pool = f"liab.penalty_pool:{group.id}"
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
        order = sorted((d for d in now_due if d.kind == "contribution"), key=lambda d: d.cycle)
        order += sorted((d for d in now_due if d.kind == "penalty"), key=lambda d: d.cycle)
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
        cycle = next(n for n, row in self.cycles.items() if row.id == payout.cycle_id)
        self.move(self.pot(cycle), f"liab.payout_clearing:{payout.id}", payout.gross_kobo)

    def pay(self, payout, provider_fee: int) -> None:
        service_fee = payout.gross_kobo // 100
        self.balances[f"liab.payout_clearing:{payout.id}"] += payout.gross_kobo
        self.balances["inc.service_fee"] -= service_fee
        self.balances["cash.paystack_balance"] -= payout.gross_kobo - service_fee + provider_fee
        self.balances["exp.psp_fees"] += provider_fee

    def lose_fee(self, provider_fee: int) -> None:
        self.move("exp.psp_fees", "cash.paystack_balance", provider_fee)

    def take_back(self, payout) -> None:
        net = payout.gross_kobo - payout.gross_kobo // 100
        self.move("cash.paystack_balance", f"liab.payout_returned:{payout.member_id}", net)

    def settle(self, kobo: int) -> None:
        self.move("cash.paystack_balance", "cash.paystack_clearing", kobo)

    def end(self) -> None:
        """The late fees go to those who were never late, the odd kobo to the first of them."""
        pool = -self.balances[self.pool]
        sharers = [name for name in self.circle.members if name not in self.late] or list(self.circle.members)
        for n, name in enumerate(sharers):
            self.move(self.pool, self.wallet(name), pool // len(sharers) + (n < pool % len(sharers)))
        self.shared = True
