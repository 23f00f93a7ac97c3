"""The private page /s/<token>: where somebody who chats types what may not be typed in a chat.

Plain HTML that any phone shows, without a script and without anything from elsewhere. The
texts are those of the screens, in her language. Nothing of it is kept by a browser or a
proxy, no other page may frame it, and no log has its address or what was typed. To look at
it changes nothing (a chat looks at every link, too); only an answer does.
What an answer does is the business of `page_turns`.
"""

import base64
import hashlib
import re
from collections.abc import Sequence
from typing import Final

from flask import Blueprint, Response, render_template, request

from bot.channels.registry import CHATS
from bot.logs import log
from bot.page_turns import Engaged, PageTurns, Sheet
from bot.settings import Settings
from flows.asking import a_pin
from flows.catalogue import ENGLISH
from flows.engine import Engine, busy
from flows.steps import screen_of
from flows.talk import Words
from models.actions.chats import Overtaken
from models.actions.pins import Busy

LARGEST: Final = 4096
TOKEN: Final = re.compile(r"[0-9a-f]{32}")
NUMBERED: Final = re.compile(r"(\d+)\. (.+)")

STYLE: Final = (
    "body{font-family:sans-serif;font-size:1.1rem;line-height:1.5;margin:0;background:#fff;color:#111}"
    "main{max-width:26rem;margin:0 auto;padding:1rem}h1{font-size:1.2rem}.safe{color:#444;font-size:.95rem}"
    "label{display:block;margin-top:1rem}input,button{box-sizing:border-box;width:100%;font-size:1.3rem;"
    "padding:.7rem;margin-top:.6rem;border:2px solid #111;border-radius:.4rem}button{background:#0b5d2a;color:#fff}"
    ".choice{background:#fff;color:#111}:focus{outline:3px solid #b35c00;outline-offset:2px}"
)
_STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
}
HSTS: Final = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}


def blueprint(settings: Settings, engine: Engine) -> Blueprint:
    """The one route, looked at and answered."""
    forms = {name: make(settings).form for name, make in CHATS.items()}
    turns = PageTurns(engine, settings.answer_wait_ms, forms)
    pages = Pages(engine, {**HEADERS, **(HSTS if settings.public_url.startswith("https:") else {})})
    routes = Blueprint("private_pages", __name__, template_folder="html")

    @routes.get("/s/<token>")
    def look(token: str) -> Response:
        sheet = turns.show(token) if TOKEN.fullmatch(token) else None
        log.info("private page", what="look", result="gone" if sheet is None else "shown")
        return pages.gone() if sheet is None else pages.asking(sheet, token)

    @routes.post("/s/<token>")
    def answer(token: str) -> Response:
        if (request.content_length or 0) > LARGEST:
            return pages.gone()
        typed, version = request.form.get("tap") or request.form.get("answer", ""), request.form.get("version", "")
        try:
            sheet = turns.answer(token, typed, _whole(version)) if TOKEN.fullmatch(token) else None
        except (Busy, Engaged, Overtaken) as trouble:
            log.warning("private page", what="answer", result=type(trouble).__name__)
            return pages.busy()
        except Exception:  # noqa: BLE001 (the door: whatever happens, she gets an answer)
            log.exception("private page", what="broke")
            return pages.busy()
        log.info("private page", what="answer", result="gone" if sheet is None else "done" if sheet.done else "on")
        return pages.gone() if sheet is None else pages.asking(sheet, token) if not sheet.done else pages.done(sheet)

    return routes


class Pages:
    """The pages as HTML."""

    def __init__(self, engine: Engine, headers: dict[str, str]) -> None:
        self._engine = engine
        self._headers = headers

    def asking(self, sheet: Sheet, token: str) -> Response:
        """A question, with its choices as buttons."""
        language, screen = sheet.reply.language, screen_of(sheet.talk)
        lines = [line for line in self._engine.screens.ussd(sheet.reply).split("\n") if line]
        found = [NUMBERED.fullmatch(line) for line in lines]
        return self._page(
            language,
            [line for line, numbered in zip(lines, found, strict=True) if not numbered],
            action=f"/s/{token}",
            safe=self._words("PAGE_safe", language),
            version=sheet.version,
            hears=screen is not None and screen.hears is not None,
            kind="password" if screen is not None and screen.hears is a_pin else "text",
            label=self._words("PAGE_label", language),
            send=self._words("PAGE_send", language),
            choices=[numbered.groups() for numbered in found if numbered],
        )

    def done(self, sheet: Sheet) -> Response:
        """She goes back to her chat. What ends there, she reads here as well."""
        reply = sheet.reply
        told = self._engine.screens.ussd(reply).split("\n") if reply.end else []
        return self._page(reply.language, [*told, self._words("PAGE_done", reply.language)])

    def gone(self) -> Response:
        """Used, too old, or never there: which of them is nobody's business."""
        return self._page(ENGLISH, self._words("PAGE_gone", ENGLISH).split("\n"), status=410)

    def busy(self) -> Response:
        """It did not work this time; the page is still hers."""
        text = self._engine.screens.ussd(busy())
        answer = self._page(ENGLISH, text.split("\n"), status=503)
        answer.headers["Retry-After"] = "5"
        return answer

    def _page(self, language: str, lines: Sequence[str], *, status: int = 200, **more: object) -> Response:
        html = render_template(
            "private.html",
            language=language,
            title=self._title(language),
            lines=lines,
            style=STYLE,
            **more,
        )
        return Response(html, status, headers=self._headers, content_type="text/html; charset=utf-8")

    def _words(self, key: str, language: str) -> str:
        return self._engine.screens.words(Words(key), language)

    def _title(self, language: str) -> str:
        return " · ".join(filter(None, (self._engine.screens.mark(language), self._words("PAGE_title", language))))


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1
