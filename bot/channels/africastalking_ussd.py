"""USSD over Africa's Talking: their callback in, `CON ` or `END ` out (providers.md 1).

They sign nothing: whoever knows the secret in the path may claim any number, so what comes
in here proves nothing until a PIN was given. Which part of `text` is new is `bot.turns`' business.
"""

import re
from collections.abc import Mapping
from typing import ClassVar, Self

from bot.channels.base import MAX_FORM, Answer, DoorKind, Ended, Request, SessionEnd, field_of, phone_of, read_form
from bot.errors import Forged, Malformed
from bot.gsm import to_gsm
from bot.settings import Settings
from bot.turns import UssdHop
from flows.forms import USSD, Form

SESSION = re.compile(r"[\w.:-]{1,128}", re.ASCII)
SERVICE_CODE = re.compile(r"[*#0-9]{1,32}")
MAX_HISTORY = 2000


class AfricasTalkingUssd:
    """The USSD channel."""

    name: ClassVar[str] = "africastalking-ussd"
    answers_at_once: ClassVar[bool] = True
    doors: ClassVar[Mapping[str, DoorKind]] = {
        "africastalking-ussd": DoorKind.TURN,
        "africastalking-ussd-events": DoorKind.SESSION_END,
    }
    keyed: ClassVar[bool] = True
    form: ClassVar[Form] = USSD
    largest: ClassVar[int] = MAX_FORM

    def __init__(self, keys: tuple[str, ...], service_code: str = "") -> None:
        """`keys`: those that the callback URL may carry. `service_code`: ours; empty accepts any."""
        self._keys = keys
        self._own = service_code.rstrip("#")

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        return cls(settings.callback_keys, settings.ussd_code)

    def verify(self, request: Request) -> Mapping[str, str]:
        form = read_form(request, self._keys)
        if not self._is_ours(form.get("serviceCode", "")):
            raise Forged("other_service_code")
        return form

    def parse(self, form: Mapping[str, str]) -> UssdHop:
        """The hop in a callback. An unknown network is as good as any."""
        history = form.get("text")
        if history is None or len(history) > MAX_HISTORY:
            raise Malformed("bad_text")
        return UssdHop(_session(form), phone_of(form, "phoneNumber"), _service(form), _network(form), history)

    def answer(self, text: str, *, end: bool) -> Answer:
        """Nothing may stand before the prefix, and nothing outside GSM-7 behind it: either ends the session."""
        return Answer((("END " if end else "CON ") + to_gsm(text).strip()).encode(), "text/plain")

    def parse_event(self, form: Mapping[str, str]) -> SessionEnd:
        """The notification after a session: best effort, so only who and which session have to be there."""
        status = form.get("status", "").strip().lower()
        return SessionEnd(
            session_id=_session(form),
            phone=phone_of(form, "phoneNumber"),
            service_code=_service(form),
            network_code=_network(form),
            ended=Ended(status) if status in set(Ended) else Ended.UNKNOWN,
            duration_ms=_count(form.get("durationInMillis", "")),
            hops=_count(form.get("hopsCount", "")),
            steps=tuple(step[:99] for step in form.get("hopsMetadata", "").split("|") if step),
            cost=form.get("cost", "")[:32],
            error=form.get("errorMessage", "")[:200],
        )

    def _is_ours(self, service_code: str) -> bool:
        """Our code, or what somebody dialled behind it: *347*55*2#."""
        code = service_code.strip().rstrip("#")
        return not self._own or code == self._own or code.startswith(self._own + "*")


def _session(form: Mapping[str, str]) -> str:
    session = form.get("sessionId", "").strip()
    if not SESSION.fullmatch(session):
        raise Malformed("bad_sessionId")
    return session


def _service(form: Mapping[str, str]) -> str:
    code = field_of(form, "serviceCode", 32)
    if not SERVICE_CODE.fullmatch(code):
        raise Malformed("bad_serviceCode")
    return code


def _network(form: Mapping[str, str]) -> str:
    code = form.get("networkCode", "").strip()[:16]
    return code if code.isalnum() and code.isascii() else ""


def _count(text: str) -> int:
    digits = text.strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 9 else 0
