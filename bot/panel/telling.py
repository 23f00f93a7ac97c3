"""What became of a form, told on the next page: after a POST she is led to a page that she may reload.

The outcome travels in a cookie that is signed, lives for a minute and is taken away when it has been read: it holds the
key of a sentence and short values, nothing that is secret.
"""

from dataclasses import dataclass
from typing import Any, Final

from flask import g, redirect, request
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from bot.panel import words
from bot.settings import current
from models.actions.forms import Effect

COOKIE: Final = "told"
LIFE_SECONDS: Final = 60
OTHERWISE: Final = "That could not be done. Look at the page again; something may have changed."

# The sentences that every page may need. A page adds its own with `sentences`.
SENTENCES: dict[str, str] = {
    "stale_form": "That form was too old. Nothing was done; try again on this page.",
    "gone": "That is settled already, or is not there any more.",
    "not_allowed": "You may not do that.",
    "frozen": "That account is frozen.",
}


@dataclass(frozen=True)
class Told:
    """What stands above the next page."""

    sentence: str
    done: bool


def sentences(**more: str) -> None:
    """Add a page's own: key -> English sentence with {values}. Two pages that mean different things need two keys."""
    for key, sentence in more.items():
        if SENTENCES.setdefault(key, sentence) != sentence:
            raise ValueError(f"two sentences for {key}")


def tell(effect: Effect, where: str) -> Response:
    """Lead her to a page of ours, where it is said."""
    answer = redirect(where, 303)
    value = _signer().dumps([effect.key, effect.done, effect.facts or {}])
    answer.set_cookie(
        COOKIE, value, max_age=LIFE_SECONDS, httponly=True, samesite="Strict", path="/admin",
        secure=current().public_url.startswith("https://"),
    )  # fmt: skip
    return answer


def read() -> Told | None:
    """What the last form left, once."""
    if "told" not in g:
        g.told = _read(request.cookies.get(COOKIE, ""))
    found: Told | None = g.told
    return found


def clear(answer: Any) -> Any:
    """After a page that has said it."""
    if g.get("told") is not None and request.method == "GET":
        answer.delete_cookie(COOKIE, path="/admin")
    return answer


def _read(value: str) -> Told | None:
    if not value:
        return None
    try:
        key, done, facts = _signer().loads(value, max_age=LIFE_SECONDS)
    except (BadSignature, ValueError):
        return None
    return Told(words.said(SENTENCES.get(key, OTHERWISE), **facts), bool(done))


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current().secret_key, salt="panel told")
