"""Calls to a provider over a real socket: which failures may have had an effect, and what is never logged."""

import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot import http
from bot.errors import Kind, ProviderError, ProviderRefusesUs
from bot.http import Client
from bot.sandbox import ports
from tests.support.replay import Replay, Scripted, answer, serving

SECRET = "sk_test_of_this_file"


@pytest.fixture
def replay() -> Iterator[Replay]:
    with serving() as server:
        yield server


@pytest.fixture
def client(replay: Replay) -> Client:
    return client_of(replay)


def client_of(replay: Replay, read_seconds: float = 5) -> Client:
    key = {"Authorization": f"Bearer {SECRET}"}
    return Client("paystack", replay.url, key, connect_seconds=5, read_seconds=read_seconds)


def failure(client: Client, method: str = "POST") -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        client.call("try", method, "/x", json_body={"a": 1})
    return caught.value


def test_it_sends_and_reads_an_answer(client: Client, replay: Replay) -> None:
    replay.will(answer({"status": True}))
    found = client.call("try", "POST", "/a/b", params={"page": 2}, json_body={"amount": 5})
    assert found.ok
    assert found.json() == {"status": True}
    asked = replay.asked[0]
    assert (asked.method, asked.path, asked.query, asked.json) == ("POST", "/a/b", {"page": ["2"]}, {"amount": 5})
    assert asked.headers["Authorization"] == f"Bearer {SECRET}"


@pytest.mark.parametrize(
    ("scripted", "kind", "why"),
    [
        (Scripted(500), Kind.UNKNOWN, "http_500"),
        (Scripted(502, b"<html>"), Kind.UNKNOWN, "http_502"),
        (Scripted(503), Kind.UNKNOWN, "http_503"),
        (Scripted(408), Kind.UNKNOWN, "http_408"),
        (Scripted(302, headers={"Location": "http://127.0.0.1:1/elsewhere"}), Kind.UNKNOWN, "http_302"),
        (Scripted(wait_seconds=2), Kind.UNKNOWN, "timeout"),
        (Scripted(reset=True), Kind.UNKNOWN, "connection_lost"),
        (Scripted(200, b'{"status": tr', cut=True), Kind.UNKNOWN, "unreadable"),
        (Scripted(429, headers={"x-ratelimit-reset": "17"}), Kind.TEMPORARY, "rate_limited"),
        (Scripted(401, b'{"status":false,"message":"Invalid key"}'), Kind.PERMANENT, "http_401"),
        (Scripted(403), Kind.PERMANENT, "http_403"),
    ],
)
def test_a_failed_post_says_whether_it_may_have_had_its_effect(
    replay: Replay, scripted: Scripted, kind: Kind, why: str
) -> None:
    replay.will(scripted)
    error = failure(client_of(replay, scripted.patience))
    assert (error.kind, error.why) == (kind, why)
    assert (error.provider, error.operation) == ("paystack", "try")
    assert len(replay.asked) == 1  # nothing is repeated, no redirect is followed


@pytest.mark.parametrize("scripted", [Scripted(500), Scripted(wait_seconds=2), Scripted(reset=True)])
def test_a_failed_look_up_had_no_effect(replay: Replay, scripted: Scripted) -> None:
    replay.will(scripted)
    assert failure(client_of(replay, scripted.patience), "GET").kind is Kind.TEMPORARY


def test_what_was_never_sent_is_temporary() -> None:
    (nobodys,) = ports.some_free(1)
    error = failure(Client("paystack", f"http://127.0.0.1:{nobodys}", {}))
    assert (error.kind, error.why) == (Kind.TEMPORARY, "no_connection")
    assert failure(Client("paystack", "http://no-such-host.invalid", {})).why == "no_connection"


