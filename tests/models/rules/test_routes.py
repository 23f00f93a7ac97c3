"""Which way a message takes: a table of examples, and what holds for all of them."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.catalogue import CATALOGUES
from flows.check_texts import NEWS
from models.rules.routes import (
    INVITATIONS,
    TO_THE_NUMBER,
    Letter,
    Reader,
    parse_routes,
    silenced,
    sms_channels,
    ways,
    window_until,
)

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
OPEN, SHUT = NOW + timedelta(hours=1), NOW - timedelta(minutes=1)
ROUTES = parse_routes("NG:africastalking-sms,twilio-sms;*:twilio-sms,africastalking-sms")
AT, TW, WA, WAT = "africastalking-sms", "twilio-sms", "twilio-whatsapp", "twilio-whatsapp/template"


def letter(text_key="S04", *, channel="", template=False, tried=()):
    return Letter(text_key, channel, template, frozenset(tried))


def reader(country="NG", *, wants=False, opted_in=False, until=None, refused=()):
    return Reader(country, wants, opted_in, until, frozenset(refused))


EXAMPLES = {
    "by SMS, the provider of her country first": (letter(), reader(), [AT, TW]),
    "another country, another order": (letter(), reader("GH"), [TW, AT]),
    "WhatsApp, as she wishes and within the day": (
        letter(), reader(wants=True, opted_in=True, until=OPEN), [WA, AT, TW]
    ),
    "the window is shut and there is no template": (letter(), reader(wants=True, opted_in=True, until=SHUT), [AT, TW]),
    "the window is shut and there is a template": (
        letter(template=True), reader(wants=True, opted_in=True, until=SHUT), [WAT, AT, TW]
    ),
    "a template is also the second way within the day": (
        letter(template=True), reader(wants=True, opted_in=True, until=OPEN), [WA, WAT, AT, TW]
    ),
    "she wishes it but has never written there": (letter(template=True), reader(wants=True), [AT, TW]),
    "she wants SMS: WhatsApp is the last resort": (letter(), reader(opted_in=True, until=OPEN), [AT, TW, WA]),
    "63016: the window was not open, a template goes": (
        letter(template=True, tried=[WA]), reader(wants=True, opted_in=True, until=OPEN), [WAT, AT, TW]
    ),
    "63016 without a template: by SMS": (
        letter(tried=[WA]), reader(wants=True, opted_in=True, until=OPEN), [AT, TW]
    ),
    "63016 even as a template: by SMS, and never back": (
        letter(template=True, tried=[WA, WAT]), reader(wants=True, opted_in=True, until=OPEN), [AT, TW]
    ),
    "she is not on WhatsApp any more": (
        letter(template=True), reader(wants=True, opted_in=True, until=OPEN, refused=[WA]), [AT, TW]
    ),
    "one provider holds her STOP": (letter(), reader(refused=[AT]), [TW]),
    "both hold it": (letter(), reader(refused=[AT, TW]), []),
    "one refused this message": (letter(tried=[AT]), reader(), [TW]),
    "everybody did": (letter(tried=[AT, TW]), reader(), []),
    "an alarm goes to the number itself": (
        letter("S20", template=True), reader(wants=True, opted_in=True, until=OPEN), [AT, TW]
    ),
    "she hides her number": (letter(), reader("", opted_in=True, until=OPEN), [WA]),
    "she hides her number and the day is over": (letter(), reader("", opted_in=True, until=SHUT), []),
    "a reply goes back where it was asked for": (
        letter("reply", channel=TW), reader(wants=True, opted_in=True, until=OPEN), [TW]
    ),
    "a reply on WhatsApp": (letter("reply", channel=WA), reader(), [WA]),
    "a reply that was refused has no other way": (letter("reply", channel=WA, tried=[WA]), reader(), []),
}  # fmt: skip


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_table(example: str):
    message, person, expected = EXAMPLES[example]
    assert [way.name for way in ways(message, person, ROUTES, NOW)] == expected


def test_every_alarm_goes_to_the_number_itself():
    asked = re.compile(r"not (you|right|expected)\?", re.IGNORECASE)
    alarms = {key for key, text in CATALOGUES["en"].items() if NEWS.fullmatch(key) and asked.search(text)}
    assert {"S20l", "S52", "S55"} < alarms
    assert alarms <= TO_THE_NUMBER


NAMES = st.sampled_from([AT, TW, WA, WAT])
LETTERS = st.builds(
    Letter,
    text_key=st.sampled_from(["S02", "S04", "S09", "S19", "S20"]),
    channel=st.sampled_from(["", "", AT, TW, WA]),
    template=st.booleans(),
    tried=st.frozensets(NAMES),
)
READERS = st.builds(
    Reader,
    country=st.sampled_from(["", "NG", "GH"]),
    prefers_whatsapp=st.booleans(),
    opted_in=st.booleans(),
    window_until=st.sampled_from([None, OPEN, SHUT, NOW]),
    refused=st.frozensets(st.sampled_from([AT, TW, WA])),
)


@given(LETTERS, READERS)
def test_what_led_nowhere_is_never_tried_again(message: Letter, person: Reader):
    found = [way.name for way in ways(message, person, ROUTES, NOW)]
    assert not set(found) & message.tried
    assert len(set(found)) == len(found)


@given(LETTERS, READERS)
def test_whoever_tries_them_one_after_the_other_comes_to_an_end(message: Letter, person: Reader):
    tried = set(message.tried)
    for _ in range(5):
        left = ways(Letter(message.text_key, message.channel, message.template, frozenset(tried)), person, ROUTES, NOW)
        if not left:
            return
        tried.add(left[0].name)
    pytest.fail("there is always another way")


@given(LETTERS, READERS)
def test_whatsapp_needs_her_yes_and_an_open_window_or_a_template(message: Letter, person: Reader):
    if message.channel:
        return
    for way in ways(message, person, ROUTES, NOW):
        if way.channel == WA:
            assert person.opted_in
            assert way.template or (person.window_until is not None and person.window_until > NOW)
            assert message.text_key not in TO_THE_NUMBER


@given(LETTERS, READERS)
def test_a_reply_takes_its_own_channel_and_news_none_that_is_refused(message: Letter, person: Reader):
    channels = {way.channel for way in ways(message, person, ROUTES, NOW)}
    assert channels <= {message.channel} if message.channel else not channels & person.refused


def test_the_window_is_a_day_from_her_last_word_less_a_margin():
    assert window_until(None) is None
    assert window_until(NOW) == NOW + timedelta(hours=23, minutes=55)


@pytest.mark.parametrize(
    ("text_key", "reminder", "expected"),
    [("S04", True, True), ("S09", False, False), ("S20", False, False), ("S02", False, True)],
)
def test_stop_silences_reminders_and_invitations_and_nothing_else(text_key: str, reminder: bool, expected: bool):
    assert silenced(text_key, reminder=reminder) is expected
    assert frozenset({"S02", "S02h"}) == INVITATIONS


@pytest.mark.parametrize(
    "text", ["", "NG:a", "*:", "*:a,,b", "*:a,a", "ng:a;*:a", "NGA:a;*:a", "NG:a;NG:b;*:a", "*:a;"]
)
def test_routes_that_make_no_sense_are_told(text: str):
    with pytest.raises(ValueError, match=r"country|channels"):
        parse_routes(text)


def test_a_country_without_a_line_of_its_own_has_that_of_all_others():
    assert sms_channels("KE", ROUTES) == (TW, AT)
    assert sms_channels("", ROUTES) == ()
