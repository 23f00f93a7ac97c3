"""A phone on Africa's Talking: sends the whole history with every reply, as the gateway does (providers.md 1.4)."""

import itertools
from dataclasses import dataclass
from urllib.parse import urlencode

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

FORM = "application/x-www-form-urlencoded; charset=UTF-8"
SESSIONS = itertools.count(1)
MTN = "62130"


@dataclass
class Phone:
    """`dial()`, then `say()`; `again()` is the gateway that repeats a request. The last screen is in `screen`."""

    web: FlaskClient
    key: str
    code: str
    number: str
    session: str = ""
    history: str = ""
    screen: str = ""
    over: bool = True
    replied: bool = False

    def dial(self, shortcut: str = "") -> str:
        """Dial the code, or *347*55*1# with the shortcut "1"."""
        self.session = f"ATUid_{next(SESSIONS):032x}"
        self.history = shortcut
        self.replied = bool(shortcut)
        return self.again()

    def say(self, reply: str) -> str:
        """Answer the screen."""
        self.history = f"{self.history}*{reply}" if self.replied else reply
        self.replied = True
        return self.again()

    def again(self) -> str:
        """Send the request as it stands (once more)."""
        response = self.post(self.form())
        assert response.status_code == 200, response.status
        assert response.mimetype == "text/plain"
        prefix, self.screen = response.text[:4], response.text[4:]
        assert prefix in ("CON ", "END "), response.text
        self.over = prefix == "END "
        return self.screen

    def form(self, **changes: str) -> dict[str, str]:
        """What the gateway posts."""
        return {
            "phoneNumber": self.number,
            "serviceCode": self.code,
            "text": self.history,
            "sessionId": self.session,
            "networkCode": MTN,
        } | changes

    def post(self, form: dict[str, str] | bytes, key: str = "") -> TestResponse:
        body = form if isinstance(form, bytes) else urlencode(form).encode()
        return self.web.post(f"/webhooks/africastalking-ussd/{key or self.key}", data=body, content_type=FORM)
