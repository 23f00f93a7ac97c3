"""A small real HTTP server that answers what a test tells it to, and remembers what it was asked.

For the answers that no working stand-in gives: half a body, a page of HTML, a reset in the middle.
"""

import json
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

FIXTURES = Path(__file__).parent.parent / "fixtures"


@dataclass(frozen=True)
class Scripted:
    """One answer. `cut`: say a longer length than is sent. `reset`: no answer, the connection breaks."""

    status: int = 200
    body: bytes = b""
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False
    reset: bool = False
    wait_seconds: float = 0.0
    held: threading.Event | None = None
    """Answered when it is set."""

    @property
    def patience(self) -> float:
        """How many seconds its client should wait: in vain if it comes late, else as long as a busy machine needs."""
        return 0.3 if self.wait_seconds else 5


@dataclass(frozen=True)
class Asked:
    """One request as it came in."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Replay:
    """The server's side of a test: `url`, what it will answer, what it was asked."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.asked: list[Asked] = []
        self._script: list[Scripted] = []
        self._lock = threading.Lock()

    def will(self, *answers: Scripted) -> None:
        """Answer these, in turn; the last one for ever."""
        with self._lock:
            self._script[:] = answers

    def next(self) -> Scripted:
        with self._lock:
            if not self._script:
                return Scripted(status=500, body=b"nothing scripted")
            return self._script.pop(0) if len(self._script) > 1 else self._script[0]


def fixture(name: str, status: int = 200, **more: Any) -> Scripted:
    """The answer that a fixture file holds; a .txt one is plain text."""
    content_type = "text/plain" if name.endswith(".txt") else "application/json"
    return Scripted(status, (FIXTURES / name).read_bytes(), **{"content_type": content_type, **more})


def answer(data: Any, status: int = 200, **more: Any) -> Scripted:
    return Scripted(status, json.dumps(data).encode(), **more)


@contextmanager
def serving() -> Iterator[Replay]:
    """Run the server for a while, on a port of its own."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.replay = Replay(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server.replay
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64
    replay: Replay

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that gave up is what the test wanted."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        query = parse_qs(parts.query, keep_blank_values=True)
        self.server.replay.asked.append(
            Asked(self.command, parts.path, query, dict(self.headers.items()), self.rfile.read(length))
        )
        self._give(self.server.replay.next())

    do_POST = do_GET

    def _give(self, scripted: Scripted) -> None:
        time.sleep(scripted.wait_seconds)
        if scripted.held:
            scripted.held.wait(60)
        if scripted.reset:
            # Linger of zero seconds: closing sends RST, not FIN.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            return
        self.send_response(scripted.status)
        self.send_header("Content-Type", scripted.content_type)
        self.send_header("Content-Length", str(len(scripted.body) + (100 if scripted.cut else 0)))
        for name, value in scripted.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(scripted.body)

    def log_message(self, format: str, *args: Any) -> None:
        """Silence: what was asked is in `asked`."""
