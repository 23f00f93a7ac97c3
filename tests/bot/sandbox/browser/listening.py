"""The live stream as a browser reads it: events by name, each with JSON."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import requests

from tests.bot.sandbox.support import Sandbox

Told = tuple[str, dict[str, Any]]
SECONDS = 60


class Stream:
    """What was told so far is in `told`; `until` reads on."""

    def __init__(self, answer: requests.Response) -> None:
        self.answer = answer
        self.told: list[Told] = []
        self._lines = answer.iter_lines(chunk_size=1, decode_unicode=True)

    def until(self, name: str, good: Callable[[dict[str, Any]], bool] = lambda _: True, phone: str = "") -> Any:
        """The next event of this name that is good. When none comes, the connection times out."""
        while True:
            event, data = self._next()
            self.told.append((event, data))
            if event == name and (not phone or data["phone"] == phone) and good(data):
                return data

    def _next(self) -> Told:
        event = ""
        for line in self._lines:
            if line.startswith("event: "):
                event = line.removeprefix("event: ")
            elif line.startswith("data: "):
                return event, json.loads(line.removeprefix("data: "))
        raise AssertionError("the stream ended")


@contextmanager
def listening(sandbox: Sandbox, *numbers: str) -> Iterator[Stream]:
    """The stream of a page with these phones."""
    params = [("phone", number) for number in numbers]
    with requests.get(f"{sandbox.url}/sandbox/events", params=params, stream=True, timeout=SECONDS) as answer:
        assert answer.status_code == 200, answer.text
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        yield Stream(answer)


def now_told(sandbox: Sandbox, name: str, number: str) -> Any:
    """What a page that is opened now is told of a phone."""
    with listening(sandbox, number) as stream:
        return stream.until(name, phone=number)
