"""The texts: all there, short enough with the longest legal values, cut into pages without losing anything."""

import json
import re
from datetime import UTC, date, datetime
from pathlib import Path

import gsm0338
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows import catalogue, gsm
from flows.cutting import cut
from flows.flow import Screen
from flows.registry import FLOWS
from flows.screens import Screens
from flows.talk import Clock, Day, DayMonth, Naira, Name, Reply, Words
from flows.templates import numbers, placeholders, row_index, row_number, template

DESIGN = json.loads((Path(__file__).parents[1] / "fixtures" / "screens.json").read_text(encoding="utf-8"))
DESIGNED = {name.split()[0]: text for _, name, _, text, _ in DESIGN["ussd"]}
DESIGNED_SMS = {name.split()[0] for name, *_ in DESIGN["sms"]}
ENGLISH = catalogue.CATALOGUES["en"]
# The longest that a service may be called by: a short code, a number, a site.
SCREENS = Screens(ussd_code="*347*55#", help_phone="08001234567", site="ajo.example")

# Conversations that come later: swaps, more time, reports, reminders and data, mobile money, SMS commands.
LATER = {"F10", "O4", *(key for key in DESIGNED if key[0] in "JK")}
LATER_SMS = {"S15", "S16", "S17", "S18", *(key for key in DESIGNED_SMS if key[0] == "R")}

# The longest legal values: those of the design, and larger ones where our own rules allow them.
LONGEST = {
    **DESIGN["maxv"],
    "name": Name("Oluwadamilolaoluwase"),
    "who": Name("Oluwadamilolaoluwase"),
    "head": Name("Alhaja Mariam Balogun", 13),
    "acname": Name("OLUWADAMILOLA ADEBAYO ADEYEMI-OGUNBANJO", 23),
    "pot": Naira(15_000_000_00),
    "bal": Naira(15_000_000_00),
    "owed": Naira(15_000_000_00),
    "amt": Naira(500_000_00),
    "total": Naira(502_000_00),
    "fee": Naira(2_000_00),
    "least": Naira(500_000_00),
    "most": Naira(500_000_00),
    "date": Day(date(2026, 9, 30)),
    "date2": Day(date(2026, 9, 30)),
    "d": DayMonth(date(2026, 9, 30)),
    "time": Clock(datetime(2026, 9, 30, 11, 30, tzinfo=UTC)),
    "every": Words("EVERY_two_weekly"),
    "once": Words("ONCE_two_weekly"),
    "order": Words("ORDER_joined"),
    "language": Words("LANG_en"),
    "you": Words("YOU_not"),
    "phone": "0803***4567",
    "pct": "1.25",
    "k": 30,
    "choices": "1, 2, 3, 4 or 98",
    "first": "1, 2, 3, 4",
    "last": "98",
    "text": "Oluwadamilolaoluwase",
    "ref": "R4K7M2XQ",
    "answer": "x" * 110,
    "lines": "30 Sept N500,000 checking. " * 6,
}
# These hold a list of any length: they are cut into pages.
OF_ANY_LENGTH = {"{rows}", "{names}", "{names2}"}
LONG_ON_PURPOSE = {"N2"}
# A statement that she has asked for.
TWO_ON_PURPOSE = {"S60"}
TWO_SEGMENTS = 2 * 153


def longest(prefix: str) -> Words:
    """The longest sentence of a family, with the longest values in it."""
    keys = [key for key in ENGLISH if key.startswith(prefix)]
    return max((Words(key, LONGEST) for key in keys), key=lambda words: len(SCREENS.words(words, "en")))


FAMILIES = {
    "E9e": {"why": longest("ASK_")},
    "X2": {"why": longest("NO_")},
    "M9d": {"why": longest("REMIND_")},
    "S56": {"what": longest("WHAT_")},
    "X3": {"why": longest("DID_")},
    "B4": {"doing": longest("DO_")},
}


def longest_reply(key: str) -> Reply:
    end = any(
        screen.end and screen.text == key
        for flow in FLOWS.values()
        for screen in flow.states.values()
        if isinstance(screen, Screen)
    )
    return Reply(key, {**LONGEST, **FAMILIES.get(key, {})}, options=numbers(key), end=end)


SCREEN_KEYS = sorted(
    {screen.text for flow in FLOWS.values() for screen in flow.states.values() if isinstance(screen, Screen)}
    | {"B5", "B6"}
)
SMS_KEYS = sorted(key for key in ENGLISH if re.fullmatch(r"S\d\d[a-z]?", key))


# --- what is there --------------------------------------------------------------------------------------------------


def test_every_designed_screen_is_there_or_comes_later():
    assert set(DESIGNED) - set(ENGLISH) == LATER - set(ENGLISH)
    assert {*DESIGNED} & LATER == LATER


