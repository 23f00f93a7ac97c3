"""The page at /sandbox: which phones are on it, the panels beside them, and what a browser must refuse."""

from collections.abc import Iterable
from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.wrappers import Response as Answer

from bot.sandbox.browser import devices, files, guide, people, stream
from bot.sandbox.browser.benches import BENCHES
from bot.sandbox.said import BANK_SAYS, WALLET_SAYS
from bot.sandbox.world import world
from flows.gsm import LIMIT
from models import phones as numbers

CONTENT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def blueprint() -> Blueprint:
    """The page, its files, its stream, and the routes of the panels."""
    routes = Blueprint("browser", __name__, url_prefix="/sandbox", template_folder="templates")
    routes.add_url_rule("", "page", show)
    routes.add_url_rule("/phone", "another", another)
    routes.add_url_rule("/events", "events", stream.events)
    routes.add_url_rule("/files/<given>/<path:name>", "file", files.answer)
    guide.add(routes)
    routes.after_request(_harden)
    routes.context_processor(lambda: {"static": files.address})
    for bench in BENCHES:
        if bench.add is not None:
            bench.add(routes)
    return routes


def show() -> str:
    """The phones that are asked for, or one to begin with; of too many, the oldest are put away."""
    here = world()
    guide.begun(here)
    known = people.known(here)
    chosen = devices.numbers_in(request.args.getlist("phone"))[-stream.MOST_PHONES :]
    if not chosen:
        chosen = [known[0].number if known else here.country.a_phone]
    return render_template(
        "sandbox/page.html",
        odd=request.args.get("odd"),
        code=here.tuning.current().ussd_code,
        country=here.country,
        known=known,
        phones=[people.of(each, known) for each in chosen],
        benches=BENCHES,
        steps=guide.steps(here),
        limit=LIMIT,
        product=here.settings.public_url,
        says={"bank": BANK_SAYS, "wallet": WALLET_SAYS},
        vouchers=[each.voucher_dial for each in here.country.operators if each.voucher_dial],
        address=_address,
    )


def another() -> Answer:
    """A number that somebody typed: it is put beside the phones that are open."""
    typed = request.args.get("number", "")
    found = numbers.parse(typed, world().country.region)
    open_now = devices.numbers_in(request.args.getlist("phone"))
    if found is None:
        return redirect(_address(open_now) + f"&{urlencode({'odd': typed})}", 303)
    return redirect(_address(dict.fromkeys([*open_now, found])), 303)


def _address(open_phones: Iterable[str]) -> str:
    return f"/sandbox?{urlencode([('phone', each) for each in open_phones])}"


def _harden(answer: Response) -> Response:
    answer.headers.setdefault("Content-Security-Policy", CONTENT)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Referrer-Policy"] = "same-origin"
    answer.headers.setdefault("Cache-Control", "no-store")
    return answer
