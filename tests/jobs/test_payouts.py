"""Money out, against everything that a provider can do to it (ledger 4, rows 3 to 13).

After each case: the books hold, nobody is paid twice, and once the provider is well again the money arrives.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest

from app import create_app
from bot.settings import current
from jobs import inbound, payouts
from models.actions import switches, transfers
from models.tables.ledger import Audit
from models.tables.mail import Inbox
from models.tables.money import PayoutAttempt, Suspense
from tests.jobs.scene import Scene

ASK = "3m"  # by then it is time to ask about a transfer whose fate is unknown


def arrive(scene: Scene, payout_id: int) -> None:
    """The bank takes it, and we ask about it in time."""
    scene.client.end_transfer(scene.attempt(payout_id).reference, "success")
    scene.advance(ASK)
    payouts.check_transfer(scene.attempt(payout_id).id)


def assert_paid_once(scene: Scene, payout_id: int) -> None:
    assert scene.payout(payout_id).status == "paid"
    assert [status for _, status in scene.transfers()].count("success") == 1
    assert scene.texts("S13")
    scene.assert_in_step()


def recover(scene: Scene, payout_id: int) -> None:
    """What the poll would ring for, until the payout has concluded."""
    for _ in range(12):
        status = scene.payout(payout_id).status
        if status == "paid":
            return
        payouts.send_payout(payout_id)
        for reference, theirs in scene.transfers():
            if theirs == "pending" and reference == scene.attempt(payout_id).reference:
                scene.client.end_transfer(reference, "success")
        scene.advance("20m")
        payouts.check_transfer(scene.attempt(payout_id).id)
        scene.assert_books()
    raise AssertionError(f"it is still {scene.payout(payout_id).status}")


def test_an_approved_pot_arrives_and_the_circle_goes_on(scene: Scene):
    circle, payout_id = scene.approved()

    assert payouts.send_payout(payout_id) == "pending"
    scene.assert_books()
    assert (scene.payout(payout_id).status, scene.attempt(payout_id).status) == ("in_flight", "pending")
    arrive(scene, payout_id)

    assert_paid_once(scene, payout_id)
    assert circle.cycle(1).status == "settled"
    assert circle.cycle(2).status == "open"


def test_eight_workers_at_one_payout_send_it_once(scene: Scene):
    _, payout_id = scene.approved()

    with ThreadPoolExecutor(8) as workers:
        answers = list(workers.map(lambda _: payouts.send_payout(payout_id), range(8)))

    assert answers.count("pending") == 1
    assert len(scene.transfers()) == 1
    arrive(scene, payout_id)
    assert_paid_once(scene, payout_id)


@dataclass(frozen=True)
class Fault:
    """What is broken while the transfer is sent; whether it arrived there all the same; what we then believe."""

    do: str
    arrived: bool
    value: Any = None
    believed: str = "unknown"


FAULTS = {
    "the request is lost": Fault("lose_request", arrived=False),
    "the answer is lost": Fault("lose_answer", arrived=True),
    "500 after the effect": Fault("error_after_effect", arrived=True),
    "502 after the effect": Fault("error_after_effect", arrived=True, value=502),
    "503 before the effect": Fault("error_before_effect", arrived=False),
    "an HTML page with 502": Fault("html_body", arrived=True),
    "an HTML page with 200": Fault("html_body", arrived=True, value=200),
    "JSON that stops in the middle": Fault("truncated_json", arrived=True),
    "too many requests": Fault("rate_limited", arrived=False),
    "our balance is too small": Fault("insufficient_balance", arrived=False),
    "it waits for a code": Fault("transfer_status", arrived=True, value="otp", believed="manual"),
    "it waits for our approval": Fault("transfer_status", arrived=True, value="received", believed="manual"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_transfer_that_goes_wrong_is_asked_about_and_paid_once(scene: Scene, name: str):
    fault = FAULTS[name]
    _, payout_id = scene.approved()

    with scene.broken("paystack.transfer", fault.do, fault.value, times=1):
        payouts.send_payout(payout_id)

    scene.assert_books()
    attempt = scene.attempt(payout_id)
    assert (attempt.status, scene.payout(payout_id).status) == (fault.believed, "in_flight")
    assert len(scene.transfers()) == (1 if fault.arrived else 0)
    # Nobody is hasty: neither a second ring nor an early question sends anything.
    payouts.send_payout(payout_id)
    payouts.check_transfer(attempt.id)
    assert len(scene.transfers()) == (1 if fault.arrived else 0)
    if fault.arrived:
        scene.client.end_transfer(attempt.reference, "success")
    scene.advance(ASK)
    payouts.check_transfer(attempt.id)
    if not fault.arrived:
        assert [reference for reference, _ in scene.transfers()] == [attempt.reference]
        scene.client.end_transfer(attempt.reference, "success")
        scene.advance("10m")
        payouts.check_transfer(attempt.id)
    assert_paid_once(scene, payout_id)
    assert len(scene.attempts(payout_id)) == 1


def test_nobody_there_at_all_is_unknown_and_not_a_failure(scene: Scene, monkeypatch: pytest.MonkeyPatch):
    _, payout_id = scene.approved()
    client = payouts.payouts_provider()._calls._client  # the one in use: its address is taken away, and given back
    address = client.base_url

    monkeypatch.setattr(client, "base_url", "http://127.0.0.1:9")
    assert payouts.send_payout(payout_id) is None
    assert scene.payout(payout_id).status == "approved"  # not even the balance could be asked for
    monkeypatch.setattr(client, "base_url", address)
    with scene.broken("paystack.transfer", "lose_request", times=1):
        payouts.send_payout(payout_id)
    monkeypatch.setattr(client, "base_url", "http://127.0.0.1:9")
    scene.advance(ASK)
    assert payouts.check_transfer(scene.attempt(payout_id).id) is None
    assert scene.attempt(payout_id).status == "unknown"
    monkeypatch.setattr(client, "base_url", address)

    recover(scene, payout_id)
    assert_paid_once(scene, payout_id)


def test_a_lost_request_and_a_look_up_that_lies_still_pay_once(scene: Scene):
    """The transfer arrived, the answer was lost, and Paystack does not find it: the same reference is refused."""
    _, payout_id = scene.approved()
    with scene.broken("paystack.transfer", "lose_answer", times=1):
        payouts.send_payout(payout_id)
    attempt = scene.attempt(payout_id)
    scene.advance(ASK)

    with scene.broken("paystack.verify_transfer", "not_found", times=1):
        payouts.check_transfer(attempt.id)

    assert scene.attempt(payout_id).status == "unknown"  # "this reference exists": it did arrive
    assert len(scene.transfers()) == 1
    scene.client.end_transfer(attempt.reference, "success")
    scene.advance("10m")
    payouts.check_transfer(attempt.id)
    assert_paid_once(scene, payout_id)


def test_a_reference_that_is_never_seen_is_sent_three_times_and_then_people_look(scene: Scene):
    _, payout_id = scene.approved()

    attempt = scene_without_trace(scene, payout_id)

    assert (attempt.status, attempt.sends) == ("manual", 3)
    assert scene.transfers() == []
    assert scene.payout(payout_id).status == "in_flight"
    scene.assert_books()


def test_one_that_paystack_will_never_have_is_given_up_and_sent_anew(scene: Scene):
    """Once: a second time the reference is no such case any more. The member hears of no bank that sent it back."""
    _, payout_id = scene.approved()
    lost = scene_without_trace(scene, payout_id)
    type_in = create_app(current()).test_cli_runner()

    done = type_in.invoke(args=["transfer-lost", lost.reference])
    assert (done.exit_code, done.stdout.split(".")[0]) == (0, "Given up")
    assert type_in.invoke(args=["transfer-lost", lost.reference]).exit_code == 1
    assert scene.payout(payout_id).status == "retry"
    assert scene.texts("S14") == []
    assert Audit.select().where(Audit.verb == "payout.lost").count() == 1

    scene.advance("16m")
    payouts.send_payout(payout_id)
    scene.client.end_transfer(scene.attempt(payout_id).reference, "success")
    scene.advance("10m")
    payouts.check_transfer(scene.attempt(payout_id).id)
    assert_paid_once(scene, payout_id)


def test_one_that_paystack_knows_is_not_given_up(scene: Scene):
    _, payout_id = scene.approved()
    payouts.send_payout(payout_id)
    known = scene.attempt(payout_id)

    done = create_app(current()).test_cli_runner().invoke(args=["transfer-lost", known.reference])

    assert (done.exit_code, "Paystack knows it" in done.output) == (1, True)
    assert scene.attempt(payout_id).id == known.id
    assert scene.payout(payout_id).status == "in_flight"


def scene_without_trace(scene: Scene, payout_id: int) -> PayoutAttempt:
    """Three times sent and never there."""
    with scene.broken("paystack.transfer", "lose_request"):
        payouts.send_payout(payout_id)
        for _ in range(4):
            scene.advance("70m")
            payouts.check_transfer(scene.attempt(payout_id).id)
    return scene.attempt(payout_id)


def test_six_hours_of_pending_are_an_alarm_and_no_second_transfer(scene: Scene):
    _, payout_id = scene.approved()
    payouts.send_payout(payout_id)

    for _ in range(6):
        scene.advance("1h")
        payouts.check_transfer(scene.attempt(payout_id).id)
        payouts.send_payout(payout_id)

    assert len(scene.transfers()) == 1
    assert scene.late("L2") == [scene.attempt(payout_id).reference]
    arrive(scene, payout_id)
    scene.advance("1h")
    payouts.check_transfer(scene.attempt(payout_id).id)
    assert_paid_once(scene, payout_id)


@pytest.mark.parametrize("end", ["failed", "reversed", "abandoned", "blocked", "rejected"])
def test_a_transfer_that_ended_badly_is_made_again_under_another_name(scene: Scene, end: str):
    _, payout_id = scene.approved()
    payouts.send_payout(payout_id)
    scene.client.end_transfer(scene.attempt(payout_id).reference, end)
    scene.advance(ASK)

    payouts.check_transfer(scene.attempts(payout_id)[0].id)

    scene.assert_books()
    first, second = scene.attempts(payout_id)
    assert (first.status, second.status, second.n) == ("failed", "created", 2)
    assert scene.payout(payout_id).status == "retry"
    assert scene.texts("S14")
    payouts.send_payout(payout_id)  # not at once
    assert len(scene.transfers()) == 1
    scene.advance("16m")
    payouts.send_payout(payout_id)
    assert len({reference for reference, _ in scene.transfers()}) == 2
    arrive(scene, payout_id)
    assert_paid_once(scene, payout_id)


def test_success_that_is_reversed_two_days_later_is_a_debt_to_her(scene: Scene):
    _, payout_id = scene.approved()
    payouts.send_payout(payout_id)
    arrive(scene, payout_id)
    reference = scene.attempt(payout_id).reference
    scene.advance("2d")

    scene.client.end_transfer(reference, "reversed")
    assert set(scene.deliver()) == {200}
    for row in Inbox.select():
        inbound.process_event(row.id)

    assert scene.payout(payout_id).status == "returned"
    assert scene.attempt(payout_id).status == "reversed"
    assert len(scene.attempts(payout_id)) == 1
    scene.assert_books()


def test_events_in_the_wrong_order_end_where_the_provider_is(scene: Scene):
    _, payout_id = scene.approved()
    payouts.send_payout(payout_id)
    reference = scene.attempt(payout_id).reference
    scene.client.end_transfer(reference, "success")
    scene.client.end_transfer(reference, "reversed")
    scene.deliver(times=2)

    for row in Inbox.select().order_by(Inbox.id.desc()):  # "reversed" first, before we saw a success
        inbound.process_event(row.id)

    assert scene.attempts(payout_id)[0].status == "failed"
    assert scene.payout(payout_id).status == "retry"
    assert Inbox.select().where(Inbox.done_at.is_null()).count() == 0
    scene.assert_books()


def test_the_webhook_overtakes_the_answer(scene: Scene, monkeypatch: pytest.MonkeyPatch):
    _, payout_id = scene.approved()
    sent = payouts._write_down

    def late(*given: Any) -> str:
        scene.client.end_transfer(scene.attempt(payout_id).reference, "success")
        scene.deliver()
        inbound.process_event(Inbox.get().id)
        assert scene.payout(payout_id).status == "paid"
        return sent(*given)

    monkeypatch.setattr(payouts, "_write_down", late)
    payouts.send_payout(payout_id)

    assert_paid_once(scene, payout_id)


def test_a_balance_that_is_not_there_yet_keeps_the_pot_where_it_is(scene: Scene):
    _, payout_id = scene.approved()
    held = scene.client.balance()
    scene.client.tune(opening_balance_kobo=0)

    payouts.send_payout(payout_id)
    scene.advance(ASK)
    payouts.check_transfer(scene.attempt(payout_id).id)

    scene.assert_books()
    assert (scene.payout(payout_id).status, scene.transfers()) == ("in_flight", [])
    scene.client.tune(opening_balance_kobo=held)
    scene.advance("10m")
    payouts.check_transfer(scene.attempt(payout_id).id)
    scene.client.end_transfer(scene.attempt(payout_id).reference, "success")
    scene.advance("20m")
    payouts.check_transfer(scene.attempt(payout_id).id)
    assert_paid_once(scene, payout_id)
    assert len(scene.attempts(payout_id)) == 1


def test_an_account_that_the_provider_refuses_fails_without_a_transfer(scene: Scene):
    _, payout_id = scene.approved()

    number = scene.account_number(payout_id)
    scene.client.name_account("058", number, None)
    payouts.send_payout(payout_id)

    assert scene.transfers() == []
    assert [attempt.status for attempt in scene.attempts(payout_id)] == ["failed", "created"]
    scene.client.name_account("058", number, "A OKAFOR")
    recover(scene, payout_id)
    assert_paid_once(scene, payout_id)


# --- what stops everything --------------------------------------------------------------------


def test_a_stopped_house_pays_nobody_and_goes_on_when_it_is_let(scene: Scene):
    _, payout_id = scene.approved()
    switches.stop_payouts("drill", actor="test", now=scene.now)

    assert payouts.send_payout(payout_id) == "stopped"

    assert scene.transfers() == []
    assert scene.payout(payout_id).status == "approved"
    switches.resume_payouts(actor="test", now=scene.now)
    payouts.send_payout(payout_id)
    arrive(scene, payout_id)
    assert_paid_once(scene, payout_id)


@pytest.mark.parametrize(
    ("place", "status"), [("paystack.balance", 401), ("paystack.recipient", 403), ("paystack.transfer", 401)]
)
def test_a_refused_key_stops_all_payouts(scene: Scene, place: str, status: int):
    _, payout_id = scene.approved()

    with scene.broken(place, "error_before_effect", status):
        payouts.send_payout(payout_id)

    assert switches.payouts_stopped() == f"http_{status}"
    assert scene.transfers() == []
    payouts.send_payout(payout_id)
    assert scene.transfers() == []
    switches.resume_payouts(actor="test", now=scene.now)
    scene.advance(ASK)
    recover(scene, payout_id)
    assert_paid_once(scene, payout_id)


def test_a_refused_key_at_a_look_up_stops_all_payouts_too(scene: Scene):
    _, payout_id = scene.approved()
    with scene.broken("paystack.transfer", "lose_answer", times=1):
        payouts.send_payout(payout_id)
    scene.advance(ASK)

    with scene.broken("paystack.verify_transfer", "error_before_effect", 401):
        payouts.check_transfer(scene.attempt(payout_id).id)

    assert switches.payouts_stopped() == "http_401"
    assert scene.attempt(payout_id).status == "unknown"
    scene.assert_books()


def test_a_transfer_that_is_not_ours_is_booked_and_stops_all_payouts(scene: Scene):
    _, payout_id = scene.approved()
    foreign = "ajo-p-ffffffffffffffffffffffff"
    scene.sandbox.transfer(foreign, 1_000_00)
    scene.client.end_transfer(foreign, "success")
    scene.deliver()

    inbound.process_event(Inbox.get().id)
    inbound.process_event(Inbox.get().id)

    assert switches.payouts_stopped() == "unknown_transfer"
    assert [(row.reference, row.kobo, row.direction) for row in Suspense.select()] == [(foreign, 1_000_00, "out")]
    payouts.send_payout(payout_id)
    assert len(scene.transfers()) == 1
    scene.assert_books()


def test_a_failure_that_turns_out_to_be_a_success_has_paid_her(scene: Scene):
    """Paystack said failed, a second transfer was made ready, and then the first one arrives after all."""
    _, payout_id = scene.approved()
    payouts.send_payout(payout_id)
    first = scene.attempt(payout_id)
    transfers.transfer_verified(first.reference, "failed", now=scene.now)
    scene.client.end_transfer(first.reference, "success")

    assert payouts.follow_transfer("paystack", first.reference) == "done"

    assert (switches.payouts_stopped(), scene.payout(payout_id).status) == (None, "paid")
    scene.advance("1h")
    payouts.send_payout(payout_id)
    assert len(scene.transfers()) == 1
