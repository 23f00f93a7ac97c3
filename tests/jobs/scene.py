"""The scene of a test of the jobs: a circle, the two providers, the time, and short ways to a state."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import redis
from flask.testing import FlaskClient

from app import create_app
from bot import clock
from bot.settings import current
from jobs import payments
from models.actions import books, mail
from models.commands import Done
from models.queries import invariants
from models.rules import accounts
from models.sealing import keys
from models.tables.mail import Outbox
from models.tables.money import Payment, Payout, PayoutAttempt
from tests.bot.sandbox.support import Sandbox
from tests.support import circles
from tests.support.circles import C, Circle


class Scene:
    """Everything that a test needs at hand."""

    def __init__(self, sandbox: Sandbox, redis_client: redis.Redis) -> None:
        self.sandbox = sandbox
        self.client = sandbox.client
        self.redis = redis_client
        self._web: FlaskClient | None = None
        self._delivered = 0

    # --- time ---

    @property
    def now(self) -> datetime:
        return clock.now()

    def set_time(self, instant: datetime) -> datetime:
        """Ours and the providers'."""
        now = clock.set_to(instant)
        self.client.move_clock((instant - datetime.now(UTC)).total_seconds())
        return now

    def advance(self, duration: str) -> datetime:
        return self.set_time(clock.now() + clock.parse_duration(duration))

    # --- the circle ---

    def circle(self, size: int = 3, **terms: object) -> Circle:
        """A group whose first cycle is open; Paystack holds what our books say."""
        circle = circles.running_group(size, now=self.now, **terms)
        if circle.now > self.now:
            self.set_time(circle.now)
        self.fund()
        return circle

    def fund(self) -> None:
        """Put into Paystack's balance what our books say is there."""
        held = books.balance(accounts.PAYSTACK_BALANCE) + books.balance(accounts.PAYSTACK_CLEARING)
        moved = sum(each["amount"] for each in self.client.movements())
        self.client.tune(opening_balance_kobo=held - moved)

    def approved(self, size: int = 3) -> tuple[Circle, int]:
        """A circle whose first pot is full and approved. Its payout's id."""
        circle = self.circle(size)
        circle.all_pay()
        payout = circle.approve_twice()
        assert payout.status == "approved"
        self.fund()
        return circle, payout.id

    def wish(self, circle: Circle, name: str = "Chidi", kobo: int = C, method: str = "ussd") -> int:
        """She asks to pay; nobody has asked Paystack yet. The payment's id."""
        circle.now = self.now
        done = circle.wish(name, kobo, method=method)
        assert isinstance(done, Done), done
        return int(done.data["payment_id"])

    def asked(self, circle: Circle, name: str = "Chidi", kobo: int = C, method: str = "ussd") -> Payment:
        """She asks to pay, and has her code."""
        payment_id = self.wish(circle, name, kobo, method)
        payments.charge(payment_id)
        payment = self.payment(payment_id)
        assert payment.status == "pending", payment.status
        return payment

    # --- the web process's door ---

    def deliver(self, times: int = 1) -> list[int]:
        """Paystack's webhooks that have not been delivered yet come to our door. The inbox ids follow from the rows."""
        if self._web is None:
            self._web = create_app(current()).test_client()
        found = [each for each in self.client.webhooks() if each["event"].startswith(("charge", "transfer"))]
        answers = [
            self._web.post("/webhooks/paystack", data=each["body"].encode(), headers=each["headers"]).status_code
            for each in found[self._delivered :]
            for _ in range(times)
        ]
        self._delivered = len(found)
        return answers

    def forget(self) -> None:
        """Both providers and Redis forget everything; transfers end when the test says so."""
        self.client.settle()
        self.client.reset()
        self.client.tune(auto_transfer="none", transfer_seconds=0, report_seconds=0, refund_seconds=0)
        self.redis.flushdb()
        self._delivered = 0

    def decide(self, phone: str, n: int = 1) -> int:
        """A message to a number of nobody's. Its outbox id."""
        facts = {"amt": f"N{n},000", "group": "Mama Titi Ajo"}
        found = mail.queue_message("S33", dedupe_key=f"test:{n}", facts=facts, phone=phone, now=self.now)
        assert found is not None
        return found

    # --- what is to be seen ---

    def payment(self, payment_id: int) -> Payment:
        return Payment.get_by_id(payment_id)

    def payout(self, payout_id: int) -> Payout:
        return Payout.get_by_id(payout_id)

    def attempts(self, payout_id: int) -> list[PayoutAttempt]:
        return list(PayoutAttempt.select().where(PayoutAttempt.payout == payout_id).order_by(PayoutAttempt.n))

    def attempt(self, payout_id: int) -> PayoutAttempt:
        """The newest."""
        return self.attempts(payout_id)[-1]

    def transfers(self) -> list[tuple[str, str]]:
        """Reference and status of every transfer, as Paystack has it."""
        return [(each["reference"], each["status"]) for each in self.client.transfers()]

    def account_number(self, payout_id: int) -> str:
        """Where this payout goes."""
        account = self.payout(payout_id).bank_account
        return keys().open(account.number_sealed, f"bank_account.number:{account.id}")

    def late(self, code: str) -> list[str]:
        """What takes too long, of this kind."""
        return [each for warning in invariants.warnings(self.now) if warning.code == code for each in warning.ids]

    def state(self) -> list[tuple[object, ...]]:
        """Where all money in motion is, for whoever reads of a failure."""
        found: list[tuple[object, ...]] = [(row.reference, row.status, row.sends) for row in Payment.select()]
        found += [("payout", row.id, row.status) for row in Payout.select()]
        found += [(row.reference, row.status, row.sends, row.reason) for row in PayoutAttempt.select()]
        return found + self.transfers()

    def texts(self, *keys: str) -> list[str]:
        """The keys of all messages decided, in order; only these, if some are named."""
        return [row.text_key for row in Outbox.select().order_by(Outbox.id) if not keys or row.text_key in keys]

    def rung(self) -> set[str]:
        """The ids of the jobs in the queue."""
        return {each.decode() for each in self.redis.lrange("rq:queue:ajo", 0, -1)}

    def assert_books(self) -> None:
        """Nothing is wrong inside, and nobody is paid twice, as Paystack's own list says."""
        assert invariants.violations(self.now) == []
        assert invariants.x4(self.transfers()) == []

    def assert_in_step(self) -> None:
        """Nothing is open, so that Paystack's balance and transfers are exactly ours."""
        self.assert_books()
        assert invariants.x1(self.client.balance()) == []
        assert invariants.x3(self.transfers()) == []

    @contextmanager
    def broken(self, on: str, do: str, value: object = None, *, times: int | None = None) -> Iterator[None]:
        """Something is broken at the provider for a while."""
        knob = self.client.knob(on, do, value, times=times)
        try:
            yield
        finally:
            self.client.take_knobs_away(knob)