def test_a_wrong_key_is_an_error_of_its_own(client: Client, replay: Replay) -> None:
    replay.will(Scripted(401))
    assert isinstance(failure(client), ProviderRefusesUs)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"x-ratelimit-reset": "17"}, 17),
        ({"Retry-After": "5"}, 5),
        ({"x-ratelimit-reset": "1795421742"}, http.MAX_WAIT_SECONDS),
        ({"Retry-After": "Mon, 23 Nov 2026 10:00:00 GMT"}, None),
        ({}, None),
    ],
)
def test_a_limit_says_how_long_to_wait(
    client: Client, replay: Replay, headers: dict[str, str], seconds: int | None
) -> None:
    replay.will(Scripted(429, headers=headers))
    assert failure(client).retry_after_seconds == seconds


@pytest.mark.parametrize("status", [400, 404, 409, 422])
def test_a_refusal_with_a_body_is_an_answer(client: Client, replay: Replay, status: int) -> None:
    replay.will(answer({"status": False, "message": "no"}, status))
    found = client.call("try", "POST", "/x")
    assert (found.ok, found.status, found.json()["message"]) == (False, status, "no")


def test_a_body_that_never_ends_is_given_up(client: Client, replay: Replay, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "MAX_BODY", 1000)
    replay.will(Scripted(200, b"x" * 200_000))
    assert failure(client).why == "unreadable"


def test_a_body_that_drips_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        dripping = threading.Thread(target=_drip, args=(listener,))
        dripping.start()
        client = Client("p", f"http://127.0.0.1:{listener.getsockname()[1]}", {}, connect_seconds=5, read_seconds=0.5)
        assert failure(client).why == "timeout"
        dripping.join()


def _drip(listener: socket.socket) -> None:
    """One byte every 50 ms, for ten seconds: each comes in time, all of them do not."""
    connection, _ = listener.accept()
    with connection:
        connection.settimeout(0.05)
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(200):
            try:
                connection.sendall(b"1\r\nx\r\n")
                if connection.recv(4096) == b"":
                    return
            except TimeoutError:
                continue
            except OSError:
                return


def test_each_call_is_one_line_that_shows_no_body_no_path_and_no_key(client: Client, replay: Replay) -> None:
    replay.will(answer({"account_name": "OBI ADA"}), Scripted(500, b"0123456785"))
    with capture_logs() as lines:
        client.call("resolve", "GET", "/bank/resolve", params={"account_number": "0123456785"}, reference="ajo-c-1")
        failure(client)
    assert [(line["event"], line["provider"], line["what"], line["status"], line["result"]) for line in lines] == [
        ("provider", "paystack", "resolve", 200, "ok"),
        ("provider", "paystack", "try", 500, "http_500"),
    ]
    assert lines[0]["reference"] == "ajo-c-1"
    assert isinstance(lines[0]["ms"], int)
    for hidden in ("0123456785", SECRET, "OBI", "/bank"):
        assert hidden not in repr(lines)


def test_an_error_has_no_cause_that_quotes_the_address() -> None:
    client = Client("paystack", "http://127.0.0.1:9", {})
    with pytest.raises(ProviderError) as caught:
        client.call("resolve", "GET", "/bank/resolve", params={"account_number": "0123456785"})
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    assert "0123456785" not in repr(caught.value)


def test_a_netrc_does_not_replace_our_key(
    client: Client, replay: Replay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login eve password other\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    replay.will(answer({}))
    client.call("try", "GET", "/x")
    assert replay.asked[0].headers["Authorization"] == f"Bearer {SECRET}"


def test_a_proxy_is_not_asked_for_what_is_on_this_machine(
    client: Client, replay: Replay, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Behind a proxy of a company a demo still reaches its stand-ins."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    replay.will(answer({"status": True}))
    assert client.call("try", "GET", "/x").ok
    assert not http.is_here("https://api.paystack.co")


def test_threads_share_a_client_but_no_connection(client: Client, replay: Replay) -> None:
    replay.will(answer({"ok": True}))
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: client.call("try", "GET", "/x").json(), range(40)))
    assert found == [{"ok": True}] * 40


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"a":', b"\xff\xfe", b"[" * 100_000])
def test_json_that_is_none_is_none(client: Client, replay: Replay, body: bytes) -> None:
    replay.will(Scripted(200, body))
    assert client.call("try", "GET", "/x").json() is None
