"""What a phone shows: septets, folding, pages that lose nothing, lines that are left out."""

import gsm0338
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows import gsm
from flows.cutting import at_word, cut, units
from flows.forms import SMS
from flows.longest import AMBIENT, values
from flows.screens import Screens
from flows.spelling import Manner
from flows.talk import Name, Reply, Words
from flows.templates import numbers, row_index, row_number, template

SCREENS = Screens(ussd_code=f"{AMBIENT['dial']}#", help_phone=AMBIENT["help"], site=AMBIENT["site"])

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
    reply = Reply(
        "B1l", values("B1l", Manner("en")), options=numbers("B1l"), notice=Words("B1e", {"choices": "1, 2, 3, 4 or 98"})
    )

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


# --- other measures and other forms -----------------------------------------------------------------------------------


@given(st.text(max_size=600), st.integers(min_value=10, max_value=130))
def test_pieces_of_a_chat_joined_are_the_text(text, room):
    pieces = cut(text, room, units)

    assert "".join(pieces) == text
    assert all(units(piece.rstrip()) <= room for piece in pieces)


@given(st.text(min_size=1, max_size=80), st.integers(min_value=3, max_value=24))
def test_a_label_is_never_too_long(text, room):
    label = at_word(text, room)

    assert units(label) <= room
    assert label == text or label.endswith("…")


def test_a_label_is_cut_at_a_word():
    assert at_word("Balogun Market Women: N5,000", 24) == "Balogun Market Women…"
    assert at_word("Oluwadamilolaoluwasegunfunmi", 10) == "Oluwadami…"


def test_an_sms_is_the_screen_with_its_numbers():
    reply = Reply("A6", {"name": Name("Ngozi")}, options=("1", "2"))

    assert SCREENS.message(reply, SMS).body == SCREENS.ussd(reply)
    assert SCREENS.message(reply, SMS).choices == ()


def test_an_sms_has_its_own_words_where_there_are_any():
    reply = Reply("F1", values("F1", Manner("en")), options=("1", "2", "3", "4"))

    assert SCREENS.message(reply, SMS).body.startswith("Pay N500,000 to Balogun Traders1: 1 bank code, 2 transfer")
