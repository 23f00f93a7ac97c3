"""The routes of the public pages: / is the way in, /terms and /privacy what is promised; /yo/terms is one in Yoruba.

Without a language in the address the browser's own is taken, where we have it. A page depends on nothing but its
language, so each is made once, compressed once, and told apart by its tag: whoever asks again gets a 304.
"""

import base64
import gzip
import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from bot.public.facts import PEOPLE, facts
from bot.public.texts import Texts, offered
from bot.settings import Settings
from bot.text import screens_of
from flows import catalogue
from flows.catalogue import ENGLISH, LANGUAGES
from flows.screens import Screens
from flows.talk import Reply
from models import country

# The address of each page after its language, and the template that it is made from.
PAGES: Final = {"home": "", "terms": "terms", "privacy": "privacy"}
CONSENT: Final = "S24"
FIRST_SCREEN: Final = "A1"
MARKED: Final = "whatsapp"  # the domain in which names of languages are written with all their marks
KEPT_SECONDS: Final = 3600

STYLE: Final = (Path(__file__).parent / "public.css").read_text(encoding="utf-8")
_STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
HEADERS: Final = {
    "Cache-Control": f"public, max-age={KEPT_SECONDS}",
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; img-src data:; form-action 'none'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "Vary": "Accept-Encoding, Accept-Language",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
HSTS: Final = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}


@dataclass(frozen=True)
class Made:
    """A page as it is sent."""

    plain: bytes
    zipped: bytes
    tag: str


@dataclass
class Pages:
    """The pages of one house; what has been made once is kept."""

    settings: Settings
    _made: dict[tuple[str, str], Made] = field(default_factory=dict)

    def answer(self, page: str, language: str | None) -> AnyResponse:
        """A page in a language; None is for whatever the browser asks for."""
        languages = offered(unreviewed=self.settings.offers_unreviewed)
        if language is None:
            language = _wanted(languages)
        elif language not in languages:
            return redirect(f"/{PAGES[page]}", 302)
        made = self._made.get((page, language)) or self._make(page, language, languages)
        zipped = request.accept_encodings.quality("gzip") > 0
        answer = Response(made.zipped if zipped else made.plain, content_type="text/html; charset=utf-8")
        answer.headers.update(HEADERS | (HSTS if self.settings.public_url.startswith("https:") else {}))
        answer.headers["Content-Language"] = language
        if zipped:
            answer.headers["Content-Encoding"] = "gzip"
        answer.set_etag(f"{made.tag}{'-gzip' if zipped else ''}")
        return answer.make_conditional(request)

    def _make(self, page: str, language: str, languages: tuple[str, ...]) -> Made:
        texts = Texts(language, facts(self.settings, language))
        screens = screens_of(self.settings)
        html = render_template(
            f"public/{page}.html",
            style=STYLE,
            page=page,
            address=address,
            language=language,
            languages={code: catalogue.text(f"LANG_{code}", code, MARKED) for code in languages},
            base=self.settings.public_url.rstrip("/"),
            t=texts.said,
            section=texts.section,
            draft=texts.draft,
            facts=texts.facts,
            people=PEOPLE,
            consent=catalogue.text(CONSENT, language, MARKED).format_map(texts.facts),
            first_screen=_first_screen(screens),
            nigeria=country.home().code == "NG",
            play=not self.settings.production,
            mark=screens.mark(language, MARKED),
        )
        plain = html.encode()
        made = Made(plain, gzip.compress(plain, 9, mtime=0), hashlib.sha256(plain).hexdigest()[:16])
        self._made[page, language] = made
        return made


def address(language: str, page: str) -> str:
    """Where a page is to be had in this language, whatever the browser asks for."""
    return f"/{language}/{PAGES[page]}".rstrip("/")


def blueprint(settings: Settings) -> Blueprint:
    """Each page, with and without a language."""
    pages = Pages(settings)
    routes = Blueprint("public", __name__, template_folder="templates")
    for page, path in PAGES.items():
        within = f"/<any({', '.join(LANGUAGES)}):language>{'/' if path else ''}{path}"
        routes.add_url_rule(f"/{path}", page, pages.answer, defaults={"page": page, "language": None})
        routes.add_url_rule(within, f"{page}_in", pages.answer, defaults={"page": page})
    return routes


def _wanted(languages: tuple[str, ...]) -> str:
    """The browser's first choice that we have. A region is no matter: 'yo-NG' is Yoruba, even before plain English."""
    wanted = (tag.partition("-")[0].lower() for tag, quality in request.accept_languages if quality > 0)
    return next((code for code in wanted if code in languages), ENGLISH)


def _first_screen(screens: Screens) -> str:
    """What a new number sees when it dials, before it has chosen a language."""
    numbers = tuple(str(n) for n, code in enumerate(LANGUAGES, 1) if code in screens.offered)
    return screens.body(Reply(FIRST_SCREEN, options=numbers))
