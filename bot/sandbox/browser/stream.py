"""The live stream: what the page shows, sent when it has become another. One for a page, with all phones on it.

Nobody has to announce a change: SQLite tells a connection whether another one has written since it last asked.
Every event is the whole of its part, so a page that was away misses nothing.
"""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from flask import Response, abort, request

from bot.sandbox.browser import devices
from bot.sandbox.browser.benches import BENCHES
from bot.sandbox.world import World, world

LOOK_SECONDS = 0.15
BEAT_SECONDS = 10.0  # so that nothing between us and the browser thinks that nobody is there
LIFE_SECONDS = 600.0  # then the browser asks for another one
AGAIN_MS = 1000
MOST_STREAMS = 12  # each holds one of the server's threads
MOST_PHONES = 6

Tell = Callable[[], Any]

_streams = threading.BoundedSemaphore(MOST_STREAMS)


def events() -> Response:
    """The view: /sandbox/events?phone=+234...&phone=..."""
    numbers = devices.numbers_in(request.args.getlist("phone"))[:MOST_PHONES]
    if not _streams.acquire(blocking=False):
        abort(503)
    connection: socket.socket | None = request.environ.get("gunicorn.socket")
    answer = Response(_live(world(), numbers, connection), content_type="text/event-stream; charset=utf-8")
    answer.call_on_close(_streams.release)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Accel-Buffering"] = "no"
    return answer


def parts(here: World, numbers: list[str]) -> dict[str, Tell]:
    """Everything that is told, by a name of its own; the word before the blank is the event's."""
    found: dict[str, Tell] = {"clock": lambda: {"offset_seconds": here.clock.offset_seconds()}}
    for number in numbers:
        for kind, look in devices.DEVICES.items():
            found[f"{kind} {number}"] = lambda look=look, number=number: look(here, number)  # type: ignore[misc]
    for bench in BENCHES:
        if bench.tells is not None:
            found[bench.name] = lambda tells=bench.tells: tells(here)  # type: ignore[misc]
    return found


def changed(told: Mapping[str, Tell], before: dict[str, str]) -> Iterator[str]:
    """An event for each part that is another than `before`, which is brought up to date."""
    for name, tell in told.items():
        data = json.dumps(tell(), ensure_ascii=False)
        if before.get(name) != data:
            before[name] = data
            yield f"event: {name.partition(' ')[0]}\ndata: {data}\n\n"


def _live(here: World, numbers: list[str], connection: socket.socket | None) -> Iterator[str]:
    told, before = parts(here, numbers), dict[str, str]()
    began = beat = time.monotonic()
    version = -1
    yield f"retry: {AGAIN_MS}\n\n"
    while time.monotonic() - began < LIFE_SECONDS and not (connection and _gone(connection)):
        now = here.store.number("PRAGMA data_version")
        if now != version:
            version = now
            yield from changed(told, before)
        elif time.monotonic() - beat > BEAT_SECONDS:
            beat = time.monotonic()
            yield ": still here\n\n"
        time.sleep(LOOK_SECONDS)


def _gone(connection: socket.socket) -> bool:
    """Whether the browser has closed its side: at once, so that one who reloads the page does not fill the house."""
    try:
        return connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True
