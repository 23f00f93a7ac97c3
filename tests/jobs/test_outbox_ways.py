"""More than one way: what one provider does not take the next one carries, and nothing is said twice that can be known.

Nigerian numbers have Africa's Talking first and Twilio behind it.
"""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot import template_desk
from bot.settings import current
from bot.twilio.client import Twilio
from flows.forms import Message
from jobs import carrying, outbox, wording
from jobs.schedule import run_by_hand
from models.actions import chats, deliveries, mail, opt_outs
from models.actions.chats import Answered
from models.queries.people import member_id_of
from models.sealing import keys
from models.tables.mail import Outbox
from models.tables.people import Member
from tests.jobs.scene import Scene
from tests.support.cast import ADA, register

PHONE, GHANAIAN = "+2348031234567", "+233241234567"
AT, TWILIO, WHATSAPP = "africastalking-sms", "twilio-sms", "twilio-whatsapp"
FACTS = {"amt": "N5,000", "group": "Mama Titi Ajo", "name": "Ngozi", "date": "Fri 27 Nov", "r": "5", "m": "12"}


def decide(scene: Scene, n: int = 1, **more: object) -> int:
    found = mail.queue_message(**{"text_key": "S33", "dedupe_key": f"test:{n}", "facts": FACTS,
                                  "now": scene.now, "phone": PHONE} | more)  # fmt: skip
    assert found is not None
    return found


def row(outbox_id: int) -> Outbox:
    return Outbox.get_by_id(outbox_id)


def carriers(scene: Scene, phone: str = PHONE) -> list[str]:
    """Over whom her SMS came."""
    return [sms.provider for sms in scene.client.inbox(phone)]


def on_whatsapp(scene: Scene, phone: str = PHONE) -> None:
    """She writes to us there: her window is open, with them and with us."""
    scene.client.whatsapp(phone).say("hi")
    chats.settle(chats.load(WHATSAPP, phone, phone), Answered(key=f"hi:{phone}"), scene.now)


def whatsapps(scene: Scene, phone: str = PHONE) -> list[tuple[str, bool]]:
    return [(message.body, message.template) for message in scene.client.whatsapp(phone).inbox()]


def ada(scene: Scene) -> int:
    """A member who wants her messages on WhatsApp, and has written to us there."""
    register(ADA, scene.now)
    outbox.sweep(scene.now)
    Member.update(reminder_channel="whatsapp").execute()
    on_whatsapp(scene, ADA.phone)
    found = member_id_of(ADA.phone)
    assert found is not None
    return found


def approve_templates(scene: Scene) -> None:
    twilio = Twilio.from_settings(current())
    for _ in range(2):
        standings = list(template_desk.provide(twilio, ("en",)))
        scene.client.settle()
    assert {each.status for each in standings} == {"approved"}


# --- one provider, then the other -----------------------------------------------------------------


@pytest.mark.parametrize(("phone", "carrier", "channel"), [(PHONE, "africastalking", AT), (GHANAIAN, "twilio", TWILIO)])
def test_the_country_of_the_number_says_who_is_asked_first(scene: Scene, phone: str, carrier: str, channel: str):
    message = decide(scene, phone=phone)
    outbox.send_mail(message)

    assert carriers(scene, phone) == [carrier]
    assert (row(message).status, row(message).channel, row(message).tried) == ("sent", channel, [])


@pytest.mark.parametrize(
    ("knob", "value"),
    [
        ("rate_limited", None),
        ("insufficient_balance", None),
        ("bad_sender", None),
        ("status_code", 403),
        ("status_code", 407),
        ("dnd", None),
        ("error_before_effect", 401),
    ],
)
def test_what_the_first_does_not_take_the_second_carries_in_the_same_job(scene: Scene, knob: str, value: int | None):
    message = decide(scene)
    with scene.broken("africastalking.send", knob, value):
        assert outbox.send_mail(message) == "1 sent"

    assert carriers(scene) == ["twilio"]
    assert (row(message).status, row(message).channel, row(message).attempts) == ("sent", TWILIO, 1)
    assert row(message).provider_message_id.startswith("SM")


@pytest.mark.parametrize(("knob", "value"), [("refuse", 21408), ("rate_limited", None)])
def test_it_is_the_same_the_other_way_round(scene: Scene, knob: str, value: int | None):
    message = decide(scene, phone=GHANAIAN)
    with scene.broken("twilio.send", knob, value):
        assert outbox.send_mail(message) == "1 sent"

    assert carriers(scene, GHANAIAN) == ["africastalking"]
    assert row(message).cost.startswith("NGN ")


