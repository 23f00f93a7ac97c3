"""The panel in another language: all its sentences stand in the template, and a file for a language is all it takes."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from bot.panel import extract, words
from models.rules.staff import Role
from tests.panel.conftest import SignIn

JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
TEMPLATES = sorted(extract.HERE.rglob("*.html"))
# Names and examples of what is typed are the same in all languages; so is what only holds attributes.
SAME = re.compile(
    r"Ajo Secure|ms|staff:7, member:12, job:penalties|payout, staff\.sign_in, entry|payout:12|house, group:3"
    r"|liab\.pot:7|ajo-c-…|aria-\w+=\"\w+\"|hx-headers='.*?'|\W+"
)
MADE_UP = """\
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"

msgid "Sign in"
msgstr "Komba ke"

msgid "everybody"
msgstr "odindi"

msgid "Wrong"
msgstr ""
"""


class Visible(HTMLParser):
    """What a reader of a page sees, or hears."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._code = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._code += tag in ("script", "style", "code")
        self.found += [text for name, text in attrs if text and name in ("title", "aria-label", "placeholder", "alt")]

    def handle_endtag(self, tag: str) -> None:
        self._code -= tag in ("script", "style", "code")

    def handle_data(self, data: str) -> None:
        self.found += [] if self._code else [data]


@pytest.fixture
def made_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A language of three words."""
    file = tmp_path / "eo" / "LC_MESSAGES" / "panel.po"
    file.parent.mkdir(parents=True)
    file.write_text(MADE_UP)
    monkeypatch.setattr(words, "LOCALE", tmp_path)


def test_the_template_for_translators_is_as_the_pages_are() -> None:
    assert (words.LOCALE / "panel.pot").read_text() == extract.template(), "run make panel-words"


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_word_of_a_page_stands_outside_of_its_sentences(path: Path) -> None:
    page = Visible()
    page.feed(JINJA.sub(" · ", path.read_text()))
    left = [SAME.sub(" ", text) for text in page.found]
    assert [text for text in left if re.search(r"[A-Za-z]{2}", text)] == []


def test_a_page_is_in_the_language_that_the_browser_asks_for(made_up: None, browser: FlaskClient) -> None:
    page = browser.get("/admin/sign-in", headers={"Accept-Language": "eo, en;q=0.5"}).text
    assert '<html lang="eo"' in page
    assert "Komba ke" in page
    for asked in ("en-NG,en;q=0.9", "ha", ""):
        page = browser.get("/admin/sign-in", headers={"Accept-Language": asked}).text
        assert '<html lang="en"' in page, asked
        assert "Sign in" in page, asked


def test_words_of_a_table_are_in_the_language_of_the_page_and_no_name_is(made_up: None, signed_in: SignIn) -> None:
    owner = signed_in(Role.OWNER, name="everybody")
    page = owner.get("/admin/messages/blasts/new", headers={"Accept-Language": "eo"}).text
    assert ">odindi<" in page
    assert "everybody" in page  # whose name it is
    assert ">odindi<" not in owner.get("/admin/messages/blasts/new").text


def test_without_a_page_a_sentence_is_english() -> None:
    assert words.said("Sign in") == "Sign in"
    assert words.said("{n} paid", n=3) == "3 paid"
