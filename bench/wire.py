"""One keep-alive HTTP connection of the load generator, and just enough of HTTP/1.1 for it.

Written here because the generator may not be what is measured: a client library costs about as much processor as
the floor does, and both share two cores. Request and answer are bytes; nothing blocks.
"""

import re
import socket
from dataclasses import dataclass

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
CLOSES = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)
HEAD_END = b"\r\n\r\n"
MOST = 65536


@dataclass(frozen=True)
class Answer:
    status: int
    body: str


class HungUp(Exception):
    """The server has hung up; `unused`: before it said anything, as it may with a connection that was idle."""

    def __init__(self, *, unused: bool) -> None:
        super().__init__("hung up")
        self.unused = unused


class Wire:
    """A connection; `fileno` for a selector."""

    def __init__(self, host: str, port: int, path: str) -> None:
        self._socket = socket.create_connection((host, port), timeout=10)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.setblocking(False)
        self._head = (
            f"POST {path} HTTP/1.1\r\nHost: {host}:{port}\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: "
        ).encode()
        self._got = b""
        self.last = False  # the server has announced that it will hang up

    def fileno(self) -> int:
        return self._socket.fileno()

    def send(self, body: bytes) -> None:
        """A request of a few hundred bytes always fits the empty buffer of the socket. Raises HungUp."""
        self._got = b""
        try:
            self._socket.sendall(self._head + b"%d" % len(body) + HEAD_END + body)
        except OSError:
            raise HungUp(unused=True) from None

    def receive(self) -> Answer | None:
        """The answer when all of it is there. Raises HungUp."""
        try:
            piece = self._socket.recv(MOST)
        except BlockingIOError:
            return None
        except OSError:
            piece = b""
        if not piece:
            raise HungUp(unused=not self._got)
        self._got += piece
        head, end, body = self._got.partition(HEAD_END)
        length = LENGTH.search(head)
        if not end or length is None or len(body) < int(length[1]):
            return None
        self.last = CLOSES.search(head) is not None
        return Answer(int(head[9:12]), body.decode("utf-8", "replace"))

    def close(self) -> None:
        self._socket.close()
