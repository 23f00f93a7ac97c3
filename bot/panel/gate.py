"""Who may open which page. Every page goes through `Panel.page`, which says what right it needs.

Nobody without a session gets further than the sign-in; a right that a role lacks is a 403, somebody
else's group a 404, too many requests a 429. Every form brings the session's own token (CSRF), comes from our own
pages, and has a key that was minted when it was shown. A test walks through the route map and asks
every page as every role.
"""

import functools
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from flask import Blueprint, abort, g, redirect, request
from flask import Response as FlaskResponse
from werkzeug.wrappers import Response

from bot import clock
from bot.panel import limits, typed
from bot.panel.limits import Limit
from bot.panel.timed import Timed
from bot.queue import ring_all
from bot.security import fingerprint, key_matches
from bot.settings import Settings
from models.actions import signing_in
from models.actions.signing_in import Session, Somebody
from models.doorbell import collecting
from models.rules.staff import Right, may, own_groups_only

PREFIX: Final = "/admin"
SIGN_IN: Final = f"{PREFIX}/sign-in"
PROVE: Final = f"{PREFIX}/code"
DEVICE: Final = "device"
YEAR_SECONDS: Final = 365 * 24 * 3600

CONTENT: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; media-src 'self'; font-src 'self'"
)

View = Callable[..., Any]


@dataclass(frozen=True)
class Door:
    """What a page needs: a right, or None for the pages of signing in."""

    right: Right | None
    methods: tuple[str, ...]


class TooMany(Exception):
    """One request too many; answered with a 429. seconds: after how many to come back."""

    def __init__(self, seconds: int) -> None:
        super().__init__()
        self.seconds = seconds


