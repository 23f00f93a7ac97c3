"""Messages on their way: sent, refused, put off, never twice when that can be known, and not to those who said STOP.

One provider stands here for all; what the next one carries when the first does not is in test_outbox_ways.
"""

from datetime import timedelta

import pytest

from jobs import outbox
from jobs.carrying import carry
from jobs.schedule import run_by_hand
from models.actions import deliveries, mail
from models.actions.opt_outs import stop_reminders
from models.rules.schedule import LAGOS
from models.sealing import keys
from models.tables.mail import Outbox
from tests.jobs.scene import Scene
from tests.support.circles import add_member

PHONE = "+2348031234567"


@pytest.fixture
def our_environ(our_environ: dict[str, str]) -> dict[str, str]:
    return our_environ | {"SMS_ROUTES": "*:africastalking-sms"}


@pytest.fixture
def message(scene: Scene) -> int:
    return decide(scene)


def decide(scene: Scene, n: int = 1, **more: object) -> int:
    """A message to a number of nobody's."""
    found = mail.queue_message("S33", dedupe_key=f"test:{n}", facts={"amt": "N5,000", "group": "Mama Titi Ajo"},
                               now=scene.now, **({"phone": PHONE} | more))  # fmt: skip
    assert found is not None
    return found


def row(outbox_id: int) -> Outbox:
    return Outbox.get_by_id(outbox_id)


def got(scene: Scene, phone: str = PHONE) -> list[str]:
    return [sms.text for sms in scene.client.inbox(phone)]


def test_a_message_is_sent_once_and_says_what_it_cost(scene: Scene, message: int):
    assert outbox.send_mail(message) == "1 sent"
    assert outbox.send_mail(message) == "0 sent"

    assert [text.count("N5,000") for text in got(scene)] == [1]
    sent = row(message)
    assert (sent.status, sent.cost, sent.segments) == ("sent", "NGN 2.20", 1)
    assert sent.provider_message_id.startswith("ATXid_")


def test_one_ring_sends_everything_that_is_due(scene: Scene):
    for n in range(45):
        decide(scene, n)

    assert run_by_hand("outbox_sweep") == {"sent": 45, "put_off": 0, "failed": 0}
    assert len(got(scene)) == 45


@pytest.mark.parametrize(("code", "reason"), [(403, "bad_number"), (404, "unsupported_number"), (406, "opted_out")])
def test_a_number_that_is_refused_is_refused_for_good(scene: Scene, message: int, code: int, reason: str):
    with scene.broken("africastalking.send", "status_code", code):
        outbox.send_mail(message)

    assert (row(message).status, row(message).reason) == ("failed", reason)
    assert not Outbox.select().where(Outbox.status == "queued").exists()


def test_a_number_not_to_be_disturbed_is_tried_on_three_mornings(scene: Scene, message: int):
    with scene.broken("africastalking.send", "dnd"):
        for _ in range(2):
            outbox.send_mail(message)
            assert row(message).status == "queued"
            local = row(message).next_at.astimezone(LAGOS)
            assert (local.hour, local.minute) == (8, 5)
            assert timedelta(0) < row(message).next_at - scene.now < timedelta(days=1)
            scene.set_time(row(message).next_at)
        outbox.send_mail(message)

    assert (row(message).status, row(message).reason) == ("failed", "do_not_disturb")


def test_a_number_that_may_be_disturbed_in_the_morning_gets_it_then(scene: Scene, message: int):
    scene.set_time(scene.now.replace(hour=21))
    with scene.broken("africastalking.send", "dnd", times=1):
        outbox.send_mail(message)
    outbox.send_mail(message)
    assert got(scene) == []

    scene.set_time(row(message).next_at)
    outbox.send_mail(message)

    assert len(got(scene)) == 1


@pytest.mark.parametrize(
    ("knob", "value"),
    [("insufficient_balance", None), ("bad_sender", None), ("status_code", 401), ("error_before_effect", 401)],
)
def test_when_nothing_is_taken_from_us_the_queue_waits_and_loses_nothing(scene: Scene, knob: str, value: int | None):
    ids = [decide(scene, n) for n in range(25)]
    with scene.broken("africastalking.send", knob, value):
        counts = run_by_hand("outbox_sweep")
        assert counts["sent"] == counts["failed"] == 0
        assert counts["put_off"] == 25  # of which one was tried
    assert {row(n).attempts for n in ids} == {0, 1}

    scene.advance("11m")
    assert run_by_hand("outbox_sweep")["sent"] == 25
    assert len(got(scene)) == 25


