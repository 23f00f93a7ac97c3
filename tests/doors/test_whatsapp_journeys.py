"""Journeys on WhatsApp and SMS through the real webhooks, with every process of the house at work.

What a single message does is proved elsewhere, more cheaply; here it is what people do with it: they change the channel
in the middle, hide their numbers, send pictures, say STOP, and are told things when they have not written for long.
"""

import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from bot import clock
from bot.sandbox.client import WhatsappMessage
from bot.sandbox.house import House, house
from bot.sandbox.story.chats import SmsHandset, WhatsappHandset
from bot.sandbox.story.handset import Handset
from bot.sandbox.story.page import open_page
from bot.sandbox.story.script import Calendar
from bot.sandbox.story.stage import QUICK, reading_books
from models import policy
from models.actions import switches
from models.rules.schedule import LAGOS
from models.tables.groups import Group
from models.tables.people import Member
from models.tables.ways import Attachment
from tests.bot.sandbox.support import eventually
from tests.doors.scenes import BISI, CHIDI, EFE, GROUP, MUSA, PIN, owing
from tests.support.cast import Person

SEND = "twilio.send"


@pytest.fixture(scope="module")
def town() -> Iterator[House]:
    """A house on a Monday morning, with a group in it of which Bisi and Chidi have not paid."""
    folder = Path(tempfile.mkdtemp(prefix="ajo-town-"))
    folder.chmod(0o755)
    with house(folder, PIN_ROUNDS="4") as opened, reading_books(opened):
        ours = opened.settings
        memory = redis.Redis.from_url(f"redis://127.0.0.1:{ours.redis_port}/0")
        policy.configure(pin_rounds=ours.pin_rounds, pin_pepper=ours.pin_pepper)
        clock.configure(memory, switches.clock_offset, switches.set_clock_offset)
        opened.sandbox.tune(**QUICK)
        monday = Calendar.after(clock.now()).monday
        assert opened.flask("clock", "set", monday.isoformat()).returncode == 0
        owing()
        for _ in range(2):  # submitted, and approved
            assert opened.flask("templates").returncode == 0
            opened.sandbox.settle()
        yield opened
        clock.plain()
        memory.close()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(autouse=True)
def nothing_is_broken(town: House) -> Iterator[None]:
    yield
    town.sandbox.take_knobs_away()
    town.sandbox.settle()


def whatsapp(town: House, person: Person) -> WhatsappHandset:
    found = WhatsappHandset(town.sandbox, person.first_name, person.phone, town.settings.ussd_code)
    found.read_all()
    return found


def keypad(town: House, person: Person) -> Handset:
    found = Handset(town.sandbox, person.first_name, person.phone, town.settings.ussd_code)
    found.read_all()
    return found


def newest(town: House, person: Person) -> WhatsappMessage:
    return town.sandbox.whatsapp(person.phone).inbox()[-1]


def it_is(town: House, days: int, hour: int, minute: int = 0) -> None:
    """So many days after the Monday on which everything began, if it is not later yet."""
    week = Calendar(Group.get().created_at.astimezone(LAGOS).replace(hour=9, minute=0, second=0, microsecond=0))
    if clock.now() < (wanted := week.at(days, hour, minute)):
        done = town.flask("clock", "set", wanted.isoformat())
        assert done.returncode == 0, done.stderr


def is_told_on_whatsapp(town: House, person: Person) -> None:
    """She says so herself, once."""
    if Member.get_by_id(person.member_id).reminder_channel != "whatsapp":
        chat = whatsapp(town, person)
        chat.dial().choose("My account").choose("Reminders").choose("By WhatsApp").shows("Reminders come by WhatsApp")


# --- from one channel to the other ----------------------------------------------------------------------------------


def test_a_payment_that_was_begun_on_the_keypad_is_finished_on_whatsapp(town: House):
    keypad(town, BISI).dial().choose("Pay now").shows("Pay N5,000").hang_up()

    chat = whatsapp(town, BISI)
    chat.write("hello").shows("Welcome back", "Pay").choose("Continue").shows("Pay N5,000")
    chat.choose("Pay link").choose("Yes")

    assert GROUP in chat.gets_sms("http", "N5,178")


def test_what_was_begun_on_whatsapp_is_finished_on_the_keypad(town: House):
    whatsapp(town, CHIDI).dial().choose("Pay now").shows("Pay N5,000")

    keypad(town, CHIDI).dial().shows("Welcome back").choose("Continue").shows("Pay N5,000").hang_up()


def test_a_pin_is_typed_on_a_page_that_works_once(town: House):
    chat = whatsapp(town, MUSA)
    chat.dial().choose("My turn")
    link = re.search(r"https?://\S+/s/[0-9a-f]{32}", newest(town, MUSA).body)
    assert link is not None
    chat.type_pin(PIN).shows("Paid in", "N5,000")

    chat = whatsapp(town, MUSA)
    assert open_page(link[0]).status == 410
    assert PIN not in "".join(message.body for message in town.sandbox.whatsapp(MUSA.phone).inbox())