@dataclass
class Panel:
    """The panel's routes, with the cookie that its settings ask for."""

    settings: Settings
    timetable: tuple[Timed, ...] = ()
    routes: Blueprint = field(init=False)
    doors: dict[str, Door] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.routes = Blueprint("panel", "bot.panel", url_prefix=PREFIX, template_folder="templates")
        self.routes.after_request(self.harden)

    @property
    def secure(self) -> bool:
        return self.settings.public_url.startswith("https://")

    @property
    def cookie(self) -> str:
        """The prefix binds it to this host; browsers refuse it without TLS."""
        return "__Host-panel" if self.secure else "panel"

    def page(
        self,
        rule: str,
        right: Right,
        *,
        methods: tuple[str, ...] = ("GET",),
        limit: Limit | None = None,
        awake: bool = True,
    ) -> Callable[[View], View]:
        """A page for those who have the right. The view gets who she is as its first argument.

        limit: how often she may ask for this page, over and above what holds for all pages. awake: see `enter`.
        """

        def register(view: View) -> View:
            @functools.wraps(view)
            def guarded(**path: Any) -> Any:
                session = self.enter(right, awake=awake)
                if not isinstance(session, Session):
                    return session
                if limit is not None:
                    self.count(limit, session.who.actor)
                _read(path)
                with collecting() as rings:
                    answer = view(session.who, **path)
                ring_all(rings)
                return answer

            self.routes.add_url_rule(rule, view.__name__, guarded, methods=list(methods))
            self.doors[f"panel.{view.__name__}"] = Door(right, methods)
            return view

        return register

    def open_page(self, rule: str, *, methods: tuple[str, ...] = ("GET",)) -> Callable[[View], View]:
        """A page of signing in: open to everybody, but not without end."""

        def register(view: View) -> View:
            @functools.wraps(view)
            def counted(**path: Any) -> Any:
                self.count(limits.DOOR, fingerprint(self.settings.secret_key.encode(), request.remote_addr or ""))
                _read(path)
                return view(**path)

            self.routes.add_url_rule(rule, view.__name__, counted, methods=list(methods))
            self.doors[f"panel.{view.__name__}"] = Door(None, methods)
            return view

        return register

    def enter(self, right: Right, *, awake: bool = True) -> Session | Response:
        """Her session when she may come in, otherwise where she is led to. Ends in a 403 when she lacks the right.

        awake: a page that asks by itself, again and again, is no sign that somebody sits before it.
        """
        session = self.session(awake=awake)
        if session is None:
            return _to(SIGN_IN)
        if not session.proven:
            return _to(PROVE)
        self.count(limits.FORMS if request.method == "POST" else limits.PAGES, session.who.actor)
        if not may(session.who.role, right):
            abort(403)
        if request.method == "POST":
            self.check_form(session)
        g.who = session.who
        return session

    def count(self, limit: Limit, whom: str) -> None:
        """One more of these, unless it is one too many."""
        if limits.over(limit, whom, clock.now()):
            raise TooMany(limit.seconds)

    def session(self, *, awake: bool = True) -> Session | None:
        """This browser's session, asked for once in a request."""
        if "panel_session" not in g:
            token = request.cookies.get(self.cookie, "")
            g.panel_session = signing_in.session_of(token, clock.now(), awake=awake) if token else None
        found: Session | None = g.panel_session
        return found

    def check_form(self, session: Session) -> None:
        """A form of ours, from a page of ours. htmx brings the token in a header."""
        given = request.headers.get("X-CSRF-Token") or request.form.get("csrf", "")
        if not key_matches(given, [session.csrf]) or not self.from_ours():
            abort(403)

    def from_ours(self) -> bool:
        """Whether the browser says that a page of our own sent this. One that says nothing is old, not hostile."""
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
            return False
        origin = request.headers.get("Origin")
        return origin is None or urlsplit(origin).netloc in (request.host, urlsplit(self.settings.public_url).netloc)

    def remember(self, answer: Response, token: str) -> Response:
        """Give the browser its token; it goes when the browser is closed."""
        answer.set_cookie(self.cookie, token, secure=self.secure, httponly=True, samesite="Strict", path="/")
        return answer

    def forget(self, answer: Response) -> Response:
        answer.delete_cookie(self.cookie, secure=self.secure, httponly=True, samesite="Strict", path="/")
        return answer

    def device(self) -> str:
        """By what this browser is known again; a new one gets a mark with its next answer."""
        return request.cookies.get(DEVICE, "")

    def mark_device(self, answer: Response, device: str) -> Response:
        answer.set_cookie(
            DEVICE, device, max_age=YEAR_SECONDS, secure=self.secure, httponly=True, samesite="Strict", path=PREFIX
        )
        return answer

    def harden(self, answer: FlaskResponse) -> FlaskResponse:
        """What every answer of the panel tells the browser to refuse."""
        answer.headers.setdefault("Content-Security-Policy", CONTENT)
        answer.headers["X-Content-Type-Options"] = "nosniff"
        answer.headers["X-Frame-Options"] = "DENY"
        answer.headers["Referrer-Policy"] = "same-origin"
        answer.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        answer.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
        if self.secure:
            answer.headers["Strict-Transport-Security"] = f"max-age={YEAR_SECONDS}; includeSubDomains"
        if request.endpoint != "panel.file":
            answer.headers["Cache-Control"] = "no-store"
        return answer


def own_group(who: Somebody, group_id: int | None) -> None:
    """Somebody else's group does not exist for a field officer."""
    if own_groups_only(who.role) and group_id not in who.groups:
        abort(404)


def _read(path: dict[str, Any]) -> None:
    """What no row can have does not exist; what the database cannot take is left out of address and form."""
    if not typed.possible(path):
        abort(404)
    request.args, request.form = typed.cleaned(request.args), typed.cleaned(request.form)


def form_key() -> str:
    """Minted when a form is shown: whatever is clicked how often, it has one effect."""
    return secrets.token_urlsafe(12)


def _to(where: str) -> Response:
    """To the sign-in; htmx is told to load the whole page."""
    if request.headers.get("HX-Request"):
        return FlaskResponse(status=204, headers={"HX-Redirect": where})
    return redirect(where, 303)
