"""Pictures: every value is where it belongs, nothing runs over an edge, the square can be read, files stay small."""

import io
import re
import zlib

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.drawing import CONTENT_TYPES, drawn, is_document, join_link
from bot.pictures import ink
from bot.pictures.poster import draw_poster
from bot.pictures.receipt import draw_receipt
from bot.pictures.statement import Payment, draw_statement
from bot.pictures.words import Line, lines_of
from bot.settings import Settings
from flows import catalogue
from flows.forms import Picture

MOST_BYTES = 5_000_000  # what WhatsApp takes as a picture
RECEIPT = {
    **{"amt": "N5,000", "group": "Mama Titi Ajo", "name": "Ngozi", "date": "Fri 27 Nov", "r": "6", "m": "12"},
    **{"pot": "N60,000", "date2": "Fri 18 Dec", "t": "9", "ref": "R48213", "dial": "*347*55", "help": "08001234567"},
}
POSTER = {"group": "Mama Titi Ajo", "code": "482917", "amt": "N5,000", "once": "weekly", "m": "12", "pot": "N60,000",
          "dial": "*347*55"}  # fmt: skip
LINK = "https://wa.me/2347001234567?text=JOIN%20482917"
ANYTHING = st.text(max_size=80)


def image(data: bytes) -> Image.Image:
    assert len(data) < MOST_BYTES
    found = Image.open(io.BytesIO(data))
    assert found.format == "PNG"
    return found.convert("RGB")


def edge_colours(picture: Image.Image) -> set[object]:
    """The colours of the outermost lines of pixels."""
    width, height = picture.size
    across = [picture.getpixel((x, y)) for x in range(width) for y in (0, height - 1)]
    return set(across + [picture.getpixel((x, y)) for y in range(height) for x in (0, width - 1)])


def test_a_receipt_says_what_the_message_knows_in_this_order():
    labels = [line.label for line in lines_of("receipt", "en", RECEIPT) if line.label]
    assert labels == ["Group", "From", "For", "Paid so far", "You collect", "Your turn", "Reference"]


def test_a_receipt_after_her_turn_says_nothing_of_a_turn():
    known = {name: value for name, value in RECEIPT.items() if name not in ("pot", "date2", "t")}
    labels = [line.label for line in lines_of("receipt", "en", known)]
    assert "You collect" not in labels
    assert "Your turn" not in labels
    assert image(draw_receipt(lines_of("receipt", "en", known), "Ajo Secure")).width == 1080


def test_a_receipt_is_longer_with_more_lines_and_has_an_empty_edge():
    small = image(draw_receipt(lines_of("receipt", "en", RECEIPT), "Ajo Secure"))
    large = image(draw_receipt(lines_of("receipt", "en", RECEIPT | {"fee": "N200"}), "Ajo Secure"))
    assert large.height > small.height
    assert len(edge_colours(small)) == 1


def test_the_square_on_the_poster_leads_to_our_chat_with_the_code():
    poster = image(draw_poster(lines_of("poster", "en", POSTER), "Ajo Secure", LINK, "482917"))
    [found] = zxingcpp.read_barcodes(poster)
    assert found.text == LINK


