"""A circle to which things happen, each of which may die on its way, and a second bookkeeper who looks on."""

import itertools
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from models.actions import (
    charges,
    cycles,
    extensions,
    pausing,
    payments,
    payouts,
    penalties,
    proposals,
    reminders,
    short_pots,
    swaps,
    transfers,
)
from models.actions.forms import Effect
from models.actions.pausing_by_two import PAUSE, RESUME
from models.actions.proposals import Wish
from models.base import database
from models.commands import (
    AnswerSwap,
    ApprovePayout,
    AskMoreTime,
    AskSwap,
    DecideMoreTime,
    DecideSwap,
    Done,
    PayShort,
    StartPayment,
)
from models.queries.invariants import violations
from models.queries.payouts import approvers_for, approvers_of
from models.queries.swaps import deciders_of
from models.rules import fees
from models.rules.extensions import KINDS
from models.rules.refused import Refused
from models.tables.cycles import Cycle, Obligation
from models.tables.groups import Seat
from models.tables.money import Payment, Payout, PayoutAttempt
from models.tables.requests import Extension
from models.tables.staff import Proposal
from tests.support.books_model import BooksModel
from tests.support.circles import FLOAT, NAIRA, add_account, running_group, settle
from tests.support.resting import NOTE, two

C = 1_000 * NAIRA
RUNNING = ("active", "paused")
OWING = (*RUNNING, "dissolving")
EVERYWHERE = -1


class Crash(Exception):
    """The process dies here."""