@pytest.mark.parametrize(("knob", "value"), [("lose_answer", None), ("error_after_effect", 500), ("html_body", None)])
def test_a_lost_answer_is_one_repetition_at_most(scene: Scene, message: int, knob: str, value: int | None):
    with scene.broken("africastalking.send", knob, value):
        outbox.send_mail(message)
        assert row(message).status == "unknown"
        assert outbox.send_mail(message) == "0 sent"  # not at once
        for _ in range(4):
            scene.advance("11m")
            outbox.send_mail(message)

    assert row(message).status == "unknown"
    assert len(got(scene)) == 2


def test_a_worker_that_died_over_a_message_leaves_one_repetition_at_most(scene: Scene, message: int):
    [claimed] = mail.claim_mail(scene.now)
    carry(claimed, scene.now)  # and then it was gone

    assert outbox.send_mail(message) == "0 sent"
    scene.advance("2m")
    assert outbox.send_mail(message) == "0 sent"  # the lease has run out: unknown
    scene.advance("11m")
    assert outbox.send_mail(message) == "1 sent"
    assert len(got(scene)) == 2


def test_hours_without_the_provider_lose_nothing(scene: Scene, message: int):
    with scene.broken("africastalking.send", "error_before_effect", 429):
        for _ in range(9):
            outbox.send_mail(message)
            scene.advance("70m")
        assert row(message).status == "queued"

    assert outbox.send_mail(message) == "1 sent"


def test_a_message_that_cannot_be_worded_stops_only_itself(scene: Scene):
    bad = decide(scene, 1)
    Outbox.update(facts_sealed=keys().seal("{}", f"outbox.facts:{bad}")).where(Outbox.id == bad).execute()
    good = decide(scene, 2)

    outbox.send_mail(bad)

    assert (row(bad).status, row(bad).reason) == ("queued", "KeyError")
    assert row(good).status == "sent"


def test_a_slow_provider_does_not_hold_messages_longer_than_they_are_ours(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(outbox, "SECONDS", 0.2)
    for n in range(5):
        decide(scene, n)
    with scene.broken("africastalking.send", "slow_seconds", 0.3):
        counts = run_by_hand("outbox_sweep")

    assert counts["sent"] < 5
    assert counts["sent"] + counts["put_off"] == 5
    assert Outbox.select().where(Outbox.status == "sending").count() == 0
    monkeypatch.undo()
    run_by_hand("outbox_sweep")
    assert len(got(scene)) == 5


# --- who wants no reminders ---------------------------------------------------------------------


def test_a_reminder_that_was_decided_before_she_said_stop_is_not_sent(scene: Scene):
    member_id = add_member("Ada", scene.now)
    reminder = decide(scene, 1, phone=None, member_id=member_id, reminder=True)
    receipt = decide(scene, 2, phone=None, member_id=member_id)
    phone = keys().open(row(reminder).phone_sealed, f"outbox.phone:{reminder}")

    stop_reminders(phone, actor="test", now=scene.now)
    outbox.send_mail(reminder)

    assert (row(reminder).status, row(reminder).reason) == ("suppressed", "stopped")
    assert row(receipt).status == "sent"
    assert len(got(scene, phone)) == 1


def test_what_is_worth_nothing_any_more_is_not_sent(scene: Scene):
    stale = decide(scene, expires_at=scene.now + timedelta(minutes=5))
    scene.advance("10m")

    outbox.send_mail(stale)

    assert row(stale).status == "suppressed"
    assert got(scene) == []


# --- what the network says later ------------------------------------------------------------------


@pytest.mark.parametrize("order", [("sent", "delivered"), ("delivered", "sent"), ("delivered", "failed")])
def test_a_delivery_is_final_in_whatever_order_the_reports_come(scene: Scene, message: int, order: tuple[str, str]):
    outbox.send_mail(message)

    for status in order:
        deliveries.record_delivery(row(message).provider_message_id, status, status != "sent", None, scene.now)

    assert row(message).status == "delivered"


def test_a_report_about_a_message_that_failed_ends_it(scene: Scene, message: int):
    with scene.broken("africastalking.send", "report", ["Failed", "UserDoesNotExist"]):
        outbox.send_mail(message)
    scene.client.settle()
    report = deliveries.record_delivery(
        row(message).provider_message_id, "failed", True, "user_does_not_exist", scene.now
    )

    assert report
    assert (row(message).status, row(message).reason) == ("failed", "user_does_not_exist")
    scene.advance("1d")
    assert outbox.send_mail(message) == "0 sent"