def test_while_both_are_down_it_is_kept_and_goes_when_one_is_back(scene: Scene):
    messages = [decide(scene, n) for n in range(3)]
    with scene.broken("africastalking.send", "rate_limited"):
        with scene.broken("twilio.send", "rate_limited"):
            for _ in range(5):
                outbox.sweep(scene.now)
                scene.advance("70m")
        assert {row(message).status for message in messages} == {"queued"}
        assert run_by_hand("outbox_sweep")["sent"] == 3

    assert carriers(scene) == ["twilio"] * 3


@pytest.mark.parametrize(
    ("knob", "arrived"),
    [("lose_answer", 1), ("lose_request", 0), ("error_before_effect", 0), ("error_after_effect", 1), ("html_body", 1)],
)
def test_nobody_else_is_asked_after_an_answer_that_does_not_say_whether_it_went(scene: Scene, knob: str, arrived: int):
    message = decide(scene)
    with scene.broken("africastalking.send", knob):
        outbox.send_mail(message)

    assert (row(message).status, row(message).channel) == ("unknown", AT)
    assert carriers(scene) == ["africastalking"] * arrived


def test_a_provider_that_cannot_be_reached_at_all_is_passed_over(scene: Scene, monkeypatch: pytest.MonkeyPatch):
    nobody_there = replace(current(), africastalking_url="http://127.0.0.1:9")
    monkeypatch.setattr(wording, "current", lambda: nobody_there)
    message = decide(scene)
    outbox.send_mail(message)

    assert row(message).channel == TWILIO


def test_a_provider_that_is_down_is_not_asked_for_each_message_of_a_batch(scene: Scene):
    for n in range(10):
        decide(scene, n)
    with scene.broken("africastalking.send", "rate_limited"):
        assert run_by_hand("outbox_sweep")["sent"] == 10
        assert carrying.rests().until(AT, scene.now) is not None

    scene.advance("2m")
    late = decide(scene, 11)
    outbox.send_mail(late)
    assert row(late).channel == AT
    assert carriers(scene) == ["twilio"] * 10 + ["africastalking"]


def test_when_everybody_refuses_it_has_failed(scene: Scene):
    message = decide(scene)
    with scene.broken("africastalking.send", "status_code", 403), scene.broken("twilio.send", "refuse", 21211):
        outbox.send_mail(message)

    assert (row(message).status, row(message).reason, row(message).tried) == ("failed", "bad_number", [AT, TWILIO])


def test_a_reminder_at_night_waits_for_the_morning_and_a_receipt_does_not(scene: Scene):
    scene.set_time(scene.now.replace(hour=21))
    reminder, receipt = decide(scene, 1, reminder=True), decide(scene, 2)
    with scene.broken("africastalking.send", "dnd"):
        outbox.sweep(scene.now)

    assert (row(reminder).status, row(receipt).channel) == ("queued", TWILIO)
    scene.set_time(row(reminder).next_at)
    outbox.sweep(scene.now)
    assert row(reminder).channel == AT


# --- WhatsApp ----------------------------------------------------------------------------------------


def test_it_goes_to_whatsapp_when_she_wants_it_there_and_her_window_is_open(scene: Scene):
    message = decide(scene, member_id=ada(scene), phone=None)
    outbox.send_mail(message)

    assert (row(message).channel, row(message).template) == (WHATSAPP, False)
    [(body, template)] = whatsapps(scene, ADA.phone)
    assert "N5,000" in body
    assert not template


def test_a_day_later_it_goes_as_a_template_or_by_sms(scene: Scene):
    member_id = ada(scene)
    scene.advance("24h")
    without = decide(scene, 1, member_id=member_id, phone=None)
    outbox.send_mail(without)
    assert row(without).channel == AT

    approve_templates(scene)
    with_one = decide(scene, 2, member_id=member_id, phone=None, text_key="S04")
    none_for_this = decide(scene, 3, member_id=member_id, phone=None, text_key="S35")
    outbox.sweep(scene.now)

    assert (row(with_one).channel, row(with_one).template) == (WHATSAPP, True)
    [(body, template)] = whatsapps(scene, ADA.phone)
    assert template
    assert "Fri 27 Nov" in body
    assert row(none_for_this).channel == AT


