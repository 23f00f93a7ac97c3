"""Who may open what, made from the application's own routes: every page as nobody, as every role, and for another's
group. A page that somebody adds is asked as well; one with a parameter that the scene does not know makes this fail.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from peewee import DatabaseError
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from bot import clock as moved
from bot.panel import gate
from bot.panel.gate import PREFIX, Door, Panel, form_key
from models.actions import looking, staff
from models.rules.staff import Role, may, own_groups_only
from tests.panel.conftest import SignIn
from tests.panel.scene import OF_NO_GROUP, OF_THE_HOUSE, Scene, prepare
from tests.support.panel import CSRF, hidden

FILES = frozenset({"panel.file", "rq_dashboard.static"})  # the programs of the pages, and nobody's data
FINE = (200, 303)
NO = (403, 404)
# A form without its fields: refused in words, done, or not understood. Never let through by a mistake of ours (5xx).
UNDERSTOOD = (200, 303, 400, 404, 422)
SIGNING_OUT = "panel.sign_out"


@dataclass(frozen=True)
class Asked:
    """A route with its parameters filled in."""

    endpoint: str
    method: str
    url: str
    door: Door
    arguments: frozenset[str]

    @property
    def of_a_group(self) -> bool:
        return bool(self.arguments - OF_NO_GROUP)

    def __str__(self) -> str:
        return f"{self.method} {self.url} ({self.endpoint}, {self.door.right or 'open'})"


@pytest.fixture
def scene(house: Flask) -> Scene:
    return prepare(moved.now())


@pytest.fixture
def routes(house: Flask, scene: Scene) -> list[Asked]:
    """Every page and every form of the panel."""
    return list(_asked(house, scene))


def _asked(house: Flask, scene: Scene) -> Iterator[Asked]:
    panel: Panel = house.extensions["panel"]
    for rule in house.url_map.iter_rules():
        if not rule.rule.startswith(PREFIX) or rule.endpoint in FILES:
            continue
        door = panel.doors.get(rule.endpoint)
        assert door is not None, f"{rule} ({rule.endpoint}) is no page of Panel.page: nobody asks for a right there"
        for method in sorted({"GET", "POST", "PUT", "PATCH", "DELETE"} & (rule.methods or set())):
            yield Asked(rule.endpoint, method, _filled(house, rule, scene), door, frozenset(rule.arguments))


def _filled(house: Flask, rule: Rule, scene: Scene) -> str:
    values = {}
    for name in rule.arguments:
        if name in (rule.defaults or {}):
            continue
        value = scene.values.get(f"{rule.endpoint}.{name}", scene.values.get(name))
        assert value is not None, (
            f"{rule} ({rule.endpoint}) has the parameter '{name}': give it a line in tests/panel/scene.py"
        )
        values[name] = value
    built = rule.build(values)
    assert built is not None, f"{rule} ({rule.endpoint}) cannot be built from {values}"
    asks = urlencode(scene.asks.get(rule.endpoint, {}))
    return f"{built[1]}?{asks}" if asks else built[1]


def send(browser: FlaskClient, asked: Asked, csrf: str = "") -> TestResponse:
    if asked.method == "GET":
        return browser.get(asked.url, buffered=True)
    return browser.open(asked.url, method=asked.method, data={"csrf": csrf, "key": form_key()}, buffered=True)


def allowed(role: Role, asked: Asked) -> bool:
    """Whether the role has the page's right, and may see what the page is about."""
    if own_groups_only(role) and asked.endpoint in OF_THE_HOUSE:
        return False
    return asked.door.right is not None and may(role, asked.door.right)


def says_no(browser: FlaskClient, answer: TestResponse) -> bool:
    """Whether the page to which a form leads says that nothing was done."""
    if answer.status_code != 303:
        return False
    page = browser.get(answer.location)
    return page.status_code in NO or '<p class="note bad"' in page.text