def test_every_designed_sms_is_there_or_comes_later():
    assert DESIGNED_SMS - set(SMS_KEYS) == LATER_SMS


def test_numbers_mean_what_they_mean_in_the_design():
    """A line may be left out here, but a number that is on a screen stands for what the design says."""
    words = {"H2b", "H2c", "H3", "I1", "M5", "B3", "F2"}  # lists: their lines are samples in the design
    for key in set(DESIGNED) & set(ENGLISH) - words - {"D1", "M4"}:
        theirs = dict(re.findall(r"^(\d+)\. (.*)$", DESIGNED[key], re.MULTILINE))
        ours = dict(re.findall(r"^(\d+)\. (.*)$", ENGLISH[key], re.MULTILINE))
        for number in set(theirs) & set(ours) - {"0"}:
            same = re.sub(r"\{\w+\}", "*", theirs[number]) == re.sub(r"\{\w+\}", "*", ours[number])
            assert same, (key, number)


def test_every_sms_that_is_ever_sent_has_its_text():
    root = Path(__file__).parents[2]
    written = "".join(path.read_text(encoding="utf-8") for path in (root / "models" / "actions").glob("*.py"))

    assert set(re.findall(r'"(S\d\d[a-z]?)"', written)) - set(SMS_KEYS) == set()


def test_no_text_is_there_for_nothing():
    inside = {name for key in ENGLISH for name in re.findall(r"^[A-Z]+(?=_)", key)}
    own = {"DAYS", "MONTHS", "NAV98", "NAV0", "OR", "X1", "X4", "B1e", "B1x", "C9", "F9n", "NOBODY", "F2b", "F2o", "O6n"}
    rows = {"B3d", "B3p", "B3f", "B3w", "B3c", "H3t", "H3y"}
    unused = {
        key for key in ENGLISH if key.split("_")[0] not in inside and key not in {*SCREEN_KEYS, *SMS_KEYS, *own, *rows}
    }

    assert inside == {"LANG", "EVERY", "ONCE", "ORDER", "NO", "ASK", "DID", "DO", "YOU", "PAID", "REMIND", "WHAT", "WORDS"}
    assert unused == set()


# --- how long they are ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", [key for key in SCREEN_KEYS if key not in LONG_ON_PURPOSE])
def test_a_screen_fits_with_the_longest_legal_values(key):
    if any(name in ENGLISH[key] for name in OF_ANY_LENGTH):
        return
    pages = SCREENS.pages(longest_reply(key))

    assert [gsm.septets(page) for page in pages if gsm.septets(page) > gsm.LIMIT] == []
    assert len(pages) == 1, "\n---\n".join(pages)


@pytest.mark.parametrize("key", SMS_KEYS)
def test_an_sms_is_one_segment_with_the_longest_legal_values(key):
    longest_values = LONGEST | FAMILIES.get(key, {})
    values = {name: value for name, value in longest_values.items() if name in placeholders(ENGLISH[key])}
    text = SCREENS.sms(key, **values)

    assert gsm.septets(text) <= (TWO_SEGMENTS if key in TWO_ON_PURPOSE else gsm.LIMIT), text


def test_an_sms_has_the_whole_name_when_there_is_room():
    assert "Oluwadamilolaoluwase" in SCREENS.sms("S01", name="Oluwadamilolaoluwase")
    assert "Oluwadamilo." in SCREENS.ussd(longest_reply("A7"))


def test_an_sms_takes_values_that_are_worded_already():
    text = SCREENS.sms(
        "S10", amt="N5,000", group="Balogun Ajo", name="Bisi", fee="N200", date="Fri 27 Nov", ref="R48213"
    )

    assert text == (
        "Received N5,000 for Balogun Ajo, Bisi. N200 still to pay by Fri 27 Nov. Dial *347*55*1#. Ref R48213"
    )


@pytest.mark.parametrize("key", ["B1e", "B1x", "X1", "X4", "C9", "F9n"])
def test_a_notice_is_short_enough_for_every_page(key):
    assert gsm.septets(SCREENS.words(Words(key, LONGEST), "en")) <= 35


def test_texts_have_no_sentence_of_another_service():
    for key, text in ENGLISH.items():
        assert "*347" not in text, key
        assert "0800" not in text, key
        assert "ajo.ng" not in text, key


# --- languages ------------------------------------------------------------------------------------------------------


def test_a_language_without_a_text_falls_back_to_english(monkeypatch):
    monkeypatch.setitem(catalogue.CATALOGUES, "pcm", {"A3": "Wetin be your name?\n\n0. Back"})
    catalogue.text.cache_clear()
    try:
        assert catalogue.text("A3", "pcm").startswith("Wetin")
        assert catalogue.text("A1", "pcm") == catalogue.text("A1")
        assert catalogue.text("A1", "xx") == catalogue.text("A1")
    finally:
        monkeypatch.undo()
        catalogue.text.cache_clear()