def report(scene: Scene, outbox_id: int, reason: str, status: str = "failed") -> None:
    message_id = row(outbox_id).provider_message_id
    assert deliveries.record_delivery(message_id, status, True, reason, scene.now)


def test_a_window_that_was_shut_after_all_leads_to_the_template_and_then_to_sms_but_never_back(scene: Scene):
    member_id = ada(scene)
    approve_templates(scene)
    message = decide(scene, member_id=member_id, phone=None, text_key="S04")
    took = []
    for _ in range(4):
        outbox.send_mail(message)
        took.append((row(message).channel, row(message).template))
        if row(message).channel != WHATSAPP:
            break
        report(scene, message, "outside_window")

    assert took == [(WHATSAPP, False), (WHATSAPP, True), (AT, False)]
    assert row(message).tried == [WHATSAPP, f"{WHATSAPP}/template"]
    assert len(scene.client.inbox(ADA.phone)) == 2  # her welcome, and this


def test_their_own_63016_is_read_as_a_window_that_is_shut(scene: Scene):
    member_id = ada(scene)
    message = decide(scene, member_id=member_id, phone=None)
    scene.client.whatsapp(ADA.phone).close_window()
    outbox.send_mail(message)
    scene.client.settle()
    [callback] = [each for each in scene.client.webhooks() if "63016" in each["body"]][:1]
    assert "MessageStatus=" in callback["body"]
    report(scene, message, "outside_window")
    outbox.send_mail(message)

    assert row(message).channel == AT


def test_somebody_who_is_not_on_whatsapp_any_more_gets_sms_from_then_on(scene: Scene):
    member_id = ada(scene)
    first, second = (decide(scene, n, member_id=member_id, phone=None) for n in (1, 2))
    outbox.send_mail(first)
    report(scene, first, "not_on_whatsapp")
    outbox.sweep(scene.now)

    assert {row(first).channel, row(second).channel} == {AT, WHATSAPP}
    third = decide(scene, 3, member_id=member_id, phone=None)
    outbox.sweep(scene.now)
    assert row(third).channel == AT
    assert Member.get().reminder_channel == "sms"

    scene.advance("1h")  # until she writes again
    chats.settle(chats.load(WHATSAPP, ADA.phone, ADA.phone), Answered(key="again"), scene.now)
    Member.update(reminder_channel="whatsapp").execute()
    fourth = decide(scene, 4, member_id=member_id, phone=None)
    outbox.sweep(scene.now)
    assert row(fourth).channel == WHATSAPP


def test_a_late_word_about_the_first_way_changes_nothing_about_the_second(scene: Scene):
    message = decide(scene, member_id=ada(scene), phone=None)
    outbox.send_mail(message)
    first = row(message).provider_message_id
    report(scene, message, "not_on_whatsapp")
    outbox.send_mail(message)

    deliveries.record_delivery(first, "failed", True, "not_on_whatsapp", scene.now)
    assert (row(message).status, row(message).channel) == ("sent", AT)


# --- replies ----------------------------------------------------------------------------------------


def reply(scene: Scene, channel: str, n: int = 1) -> int:
    found = mail.queue_reply(
        channel=channel, address=PHONE, message=Message("Hello").to_json(), dedupe_key=f"reply:{n}", now=scene.now
    )
    assert found is not None
    return found


def test_a_reply_takes_its_own_channel_and_no_other(scene: Scene):
    scene.client.whatsapp(PHONE).say("hi")
    by_whatsapp, by_sms = reply(scene, WHATSAPP, 1), reply(scene, TWILIO, 2)
    outbox.send_reply(by_whatsapp)

    assert whatsapps(scene) == [("Hello", False)]
    assert carriers(scene) == ["twilio"]
    assert (row(by_whatsapp).channel, row(by_sms).channel) == (WHATSAPP, TWILIO)


def test_a_reply_waits_for_its_channel_and_is_dropped_when_nobody_waits_for_it_any_more(scene: Scene):
    message = reply(scene, TWILIO)
    with scene.broken("twilio.send", "rate_limited"):
        outbox.send_reply(message)
        assert (row(message).status, carriers(scene)) == ("queued", [])
        scene.advance("2h")
        outbox.send_reply(message)

    assert row(message).status == "suppressed"


