"""What is done while somebody dies: each with its beginning, the act, the way back, and what must be so at the end."""

from collections.abc import Callable
from dataclasses import dataclass

from jobs import inbound, outbox, payments, payouts, reconcile
from models.queries import invariants
from models.tables.ledger import JournalEntry
from models.tables.mail import Inbox, Outbox
from models.tables.money import Payment, Payout, PayoutAttempt
from tests.jobs.crashing import heal
from tests.jobs.scene import Scene

MESSAGES = 3
PHONE = "+2348031234567"


@dataclass(frozen=True)
class Scenario:
    """`begin` sets the scene once; `act` is what dies."""

    name: str
    begin: Callable[[Scene], None]
    act: Callable[[Scene], object]
    recover: Callable[[Scene], None]
    assert_done_once: Callable[[Scene], None]
    least_points: int


# --- a pot is paid out ------------------------------------------------------------------------------


def a_pot_is_approved(scene: Scene) -> None:
    scene.approved()
    outbox.sweep(scene.now)


def pay_out(scene: Scene) -> None:
    payout_id = Payout.get().id
    payouts.send_payout(payout_id)
    transfers_arrive(scene)
    scene.advance("3m")
    for attempt in PayoutAttempt.select():
        payouts.check_transfer(attempt.id)


def transfers_arrive(scene: Scene) -> None:
    for reference, status in scene.transfers():
        if status == "pending":
            scene.client.end_transfer(reference, "success")


def finish_paying_out(scene: Scene) -> None:
    heal(scene, lambda: Payout.get().status == "paid" or left_to_people(scene), lambda: transfers_arrive(scene))


def left_to_people(scene: Scene) -> bool:
    """Sent as often as we may without the provider ever having seen it (ledger 3.3): nothing has left."""
    lost = (PayoutAttempt.status == "manual") & (PayoutAttempt.reason == "never_seen")
    return PayoutAttempt.select().where(lost).exists() and not scene.transfers()


def paid_out_once(scene: Scene) -> None:
    if left_to_people(scene):
        return
    assert [status for _, status in scene.transfers()] == ["success"]
    assert [attempt.status for attempt in PayoutAttempt.select()] == ["success"]
    assert len(scene.texts("S13")) == 1
    scene.assert_in_step()


# --- somebody pays in ---------------------------------------------------------------------------------


def she_wants_to_pay(scene: Scene) -> None:
    scene.wish(scene.circle())
    outbox.sweep(scene.now)


def pay_in(scene: Scene) -> None:
    payment = Payment.get()
    payments.charge(payment.id)
    she_pays(scene)
    scene.deliver()
    for event in Inbox.select():
        inbound.process_event(event.id)


def she_pays(scene: Scene) -> None:
    for charge in scene.client.charges("open"):
        scene.client.pay(charge["reference"])


def finish_paying_in(scene: Scene) -> None:
    def concluded() -> bool:
        """Settled; or given up, and Paystack has no money of hers."""
        if Payment.get().status in ("abandoned", "failed"):
            reconcile.compare(scene.now)  # late money is in its list
        return Payment.get().status == "success" or nothing_came(scene)

    heal(scene, concluded, lambda: she_pays(scene))


def nothing_came(scene: Scene) -> bool:
    return Payment.get().status in ("abandoned", "failed") and not scene.client.charges("success")


def paid_in_once(scene: Scene) -> None:
    payment = Payment.get()
    if nothing_came(scene):
        assert JournalEntry.select().where(JournalEntry.idem == f"charge:{payment.reference}").count() == 0
        return
    assert [charge["reference"] for charge in scene.client.charges()] == [payment.reference]
    assert JournalEntry.select().where(JournalEntry.idem == f"charge:{payment.reference}").count() == 1
    assert len(scene.texts("S09", "S10")) == 1
    assert invariants.x1(scene.client.balance()) == []


# --- messages are sent --------------------------------------------------------------------------------


def messages_wait(scene: Scene) -> None:
    for n in range(MESSAGES):
        scene.decide(PHONE, n)


def send_messages(scene: Scene) -> None:
    outbox.send_mail(1)


def finish_sending(scene: Scene) -> None:
    heal(scene, lambda: not Outbox.select().where(Outbox.status != "sent").exists(), lambda: None)


def each_sent_and_hardly_any_twice(scene: Scene) -> None:
    """A killed worker had one message in its hand; that one may come twice (SMS has no key against it)."""
    got = [sms.text for sms in scene.client.inbox(PHONE)]
    assert len(set(got)) == MESSAGES
    assert len(got) <= MESSAGES + 1


SCENARIOS = (
    Scenario("a payout", a_pot_is_approved, pay_out, finish_paying_out, paid_out_once, 20),
    Scenario("a payment", she_wants_to_pay, pay_in, finish_paying_in, paid_in_once, 12),
    Scenario("messages", messages_wait, send_messages, finish_sending, each_sent_and_hardly_any_twice, 12),
)
