"""The pages that anybody may read: there in every language, light, closed to everything from elsewhere, and true."""

import base64
import gzip
import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from flask import Flask
from flask.testing import FlaskClient

from bot.public import pages
from bot.public.texts import CATALOGUES, REVIEWED
from bot.settings import Settings
from flows import catalogue
from flows.catalogue import LANGUAGES
from models import country
from models.money import show
from models.rules import fees, terms

PATHS = ("", "/terms", "/privacy")
EVERYWHERE = [f"/{language}{path}" for language in LANGUAGES for path in PATHS]
LIGHT = 8 * 1024  # as it travels, with its style and its picture

Opened = Callable[[Settings], FlaskClient]


@pytest.fixture
def open_house() -> Iterator[Opened]:
    """The public pages of a house with these settings; they need neither database nor Redis."""

    def opened(settings: Settings) -> FlaskClient:
        country.use(settings.country)
        app = Flask("public", static_folder=None)
        app.register_blueprint(pages.blueprint(settings))
        return app.test_client()

    yield opened
    country.use("NG")


@pytest.fixture
def visitor(open_house: Opened, settings: Settings) -> FlaskClient:
    return open_house(settings)


@pytest.fixture
def in_production(settings: Settings) -> Settings:
    return replace(settings, app_env="production", public_url="https://ajo.example")


class Tags(HTMLParser):
    """The tags of a page with their attributes, and whether each is closed."""

    EMPTY = ("meta", "link", "path", "circle")

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def links(self) -> list[str]:
        return [attrs["href"] or "" for tag, attrs in self.found if tag == "a"]


# --- every page -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", EVERYWHERE)
def test_a_page_is_whole_and_says_its_language(visitor: FlaskClient, page: str) -> None:
    answer = visitor.get(page)
    tags = Tags(answer.text)
    language = page.split("/")[1]
    assert answer.status_code == 200
    assert answer.content_type == "text/html; charset=utf-8"
    assert answer.headers["Content-Language"] == language
    assert tags.found[0] == ("html", {"lang": language})
    assert tags.open == []
    assert [tag for tag, _ in tags.found].count("h1") == 1
    assert not re.search(r"\{[a-z]+\}|\{\{|>None<|&lt;", answer.text)


@pytest.mark.parametrize("page", EVERYWHERE)
def test_a_page_is_light_and_brings_nothing_from_elsewhere(visitor: FlaskClient, page: str) -> None:
    answer = visitor.get(page, headers={"Accept-Encoding": "gzip"})
    html = gzip.decompress(answer.data).decode()
    tags = Tags(html)
    assert len(answer.data) < LIGHT
    assert not {"script", "img", "iframe", "form", "object"} & {tag for tag, _ in tags.found}
    assert not re.search(r"\ssrc=|@import|url\(|\son\w+=|\sstyle=", html)
    fetched = [attrs for tag, attrs in tags.found if tag == "link" and attrs["rel"] not in ("canonical", "alternate")]
    assert [str(attrs["href"]).partition(":")[0] for attrs in fetched] == ["data"]


@pytest.mark.parametrize("page", EVERYWHERE)
def test_every_link_leads_somewhere(visitor: FlaskClient, page: str) -> None:
    html = visitor.get(page).text
    for link in Tags(html).links():
        if link.startswith("#"):
            assert f'id="{link[1:]}"' in html
        elif link.startswith("/") and link != "/sandbox":
            assert visitor.get(link).status_code == 200
        else:
            assert link.startswith(("tel:", "https://wa.me/", "/sandbox"))


def test_only_the_style_that_stands_there_is_obeyed(visitor: FlaskClient) -> None:
    answer = visitor.get("/en")
    style = re.search(r"<style>(.*?)</style>", answer.text, re.DOTALL)
    assert style
    mark = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    policy = answer.headers["Content-Security-Policy"]
    assert f"style-src 'sha256-{mark}'" in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "script-src" not in policy
    assert "unsafe" not in policy


def test_nothing_is_left_with_the_reader(visitor: FlaskClient) -> None:
    answer = visitor.get("/privacy")
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert "Strict-Transport-Security" not in answer.headers


def test_over_tls_browsers_are_told_to_stay_there(open_house: Opened, in_production: Settings) -> None:
    answer = open_house(in_production).get("/")
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    assert '<link rel="canonical" href="https://ajo.example/en">' in answer.text


def test_what_has_not_changed_is_not_sent_again(visitor: FlaskClient) -> None:
    for encoding in ("gzip", "identity"):
        first = visitor.get("/terms", headers={"Accept-Encoding": encoding})
        asked = {"Accept-Encoding": encoding, "If-None-Match": first.headers["ETag"]}
        again = visitor.get("/terms", headers=asked)
        assert (again.status_code, again.data) == (304, b"")
        assert "Accept-Language" in again.headers["Vary"]
    assert visitor.get("/yo/terms", headers=asked).status_code == 200


def test_a_page_is_only_to_be_read(visitor: FlaskClient) -> None:
    assert visitor.head("/").status_code == 200
    assert visitor.post("/", data={"a": "b"}).status_code == 405
    assert visitor.get("/fr").status_code == 404
    assert visitor.get("/yo/admin").status_code == 404


# --- in which language ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "given"),
    [
        ("", "en"),
        ("yo", "yo"),
        ("yo-NG,en;q=0.5", "yo"),
        ("fr,ha;q=0.3", "ha"),
        ("de", "en"),
        ("pcm", "pcm"),
        ("*", "en"),
        ("yo;q=0,ig", "ig"),
    ],
)
def test_without_a_language_the_browsers_own_is_taken(visitor: FlaskClient, wanted: str, given: str) -> None:
    answer = visitor.get("/", headers={"Accept-Language": wanted} if wanted else {})
    assert answer.headers["Content-Language"] == given


