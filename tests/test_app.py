"""The application as a server runs it: wired, closed to the curious, and with its commands."""

import http.client
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from urllib.parse import urlencode, urlsplit

import pytest
import redis
import requests
from flask import Flask

from app import create_app
from bot import clock
from bot.channels.base import FORM
from bot.sandbox import ports
from bot.settings import Settings
from bot.twilio.signature import SIGNATURE, signature_of
from models.base import database
from tests.support.databases import Database

DIAL = {
    "phoneNumber": "+2348031230001",
    "serviceCode": "*347*55#",
    "text": "",
    "sessionId": "1",
    "networkCode": "62130",
}


@pytest.fixture
def app(settings: Settings, db: Database, redis_client: redis.Redis) -> Iterator[Flask]:
    yield create_app(settings)
    clock.plain()


@pytest.fixture
def served(environ: dict[str, str], db: Database, redis_client: redis.Redis) -> Iterator[str]:
    """gunicorn, as in production; its address."""
    [port] = ports.some_free(1)
    server = subprocess.Popen(
        [sys.executable, "-m", "bot.lifeline", sys.executable, "-m", "gunicorn"]
        + ["--config", "bot/gunicorn.py", "app:create_app()"],
        env={**environ, "PORT": str(port), "PATH": "/usr/bin:/bin"},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        until = time.monotonic() + 20
        while not ports.answers(port) and time.monotonic() < until:
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        _, logged = server.communicate(timeout=20)
        assert "Traceback" not in logged
        assert "development-only-callback-key" not in logged


def test_every_route_is_known(app: Flask) -> None:
    """Those of the panel are asked one by one in tests/panel/test_routes.py."""
    found = [rule.rule for rule in app.url_map.iter_rules() if not rule.rule.startswith("/admin/")]
    assert sorted(found) == [
        "/",
        "/<any(en, pcm, yo, ha, ig):language>",
        "/<any(en, pcm, yo, ha, ig):language>/privacy",
        "/<any(en, pcm, yo, ha, ig):language>/terms",
        "/healthz",
        "/inspect/deeds",
        "/inspect/entries",
        "/inspect/house",
        "/inspect/people",
        "/inspect/phone",
        "/inspect/steps",
        "/media/<token>.<ending>",
        "/p/<short_ref>",
        "/privacy",
        "/readyz",
        "/s/<token>",
        "/s/<token>",
        "/sandbox",
        "/terms",
        "/webhooks/<door>/<key>",
        "/webhooks/<name>",
    ]


def test_a_signature_covers_the_url_as_the_server_was_asked_for_it(served: str, settings: Settings) -> None:
    target = "/webhooks/twilio-status?to=%2b234&a=%7e~"
    form = {"MessageSid": "SM" + "0" * 32, "MessageStatus": "sent", "To": "+2348031230001"}
    signature = signature_of(settings.twilio_tokens[0], served + target, form.items())
    connection = http.client.HTTPConnection(urlsplit(served).netloc)
    with closing(connection):
        connection.request("POST", target, urlencode(form), {SIGNATURE: signature, "Content-Type": FORM})
        assert connection.getresponse().status == 200


def test_a_bug_outside_the_doors_says_nothing(app: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    @app.route("/broken")
    def broken() -> str:
        raise RuntimeError("secret details")

    response = app.test_client().get("/broken")
    assert (response.status_code, response.text) == (500, "error")
    assert "RuntimeError" in capsys.readouterr().err


def test_the_connection_goes_back_after_each_request(app: Flask, settings: Settings) -> None:
    path = f"/webhooks/africastalking-ussd/{settings.callback_keys[0]}"
    assert app.test_client().post(path, data=DIAL).text.startswith("CON ")
    assert database.is_closed()


def test_migrating_twice_is_migrating_once(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["migrate"])
    assert (result.exit_code, result.output) == (0, "nothing to do\n")


def test_a_caller_cannot_choose_the_address_that_is_logged(app: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    app.test_client().post("/webhooks/africastalking-ussd/wrong", headers={"X-Forwarded-For": "6.6.6.6"})
    assert "6.6.6.6" not in capsys.readouterr().err


def test_it_serves_over_real_http(served: str, settings: Settings) -> None:
    url = f"{served}/webhooks/africastalking-ussd/{settings.callback_keys[0]}"
    shown = requests.post(url, data=DIAL, timeout=10)
    assert (shown.status_code, shown.headers["Content-Type"]) == (200, "text/plain")
    assert shown.text.startswith("CON Welcome to Ajo.")
    assert requests.post(f"{url}x", data=DIAL, timeout=10).status_code == 404
    assert requests.post(url, data=b"a" * 100_000, timeout=10).status_code in (400, 413)
    assert requests.get(f"{served}/healthz", timeout=10).json() == {"status": "ok"}


def test_a_body_without_an_end_is_not_waited_for(served: str, settings: Settings) -> None:
    path = f"/webhooks/africastalking-ussd/{settings.callback_keys[0]}"
    form = b"text=" + b"1" * 6000
    chunk = hex(len(form))[2:].encode() + b"\r\n" + form + b"\r\n"
    head = (
        f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        "Transfer-Encoding: chunked\r\n\r\n"
    ).encode()
    port = int(re.findall(r":(\d+)$", served)[0])
    with closing(socket.create_connection(("127.0.0.1", port), timeout=10)) as line:
        line.sendall(head + chunk)
        assert line.recv(100).startswith(b"HTTP/1.1 413")
