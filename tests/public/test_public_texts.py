"""The public texts: complete in every language, with the same names, lines and lists as the English ones."""

import re
from pathlib import Path

import pytest

from bot.public.texts import CATALOGUES, ITEM, REVIEWED, Texts, offered
from flows.catalogue import LANGUAGES

ENGLISH = CATALOGUES["en"]
OTHERS = [code for code in LANGUAGES if code != "en"]
TEMPLATES = Path(__file__).parents[2] / "bot" / "public" / "templates"


def names(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


def build(text: str) -> list[bool]:
    """Which of its lines are items."""
    return [line.startswith(ITEM) for line in text.split("\n")]


def test_every_language_of_the_conversations_is_there() -> None:
    assert set(CATALOGUES) == set(LANGUAGES)


@pytest.mark.parametrize("language", OTHERS)
def test_a_language_is_complete_and_built_like_english(language: str) -> None:
    texts = CATALOGUES[language]
    assert set(texts) == set(ENGLISH)
    assert {key: names(text) for key, text in texts.items()} == {key: names(text) for key, text in ENGLISH.items()}
    assert {key: build(text) for key, text in texts.items()} == {key: build(text) for key, text in ENGLISH.items()}


@pytest.mark.parametrize("language", OTHERS)
def test_a_language_is_not_english(language: str) -> None:
    same = {key for key, text in CATALOGUES[language].items() if text == ENGLISH[key]}
    assert same <= {"NAV_terms", "NAV_privacy", "NAV_language", "TERMS_title", "PRIVACY_title"}


def test_every_text_is_used() -> None:
    """The sections of a page are named without its beginning."""
    written = "\n".join(path.read_text() for path in TEMPLATES.rglob("*.html"))
    for key in ENGLISH:
        assert f'"{key}"' in written or f"'{key}'" in written or f'"{key.partition("_")[2]}"' in written, key


def test_a_section_is_a_heading_its_paragraphs_and_its_list() -> None:
    section = Texts("en", {"pct": "1"}).section("HOME_cost")
    assert section.title == "What it costs"
    assert section.paragraphs == ()
    assert section.items[2] == "Collecting: 1% of what is paid out."


def test_english_is_always_offered_and_drafts_where_they_may_be() -> None:
    assert offered(unreviewed=True) == LANGUAGES
    assert offered(unreviewed=False) == tuple(code for code in LANGUAGES if code == "en" or code in REVIEWED)