def test_the_address_counts_more_than_the_browser(visitor: FlaskClient) -> None:
    answer = visitor.get("/ig/terms", headers={"Accept-Language": "ha"})
    assert answer.headers["Content-Language"] == "ig"


@pytest.mark.parametrize("language", sorted(set(LANGUAGES) - REVIEWED))
def test_a_draft_says_that_it_is_one(visitor: FlaskClient, language: str) -> None:
    warning = CATALOGUES[language]["DRAFT"]
    assert all(warning in visitor.get(f"/{language}{path}").text for path in PATHS)
    assert CATALOGUES["en"]["DRAFT"] not in visitor.get("/en").text


def test_drafts_are_not_shown_in_production(open_house: Opened, in_production: Settings) -> None:
    visitor = open_house(in_production)
    for language in set(LANGUAGES) - REVIEWED:
        for path in PATHS:
            answer = visitor.get(f"/{language}{path}")
            assert (answer.status_code, answer.headers["Location"]) == (302, path or "/")
    assert visitor.get("/", headers={"Accept-Language": "yo"}).headers["Content-Language"] == "en"
    assert "/yo" not in visitor.get("/").text


def test_drafts_are_shown_in_production_where_the_house_says_so(open_house: Opened, in_production: Settings) -> None:
    visitor = open_house(replace(in_production, languages_unreviewed="yes"))
    assert visitor.get("/yo/terms").status_code == 200


def test_a_text_that_a_language_lacks_is_said_in_english(visitor: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    lacking = {key: text for key, text in CATALOGUES["ha"].items() if key != "HOME_title"}
    monkeypatch.setitem(CATALOGUES, "ha", lacking)
    assert CATALOGUES["en"]["HOME_title"] in visitor.get("/ha").text


# --- what they say --------------------------------------------------------------------------------------------------


def test_it_says_how_to_begin(visitor: FlaskClient, settings: Settings) -> None:
    page = visitor.get("/").text
    assert settings.ussd_code in page
    assert 'href="tel:*347*55%23"' in page
    assert settings.twilio_whatsapp_from in page
    assert settings.help_phone in page


def test_the_phone_shows_what_a_phone_would(visitor: FlaskClient) -> None:
    shown = re.search(r'<pre lang="en">(.*?)</pre>', visitor.get("/yo").text, re.DOTALL)
    assert shown
    assert shown[1].split("\n") == catalogue.text("A1").split("\n")


def test_the_phone_offers_no_language_that_cannot_be_chosen(open_house: Opened, in_production: Settings) -> None:
    page = open_house(in_production).get("/").text
    assert "1. English" in page
    assert ("3. Yoruba" in page) == ("yo" in catalogue.REVIEWED)


def test_the_example_is_what_the_rules_come_to(visitor: FlaskClient) -> None:
    pot = terms.pot(5_000_00, 12)
    left = pot - fees.service_fee(pot, fees.SERVICE_FEE_BPS)
    example = visitor.get("/en").text
    assert f"12 people pay N5,000 every week. Each week one of them collects {show(left)}" in example


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_kept_is_told_with_the_terms_of_the_job_that_erases_it(
    language: str, open_house: Opened, settings: Settings
) -> None:
    longer = replace(settings, keep_messages_months=37, keep_files_months=29)
    told = open_house(longer).get(f"/{language}/privacy").text
    assert " 37" in told
    assert " 29" in told
    usual = open_house(settings).get(f"/{language}/privacy").text
    assert f" {settings.keep_messages_months}" in usual
    assert " 37" not in usual


def test_nobody_is_told_that_nobody_else_sees_it(visitor: FlaskClient) -> None:
    """The office and the companies that carry payments and messages do: the consent says it, as the page does."""
    for path in ("/en/privacy", "/pcm/privacy"):
        assert "Nobody else" not in visitor.get(path).text
    consent = catalogue.text("S24", "en")
    assert "office" in consent
    assert "payment and SMS firms" in consent


def test_the_consent_stands_there_word_for_word(visitor: FlaskClient, settings: Settings) -> None:
    for language in LANGUAGES:
        asked = catalogue.text("S24", language, "whatsapp").format(help=settings.help_phone)
        assert f"<blockquote>{asked}</blockquote>".replace("'", "&#39;") in visitor.get(f"/{language}/privacy").text


def test_it_is_said_who_answers_for_it(open_house: Opened, settings: Settings) -> None:
    visitor = open_house(replace(settings, operator="Mama & Daughters Ltd, Lagos"))
    for path in PATHS:
        assert "Mama &amp; Daughters Ltd, Lagos" in visitor.get(f"/en{path}").text


@pytest.mark.parametrize(("code", "money", "law"), [("NG", "N5,000", "Nigeria"), ("GH", "GHC50", "Act 843")])
def test_each_country_has_its_money_and_its_law(
    open_house: Opened, settings: Settings, code: str, money: str, law: str
) -> None:
    visitor = open_house(replace(settings, country=code))
    home, privacy = visitor.get("/en").text, visitor.get("/en/privacy").text
    assert f"people pay {money} every week" in home
    assert ("N6.98" in home) == (code == "NG")
    assert law in privacy


def test_every_country_that_can_be_served_has_its_law(open_house: Opened, settings: Settings) -> None:
    for code in country.COUNTRIES:
        assert open_house(replace(settings, country=code)).get("/privacy").status_code == 200


def test_the_way_to_play_is_not_in_production(
    visitor: FlaskClient, open_house: Opened, in_production: Settings
) -> None:
    assert 'href="/sandbox"' in visitor.get("/").text
    assert "sandbox" not in open_house(in_production).get("/").text
