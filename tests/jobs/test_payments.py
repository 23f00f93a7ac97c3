"""Money in: codes that come, answers that do not, webhooks in any number and order, amounts other than those asked."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from bot.queue import wait_answer
from jobs import inbound, payments, reconcile
from jobs.schedule import run_by_hand
from models.actions import books
from models.base import database
from models.queries import invariants
from models.rules import accounts
from models.tables.ledger import JournalEntry
from models.tables.mail import Inbox
from models.tables.money import Payment, Suspense
from tests.jobs.scene import Scene
from tests.support.circles import Circle


@pytest.fixture
def circle(scene: Scene) -> Circle:
    return scene.circle()


def events() -> list[int]:
    return [row.id for row in Inbox.select(Inbox.id).order_by(Inbox.id)]


def entries(payment: Payment) -> int:
    """How often it is in the books."""
    return JournalEntry.select().where(JournalEntry.idem == f"charge:{payment.reference}").count()


def charges(scene: Scene) -> list[str]:
    return [each["reference"] for each in scene.client.charges()]


def assert_settled_once(scene: Scene, payment_id: int) -> None:
    payment = scene.payment(payment_id)
    assert payment.status == "success"
    assert entries(payment) == 1
    assert len(scene.texts("S09", "S10")) == 1
    scene.assert_books()
    assert invariants.x1(scene.client.balance()) == []


# --- asking for a charge ------------------------------------------------------------------------


def test_a_code_comes_and_whoever_waits_on_the_line_is_told(scene: Scene, circle: Circle):
    payment_id = scene.wish(circle)

    assert payments.charge(payment_id) == "UssdCode"

    assert scene.payment(payment_id).status == "pending"
    assert scene.texts("S21")
    assert wait_answer("charge", payment_id, 100)
    scene.assert_books()


def test_an_account_number_comes_for_a_bank_transfer(scene: Scene, circle: Circle):
    payment_id = scene.wish(circle, method="bank_transfer")

    assert payments.charge(payment_id) == "TransferAccount"
    assert scene.payment(payment_id).status == "pending"


def test_eight_workers_at_one_payment_make_one_charge(scene: Scene, circle: Circle):
    payment_id = scene.wish(circle)

    with ThreadPoolExecutor(8) as workers:
        answers = list(workers.map(lambda _: payments.charge(payment_id), range(8)))

    assert answers.count("UssdCode") == 1
    assert len(charges(scene)) == 1


def test_a_request_that_was_lost_is_sent_again_under_its_reference(scene: Scene, circle: Circle):
    payment_id = scene.wish(circle)
    with scene.broken("paystack.charge", "lose_request", times=1):
        assert payments.charge(payment_id) is None

    assert scene.payment(payment_id).status == "sending"
    assert charges(scene) == []
    assert wait_answer("charge", payment_id, 100)  # nobody waits in vain
    scene.advance("20s")
    payments.check_payment(payment_id)

    assert scene.payment(payment_id).status == "pending"
    assert charges(scene) == [scene.payment(payment_id).reference]


@pytest.mark.parametrize(
    ("knob", "value"),
    [("lose_answer", None), ("error_after_effect", 502), ("html_body", None), ("truncated_json", None)],
)
def test_a_charge_whose_answer_was_lost_is_told_her_and_counts_if_it_is_paid_after_all(
    scene: Scene, circle: Circle, knob: str, value: int | None
):
    payment_id = scene.wish(circle)
    with scene.broken("paystack.charge", knob, value, times=1):
        payments.charge(payment_id)
    reference = scene.payment(payment_id).reference
    assert (scene.payment(payment_id).status, charges(scene)) == ("sending", [reference])

    scene.advance("1m")
    payments.charge(payment_id)  # the same reference again: refused, and no failure
    payments.check_payment(payment_id)

    assert scene.payment(payment_id).status == "failed"  # nobody knows the code to dial
    assert len(scene.texts("S33")) == 1
    assert charges(scene) == [reference]
    scene.client.pay(reference)
    payments.follow_payment("paystack", reference)
    assert_settled_once(scene, payment_id)


def test_a_code_that_nobody_dials_is_given_up_after_a_day(scene: Scene, circle: Circle):
    """Paystack calls it "ongoing" for ever."""
    payment = scene.asked(circle)

    scene.advance("23h")
    payments.check_payment(payment.id)
    assert scene.payment(payment.id).status == "pending"
    scene.advance("61m")
    payments.check_payment(payment.id)

    assert scene.payment(payment.id).status == "abandoned"
    scene.assert_books()


@pytest.mark.parametrize("status", [400, 401, 403])
def test_a_refused_charge_is_told_her_and_nothing_is_kept_waiting(scene: Scene, circle: Circle, status: int):
    payment_id = scene.wish(circle)

    with scene.broken("paystack.charge", "error_before_effect", status):
        payments.charge(payment_id)

    assert scene.payment(payment_id).status == "failed"
    assert wait_answer("charge", payment_id, 100)
    scene.assert_books()


def test_a_provider_that_is_away_for_hours_loses_nothing(scene: Scene, circle: Circle):
    waiting = [scene.wish(circle, name) for name in ("Ada", "Bisi", "Chidi")]
    with scene.broken("paystack.*", "error_before_effect", 503):
        for payment_id in waiting:
            payments.charge(payment_id)
        scene.advance("10m")
        counts = run_by_hand("payment_check")
        assert (counts["done"], counts["failed"]) == (0, 3)
        assert run_by_hand("late_fees")["charged"] == 0
    assert {scene.payment(payment_id).status for payment_id in waiting} == {"sending"}

    scene.advance("10m")
    run_by_hand("payment_check")

    assert {scene.payment(payment_id).status for payment_id in waiting} == {"pending"}
    assert len(charges(scene)) == 3


# --- money that has come --------------------------------------------------------------------------


def test_she_pays_and_the_webhook_settles_it(scene: Scene, circle: Circle):
    payment = scene.asked(circle)

    assert scene.client.pay(payment.reference) == ["success"]
    assert scene.deliver() == [200]
    assert inbound.process_event(events()[0]) == "charge.success: settled"

    assert_settled_once(scene, payment.id)
    assert inbound.process_event(events()[0]) == "nothing to do"


def test_five_webhooks_at_once_are_one_receipt(scene: Scene, circle: Circle):
    payment = scene.asked(circle)
    scene.client.pay(payment.reference)
    assert scene.deliver(times=5) == [200] * 5
    [inbox_id] = events()
    reference = payment.reference

    with ThreadPoolExecutor(8) as workers:
        at_once = [workers.submit(inbound.process_event, inbox_id) for _ in range(5)]
        at_once += [workers.submit(payments.check_payment, payment.id) for _ in range(3)]
        assert all(each.exception() is None for each in at_once)

    assert Inbox.get().repeats == 4
    assert_settled_once(scene, payment.id)
    assert payments.follow_payment("paystack", reference) == "already"


def test_the_webhook_comes_before_the_answer(scene: Scene, circle: Circle, monkeypatch: pytest.MonkeyPatch):
    payment_id = scene.wish(circle)
    write_down = payments._write_down

    def late(*given: object) -> str:
        scene.client.pay(scene.payment(payment_id).reference)
        scene.deliver()
        inbound.process_event(events()[0])
        assert scene.payment(payment_id).status == "success"
        return write_down(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(payments, "_write_down", late)
    payments.charge(payment_id)

    assert_settled_once(scene, payment_id)


def test_a_webhook_that_never_comes_is_not_missed_for_longer_than_an_hour(scene: Scene, circle: Circle):
    payment = scene.asked(circle)
    with scene.broken("webhook.*", "drop"):
        scene.client.pay(payment.reference)
    scene.advance("1h")

    run_by_hand("payment_check")

    assert_settled_once(scene, payment.id)


def test_money_under_a_reference_that_we_had_given_up_is_hers(scene: Scene, circle: Circle):
    payment = scene.asked(circle)
    scene.advance("25h")
    payments.check_payment(payment.id)
    assert scene.payment(payment.id).status == "abandoned"
    with scene.broken("webhook.*", "drop"):
        scene.client.pay(payment.reference)
    scene.advance("10m")

    run_by_hand("reconcile")  # nobody asks about it any more, but Paystack's list has it

    assert_settled_once(scene, payment.id)


def test_a_success_that_we_know_nothing_of_is_found_in_the_list_and_lies_in_suspense(scene: Scene, circle: Circle):
    scene.sandbox.charge("ajo-c-999-1-zzzzzzzz", 500_000)
    with scene.broken("webhook.*", "drop"):
        scene.client.pay("ajo-c-999-1-zzzzzzzz")
    scene.advance("10m")
    assert [each.code for each in reconcile.differences(scene.now)] == ["X1", "X2"]

    counts = run_by_hand("reconcile")

    assert (counts["followed"], counts["violations"]) == (1, 0)
    assert [(row.reference, row.reason, row.kobo) for row in Suspense.select()] == [
        ("ajo-c-999-1-zzzzzzzz", "unknown_reference", 500_000)
    ]
    assert run_by_hand("reconcile")["followed"] == 0
    scene.assert_books()


@pytest.mark.parametrize("factor", [0.5, 2])
def test_another_amount_than_asked_is_booked_as_it_came(scene: Scene, circle: Circle, factor: float):
    payment = scene.asked(circle, method="bank_transfer")
    asked = payment.amount_kobo + payment.fee_kobo
    scene.client.pay(payment.reference, amount=int(asked * factor), accept=True)

    payments.check_payment(payment.id)

    assert scene.payment(payment.id).received_kobo == int(asked * factor)
    assert_settled_once(scene, payment.id)
    owed = database.execute_sql(
        "SELECT sum(amount_kobo - paid_kobo) FROM obligation WHERE seat_id = %s", (payment.seat_id,)
    ).fetchone()[0]
    assert (owed > 0) == (factor < 1)
    assert (books.balance(accounts.wallet(payment.member_id)) < 0) == (factor > 1)


def test_another_currency_lies_in_suspense_and_her_debt_stays(scene: Scene, circle: Circle):
    payment = scene.asked(circle)
    scene.client.pay(payment.reference, currency="USD", accept=True)

    payments.check_payment(payment.id)

    assert [(row.currency, row.reason) for row in Suspense.select()] == [("USD", "wrong_currency")]
    assert scene.payment(payment.id).status == "success"
    scene.assert_books()


def test_money_that_went_back_at_the_provider_is_no_payment(scene: Scene, circle: Circle):
    payment = scene.asked(circle)

    with scene.broken("webhook.*", "drop"):
        scene.client.pay(payment.reference)
    scene.sandbox.post("/refund", {"transaction": payment.reference})
    scene.client.settle()

    assert payments.check_payment(payment.id) == "reversed"

    assert (scene.payment(payment.id).status, scene.payment(payment.id).reason) == ("failed", "reversed")
    assert entries(payment) == 0
    scene.assert_books()


def test_a_bank_that_says_no_is_told_her(scene: Scene, circle: Circle):
    payment = scene.asked(circle)
    scene.client.pay(payment.reference, fail=True)

    payments.check_payment(payment.id)

    assert scene.payment(payment.id).status == "failed"
    scene.assert_books()


# --- events -------------------------------------------------------------------------------------


def test_an_event_is_tried_again_while_the_provider_is_away_and_parked_after_ten_times(scene: Scene, circle: Circle):
    payment = scene.asked(circle)
    scene.client.pay(payment.reference)
    scene.deliver()
    [inbox_id] = events()

    with scene.broken("paystack.*", "error_before_effect", 503):
        for _ in range(10):
            assert inbound.process_event(inbox_id) is None
            scene.advance("61m")
    row = Inbox.get_by_id(inbox_id)

    assert (row.attempts, row.parked_at is None, row.done_at) == (10, False, None)
    assert inbound.process_event(inbox_id) == "nothing to do"
    run_by_hand("payment_check")  # which needs no event
    assert_settled_once(scene, payment.id)


def test_ten_minutes_without_the_provider_only_delay(scene: Scene, circle: Circle):
    payment = scene.asked(circle)
    scene.client.pay(payment.reference)
    scene.deliver()
    [inbox_id] = events()
    with scene.broken("paystack.*", "error_before_effect", 503):
        inbound.process_event(inbox_id)

    assert inbound.process_event(inbox_id) == "nothing to do"  # its rest
    scene.advance("10m")
    assert inbound.process_event(inbox_id) == "charge.success: settled"
    assert_settled_once(scene, payment.id)


# --- late fees wait for the answer ------------------------------------------------------------------


def late(scene: Scene, circle: Circle) -> None:
    """A day after the grace is over."""
    scene.set_time(circle.cycle(1).due_at + timedelta(days=1, hours=7))
    run_by_hand("cycles")


def test_nobody_is_charged_late_while_her_money_may_be_on_its_way(scene: Scene, circle: Circle):
    scene.set_time(circle.cycle(1).due_at - timedelta(hours=1))
    circle.all_pay(but=("Bisi", "Chidi"))
    payment = scene.asked(circle, "Bisi")
    scene.client.pay(payment.reference)  # in time, and no webhook
    late(scene, circle)

    with scene.broken("paystack.verify", "error_before_effect", 503):
        assert run_by_hand("late_fees")["charged"] == 0
    scene.advance("2h")
    counts = run_by_hand("late_fees")

    assert counts["charged"] == 1
    assert scene.payment(payment.id).status == "success"
    assert len(scene.texts("S07")) == 1
    assert run_by_hand("late_fees")["charged"] == 0
    scene.assert_books()


def test_one_payment_that_can_never_be_asked_about_holds_up_one_fee_only(scene: Scene, circle: Circle):
    scene.set_time(circle.cycle(1).due_at - timedelta(hours=1))
    bad, good = scene.asked(circle, "Bisi"), scene.asked(circle, "Ada")
    late(scene, circle)
    scene.client.knob("paystack.verify", "error_before_effect", 503, only=bad.reference)

    counts = run_by_hand("late_fees")

    assert counts == {"charged": 2, "failed": 0, "unanswered": 1}  # Ada, whose code was abandoned, and Chidi
    assert (scene.payment(good.id).status, scene.payment(bad.id).status) == ("abandoned", "pending")
    scene.assert_books()
