"""Signing in and out, and setting oneself up by the link of an invitation."""

import secrets
from collections.abc import Callable
from typing import Any, TypeVar

import segno
from flask import abort, redirect, render_template, request
from pyotp import TOTP
from werkzeug.wrappers import Response

from bot import clock
from bot.logs import log, typed_secret
from bot.panel import browsers
from bot.panel.gate import PREFIX, PROVE, SIGN_IN, Panel
from models.actions import signing_in, staff
from models.actions.pins import Busy
from models.rules.refused import Refused
from models.rules.staff import LEAST_PASSWORD

ISSUER = "Ajo Secure"
HOME = f"{PREFIX}/"
DEVICE_BYTES = 16

T = TypeVar("T")


def add(panel: Panel) -> None:
    """The pages that are open to everybody."""

    @panel.open_page("/sign-in", methods=("GET", "POST"))
    def sign_in() -> Any:
        if request.method == "GET":
            return render_template("panel/sign_in.html", why="")
        if not panel.from_ours():
            abort(403)
        email, password = request.form.get("email", ""), request.form.get("password", "")
        with typed_secret(password):
            outcome = _unless_busy(
                lambda: signing_in.sign_in(email, password, _address(), clock.now(), device=panel.device())
            )
        log.info("panel", what="sign-in", result=outcome.why if isinstance(outcome, Refused) else "password")
        if isinstance(outcome, Refused):
            return render_template("panel/sign_in.html", why=outcome.why, email=email), 401
        return panel.remember(redirect(PROVE, 303), outcome.token)

    @panel.open_page("/code", methods=("GET", "POST"))
    def prove() -> Any:
        session = panel.session()
        if session is None:
            return redirect(SIGN_IN, 303)
        if session.proven:
            return redirect(HOME, 303)
        if request.method == "GET":
            return render_template("panel/code.html", why="", csrf=session.csrf)
        panel.check_form(session)
        device = panel.device() or secrets.token_urlsafe(DEVICE_BYTES)
        code = request.form.get("code", "")
        with typed_secret(code):
            browser = browsers.name_of(request.headers.get("User-Agent", ""))
            outcome = signing_in.prove(session, code, _address(), device, clock.now(), browser=browser)
        log.info("panel", what="code", result=outcome.why if isinstance(outcome, Refused) else "signed in")
        if isinstance(outcome, Refused):
            return render_template("panel/code.html", why=outcome.why, csrf=session.csrf), 401
        return panel.mark_device(panel.remember(redirect(HOME, 303), outcome.token), device)

    @panel.open_page("/sign-out", methods=("POST",))
    def sign_out() -> Response:
        session = panel.session()
        if session is not None:
            panel.check_form(session)
            signing_in.end_session(session.session_id, clock.now())
        return panel.forget(redirect(SIGN_IN, 303))

    @panel.open_page("/set-up/<token>", methods=("GET", "POST"))
    def set_up(token: str) -> Any:
        setup = staff.setup_of(token, clock.now())
        if setup is None:
            return render_template("panel/set_up_gone.html"), 410
        if request.method == "POST":
            if not panel.from_ours():
                abort(403)
            return _finish(token, setup)
        return _set_up_page(setup, "")


def _finish(token: str, setup: staff.Setup) -> Any:
    """She has chosen; her recovery codes are told this once."""
    password, code = request.form.get("password", ""), request.form.get("code", "")
    if password != request.form.get("again", ""):
        return _set_up_page(setup, "differs"), 400
    with typed_secret(password, code):
        outcome = _unless_busy(lambda: staff.finish_setup(token, password, code, clock.now()))
    log.info("panel", what="set-up", result=outcome.why if isinstance(outcome, Refused) else "done")
    if isinstance(outcome, Refused):
        return _set_up_page(setup, outcome.why), 400
    return render_template("panel/set_up_done.html", codes=outcome)


def _set_up_page(setup: staff.Setup, why: str) -> str:
    """The QR code for her phone is drawn in the page; the secret goes nowhere else."""
    uri = TOTP(setup.totp_secret).provisioning_uri(name=setup.email, issuer_name=ISSUER)
    qr = segno.make(uri, error="m").svg_data_uri(scale=5, border=2)
    return render_template(
        "panel/set_up.html", name=setup.name, qr=qr, secret=setup.totp_secret, why=why, least=LEAST_PASSWORD
    )


def _unless_busy(attempt: Callable[[], T | Refused]) -> T | Refused:
    """When too many try at once, she is asked to come back."""
    try:
        return attempt()
    except Busy:
        return Refused("busy")


def _address() -> str:
    """Where she comes from: the proxies of ours have said so (app.py), nobody else is believed."""
    return request.remote_addr or ""
