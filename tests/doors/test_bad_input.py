"""Whatever is thrown at the doors: a clean refusal or a screen, never a traceback, never a row."""

from collections.abc import Iterator
from urllib.parse import quote, quote_plus, urlencode

import pytest
import redis
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as example_settings
from hypothesis import strategies as st

from bot import webhooks
from bot.settings import Settings
from flows.gsm import septets
from models.base import database
from tests.support.cast import ADA
from tests.support.phone import FORM

DIAL = {
    "phoneNumber": ADA.phone,
    "serviceCode": "*347*55#",
    "text": "",
    "sessionId": "ATUid_3f0c9a7be21d4468a5c1e0d97b6f4412",
    "networkCode": "62130",
}
DOORS = ("africastalking-ussd", "africastalking-ussd-events", "africastalking-delivery", "africastalking-optout")
TABLES = ("member", "performed", "inbox", "outbox", "said", "ussd_session", "audit")


@pytest.fixture(autouse=True)
def quiet(web: FlaskClient, capsys: pytest.CaptureFixture[str]) -> Iterator[None]:
    """After every test here: no traceback in the log, and nothing in the books."""
    yield
    assert "Traceback" not in capsys.readouterr().err
    rows = {table: database.execute_sql(f"SELECT count(*) FROM {table}").fetchone()[0] for table in TABLES}
    assert rows == dict.fromkeys(TABLES, 0)


@pytest.fixture
def path(ours: Settings) -> str:
    return f"/webhooks/africastalking-ussd/{ours.callback_keys[0]}"


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(
    "key", ["x", "development-only-callback-key-51e", "development-only-callback-key-51e80", "%00"]
)
def test_a_wrong_key_opens_nothing(
    web: FlaskClient, redis_client: redis.Redis, capsys: pytest.CaptureFixture[str], door: str, key: str
) -> None:
    before = webhooks.REFUSED[f"{door}:wrong_key"]
    response = web.post(f"/webhooks/{door}/{key}", data=urlencode(DIAL), content_type=FORM)
    assert (response.status_code, response.text) == (404, "not found")
    assert webhooks.REFUSED[f"{door}:wrong_key"] == before + 1
    logged = capsys.readouterr().err
    assert "wrong_key" in logged
    assert key == "x" or key not in logged
    assert not list(redis_client.scan_iter("ajo:place:*"))


@pytest.mark.parametrize("path", ["/webhooks/telepathy/x", "/webhooks/telepathy", "/webhooks/", "/webhooks/paystack/x"])
def test_a_door_that_is_not_there_looks_like_a_wrong_key(web: FlaskClient, path: str) -> None:
    response = web.post(path, data=urlencode(DIAL), content_type=FORM)
    assert (response.status_code, response.text) == (404, "not found")


def test_the_key_is_asked_before_anything_is_read(web: FlaskClient) -> None:
    for body in (b"", b"\xff", b"x" * 5000):
        assert web.post("/webhooks/africastalking-ussd/wrong", data=body, content_type="text/x").status_code == 404


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_only_post_is_understood(web: FlaskClient, path: str, method: str) -> None:
    response = web.open(path, method=method, data=urlencode(DIAL), content_type=FORM)
    assert (response.status_code, response.text) == (400, "bad request")


@pytest.mark.parametrize("content_type", ["application/json", "multipart/form-data; boundary=x", "text/plain", ""])
def test_only_a_form_is_understood(web: FlaskClient, path: str, content_type: str) -> None:
    assert web.post(path, data=urlencode(DIAL), content_type=content_type).status_code == 400


@pytest.mark.parametrize(("size", "status"), [(4096, 200), (4097, 413), (60_000, 413), (2_000_000, 413)])
def test_a_body_has_a_limit(web: FlaskClient, path: str, size: int, status: int) -> None:
    body = (urlencode(DIAL) + "&x=").encode().ljust(size, b"a")
    assert web.post(path, data=body, content_type=FORM).status_code == status


