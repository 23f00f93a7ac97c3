"""The short link of a pay SMS: /p/<reference> leads to the provider's own page, as long as the payment waits.

Our messages carry no address but ours (security.md, threat 11). Whoever guesses a
reference can pay somebody's contribution and learns nothing else. Where it leads was
checked by the provider's adapter when the link was made.
"""

from flask import Blueprint, Response, redirect
from werkzeug.wrappers import Response as AnyResponse

from bot import clock
from bot.logs import log
from bot.settings import current
from bot.text import screens_of
from flows import catalogue
from models.queries.waiting import PAID, link
from models.rules.codes import is_short_ref

PAID_ALREADY = "PAGE_paid"
NOT_HERE = "PAGE_no_link"


def blueprint() -> Blueprint:
    """The one route."""
    routes = Blueprint("pay_links", __name__)

    @routes.get("/p/<short_ref>")
    def pay(short_ref: str) -> AnyResponse:
        ref = short_ref.upper()
        target = link(ref, clock.now()) if is_short_ref(ref) else None
        log.info("pay link", result="none" if target is None else "paid" if target == PAID else "page")
        if target is None:
            return _plain(NOT_HERE, 404)
        if target == PAID:
            return _plain(PAID_ALREADY, 200)
        answer = redirect(target, 303)
        answer.headers["Cache-Control"] = "no-store"
        answer.headers["Referrer-Policy"] = "no-referrer"
        return answer

    return routes


def _plain(key: str, status: int) -> Response:
    """Who opened the link is not known, so it is said in English."""
    text = "\n".join(filter(None, (screens_of(current()).mark(catalogue.ENGLISH), catalogue.text(key))))
    return Response(text, status, content_type="text/plain; charset=utf-8", headers={"Cache-Control": "no-store"})
