"""The same story on WhatsApp alone, on SMS as far as SMS can go, and mixed, in every language: the books are the same.

Each of them is a whole life of a group through the real webhooks. AJO_TELLINGS=all tells it on every channel in every
language; without it each channel and each language is told once.
"""

import os
from collections import Counter
from itertools import product

import pytest
import requests

from bot.sandbox.house import House
from bot.sandbox.story.cast import CAST
from bot.sandbox.story.channels import CHANNELS, MIXED, SMS, USSD, WHATSAPP, WHATSAPP_AND_DIAL
from bot.sandbox.story.reading import Reading
from bot.sandbox.story.script import play
from flows import catalogue
from flows.catalogue import LANGUAGES
from tests.story import expected
from tests.story.books import books_of
from tests.story.canary import Canary

ONCE_EACH = [(WHATSAPP, "en"), (WHATSAPP_AND_DIAL, "yo"), (SMS, "pcm"), (MIXED, "ha"), (USSD, "ig")]
EVERYWHERE = [telling for telling in product(CHANNELS, LANGUAGES) if telling != (USSD, "en")]
TELLINGS = EVERYWHERE if os.environ.get("AJO_TELLINGS") == "all" else ONCE_EACH
ON_WHATSAPP = (WHATSAPP, WHATSAPP_AND_DIAL)


@pytest.mark.parametrize(("channel", "language"), TELLINGS)
def test_the_books_are_the_same_on_every_channel_and_in_every_language(a_house: House, channel: str, language: str):
    canary = Canary(a_house)

    outcome = play(
        a_house,
        narrate=lambda done: None,
        after_step=lambda done: canary.look_into_redis(),
        channel=channel,
        language=language,
    )

    books = books_of(a_house)
    assert books.entries == expected.entries()
    assert books.balances == expected.balances()
    assert books.rows == expected.rows()
    assert outcome.provider_balance_kobo == expected.balances()["cash.paystack_balance"]
    assert_everything_arrived(a_house)
    if channel in ON_WHATSAPP and language in catalogue.DOMAINS["templates"]:
        assert_told_on_whatsapp(a_house, Reading(language, WHATSAPP))
    canary.look_into_redis()
    canary.look_into_logs()
    canary.look_into_database()
    canary.close()
    assert canary.found == []


def assert_everything_arrived(house: House) -> None:
    """Nothing was refused, neither for its length nor for the 24 hours."""
    settings = house.settings
    answer = requests.get(
        f"{settings.twilio_url}/2010-04-01/Accounts/{settings.twilio_account_sid}/Messages.json",
        auth=(settings.twilio_account_sid, settings.twilio_tokens[0]),
        timeout=30,
    )
    house.sandbox.settle()
    failed = [each for each in answer.json()["messages"] if each["status"] in ("failed", "undelivered")]
    assert failed == []


def assert_told_on_whatsapp(house: House, reading: Reading) -> None:
    """From the moment they wanted it there it is told on WhatsApp; by SMS only what has no template, after 24 hours."""
    templates = catalogue.DOMAINS["templates"][reading.language]
    spoken = Reading(reading.language, SMS)
    for person in CAST:
        messages = house.sandbox.whatsapp(person.phone).inbox()
        asked = max(index for index, message in enumerate(messages) if reading.is_text(message.body, "M9"))
        later = messages[asked + 1 :]
        assert any(message.template for message in later), "due in two days: the last word of hers was long ago"
        assert Counter(file.content_type for message in later for file in message.media) == {"image/png": 3}
        since = messages[asked].at
        by_sms = [sms.text for sms in house.sandbox.inbox(person.phone) if sms.at > since]
        assert [text for text in by_sms if any(spoken.likeness(text, key) == 1 for key in templates)] == []
