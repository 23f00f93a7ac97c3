"""The job "retention": what was said and sent goes when its term is over, and nothing else ever does."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from bot import settings as settings_module
from bot.settings import Settings
from jobs import retention, schedule
from models.actions import attachments, inbox, latest_performed, perform
from models.actions import retention as erasing
from models.actions.attachments import Sent
from models.actions.mail import queue_reply
from models.actions.people import SaidRow, write_said
from models.base import database
from models.commands import Done, SendConsentText
from models.queries import mail, panel_inbox, panel_messages, staff
from models.queries.performed import performed_by
from models.rules.keeping import months_before
from models.tables.mail import Inbox, Outbox, Performed, Said
from models.tables.ways import Attachment
from tests.support.cast import BISI, context_of, register
from tests.support.circles import running_group
from tests.support.time import A_MONDAY_MORNING as NOW

# Whatever the books, the trail and a member's own rows hold.
FOR_EVER = (
    *("account", "account_balance", "journal_entry", "journal_leg", "audit", "consent", "member", "payment"),
    *("payout", "obligation", "allocation", "seat", "cycle", "pot", "suspense", "bank_account", "savings_group"),
)
at = partial(datetime, tzinfo=UTC)
NOTHING = {"messages": 0, "talks": 0, "steps": 0, "events": 0, "files": 0}


def whole(table: str) -> list[tuple[object, ...]]:
    return sorted(database.execute_sql(f"SELECT t::text FROM {table} t").fetchall())


def words(now: datetime, n: int = 1) -> None:
    """One of each thing that holds words, of this moment."""
    perform(SendConsentText("en"), context_of(BISI, now, key=f"at:s{n}:1:0", session=f"s{n}", hop=1, talk="{}"))
    write_said([SaidRow(f"{n}-0", now, BISI.phone, "ussd", "s", "a", "b", "Bisi Alade", "Hello Bisi", 12)])
    queue_reply(
        channel="twilio-whatsapp", address=BISI.phone, message='{"body": "Hello Bisi"}', dedupe_key=f"r{n}", now=now
    )  # fmt: skip
    done, _ = inbox.take_in("twilio", f"report-{n}", "report", "SM1", b"To=+2348031230002", now)
    inbox.event_done(done, "noted", now)
    [file] = attachments.keep(
        channel="twilio-whatsapp", message_id=f"MM{n}", address=BISI.phone, phone=BISI.phone,
        sent=[Sent("https://media.example/1", "audio/ogg")], caption="my voice", about="", now=now,
    )  # fmt: skip
    attachments.fetched(file, b"a voice", now)
    Outbox.update(status="suppressed", ended_at=now).where(Outbox.status == "queued").execute()


@pytest.fixture
def house(db, settings: Settings) -> Settings:
    register(BISI, NOW)
    return settings


def test_it_is_on_the_timetable():
    assert schedule.BY_NAME["retention"].run is retention.erase_old


def test_words_go_after_their_term_and_not_a_moment_before(house):
    words(NOW)
    messages, steps = Outbox.select().count(), Performed.select().count()
    over = NOW.replace(year=NOW.year + 1)

    assert retention.erase_old(over) == {**NOTHING, "files": 1}
    assert retention.erase_old(over + timedelta(seconds=1)) == {
        "messages": messages, "talks": 1, "steps": steps, "events": 1, "files": 0,
    }  # fmt: skip
    assert (Said.select().count(), Outbox.select().count(), Performed.select().count()) == (0, messages, steps)
    assert {bytes(row.facts_sealed) + bytes(row.phone_sealed) + (row.content_sealed or b"") for row in Outbox} == {b""}
    assert bytes(Inbox.get().body_sealed) == b""
    assert [row.status for row in Outbox] == ["suppressed"] * messages
    assert retention.erase_old(over + timedelta(days=3)) == NOTHING


def test_pictures_and_voices_go_sooner_and_wait_for_nobody(house):
    words(NOW)
    row = Attachment.get()
    assert staff.file_of(row.id).data == b"a voice"

    assert retention.erase_old(months_before(NOW, -6)) == NOTHING
    assert retention.erase_old(months_before(NOW, -6) + timedelta(seconds=1)) == {**NOTHING, "files": 1}
    row = Attachment.get()
    assert (row.data_sealed, row.caption_sealed) == (None, None)
    assert (bytes(row.url_sealed), bytes(row.address_sealed)) == (b"", b"")
    assert row.done_at is not None
    assert staff.file_of(row.id) is None
    assert panel_inbox.sent(row.id, None).erased


def test_the_terms_are_settings(house):
    words(NOW)
    settings_module.use(replace(house, keep_messages_months=24, keep_files_months=12))
    assert retention.erase_old(NOW + timedelta(days=365 + 1)) == {**NOTHING, "files": 1}
    assert retention.erase_old(NOW + timedelta(days=2 * 365 + 2))["talks"] == 1


def test_what_is_on_its_way_or_waits_for_somebody_is_left(house):
    late = NOW + timedelta(days=800)
    open_event, _ = inbox.take_in("twilio", "waits", "message", "SM2", b"Body=hello", NOW)
    retention.erase_old(late)
    assert all(row.facts_sealed for row in Outbox)
    assert Inbox.get_by_id(open_event).body_sealed


def test_money_the_trail_and_consents_stay_for_ever(house):
    circle = running_group()
    circle.all_pay()
    told, _ = inbox.take_in("paystack", "charge:1", "charge.success", "r1", b'{"amount": 5}', NOW)
    inbox.event_done(told, "settled", NOW)
    words(NOW)
    Outbox.update(status="suppressed").where(Outbox.status == "queued").execute()
    before = {table: whole(table) for table in FOR_EVER}

    assert retention.erase_old(NOW + timedelta(days=10 * 366))["messages"] > 5
    assert {table: whole(table) for table in FOR_EVER} == before
    assert Inbox.get_by_id(told).body_sealed
    assert len(before["journal_leg"]) > 5


def test_it_goes_in_batches_and_goes_on_where_it_broke_off(house, monkeypatch):
    monkeypatch.setattr(erasing, "BATCH", 2)
    for n in range(5):
        words(NOW + timedelta(seconds=n), n)
    late = NOW + timedelta(days=800)
    assert erasing.erase_words("talks", late, []) == 2
    assert retention.erase_old(late)["talks"] == 3
    assert retention.erase_old(late) == NOTHING


def test_what_is_empty_can_still_be_read(house):
    words(NOW)
    key = Performed.get(Performed.session == "s1").key
    retention.erase_old(NOW + timedelta(days=800))
    message = Outbox.select().order_by(Outbox.id.desc()).first()

    assert mail.decided(message.id) is None
    assert panel_messages.letter(message.id, None).erased
    assert {line.address for line in panel_messages.lines(None, panel_messages.Filter())} == {""}
    assert [deed.done for deed in performed_by(BISI.phone, NOW)] == [{}, {}]
    assert latest_performed("s1", 2).outcome == Done()
    # The same hop once more is not done once more.
    again = perform(SendConsentText("en"), context_of(BISI, NOW, key=key, session="s1", hop=1, talk="{}"))
    assert again == Done()


def test_the_key_of_a_message_stays_so_that_it_is_not_sent_again(house):
    words(NOW)
    keys = {row.dedupe_key for row in Outbox}
    retention.erase_old(NOW + timedelta(days=800))
    assert {row.dedupe_key for row in Outbox} == keys


@pytest.mark.parametrize(
    ("now", "months", "then"),
    [
        (at(2026, 11, 23, 9), 12, at(2025, 11, 23, 9)),
        (at(2026, 8, 31), 6, at(2026, 2, 28)),
        (at(2028, 2, 29), 12, at(2027, 2, 28)),
        (at(2026, 1, 15), 1, at(2025, 12, 15)),
    ],
)
def test_a_month_before(now, months, then):
    assert months_before(now, months) == then


def test_events_of_payments_stand_in_the_way_of_no_search_for_others(house):
    """They stay for ever: the index that finds what is to go does not hold them."""
    database.execute_sql("SET enable_seqscan = off")
    values = {"before": NOW, "payments": ["paystack"], "most": 500}
    plan = str(database.execute_sql(f"EXPLAIN {erasing.WORDS['events']}", values).fetchall())
    (definition,) = database.execute_sql("SELECT indexdef FROM pg_indexes WHERE indexname = 'inbox_kept'").fetchone()
    assert "inbox_kept" in plan
    assert "provider <> 'paystack'" in definition
