"""Pages for what is refused: no right (or a form without its token), nothing there, too often."""

from typing import Any, Final

from flask import Blueprint, render_template
from werkzeug.exceptions import Forbidden, NotFound

from bot.panel.gate import TooMany
from bot.panel.words import said as _

NOT_YOURS: Final = ("This is not yours to see", "Your role does not include it, or the form was not from this browser.")
NOT_HERE: Final = ("Nothing here", "There is no such page, or what it was about is not yours to see.")
TOO_OFTEN: Final = ("A moment, please", "That was asked too often. Wait a little and try again.")


def add(routes: Blueprint) -> None:
    """Answer with a page instead of two words."""
    routes.register_error_handler(Forbidden, lambda _error: _page(NOT_YOURS, 403))
    routes.register_error_handler(NotFound, lambda _error: _page(NOT_HERE, 404))
    routes.register_error_handler(TooMany, _too_many)


def _too_many(error: Any) -> Any:
    body, status = _page(TOO_OFTEN, 429)
    return body, status, {"Retry-After": str(error.seconds)}


def _page(words: tuple[str, str], status: int) -> tuple[str, int]:
    return render_template("panel/refused.html", title=_(words[0]), sentence=_(words[1])), status