# By what an address may go on or be narrowed down, over all pages; each page reads some of them.
NUMBERS = ("after", "before", "group", "seat", "account", "cycle", "weeks", "ask", "member")
DAYS = ("from", "to", "day", "since", "until")
TEXTS = ("after", "q", "text", "state", "kind", "status", "show", "age", "actor", "verb", "subject", "chain", "key",
         "seen", "language", "account", "currency", "from", "phone", "code")  # fmt: skip
HUGE = ("9" * 25, str(2**63))


def typed_queries() -> Iterator[str]:
    for value in HUGE:
        yield from (urlencode({name: value}) for name in ("after", "before", "group", "seat"))
        yield urlencode(dict.fromkeys(NUMBERS, value))
    for name in DAYS:
        yield from (urlencode({name: value}) for value in ("9999-12-31", "0001-01-01"))
    for at in ("9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+12:00"):
        yield from (urlencode({"after": f"{at}{end}", "before": f"{at}{end}"}) for end in ("_1", "~1", "~turn~1"))
    for value in ("\x00", "\ud7ff\u0663'%_"):
        yield urlencode(dict.fromkeys(TEXTS, value))


def paced(asked: list[Asked]) -> Iterator[Asked]:
    """One after the other, with a rest now and then: nobody sends more than so many forms in a minute."""
    for n, each in enumerate(asked, start=1):
        if n % 40 == 1:
            moved.advance("1m")
        yield each


def csrf_of(browser: FlaskClient) -> str:
    return hidden(browser.get("/admin/"), CSRF)


def as_role(signed_in: SignIn, role: Role) -> FlaskClient:
    return signed_in(role, email=f"{role.value}.routes@ajo.example", phone="+2348099990077")


def looks_after(browser: FlaskClient, scene: Scene) -> None:
    staff.look_after(browser.hired.staff_id, scene.circle.group_id, actor="test", now=moved.now())  # type: ignore[attr-defined]


def wrong(found: dict[Asked, int]) -> str:
    return "\n" + "\n".join(f"{asked} answered {status}" for asked, status in found.items())


def test_nobody_gets_further_than_the_sign_in(browser: FlaskClient, routes: list[Asked]) -> None:
    let_in = {}
    for asked in routes:
        answer = send(browser, asked)
        led_away = answer.status_code == 303 and answer.location == "/admin/sign-in"
        if asked.door.right is not None and not led_away and answer.status_code not in NO:
            let_in[asked] = answer.status_code

    assert not let_in, wrong(let_in)


def test_a_password_alone_opens_nothing(house: Flask, signed_in: SignIn, routes: list[Asked]) -> None:
    hired = as_role(signed_in, Role.OWNER).hired  # type: ignore[attr-defined]
    browser = house.test_client()
    browser.post("/admin/sign-in", data={"email": hired.email, "password": "three calm herons"})
    let_in = {}
    for asked in routes:
        answer = send(browser, asked)
        led_away = answer.status_code == 303 and answer.location == "/admin/code"
        if asked.door.right is not None and not led_away and answer.status_code not in NO:
            let_in[asked] = answer.status_code

    assert not let_in, wrong(let_in)


@pytest.mark.parametrize("role", Role)
def test_every_page_asks_for_its_right(role: Role, signed_in: SignIn, scene: Scene, routes: list[Asked]) -> None:
    """With the group in her care, too: what a role may not do, it may do nowhere."""
    browser = as_role(signed_in, role)
    looks_after(browser, scene)
    surprises = {}
    for asked in [each for each in routes if each.method == "GET" and each.door.right is not None]:
        status = send(browser, asked).status_code
        if status not in (FINE if allowed(role, asked) else NO):
            surprises[asked] = status

    assert not surprises, wrong(surprises)


