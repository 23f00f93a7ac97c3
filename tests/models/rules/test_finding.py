"""What may be meant by what was typed into the search box, and how a name is found."""

import pytest

from models.rules.finding import Meant, beginning, beginnings, fits, meant, phone_in


@pytest.mark.parametrize(
    "typed",
    [
        "08031234567",
        " 0803 123 4567 ",
        "0803-123-4567",
        "(0803) 123 4567",
        "0803\u2011123\u20114567",
        "+2348031234567",
        "+234 803 123 4567",
        "+234 (0) 803 123 4567",
        "2348031234567",
        "002348031234567",
        "8031234567",
        "tel:08031234567",
        "whatsapp:+2348031234567",
        "\u202a+234 803 123 4567\u202c",
        "0803.123.4567",
    ],
)
def test_a_number_is_the_same_number_in_every_format(typed: str) -> None:
    assert phone_in(typed) == "+2348031234567"
    assert meant(typed) == Meant(phone="+2348031234567")


@pytest.mark.parametrize("typed", ["", "12", "482917", "0800123456", "Ada 08031234567", "ajo-c-1-1-00aa11bb"])
def test_what_is_no_number_is_none(typed: str) -> None:
    assert phone_in(typed) == ""


def test_codes_are_told_apart_by_their_form() -> None:
    assert meant("000018").group_code == "000018"
    assert meant("4k7m 2x").short_ref == "4K7M2X"
    assert meant("r4k7m2x").report_ref == "R4K7M2X"
    assert meant("AJO-C-12-1-00aa11bb").reference == "ajo-c-12-1-00aa11bb"
    assert meant("   ").nothing


def test_six_letters_may_be_a_name_or_a_reference() -> None:
    both = meant("Femsam")
    assert (both.short_ref, both.words) == ("FEMSAM", ("FEMSAM",))


@pytest.mark.parametrize(
    ("name", "typed", "found"),
    [
        ("Bisi Adeyemi", "ade", True),
        ("Bisi Adeyemi", "ADEYEMI bisi", True),
        ("Bisi Adeyemi", "deye", False),
        ("Bísí Adéyẹmí", "bisi adeyemi", True),
        ("Bisi Adeyemi", "bísí", True),
        ("Ada Ada", "ada ada", True),
        ("Ada Obi", "ada ada", False),
        ("Oluwadamilola Ige", "oluwadamilo", True),
        ("Oluwadamilola Ige", "oluwadamila", False),
        ("Bo Ade", "bo", True),
    ],
)
def test_a_name_is_found_by_the_beginnings_of_its_words(name: str, typed: str, found: bool) -> None:
    wanted = meant(typed).words
    marked = all(beginning(word) in beginnings(name) for word in wanted)
    assert (marked and fits(name, wanted)) is found


def test_a_long_name_has_few_marks() -> None:
    assert len(beginnings("Oluwadamilolaoluwase")) == 6
    assert beginnings("") == frozenset()
