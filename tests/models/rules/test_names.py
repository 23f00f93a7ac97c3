"""Names: what may be typed, and whose account it is."""

import pytest
from anyascii import anyascii
from hypothesis import given
from hypothesis import strategies as st

from models.rules.names import account_name_matches, group_name, member_name, one_edit_apart
from models.rules.refused import Refused

BAD = Refused("bad_name")
DOT_AND_TONE = "O\u0323la\u0301 Ade\u0301\u0323"  # no single sign for the dotted vowel with its tone


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Ngozi Bello", "Ngozi Bello"),
        ("  ngozi   bello ", "ngozi bello"),
        ("Jo", "Jo"),
        ("Adé", "Ad\u00e9"),
        ("Ade\u0301", "Ad\u00e9"),
        ("Ọlá Adébáyọ̀", "Ọlá Adébáyọ̀"),
        ("Ɓala Ɗan Ƙano", "Ɓala Ɗan Ƙano"),
        ("O’Neil-Bassey", "O'Neil-Bassey"),
        ("Abcdefghij Klmnopqrs", "Abcdefghij Klmnopqrs"),
    ],
)
def test_a_members_name(text: str, name: str) -> None:
    assert member_name(text) == name


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "A", "-A", "'", "- -", "Ngozi1", "Ngozi*", "Ngozi#2", "Ngozi & Co", "😀😀", "Ngozi😀", "1234",
        "<b>Ngozi", "Abcdefghij Klmnopqrst", "Ngozi\x00Bello", "x" * 1000, "\u0301\u0301", "Ngozi_B", "N.B",
    ],
)  # fmt: skip
def test_what_is_not_a_members_name(text: str) -> None:
    assert member_name(text) == BAD


def test_marks_do_not_use_up_room() -> None:
    assert member_name(DOT_AND_TONE) != BAD
    assert member_name("e\u0301\u0323" * 20) != BAD
    assert member_name("e\u0301\u0323" * 21) == BAD


@pytest.mark.parametrize("text", ["Mama Titi Ajo", "Unity 2", "B&B", "1st Street Ajo", "Abcdefghijklmnop", "Ẹgbẹ́ Ọmọ"])
def test_a_groups_name(text: str) -> None:
    assert group_name(text) != BAD


@pytest.mark.parametrize(
    "text", ["", "A", "1234", "&&", "Abcdefghijklmnopq", "Ajo*", "Ajo#", "Ajo 😀", "Ajo+1", "Ajo٢"]
)
def test_what_is_not_a_groups_name(text: str) -> None:
    assert group_name(text) == BAD


@given(st.text(max_size=40))
def test_no_text_breaks_a_name_and_every_name_keeps_its_room(text: str) -> None:
    member, group = member_name(text), group_name(text)
    assert isinstance(member, Refused) or 2 <= len(anyascii(member)) <= 20
    assert isinstance(group, Refused) or 2 <= len(anyascii(group)) <= 16
    assert isinstance(member, Refused) or member_name(member) == member


@pytest.mark.parametrize(
    ("name", "account"),
    [
        ("Ngozi Bello", "NGOZI A BELLO"),
        ("Ngozi Bello", "BELLO NGOZI"),
        ("Ngozi Bello", "BELLO, NGOZI AMINA"),
        ("Ngozi A Bello", "NGOZI BELLO"),
        ("Ngozi", "NGOZI A BELLO"),
        ("Adé Ọlá", "OLA ADE"),
        ("Oluwaseun Ade", "OLUWASEUM ADE"),
        ("Chidinma Obi", "CHIDIMMA OBI"),
        ("Mohammed Sani", "MOHAMED SANI"),
        ("Alhaji Musa Bello", "MUSA BELLO"),
        ("Bisi O'Neil", "ONEIL BISI"),
        ("Ada Bello-Okoro", "ADA BELLO OKORO"),
        ("Sani Sani", "SANI SANI"),
        ("Ngozi Ngozi", "NGOZI NGOZY"),
    ],
)
def test_it_is_her_own_account(name: str, account: str) -> None:
    assert account_name_matches(name, account)


@pytest.mark.parametrize(
    ("name", "account"),
    [
        ("Ngozi Bello", "NGOZI OKORO"),
        ("Ngozi Bello", "NGOZI"),
        ("Ngozi Bello", "SANI MUSA"),
        ("Ngozi Bello", ""),
        ("Ngozi", "NGO"),
        ("Ade Ola", "ADA OLA"),
        ("Ade Ola", "ADEOLA"),
        ("Sani Sani", "SANI MUSA"),
        ("Ngozi Bello", "NGOZIBELLO"),
        ("Bello Belle", "BELLO MUSA"),
        ("A B", "A B"),
        ("Dr", "DR MUSA"),
        ("", "NGOZI"),
        ("Oluwaseun", "OLUWASEYI"),
    ],
)
def test_it_is_somebody_elses_account(name: str, account: str) -> None:
    assert not account_name_matches(name, account)


@given(st.text(max_size=40), st.text(max_size=40))
def test_no_text_breaks_the_match(name: str, account: str) -> None:
    account_name_matches(name, account)


words = st.text("ABC", max_size=6)


@given(words, words)
def test_one_edit_is_what_the_long_way_says(a: str, b: str) -> None:
    left_out = {a[:n] + a[n + 1 :] for n in range(len(a))}
    put_in = {a[:n] + sign + a[n:] for n in range(len(a) + 1) for sign in "ABC"}
    changed = {a[:n] + sign + a[n + 1 :] for n in range(len(a)) for sign in "ABC"}
    assert one_edit_apart(a, b) == (b in left_out | put_in | changed | {a})
