"""One's own account: another password, the browsers one is signed in with, new recovery codes.

Everybody of the staff has this page and nobody has somebody else's: it is about the session that asks.
"""

from collections.abc import Callable
from typing import Any, Final

from flask import render_template, request
from werkzeug.wrappers import Response

from bot import clock
from bot.logs import log, typed_secret
from bot.panel.gate import Panel
from bot.panel.telling import sentences, tell
from models.actions import own_account
from models.actions.forms import Effect, once, sent_before
from models.actions.own_account import NewPassword
from models.actions.pins import Busy
from models.actions.signing_in import Session, Somebody
from models.queries import panel_staff
from models.rules.refused import Refused
from models.rules.staff import LEAST_PASSWORD, Right

HERE: Final = "/admin/account/"

SAID: Final[dict[str, str]] = {
    "password_changed": "Your password is changed. Other browsers that are out: {n}.",
    "signed_out_elsewhere": "Done. Other browsers that are out: {n}.",
    "recovery_made": "Your recovery codes were made already, and are shown once. Not seen? Make new ones.",
    "nowhere_else": "You are signed in nowhere else.",
    "wrong_present": "Nothing was changed: that is not your present password.",
    "wrong_code": "Nothing was changed: that code was not right, or has been used. Wait for the next one.",
    "locked": "Locked after too many failures, for 15 minutes or longer. Wait, or ask an owner to unlock you.",
    "too_many": "Too many failures from this network. Wait 15 minutes and try again.",
    "busy": "Many people are signing in just now. Try again in a moment.",
    "differs": "Nothing was changed: the two new passwords were not the same.",
    "same_password": "Nothing was changed: the new password is the old one.",
    "short_password": "Too short: take at least 12 letters, a sentence for example.",
    "long_password": "Too long: take at most 200 letters.",
    "weak_password": "Others would guess that one first. Take a sentence that only you would think of.",
}
sentences(**SAID)


def add(panel: Panel) -> None:
    """The page and its three forms."""

    @panel.page("/account/", Right.SEE)
    def account(who: Somebody) -> Any:
        now = clock.now()
        return render_template(
            "panel/account.html",
            person=panel_staff.person(who.staff_id, now),
            browsers=panel_staff.browsers_of(who.staff_id, now),
            this=_session(panel).session_id,
            least=LEAST_PASSWORD,
        )

    @panel.page("/account/password", Right.SEE, methods=("POST",))
    def account_password(who: Somebody) -> Any:
        typed = NewPassword(*(request.form.get(name, "") for name in ("present", "password", "again", "code")))
        with typed_secret(typed.present, typed.chosen, typed.again, typed.code):
            effect = _change(_session(panel), typed)
        return _back("new password", effect)

    @panel.page("/account/sign-out-elsewhere", Right.SEE, methods=("POST",))
    def account_sign_out(who: Somebody) -> Any:
        session = _session(panel)
        effect = _once("account.sign_out", who, lambda: own_account.sign_out_elsewhere(session, clock.now()))
        return _back("signed out elsewhere", effect)

    @panel.page("/account/recovery", Right.SEE, methods=("POST",))
    def account_recovery(who: Somebody) -> Any:
        """The codes stand in this answer and nowhere else: sent twice, the form shows none."""
        session, code, made = _session(panel), request.form.get("code", ""), list[str]()

        def act() -> Effect | Refused:
            codes = own_account.new_recovery_codes(code, session, _address(), clock.now())
            if isinstance(codes, Refused):
                return codes
            made[:] = codes
            return Effect("recovery_made")

        with typed_secret(code):
            effect = _once("account.recovery", who, act)
        if not effect.done or not made:
            return _back("new recovery codes", effect)
        log.info("panel", what="new recovery codes", result="done")
        return render_template("panel/account_codes.html", codes=made)


def _change(session: Session, typed: NewPassword) -> Effect:
    """Hashed before the transaction begins; not at all when the same form has had its effect."""
    before = sent_before(request.form.get("key", ""), session.who)
    if before is not None:
        return before
    now = clock.now()
    try:
        ready = own_account.hashed(typed, session, _address(), now)
    except Busy:
        ready = Refused("busy")
    if isinstance(ready, Refused):
        return Effect(ready.why, done=False)
    return _once(
        "account.password", session.who,
        lambda: own_account.change_password(ready, typed.code, session, _address(), now),
    )  # fmt: skip


def _once(what: str, who: Somebody, act: Callable[[], Effect | Refused]) -> Effect:
    return once(request.form.get("key", ""), what, who, clock.now(), act)


def _back(what: str, effect: Effect) -> Response:
    log.info("panel", what=what, result="done" if effect.done else effect.key)
    return tell(effect, HERE)


def _session(panel: Panel) -> Session:
    """Hers: the gate has let it in."""
    session = panel.session()
    if session is None:
        raise RuntimeError("a page without a session")
    return session


def _address() -> str:
    return request.remote_addr or ""
