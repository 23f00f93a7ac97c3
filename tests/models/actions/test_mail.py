"""Messages: decided once, sent once, or twice when nobody can know what became of the first time."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from models.actions import deliveries, mail, opt_outs
from models.actions.mail import claim_mail, queue_message, queue_reply
from models.base import database, transaction
from models.doorbell import Ring, collecting
from models.tables.mail import Outbox
from models.tables.people import Member
from tests.support.cast import ADA, BISI, register

STRANGER = "+2348099990099"


def queue(now, key="k1", **more):
    values = {"text_key": "S99", "dedupe_key": key, "facts": {"amt": "N5,000"}, "phone": STRANGER, "now": now}
    return queue_message(**values | more)


def status(outbox_id):
    return Outbox.get_by_id(outbox_id).status


def test_a_message_is_queued_once_for_its_key_and_rings(db, clock):
    with collecting() as rings:
        outbox_id = queue(clock())
        assert queue(clock(), facts={"amt": "N9"}) is None
    assert rings == [Ring("send_mail", outbox_id)]
    (message,) = claim_mail(clock())
    assert (message.phone, message.text_key, message.facts, message.attempts) == (STRANGER, "S99", {"amt": "N5,000"}, 1)


def test_a_member_is_written_to_at_her_number_and_in_her_language(db, clock):
    register(ADA, clock())
    Member.update(language="yo").execute()
    claim_mail(clock())
    queue(clock(), phone=None, member_id=ADA.member_id)
    (message,) = claim_mail(clock())
    assert (message.phone, message.language) == (ADA.phone, "yo")


def test_a_message_without_anybody_to_read_it_is_a_bug(db, clock):
    with pytest.raises(ValueError, match="needs a member or a number"):
        queue(clock(), phone=None)


def test_a_message_of_a_transaction_that_failed_was_never_decided(db, clock):
    @transaction
    def fails():
        queue(clock())
        raise LookupError

    with pytest.raises(LookupError):
        fails()
    assert claim_mail(clock()) == []


def test_number_and_facts_are_sealed(db, clock):
    queue(clock(), facts={"name": "Ngozi"})
    (text,) = database.execute_sql("SELECT o::text FROM outbox o").fetchone()
    for secret in ("Ngozi", STRANGER):
        assert secret not in text
        assert secret.encode().hex() not in text


def test_many_workers_never_take_the_same_message(db, clock):
    for n in range(40):
        queue(clock(), key=f"k{n}")

    def work(_):
        try:
            return [message.outbox_id for message in claim_mail(clock(), limit=7)]
        finally:
            database.close()

    with ThreadPoolExecutor(4) as pool:
        taken = [outbox_id for batch in pool.map(work, range(8)) for outbox_id in batch]
    assert len(taken) == len(set(taken))
    taken += [message.outbox_id for message in claim_mail(clock(), limit=50)]
    assert sorted(taken) == [row.id for row in Outbox.select().order_by(Outbox.id)]


def test_a_ring_claims_its_own_message_only(db, clock):
    first, second = queue(clock(), key="a"), queue(clock(), key="b")
    assert [message.outbox_id for message in claim_mail(clock(), only=second)] == [second]
    assert [message.outbox_id for message in claim_mail(clock())] == [first]


def test_a_message_that_was_taken_is_sent_and_then_delivered(db, clock):
    outbox_id = queue(clock())
    claim_mail(clock())
    assert mail.mail_sent(outbox_id, "ATXid_1", "NGN 2.20", 1, clock())
    assert claim_mail(clock()) == []
    assert deliveries.record_delivery("ATXid_1", "delivered", True, None, clock())
    row = Outbox.get_by_id(outbox_id)
    assert (row.status, row.cost, row.segments) == ("delivered", "NGN 2.20", 1)


@pytest.mark.parametrize(
    ("first", "then", "stays"),
    [("delivered", "failed", "delivered"), ("failed", "delivered", "failed"), ("delivered", "submitted", "delivered")],
)
def test_a_report_never_moves_a_message_back(db, clock, first, then, stays):
    outbox_id = queue(clock())
    claim_mail(clock())
    mail.mail_sent(outbox_id, "ATXid_1", None, None, clock())
    deliveries.record_delivery("ATXid_1", first, True, None, clock())
    deliveries.record_delivery("ATXid_1", then, True, "again", clock())
    assert status(outbox_id) == stays


def test_a_report_on_the_way_changes_nothing_and_an_unknown_one_is_told_so(db, clock):
    outbox_id = queue(clock())
    claim_mail(clock())
    mail.mail_sent(outbox_id, "ATXid_1", None, None, clock())
    assert deliveries.record_delivery("ATXid_1", "buffered", False, None, clock())
    assert status(outbox_id) == "sent"
    assert not deliveries.record_delivery("ATXid_2", "delivered", True, None, clock())


def test_a_refused_message_is_tried_again_when_told_so_or_never(db, clock):
    outbox_id = queue(clock())
    claim_mail(clock())
    mail.mail_failed(outbox_id, "busy", clock(), retry_at=clock() + timedelta(minutes=5))
    assert claim_mail(clock()) == []
    clock.advance("5m")
    (message,) = claim_mail(clock())
    assert message.attempts == 2
    mail.mail_failed(outbox_id, "blacklisted", clock())
    clock.advance("1d")
    assert claim_mail(clock()) == []
    assert status(outbox_id) == "failed"


def test_a_sending_that_broke_off_is_repeated_once_and_never_again(db, clock):
    outbox_id = queue(clock())
    claim_mail(clock())
    clock.set(clock() + mail.LEASE)
    assert claim_mail(clock()) == []
    assert status(outbox_id) == "unknown"
    clock.set(clock() + mail.UNKNOWN_REST - timedelta(seconds=1))
    assert claim_mail(clock()) == []
    clock.set(clock() + timedelta(seconds=1))
    assert [message.attempts for message in claim_mail(clock())] == [2]
    mail.mail_unknown(outbox_id, "timeout", clock())
    clock.advance("30d")
    assert claim_mail(clock()) == []
    assert status(outbox_id) == "unknown"


def test_the_answer_of_a_slow_worker_still_counts(db, clock):
    outbox_id = queue(clock())
    claim_mail(clock())
    clock.set(clock() + mail.LEASE)
    claim_mail(clock())
    assert mail.mail_sent(outbox_id, "ATXid_1", None, 1, clock())
    assert status(outbox_id) == "sent"


def test_a_stale_message_is_dropped_and_so_is_a_reminder_after_stop(db, clock):
    register(BISI, clock())
    claim_mail(clock())
    stale = queue(clock(), key="stale", expires_at=clock() + timedelta(hours=1))
    reminder = queue(clock(), key="reminder", phone=None, member_id=BISI.member_id, reminder=True)
    receipt = queue(clock(), key="receipt", phone=None, member_id=BISI.member_id)
    invitation = queue(clock(), key="invitation", phone=BISI.phone, text_key="S02")
    opt_outs.stop_reminders(BISI.phone, actor="test", now=clock())
    clock.advance("1h")
    assert [message.outbox_id for message in claim_mail(clock())] == [receipt]
    assert [Outbox.get_by_id(each).reason for each in (stale, reminder, invitation)] == [
        *("expired", "stopped", "stopped"),
    ]


# --- replies -----------------------------------------------------------------------------------


def test_a_reply_keeps_its_content_and_its_channel_and_goes_before_news(db, clock):
    news = queue(clock() - timedelta(hours=1))
    with collecting() as rings:
        reply = queue_reply(
            channel="twilio-whatsapp", address="NG.1502998811", message='{"body":"Hi"}', dedupe_key="r1", now=clock()
        )
        assert reply is not None
        again = {"channel": "twilio-whatsapp", "address": "NG.1502998811", "message": "{}", "dedupe_key": "r1"}
        assert queue_reply(**again, now=clock()) is None
    assert rings == [Ring("send_reply", reply)]

    first, second = claim_mail(clock())
    assert (first.outbox_id, first.kind, first.channel) == (reply, "reply", "twilio-whatsapp")
    assert (first.phone, first.content) == ("NG.1502998811", '{"body":"Hi"}')
    assert (second.outbox_id, second.kind, second.channel, second.content) == (news, "news", "", "")


def test_a_reply_that_could_not_be_sent_for_an_hour_is_not_sent_at_all(db, clock):
    reply = queue_reply(channel="twilio-sms", address=STRANGER, message="{}", dedupe_key="r1", now=clock())
    clock.advance("1h")
    assert claim_mail(clock()) == []
    assert status(reply) == "suppressed"


def test_what_was_read_was_delivered_and_stays_read(db, clock):
    outbox_id = queue(clock())
    claim_mail(clock())
    mail.mail_sent(outbox_id, "SM1", None, None, clock())
    for word in ("delivered", "read", "delivered", "failed"):
        deliveries.record_delivery("SM1", word, True, None, clock())
    assert status(outbox_id) == "read"