def test_every_language_on_offer_has_a_name_and_a_line():
    assert [f"LANG_{code}" in ENGLISH for code in catalogue.LANGUAGES] == [True] * 5
    assert [ENGLISH[f"LANG_{code}"] for code in catalogue.LANGUAGES] == [
        line.split(". ")[1] for line in ENGLISH["A1"].split("\n")[2:]
    ]


# --- septets --------------------------------------------------------------------------------------------------------


@given(st.text())
def test_anything_folds_into_the_alphabet_and_is_counted_like_the_codec_counts(text):
    folded = gsm.fold(text)

    assert gsm.septets(folded) == len(gsm0338.Codec().encode(folded)[0])
    assert gsm.fold(folded) == folded


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Adé", "Adé"),
        ("Ṣọlá Ọ̀ṣun", "Sola Osun"),
        ("ɗan ƙwai", "dan kwai"),
        ("₦5,000", "N5,000"),
        ("“Ajo” – it’s", '"Ajo" - it\'s'),
        ("Ngozi\u00a0Bello", "Ngozi Bello"),
        ("a\x00b\x1b\u202ec\u200d", "abc"),
    ],
)
def test_only_what_needs_it_is_folded(text, folded):
    assert gsm.fold(text) == folded


# --- pages ----------------------------------------------------------------------------------------------------------


@given(st.text(max_size=600), st.integers(min_value=10, max_value=130))
def test_pieces_joined_are_the_text(text, room):
    folded = gsm.fold(text)
    pieces = cut(folded, room)

    assert "".join(pieces) == folded
    assert all(gsm.septets(piece.rstrip()) <= room for piece in pieces)


@given(
    st.lists(
        st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=0x24F), min_size=1, max_size=60), max_size=40
    ),
    st.sampled_from(["H3", "M5", "B3", "I1", "F2"]),
)
def test_a_list_of_any_length_is_shown_whole(names, key):
    reply = Reply(key, options=numbers(key), rows=tuple(Words("O6n", {"who": name}) for name in names), picks=True)
    pages = SCREENS.pages(reply)
    shown = SCREENS.chunks(reply)

    assert "".join(shown) == SCREENS.body(reply)
    assert len(pages) == len(shown)
    assert all(gsm.septets(page) <= gsm.LIMIT for page in pages)
    assert [page.split("\n")[-1][0] for page in pages] == ["0"] * len(pages)
    for page, piece in zip(pages, shown, strict=True):
        assert piece.rstrip() in page
    assert [("98. More" in page) for page in pages] == [True] * (len(pages) - 1) + [False]


def test_a_screen_that_fits_is_said_as_it_is_written():
    reply = Reply("A6", {"name": Name("Ngozi")}, options=("1", "2"))

    assert SCREENS.ussd(reply) == "Well done Ngozi! You are in.\n1. Join a group\n2. Start a group\n0. Finish"


def test_a_line_that_does_not_hold_is_left_out_and_the_others_keep_their_numbers():
    reply = Reply("N1", options=("1", "5"))

    assert SCREENS.ussd(reply) == "Help\n1. How Ajo works\n5. Call us\n0. Back"


def test_a_wrong_choice_pushes_the_head_aside_only_when_there_is_no_room():
    reply = Reply("B1l", LONGEST, options=numbers("B1l"), notice=Words("B1e", {"choices": "1, 2, 3, 4 or 98"}))

    assert SCREENS.ussd(reply).split("\n")[:2] == ["Reply 1, 2, 3, 4 or 98.", "1. Pay now"]
    assert "LATE" not in SCREENS.ussd(reply)


def test_what_somebody_typed_cannot_look_like_a_line_of_ours():
    reply = Reply("H1f", {"group": "Ajo\n1. Send all", "n": 1, "m": 2}, options=numbers("H1f"))

    assert SCREENS.ussd(reply).startswith("Ajo 1. Send all, 1 of 2")


def test_a_value_is_never_read_as_a_template():
    assert "{help}" in SCREENS.ussd(Reply("H5d", {"group": "{help}"}, end=True))


@given(st.integers(min_value=0, max_value=5000))
def test_numbers_of_a_list_jump_over_the_keys_of_the_phone(index):
    assert row_number(index) not in (0, 98, 99)
    assert row_index(str(row_number(index))) == index


@pytest.mark.parametrize("number", ["0", "98", "99"])
def test_the_keys_of_the_phone_are_no_lines(number):
    assert row_index(number) is None


def test_templates_know_their_foot():
    assert [number for number, _ in template("B1", "en").foot] == ["98"]
    assert [number for number, _ in template("B2", "en").foot] == ["0"]
    assert template("A7", "en").foot == ()