@pytest.mark.parametrize("missing", ["phoneNumber", "sessionId", "text", "serviceCode"])
def test_a_field_that_is_missing_is_refused(web: FlaskClient, path: str, missing: str) -> None:
    form = {name: value for name, value in DIAL.items() if name != missing}
    response = web.post(path, data=urlencode(form), content_type=FORM)
    assert response.status_code in (400, 404)
    assert "Trace" not in response.text


@pytest.mark.parametrize(
    "changes",
    [
        {"phoneNumber": "not a number"},
        {"phoneNumber": "+"},
        {"phoneNumber": "+234803123456\x00"},
        {"phoneNumber": "\N{ARABIC-INDIC DIGIT ONE}" * 11},
        {"sessionId": ""},
        {"sessionId": "a b"},
        {"sessionId": "x" * 129},
        {"sessionId": "\x00"},
        {"serviceCode": "*123#"},
        {"serviceCode": "*347*555#"},
        {"text": "1*" * 1500},
    ],
)
def test_a_field_that_no_network_sends_is_refused(web: FlaskClient, path: str, changes: dict[str, str]) -> None:
    assert web.post(path, data=urlencode(DIAL | changes), content_type=FORM).status_code in (400, 404, 413)


@pytest.mark.parametrize("body", [b"text=%ff%fe", b"\xff\xfe=1", b"a=1&a=2", b"&" * 100, b"=" * 50, b"phoneNumber=%"])
def test_bytes_that_are_no_form_are_refused(web: FlaskClient, path: str, body: bytes) -> None:
    assert web.post(path, data=body, content_type=FORM).status_code in (400, 404)


@pytest.mark.parametrize(
    "typed",
    [
        "\N{PILE OF POO}",
        "\N{FAMILY}\N{ZERO WIDTH JOINER}\N{BOY}",
        "\x00",
        "a\x00b",
        "\r\nEND hello",
        "CON hello",
        "{name}",
        "%s%n",
        "'; DROP TABLE member; --",
        "<script>",
        "\N{RIGHT-TO-LEFT OVERRIDE}123",
        "9" * 1000,
        "#",
        "*",
        "***",
        "\N{NAIRA SIGN}5000",
    ],
)
def test_garbage_gets_a_screen(web: FlaskClient, path: str, typed: str) -> None:
    for history in ("", typed):
        response = web.post(path, data=urlencode(DIAL | {"text": history}), content_type=FORM)
        assert_a_screen(response.status_code, response.get_data())


@given(text=st.binary(max_size=60), session=st.text(max_size=20), network=st.binary(max_size=10))
@example_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_get_a_screen_or_a_refusal(
    web: FlaskClient, path: str, text: bytes, session: str, network: bytes
) -> None:
    body = f"phoneNumber={quote_plus(ADA.phone)}&serviceCode=%2A347%2A55%23&sessionId={quote('s' + session)}"
    response = web.post(path, data=f"{body}&text={quote(text)}&networkCode={quote(network)}", content_type=FORM)
    if response.status_code == 200:
        assert_a_screen(200, response.get_data())
    else:
        assert response.status_code in (400, 404, 413)


@given(body=st.binary(max_size=300), content_type=st.sampled_from([FORM, "application/json", ""]))
@example_settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_body_at_any_door_is_refused_or_answered(
    web: FlaskClient, ours: Settings, body: bytes, content_type: str
) -> None:
    for door in DOORS:
        response = web.post(f"/webhooks/{door}/{ours.callback_keys[0]}", data=body, content_type=content_type)
        assert response.status_code in (400, 404, 413)
    assert web.post("/webhooks/paystack", data=body, content_type=content_type).status_code == 401


def assert_a_screen(status: int, body: bytes) -> None:
    assert status == 200
    text = body.decode()
    assert text[:4] in ("CON ", "END ")
    assert 0 < septets(text[4:]) <= 160