# --- who said STOP -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("phone", "place", "knob", "value", "refused", "next_one"), [
    (PHONE, "africastalking.send", "blacklist", None, AT, TWILIO),
    (GHANAIAN, "twilio.send", "refuse", 21610, TWILIO, AT),
])  # fmt: skip
def test_a_provider_that_was_told_stop_is_not_asked_again_and_receipts_take_the_next_one(
    scene: Scene, phone: str, place: str, knob: str, value: int | None, refused: str, next_one: str
):
    receipt = decide(scene, 1, phone=phone)
    with scene.broken(place, knob, value):
        outbox.send_mail(receipt)
    assert (row(receipt).channel, row(receipt).tried) == (next_one, [])

    second, reminder = decide(scene, 2, phone=phone), decide(scene, 3, phone=phone, reminder=True)
    outbox.sweep(scene.now)
    assert row(second).channel == next_one
    assert (row(reminder).status, row(reminder).reason) == ("suppressed", "stopped")

    opt_outs.start_reminders(phone, actor="test", now=scene.now, channel=refused)
    third = decide(scene, 4, phone=phone, reminder=True)
    outbox.sweep(scene.now)
    assert row(third).channel == refused


def test_a_reminder_does_not_look_for_a_way_around_her_stop(scene: Scene):
    reminder = decide(scene, reminder=True)
    with scene.broken("africastalking.send", "blacklist"):
        outbox.send_mail(reminder)

    assert (row(reminder).status, row(reminder).reason) == ("failed", "opted_out")
    assert carriers(scene) == []


def test_an_invitation_to_somebody_who_said_stop_is_not_sent(scene: Scene):
    opt_outs.stop_reminders(GHANAIAN, actor="test", now=scene.now)
    invitation = decide(scene, phone=GHANAIAN, text_key="S02")
    outbox.send_mail(invitation)

    assert row(invitation).status == "suppressed"
    assert carriers(scene, GHANAIAN) == []


# --- what is reported, and what it costs -----------------------------------------------------------------


def test_a_report_that_comes_before_our_own_answer_is_kept(scene: Scene):
    message = decide(scene)
    [claimed] = mail.claim_mail(scene.now)
    carried = carrying.carry(claimed, scene.now)
    assert not deliveries.record_delivery(carried.sent.message_id, "delivered", True, None, scene.now)
    assert not deliveries.record_delivery(carried.sent.message_id, "read", True, None, scene.now)
    mail.mail_sent(message, carried.sent.message_id, None, None, scene.now, way=carried.way)

    assert row(message).status == "read"


def test_an_early_no_of_the_wrong_way_takes_the_next_way_too(scene: Scene):
    message = decide(scene, member_id=ada(scene), phone=None)
    [claimed] = mail.claim_mail(scene.now)
    carried = carrying.carry(claimed, scene.now)
    deliveries.record_delivery(carried.sent.message_id, "failed", True, "outside_window", scene.now)
    mail.mail_sent(message, carried.sent.message_id, None, None, scene.now, way=carried.way)
    assert row(message).status == "queued"

    outbox.send_mail(message)
    assert row(message).channel == AT


def test_what_twilio_knows_only_later_is_asked_for(scene: Scene):
    message = decide(scene, phone=GHANAIAN)
    outbox.send_mail(message)
    assert row(message).cost is None
    scene.client.settle()
    scene.advance("20m")

    assert run_by_hand("bills") == {"billed": 1, "unknown": 0}
    assert row(message).cost.startswith("USD ")
    assert row(message).segments == 1
    assert run_by_hand("bills") == {"billed": 0, "unknown": 0}


def test_an_alarm_goes_to_the_number_itself_whatever_she_prefers(scene: Scene):
    message = decide(scene, member_id=ada(scene), phone=None, text_key="S20", facts={"date": "Fri", "time": "4pm"})
    outbox.send_mail(message)

    assert row(message).channel == AT
    assert whatsapps(scene, ADA.phone) == []


def test_no_number_stands_in_the_clear(scene: Scene):
    message = decide(scene)
    outbox.send_mail(message)
    assert PHONE.encode() not in bytes(row(message).phone_sealed)
    assert bytes(row(message).phone_index) == keys().index(PHONE, "phone")
    assert timedelta(0) <= scene.now - row(message).sent_at < timedelta(minutes=1)
