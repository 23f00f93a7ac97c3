"""A hidden number: proved by a code, three tries, three codes a day, and the last one who proved it has it."""

import re

import pytest

from models.actions import chats, linking, perform, prompts
from models.actions.chats import Answered
from models.actions.context import Context
from models.chat_commands import AnswerPrompt, ConfirmLink, SendLinkCode
from models.commands import Done
from models.queries.prompts import waiting
from models.rules.refused import Refused
from models.sealing import keys
from models.tables.chats import Chat
from models.tables.mail import Outbox
from tests.support.cast import ADA, BISI, ask, register
from tests.support.leaks import found, in_the_database

HERS, OTHERS = "NG.1502576394655843", "NG.99"
WHATSAPP = "twilio-whatsapp"
asked = iter(range(10**6))


@pytest.fixture
def do(db, clock):
    """Somebody who hides her number asks for this."""

    def act(command, address=HERS, phone=""):
        n = next(asked)
        return perform(command, Context(phone, None, WHATSAPP, f"k{n}", "s", n, "{}", clock(), address))

    return act


def code_of_last_message() -> str:
    row = Outbox.select().order_by(Outbox.id.desc()).get()
    assert row.text_key == "S63"
    return re.search(r"\d{6}", keys().open(row.facts_sealed, f"outbox.facts:{row.id}"))[0]


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


def test_the_right_code_links_her_with_her_number(do, clock):
    chats.settle(chats.load(WHATSAPP, HERS, ""), Answered(key="k", talk="{}"), clock())
    register(ADA, clock())
    assert do(SendLinkCode(ADA.phone)) == Done({"masked": "0803***0001"})
    assert chats.phone_of(HERS) == ""
    assert do(ConfirmLink(code_of_last_message())) == Done()
    assert chats.phone_of(HERS) == ADA.phone
    chat = chats.load(WHATSAPP, HERS, "")
    assert chat.phone == ADA.phone
    assert chats.get(chat.chat_id).phone == ADA.phone
    assert bytes(Chat.get().phone_index) == keys().index(ADA.phone, "phone")


def test_three_tries_and_then_another_code(do):
    do(SendLinkCode(ADA.phone))
    code = code_of_last_message()
    outcomes = [do(ConfirmLink(wrong(code))) for _ in range(3)]
    assert [each.why for each in outcomes] == ["wrong_code_2", "wrong_code_1", "gone"]
    assert do(ConfirmLink(code)) == Refused("gone")
    do(SendLinkCode(ADA.phone))
    assert do(ConfirmLink(code_of_last_message())) == Done()


def test_a_code_is_for_one_person_one_use_and_ten_minutes(do, clock):
    do(SendLinkCode(ADA.phone))
    code = code_of_last_message()
    assert do(ConfirmLink(code), OTHERS) == Refused("gone")
    clock.now += linking.LIFE
    assert do(ConfirmLink(code)) == Refused("gone")
    do(SendLinkCode(ADA.phone))
    code = code_of_last_message()
    assert do(ConfirmLink(code)) == Done()
    assert do(ConfirmLink(code)) == Refused("gone")


def test_a_number_gets_three_codes_a_day_and_a_person_five(do, clock):
    for _ in range(linking.CODES_A_DAY):
        assert do(SendLinkCode(ADA.phone))
    assert do(SendLinkCode(ADA.phone)) == Refused("too_many")
    assert do(SendLinkCode(ADA.phone), OTHERS) == Refused("too_many")
    assert do(SendLinkCode(BISI.phone))
    assert do(SendLinkCode(BISI.phone))
    assert do(SendLinkCode("+2348031230077")) == Refused("too_many")
    clock.advance("25h")
    assert do(SendLinkCode(ADA.phone))


def test_who_proves_a_number_takes_it_from_who_had_it(do):
    for address in (HERS, OTHERS):
        do(SendLinkCode(ADA.phone), address)
        assert do(ConfirmLink(code_of_last_message()), address) == Done()
    assert (chats.phone_of(HERS), chats.phone_of(OTHERS)) == ("", ADA.phone)


def test_who_shows_her_number_needs_no_code(do):
    assert do(SendLinkCode(ADA.phone), ADA.phone, ADA.phone) == Refused("not_hidden")


def test_no_number_and_no_code_lies_in_the_clear(do):
    do(SendLinkCode(ADA.phone))
    code = code_of_last_message()
    do(ConfirmLink(code))
    held = in_the_database("link_code", "whatsapp_user", "outbox", "performed")
    for secret in (ADA.phone, HERS, code):
        assert found(secret, held) == []


def test_a_prompt_that_was_answered_waits_no_more(db, clock):
    register(ADA, clock())
    register(BISI, clock())
    prompt_id = prompts.leave(ADA.phone, "S04", "Owo Ile", {"1": "=pay:1"}, clock())
    assert ask(BISI, AnswerPrompt(prompt_id), clock()) == Done()
    assert len(waiting(ADA.phone, clock())) == 1
    assert ask(ADA, AnswerPrompt(prompt_id), clock()) == Done()
    assert waiting(ADA.phone, clock()) == []