class History:
    """A circle, its second bookkeeper, and a hand that makes things happen to both."""

    def __init__(self) -> None:
        self.circle = running_group(3, contribution_kobo=C)
        self.model = BooksModel(self.circle)
        self.model.move("cash.paystack_balance", "equity.float", FLOAT)
        self.model.open(1)
        self.pending: list[Payment] = []
        self.settled: list[Payment] = []
        self.sent: list[PayoutAttempt] = []
        self.crash_at = 0
        self.strangers = 0

    def step(self, name: str, a: int, b: int, crash_at: int) -> None:
        """One thing happens. The first action of it that writes anything dies once, or EVERYWHERE, on its way."""
        self.crash_at = crash_at
        getattr(self, name)(a, b)
        self.check()

    def check(self) -> None:
        group = self.circle.group
        if group.status == "completed" and not self.model.shared:
            self.model.end()
        found = dict(database.execute_sql("SELECT account_id, amount FROM account_balance").fetchall())
        accounts = {*found, *self.model.balances}
        both = {account: (found.get(account, 0), self.model.balances[account]) for account in accounts}
        assert all(ours == theirs for ours, theirs in both.values()), f"(ours, the second bookkeeper's): {both}"
        assert violations(self.circle.now) == []

    def do(self, act: Callable[[], Any]) -> Any:
        """Perform an action. Before that it may die at its n-th statement (or, EVERYWHERE, at each of them in turn),
        and then nothing of it may be left."""
        at = 1 if self.crash_at == EVERYWHERE else self.crash_at
        before = _everything() if at else ""
        while at:
            try:
                return _killed_at(at, act)
            except Crash:
                assert _everything() == before
            at = at + 1 if self.crash_at == EVERYWHERE else 0
        self.crash_at = 0
        return act()

    # --- money in

    def ask(self, a: int, b: int) -> None:
        """She wants to pay a part, all, or early."""
        name = self._who(a)
        early = b % 4 == 0
        owed = sum(debt.left for debt in self.model.debts[name] if early or debt.cycle <= self._opened())
        coming = self._coming() if early else None
        if coming and (name, coming) not in self.model.raised:
            owed += C
        kobo = max((owed, owed // 2, owed)[b % 3], 100 * NAIRA)
        command = StartPayment(self.circle.seats[name], kobo, "ussd", "737", early)
        context = self.circle.context(name)
        outcome = self.do(lambda: payments.start_payment(command, context))
        if not isinstance(outcome, Done):
            assert owed == 0 or self.circle.group.status not in OWING
            return
        if coming:
            self.model.owe(name, coming)
        payment_id = outcome.data["payment_id"]
        now = self.circle.now
        self.do(lambda: charges.claim_charge(payment_id, now))
        self.do(lambda: charges.charge_answered(payment_id, how_to_pay={"pay_code": "*1#"}, until_at=now, now=now))
        self.pending.append(Payment.get_by_id(payment_id))

    def deliver(self, a: int, b: int) -> None:
        """The provider has her money: what was asked, less or more."""
        if not self.pending:
            return
        payment = self.pending.pop(a % len(self.pending))
        total = payment.amount_kobo + payment.fee_kobo
        kobo = (total, total, max(total - b, 100), total + b)[b % 4]
        fee = fees.paystack_collection_fee(kobo)
        opened, name = self._opened(), self.circle.name(payment.member_id)
        self._settle(payment, kobo, "NGN", fee)
        self.model.receive(name, kobo, fee, payment.amount_kobo, payment.fee_kobo, payment.early, opened)

    def all_pay(self, a: int, b: int) -> None:
        """Everybody pays what is owed: so that histories get somewhere."""
        for n in range(3):
            before = len(self.pending)
            self.ask(n, 2 + 6 * (a % 2))  # all of it, in one history of two early, too
            if len(self.pending) > before:
                self.deliver(len(self.pending) - 1, 0)

    def deliver_foreign(self, a: int, b: int) -> None:
        if self.pending:
            payment = self.pending.pop(a % len(self.pending))
            self._settle(payment, 1_000 + b, "GHS", 77)
            self.model.suspend(1_000 + b, 77, "GHS")

    def deliver_again(self, a: int, b: int) -> None:
        """The same receipt once more, and an old failure after it."""
        if self.settled:
            payment = self.settled[a % len(self.settled)]
            assert self.do(lambda: self.circle.settle(payment)) == "already"
            assert not self.do(lambda: charges.payment_ended(payment.reference, "failed", self.circle.now))

    def give_up(self, a: int, b: int) -> None:
        """The provider says that it failed; money may come all the same."""
        if self.pending:
            payment = self.pending[a % len(self.pending)]
            self.do(lambda: charges.payment_ended(payment.reference, "failed", self.circle.now))

    def stranger(self, a: int, b: int) -> None:
        self.strangers += 1
        kobo, now = 1_000 + a, self.circle.now
        reference = f"nobody-knows-{self.strangers:06d}"
        assert self.do(lambda: settle(reference, kobo, now, fee_kobo=50)) == "suspense"
        assert settle(reference, kobo, now, fee_kobo=50) == "already"
        self.model.suspend(kobo, 50, "NGN")

    # --- money out

    def approve(self, a: int, b: int) -> None:
        payout = self._payout("awaiting_approval")
        if payout is None:
            return
        allowed = approvers_for(payout)
        context = self.circle.context(self.circle.name(allowed[a % len(allowed)]))
        self.do(lambda: payouts.approve_payout(ApprovePayout(payout.id, payout.payload_hash), context))

    def approve_twice(self, a: int, b: int) -> None:
        self.approve(0, b)
        self.approve(1, b)

    def send(self, a: int, b: int) -> None:
        for payout_id in transfers.payouts_to_send(self.circle.now):
            payout = Payout.get_by_id(payout_id)
            if payout.status == "approved":
                assert self.do(lambda i=payout_id: transfers.reserve(i, self.circle.now)) == "reserved"
                self.model.reserve(payout)
            order = self.do(lambda i=payout_id: transfers.claim_attempt(i, self.circle.now))
            self.sent.append(PayoutAttempt.get_by_id(order.attempt_id))

    def answer(self, a: int, b: int) -> None:
        """The answer to the sending, which concludes nothing."""
        if self.sent:
            attempt = self.sent[a % len(self.sent)]
            outcome = ("success", "unknown", "pending")[b % 3]
            self.do(lambda: transfers.transfer_answered(attempt.id, outcome, now=self.circle.now))

    def arrive(self, a: int, b: int) -> None:
        self._conclude(a, "success", 2_500 if b % 2 else 1_000)

    def fail(self, a: int, b: int) -> None:
        self._conclude(a, "failed", 1_000 if b % 2 else 0)

    def whole_cycle(self, a: int, b: int) -> None:
        """Everything goes well for once."""
        for act in (self.all_pay, self.approve_twice, self.send, self.arrive):
            act(0, b)

    def return_it(self, a: int, b: int) -> None:
        paid = list(Payout.select().where(Payout.status == "paid"))
        if paid and b % 3 == 0:
            payout = paid[a % len(paid)]
            attempt = PayoutAttempt.get((PayoutAttempt.payout == payout.id) & (PayoutAttempt.status == "success"))
            assert self.do(lambda: self.circle.arrive(attempt, "reversed")) == "done"
            self.model.take_back(payout)

    def settle_balance(self, a: int, b: int) -> None:
        kobo = min(a, self.model.balances["cash.paystack_clearing"])
        reported = self.model.balances["cash.paystack_balance"] + kobo
        assert self.do(lambda: transfers.settle_balance(reported, self.circle.now)) == max(kobo, 0)
        self.model.settle(max(kobo, 0))

    def pay_short(self, a: int, b: int) -> None:
        cycle = Cycle.get_or_none(Cycle.status == "grace")
        if cycle is not None and -self.model.balances[self.model.pot(cycle.number)] > 0:
            collector = next(name for name, seat in self.circle.seats.items() if seat == cycle.pot_set.get().seat_id)
            allowed = approvers_of(self.circle.group_id, self.circle.members[collector])
            context = self.circle.context(self.circle.name(allowed[0]))
            self.do(lambda: short_pots.pay_short(PayShort(cycle.id), context))

    # --- requests

    def swap(self, a: int, b: int) -> None:
        """Two want to exchange their turns; the third may refuse. The books know nothing of it."""
        one, other = self._who(a), self._who(a + 1 + b % 2)
        command, context = AskSwap(self.circle.seats[one], self.circle.seats[other]), self.circle.context(one)
        outcome = self.do(lambda: swaps.ask_swap(command, context))
        if not isinstance(outcome, Done):
            return
        answer = AnswerSwap(outcome.data["swap_id"], b % 5 > 0)
        self.do(lambda: swaps.answer_swap(answer, self.circle.context(other)))
        parties = (self.circle.members[one], self.circle.members[other])
        (decider,) = deciders_of(self.circle.group_id, *parties)
        decision = DecideSwap(answer.swap_id, b % 7 > 0)
        self.do(lambda: swaps.decide_swap(decision, self.circle.context(self.circle.name(decider))))

    def more_time(self, a: int, b: int) -> None:
        """She asks, and is given it or not."""
        name = self._who(a)
        wish, context = AskMoreTime(self.circle.seats[name], KINDS[b % 3], "travel"), self.circle.context(name)
        if not isinstance(self.do(lambda: extensions.ask_more_time(wish, context)), Done):
            return
        asked = Extension.select().order_by(Extension.id.desc()).get()
        decider = self.circle.name(deciders_of(self.circle.group_id, self.circle.members[name])[0])
        verdict = ("allow", "allow", "keep_fee", "refuse")[b % 4]
        decision = DecideMoreTime(asked.id, verdict)
        self.do(lambda: extensions.decide_more_time(decision, self.circle.context(decider)))
        if verdict != "refuse":
            self.model.promised[name, asked.obligation.cycle.number] = asked.due_after

    def rest(self, a: int, b: int) -> None:
        """Two of the staff let the group rest, or go on before its time. The books know nothing of it."""
        if b % 3 == 0:
            kind, wanted = (PAUSE, {"intervals": 1 + a % 2}) if self.circle.group.status == "active" else (RESUME, {})
            self.agree(kind, wanted)
            for name, cycle in self.model.promised:
                self.model.promised[name, cycle] = self._promise(name, cycle)
            self._open_begun()

    def agree(self, kind: str, wanted: dict[str, Any]) -> Effect | Refused:
        """One of the staff proposes it and another one says yes."""
        maker, checker = two(self.circle)
        wish = Wish(kind, f"group:{self.circle.group_id}", wanted, NOTE)
        made = self.do(lambda: proposals.propose(wish, maker, self.circle.now))
        if isinstance(made, Refused):
            return made
        row = Proposal.get_by_id(made.facts["proposal_id"])
        return self.do(lambda: proposals.check(row.id, row.payload_hash, NOTE, checker, self.circle.now))

    def end_requests(self) -> None:
        now = self.circle.now
        for swap_id in swaps.swaps_to_end(now):
            self.do(lambda i=swap_id: swaps.end_swap(i, now))
        for extension_id in extensions.extensions_to_look_at(now):
            ended = self.do(lambda i=extension_id: extensions.end_extension(i, now))
            extension = Extension.get_by_id(extension_id)
            if ended == "broken" and extension.due_after >= now:
                name = next(name for name, seat in self.circle.seats.items() if seat == extension.obligation.seat_id)
                del self.model.promised[name, extension.obligation.cycle.number]

    # --- the end in the middle

    def dissolve(self, a: int, b: int) -> None:
        """Two of the staff end the group, where nothing is under way and nothing has come back."""
        if b % 4 == 0:
            self.end_it()

    def end_it(self, crash_at: int = 0) -> bool:
        """Whether they could. It may die on its way."""
        self.crash_at = crash_at or self.crash_at
        seats = Seat.select().where(Seat.group == self.circle.group_id).order_by(Seat.turn)
        by_turn = [self.circle.name(seat.member_id) for seat in seats]
        done = self.agree("group_dissolve", {"reason": "members"})
        if isinstance(done, Refused):
            in_the_way = Payout.select().where(Payout.status.in_(("in_flight", "returned"))).exists()
            assert in_the_way or self.circle.group.status not in RUNNING, done
            return False
        self.model.dissolve(by_turn)
        self.check()
        return True

    def hear_of_all_transfers(self) -> None:
        """Every one that is under way arrives."""
        while self.sent:
            self.arrive(0, 0)
        self.check()

    def unwind(self) -> None:
        """After an end: whoever owes pays, whoever is owed is paid, until the group is over."""
        for _ in range(20):
            if self.circle.group.status == "cancelled":
                return
            self.all_pay(0, 0)
            self.tick(0, 0)
            for waiting in Payout.select().where(Payout.status.in_(("held", "retry"))):
                self._new_account(waiting)
            self.approve_twice(0, 0)
            self.send(0, 0)
            self.hear_of_all_transfers()
        raise AssertionError(f"after twenty rounds it is {self.circle.group.status}")

    # --- time

    def tick(self, a: int, b: int) -> None:
        self.circle.now += timedelta(hours=7 * (1 + a % 12), minutes=1)
        now = self.circle.now
        for group_id in pausing.pauses_over(now):
            self.do(lambda i=group_id: pausing.end_pause(i, now))
            self._open_begun()
        self.do(lambda: cycles.pass_cutoffs(now))
        self.end_requests()
        for obligation_id in penalties.penalties_due(now, checked_at=now):
            row = Obligation.get_by_id(obligation_id)
            if self.do(lambda i=obligation_id: penalties.add_penalty(i, now, checked_at=now)):
                name = next(name for name, seat in self.circle.seats.items() if seat == row.seat_id)
                self.model.fine(name, row.cycle.number)
        for reminder in reminders.reminders_due(now):
            self.do(lambda r=reminder: reminders.remind(r, now))
        for payout_id in payouts.payouts_to_look_at():
            self.do(lambda i=payout_id: payouts.look(i, now))

    # --- helpers

    def _settle(self, payment: Payment, kobo: int, currency: str, fee: int) -> None:
        now = self.circle.now
        wanted = ("suspense",) if currency != "NGN" else ("settled", "wallet")
        result = self.do(lambda: settle(payment.reference, kobo, now, currency=currency, fee_kobo=fee))
        assert result in wanted
        self.settled.append(payment)

    def _conclude(self, a: int, status: str, fee: int) -> None:
        if not self.sent:
            return
        attempt = self.sent.pop(a % len(self.sent))
        payout = Payout.get_by_id(attempt.payout_id)
        first = Cycle.get_by_id(payout.cycle_id).status == "closing"
        assert self.do(lambda: self.circle.arrive(attempt, status, fee_kobo=fee)) == "done"
        if status == "success":
            self.model.pay(payout, fee)
            number = Cycle.get_by_id(payout.cycle_id).number
            if first and number < 3 and self.circle.group.status == "active":
                self.model.open(number + 1)
        elif fee:
            self.model.lose_fee(fee)

    def _who(self, a: int) -> str:
        return list(self.circle.members)[a % 3]

    def _opened(self) -> int:
        """The last cycle that has begun; none of a group that was ended."""
        begun = (Cycle.group == self.circle.group_id) & Cycle.status.not_in(("scheduled", "cancelled"))
        return max((row.number for row in Cycle.select().where(begun)), default=0)

    def _open_begun(self) -> None:
        """A cycle whose turn came while the group rested begins with its going on."""
        if opened := self._opened():
            self.model.open(opened)

    def _coming(self) -> int | None:
        opened = self._opened()
        return opened + 1 if opened < 3 and self.circle.group.status in RUNNING else None

    def _new_account(self, payout: Payout) -> None:
        """What has been tried with the old one is given up, and put to the officers anew."""
        add_account(payout.member_id, self.circle.now)
        payouts.look_again(payout.member_id, self.circle.now)
        if Payout.get_by_id(payout.id).status == "cancelled":
            self.model.release(payout)

    def _promise(self, name: str, cycle: int) -> datetime:
        seat, number = self.circle.seats[name], Cycle.number == cycle
        asked = Extension.select().join(Obligation).join(Cycle).where((Obligation.seat == seat) & number)
        return asked.order_by(Extension.id.desc()).get().due_after

    def _payout(self, status: str) -> Payout | None:
        return Payout.get_or_none(Payout.status == status)


def _killed_at(at: int, act: Callable[[], Any]) -> Any:
    """Run the action, but die before its n-th statement. The commit counts as one. Its result, if it has fewer."""
    run, commit, count = database.execute_sql, database.commit, itertools.count(1)

    def perhaps_die() -> None:
        if next(count) == at:
            raise Crash

    def counted(*args: Any, **options: Any) -> Any:
        perhaps_die()
        return run(*args, **options)

    def counted_commit() -> None:
        perhaps_die()
        commit()

    database.execute_sql, database.commit = counted, counted_commit
    try:
        return act()
    finally:
        del database.execute_sql, database.commit


def _everything() -> str:
    """A fingerprint of all that an action could have changed."""
    tables = ("account_balance", "journal_leg", "obligation", "payment", "allocation", "payout", "payout_attempt",
              "approval", "cycle", "seat", "savings_group", "audit", "outbox", "suspense", "pot", "swap",
              "extension", "proposal", "group_pause", "unwinding", "unwinding_share")  # fmt: skip
    rows = " UNION ALL ".join(f"SELECT '{table}' || t::text AS row FROM {table} t" for table in tables)
    return database.execute_sql(f"SELECT md5(string_agg(row, '|' ORDER BY row)) FROM ({rows}) r").fetchone()[0]
