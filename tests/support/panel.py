"""Somebody of the staff and her browser: hired, set up and signed in through the panel's own pages."""

import re
from dataclasses import dataclass
from datetime import datetime

import pyotp
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from models.actions import staff
from models.rules.refused import Refused
from models.rules.staff import TOTP_SECONDS, Role

PASSWORD = "three calm herons"
CSRF = re.compile(r'name="csrf" value="([^"]+)"')
KEY = re.compile(r'name="key" value="([^"]+)"')


@dataclass
class Hired:
    """Somebody who may sign in, with what her phone has learnt."""

    staff_id: int
    email: str
    totp_secret: str
    recovery: list[str]

    def code(self, now: datetime, steps: int = 0) -> str:
        """What her phone shows, so many half minutes from now."""
        return pyotp.TOTP(self.totp_secret).at(int(now.timestamp()) + steps * TOTP_SECONDS)


def hire(role: Role, now: datetime, *, email: str = "", phone: str = "+2348099990001", name: str = "Titi Ola") -> Hired:
    """Invited and set up. Her code of a minute ago is used, this minute's is not."""
    address = email or f"{role.value}@ajo.example"
    invited = staff.invite(email=address, phone=phone, name=name, role=role, actor="test", now=now)
    assert not isinstance(invited, Refused), invited
    setup = staff.setup_of(invited.token, now)
    assert setup is not None
    earlier = pyotp.TOTP(setup.totp_secret).at(int(now.timestamp()) - TOTP_SECONDS)
    codes = staff.finish_setup(invited.token, PASSWORD, earlier, now)
    assert not isinstance(codes, Refused), codes
    return Hired(invited.staff_id, address, setup.totp_secret, codes)


def sign_in(browser: FlaskClient, who: Hired, now: datetime) -> None:
    """Both factors, as the pages ask for them."""
    answer = browser.post("/admin/sign-in", data={"email": who.email, "password": PASSWORD})
    assert answer.status_code == 303, answer.text
    page = browser.get("/admin/code")
    answer = browser.post("/admin/code", data={"code": who.code(now), "csrf": hidden(page, CSRF)})
    assert answer.status_code == 303, answer.text


def code_again(browser: FlaskClient, now: datetime) -> str:
    """What the phone of whoever has signed in with this browser shows now, for a yes; a code works once."""
    who: Hired = browser.hired  # type: ignore[attr-defined]
    return who.code(now)


def send(browser: FlaskClient, page: str, action: str, **fields: str) -> TestResponse:
    """A form of this page, with the token and the key that the page was shown with. Follow with `browser.get`."""
    shown = browser.get(page)
    keys = {"csrf": hidden(shown, CSRF), "key": hidden(shown, KEY)}
    return browser.post(action, data={**keys, **fields})


def hidden(page: TestResponse, what: re.Pattern[str]) -> str:
    """A hidden field of a page."""
    found = what.search(page.text)
    assert found, page.text
    return found[1]