@pytest.mark.parametrize("role", Role)
def test_every_form_asks_for_its_right(role: Role, signed_in: SignIn, scene: Scene, routes: list[Asked]) -> None:
    browser = as_role(signed_in, role)
    looks_after(browser, scene)
    csrf = csrf_of(browser)
    surprises = {}
    for asked in paced([each for each in routes if each.method != "GET" and each.door.right is not None]):
        status = send(browser, asked, csrf).status_code
        if status not in (UNDERSTOOD if allowed(role, asked) else NO):
            surprises[asked] = status

    assert not surprises, wrong(surprises)


def test_another_officers_group_does_not_exist(signed_in: SignIn, routes: list[Asked]) -> None:
    """She looks after no group: nothing that belongs to this one is there for her, page or form. A form may also lead
    her back and say no.
    """
    browser = as_role(signed_in, Role.FIELD)
    csrf = csrf_of(browser)
    seen = {}
    for asked in paced([each for each in routes if each.of_a_group and each.door.right is not None]):
        answer = send(browser, asked, csrf)
        if answer.status_code not in NO and not (asked.method == "POST" and says_no(browser, answer)):
            seen[asked] = answer.status_code

    assert not seen, wrong(seen)


def test_a_form_without_its_token_is_refused(signed_in: SignIn, scene: Scene, routes: list[Asked]) -> None:
    browser = as_role(signed_in, Role.OWNER)
    forms = [each for each in routes if each.method == "POST" and (each.door.right or each.endpoint == SIGNING_OUT)]
    accepted = {}
    for csrf in ("", "a-token-of-somebody-else"):
        for asked in paced(forms):
            if (status := send(browser, asked, csrf).status_code) != 403:
                accepted[asked] = status

    assert forms
    assert not accepted, wrong(accepted)


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"}]
)
def test_a_form_from_another_site_is_refused(headers: dict[str, str], signed_in: SignIn, routes: list[Asked]) -> None:
    """Also with the right token, and also at the sign-in."""
    browser = as_role(signed_in, Role.OWNER)
    csrf = csrf_of(browser)
    accepted = {}
    for asked in paced([each for each in routes if each.method == "POST"]):
        answer = browser.post(asked.url, data={"csrf": csrf, "key": form_key()}, headers=headers)
        if answer.status_code not in (403, 410, 303) or answer.status_code == 303 and answer.location != "/admin/":
            accepted[asked] = answer.status_code

    assert not accepted, wrong(accepted)


def test_what_a_page_does_not_take_is_refused(signed_in: SignIn, routes: list[Asked]) -> None:
    browser = as_role(signed_in, Role.OWNER)

    for asked in [each for each in routes if each.method == "GET"]:
        for method in ("PUT", "PATCH", "DELETE"):
            assert browser.open(asked.url, method=method).status_code == 405, f"{method} {asked.url}"


def test_no_address_that_somebody_typed_breaks_a_page(
    house: Flask, signed_in: SignIn, routes: list[Asked], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate.limits, "over", lambda *_asked: False)
    monkeypatch.setattr(looking, "SEARCHES_AN_HOUR", 10**6)
    owner, broken = as_role(signed_in, Role.OWNER), []
    pages = [asked for asked in routes if asked.method == "GET" and not asked.endpoint.startswith("rq")]
    assert len(pages) > 50
    for asked in pages:
        page = asked.url.partition("?")[0]
        addresses = [f"{page}?{query}" for query in typed_queries()]
        broken += [address for address in addresses if not answers(owner, address)]
    for endpoint in {asked.endpoint for asked in pages if asked.arguments}:
        rule = next(house.url_map.iter_rules(endpoint))
        for number, text in ((2**63, "a%00b"), (10**25, "\u0663")):
            path = re.sub(r"<int:\w+>", str(number), rule.rule)
            path = re.sub(r"<\w+>", text, path)
            broken += [] if answers(owner, path) else [path]
    assert not broken, broken


def answers(browser: FlaskClient, url: str) -> bool:
    """Whether it gets an answer of ours, to its end: an export may break off after its first line."""
    try:
        return browser.get(url, buffered=True).status_code < 500
    except (ArithmeticError, ValueError, DatabaseError):
        return False
