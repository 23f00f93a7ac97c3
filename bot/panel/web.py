"""The panel as a part of the web process: its pages, what every page knows, and its own files.

Files of others (htmx, Pico ...) are in the repository with their version and checksum; nothing
is loaded from elsewhere. They are sent compressed, with a name that changes when they do.
"""

import gzip
import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, abort, request

from bot.panel import refusals, rq_pages, telling, words
from bot.panel.gate import PREFIX, Panel, form_key
from bot.panel.pages import PAGES
from bot.panel.timed import Timed
from bot.settings import Settings
from models.rules.staff import Right, may

STATIC = Path(__file__).parent / "static"
KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".png": "image/png"}
YEAR_SECONDS = 365 * 24 * 3600


def register(app: Flask, settings: Settings, timetable: Sequence[Timed] = ()) -> None:
    """Hang the panel on the application. timetable: the periodic jobs, which this side does not know."""
    panel = panel_of(settings, timetable)
    queue = rq_pages.blueprint(panel)
    queue.context_processor(lambda: _known(panel))
    refusals.add(queue)
    app.extensions["panel"] = panel
    app.jinja_env.finalize = words.shown
    app.register_blueprint(panel.routes)  # first: its templates stand before those of the others
    app.register_blueprint(queue)


def panel_of(settings: Settings, timetable: Sequence[Timed] = ()) -> Panel:
    """The panel with all its pages."""
    panel = Panel(settings, tuple(timetable))
    for page in PAGES:
        page.add(panel)
    refusals.add(panel.routes)
    panel.routes.add_url_rule("/files/<mark>/<path:name>", "file", _file)
    panel.routes.context_processor(lambda: _known(panel))
    panel.routes.after_request(telling.clear)
    panel.routes.add_app_template_filter(words.naira, "naira")
    panel.routes.add_app_template_filter(words.day, "day")
    panel.routes.add_app_template_filter(words.moment, "moment")
    return panel


def _known(panel: Panel) -> dict[str, Any]:
    """What every template may use."""
    session = panel.session()
    who = session.who if session and session.proven else None
    places = [place for page in PAGES for place in getattr(page, "PLACES", ()) if who and may(who.role, place.right)]
    return {
        "_": words.said,
        "language": words.spoken(),
        "static": static,
        "form_key": form_key,
        "who": who,
        "csrf": session.csrf if session else "",
        "places": places,
        "told": telling.read(),
        "training": panel.settings.training,
        "phone": lambda number: words.phone(number, whole=who is not None and may(who.role, Right.SEE_WHOLE)),
        "may": lambda right: who is not None and may(who.role, Right(right)),
    }


@cache
def static(name: str) -> str:
    """The address of a file of ours; it changes with the file, so that browsers may keep it for a year."""
    return f"{PREFIX}/files/{_mark(name)}/{name}"


@cache
def _mark(name: str) -> str:
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]


@cache
def _compressed(name: str) -> bytes:
    return gzip.compress((STATIC / name).read_bytes(), 9)


def _file(mark: str, name: str) -> Response:
    """Only what stands in the folder; a name that leads elsewhere is none of them."""
    if name not in _names() or mark != _mark(name):
        abort(404)
    zipped = "gzip" in request.headers.get("Accept-Encoding", "")
    answer = Response(_compressed(name) if zipped else (STATIC / name).read_bytes())
    answer.content_type = KINDS.get(Path(name).suffix, "application/octet-stream")
    answer.headers["Cache-Control"] = f"public, max-age={YEAR_SECONDS}, immutable"
    answer.headers["Vary"] = "Accept-Encoding"
    if zipped:
        answer.headers["Content-Encoding"] = "gzip"
    return answer


@cache
def _names() -> frozenset[str]:
    return frozenset(str(path.relative_to(STATIC)) for path in STATIC.rglob("*") if path.is_file())