def test_a_pin_that_is_typed_in_the_chat_is_not_taken(town: House):
    chat = whatsapp(town, CHIDI)
    chat.dial().choose("My turn")

    chat.write(PIN)

    assert "delete what you just typed" in newest(town, CHIDI).body
    for name in ("web", "worker"):
        assert PIN not in re.sub(r"\d{5,}|\.\d+", "", town.said(name)), name


# --- what people send -----------------------------------------------------------------------------------------------


def test_a_picture_and_a_voice_note_are_answered_and_kept_for_the_office(town: House):
    phone = town.sandbox.whatsapp(BISI.phone)
    chat = whatsapp(town, BISI)

    chat.sends(lambda: phone.send_media("audio")).shows("I got your voice note")
    chat.sends(lambda: phone.send_media("image", caption="teller")).shows("I got your picture")

    def fetched(rows: list[Attachment]) -> bool:
        return len(rows) == 2 and all(row.fetched_at for row in rows)

    kept = eventually(lambda: list(Attachment.select()), fetched, 20)
    assert sorted(row.content_type for row in kept) == ["audio/ogg", "image/png"]


def test_two_messages_at_once_are_answered_once_each(town: House):
    """In which order they come to us is Twilio's business: they are posted side by side."""
    phone, chat = town.sandbox.whatsapp(MUSA.phone), whatsapp(town, MUSA)
    chat.dial()
    seen = len(phone.inbox())

    phone.say("group")
    phone.say("menu")

    bodies = eventually(lambda: [each.body for each in phone.inbox()[seen:]], lambda found: len(found) == 2, 20)
    assert sum("What would you like to do" in body for body in bodies) == 1


def test_a_message_that_twilio_sends_twice_is_answered_once(town: House):
    phone, chat = town.sandbox.whatsapp(BISI.phone), whatsapp(town, BISI)
    seen = len(phone.inbox())
    town.sandbox.knob("webhook.twilio.whatsapp", "duplicate", 2, only=BISI.phone, times=1)

    chat.dial()

    town.sandbox.settle()
    assert len(phone.inbox()) == seen + 1


def test_stop_and_start_hold_on_every_channel(town: House):
    chat = whatsapp(town, CHIDI)
    chat.write("STOP").shows("no more Ajo reminders")
    assert Member.get_by_id(CHIDI.member_id).reminders_stopped_at is not None

    SmsHandset(town.sandbox, "Chidi", CHIDI.phone, town.settings.ussd_code).write("start").shows("Reminders are on")

    assert Member.get_by_id(CHIDI.member_id).reminders_stopped_at is None


def test_somebody_who_hides_her_number_proves_it_with_a_code(town: House):
    phone, chat = town.sandbox.whatsapp(EFE.phone), whatsapp(town, EFE)
    phone.person(privacy="hidden", profile_name="Efe")

    chat.write("hello").shows("number").write("0803 111 0005")
    code = re.search(r"\b\d{6}\b", chat.gets_sms("code"))
    assert code is not None

    chat.write(code[0])

    assert GROUP in chat.dial().screen


# --- what they are told; from here on the days go by ------------------------------------------------------------------


def test_a_reminder_comes_as_a_template_and_its_button_leads_to_paying(town: House):
    is_told_on_whatsapp(town, BISI)
    chat = whatsapp(town, BISI)

    it_is(town, 2, 9, 1)

    message = eventually(lambda: newest(town, BISI), lambda found: found.template, 20)
    assert [choice.title for choice in message.choices] == ["Pay now", "Need more time"]
    chat.sends(lambda: town.sandbox.whatsapp(BISI.phone).tap("Pay now")).shows("Pay N5,000")


def test_a_reminder_by_sms_is_answered_with_a_digit(town: House):
    it_is(town, 2, 9, 1)
    phone = SmsHandset(town.sandbox, "Chidi", CHIDI.phone, town.settings.ussd_code)
    assert "reply 1" in phone.gets_sms("N5,000", "is due", "in 2 days")

    phone.write("1").shows("1 bank code, 2 transfer, 3 link")


def test_what_one_provider_does_not_take_the_other_one_carries(town: House):
    phone = SmsHandset(town.sandbox, "Chidi", CHIDI.phone, town.settings.ussd_code)
    phone.read_all()
    town.sandbox.knob("africastalking.send", "insufficient_balance", only=CHIDI.phone)

    it_is(town, 4, 9, 1)  # the day itself

    phone.gets_sms("N5,000")
    assert town.sandbox.inbox(CHIDI.phone)[-1].provider == "twilio"


def test_a_message_that_whatsapp_refuses_for_its_hours_comes_another_way_and_once(town: House):
    """Twilio took it, and said so only later: 63016."""
    is_told_on_whatsapp(town, BISI)
    by_whatsapp = town.sandbox.whatsapp(BISI.phone)
    seen, texts = len(by_whatsapp.inbox()), len(town.sandbox.inbox(BISI.phone))
    town.sandbox.knob(SEND, "fails", 63016, only=BISI.phone, times=1)

    it_is(town, 5, 10, 1)  # the day after, and she has not paid

    def arrived() -> int:
        return len(by_whatsapp.inbox()) - seen + len(town.sandbox.inbox(BISI.phone)) - texts

    eventually(arrived, lambda count: count == 1, 30)
    town.sandbox.settle()
    assert arrived() == 1