def test_the_square_is_read_from_a_copy_that_was_made_small_and_grey():
    poster = image(draw_poster(lines_of("poster", "en", POSTER), "Ajo Secure", LINK, "482917"))
    copy = poster.resize((poster.width // 2, poster.height // 2)).convert("L").convert("RGB")
    [found] = zxingcpp.read_barcodes(copy)
    assert found.text == LINK


def test_the_link_of_the_square_is_made_for_our_own_number():
    ours = Settings.from_env({"TWILIO_WHATSAPP_FROM": "+2347001234567"})
    assert join_link(ours, "482917") == LINK


@pytest.mark.parametrize("words", ["Ọláńrewájú Ẹ̀gbẹ́ ọ̀ṣun", "Ƙungiyar Ɗan Ɓaƙo ƴan", "Ọkụ ṅụrụ Ị", "N5,000 · “Ajo”"])
def test_the_letters_of_all_our_languages_are_there(words: str):
    nothing = bytes(ink.font(40).getmask("\U0010fffd"))
    missing = [sign for sign in ink.plain(words) if bytes(ink.font(40).getmask(sign)) == nothing]
    assert missing == []


def test_words_that_are_too_long_are_made_smaller_and_then_cut():
    words, size = ink.fitted("W" * 200, 60, ink.BOLD, 400)
    assert size == ink.SMALLEST
    assert words.endswith(ink.ELLIPSIS)
    assert ink.width_of(words, size, ink.BOLD) <= 400


def test_what_cannot_be_seen_is_left_out():
    assert ink.plain("Ada\u202e\n\x07 Obi\t") == "Ada Obi"


@settings(deadline=None, max_examples=15)
@given(ANYTHING, ANYTHING, ANYTHING)
def test_any_name_can_be_drawn_without_running_over_the_edge(group: str, name: str, amount: str):
    values = RECEIPT | {"group": group, "name": name, "amt": amount}
    receipt = image(draw_receipt(lines_of("receipt", "en", values), "Ajo Secure"))
    assert len(edge_colours(receipt)) == 1
    poster = image(draw_poster(lines_of("poster", "en", POSTER | {"group": group}), "Ajo Secure", LINK, "482917"))
    assert [found.text for found in zxingcpp.read_barcodes(poster)] == [LINK]


def pages_of(pdf: bytes) -> int:
    return len(re.findall(rb"/Type /Page\b", pdf))


def statement(count: int) -> bytes:
    payments = [Payment("Fri 27 Nov", f"R{n:05d}", "on time", "N5,000") for n in range(count)]
    values = {"name": "Ngozi Ọláńrewájú", "group": "Mama Titi Ajo", "bal": "N30,000", "on": "Fri 27 Nov",
              "dial": "*347*55", "site": "ajo.ng", "help": "08001234567"}  # fmt: skip
    lines = lines_of("statement", "en", values)
    return draw_statement(lines, [line.value for line in lines_of("columns", "en", {})], payments, "Ajo Secure")


@pytest.mark.parametrize(("count", "pages"), [(0, 1), (5, 1), (40, 2), (200, 9)])
def test_a_statement_goes_on_over_as_many_pages_as_it_needs(count: int, pages: int):
    pdf = statement(count)
    assert pdf.startswith(b"%PDF-")
    assert pages_of(pdf) == pages
    assert len(pdf) < MOST_BYTES


def test_a_statement_holds_every_row_once():
    """fpdf writes glyph numbers, so the rows are counted by their lines: one is drawn below each."""
    streams = [zlib.decompress(each) for each in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", statement(12), re.S)
               if each[:1] == b"x"]  # fmt: skip
    drawn_lines = sum(stream.count(b" l S") for stream in streams)
    assert drawn_lines == 12 + 1  # and one below the headings


# --- from a message to a file ----------------------------------------------------------------------------


def test_every_kind_that_a_text_asks_for_can_be_drawn():
    asked = {kind for text in catalogue.DOMAINS["whatsapp"]["en"].values() for kind in re.findall(r"!\[(\w+)\]", text)}
    assert asked <= set(CONTENT_TYPES)
    assert [kind for kind in CONTENT_TYPES if is_document(kind)] == ["statement"]


def test_a_file_is_called_by_what_it_is_and_not_by_whose_it_is(clock):
    made = drawn(Picture("receipt", RECEIPT), "en", None, clock(), Settings.from_env({}))
    assert (made.name, made.content_type) == ("ajo-receipt-R48213.png", "image/png")
    made = drawn(Picture("poster", POSTER), "yo", None, clock(), Settings.from_env({}))
    assert made.name == "ajo-poster-482917.png"


def test_a_picture_that_nobody_can_draw_is_a_bug(clock):
    with pytest.raises(KeyError):
        drawn(Picture("painting", {}), "en", None, clock(), Settings.from_env({}))


def test_a_line_without_its_facts_is_left_out_or_stays_empty():
    assert lines_of("poster", "en", {"group": "Ajo"})[:4] == [
        Line("", "Come and save with us"), Line("", "Ajo"), Line("", ""), Line("", "")
    ]  # fmt: skip
