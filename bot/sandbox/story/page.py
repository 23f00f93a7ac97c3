"""A private page in the browser of a cheap phone: its words, what can be tapped or typed on it, and nothing else."""

from dataclasses import dataclass
from html.parser import HTMLParser

import requests

TIMEOUT_SECONDS = 30


@dataclass
class Page:
    """What stands there. `closed`: nothing can be answered any more."""

    url: str
    status: int
    words: list[str]
    choices: dict[str, str]
    hidden: dict[str, str]
    asks: bool

    @property
    def closed(self) -> bool:
        return not self.hidden

    @property
    def screen(self) -> str:
        """As a phone's menu would show it."""
        return "\n".join([*self.words, *(f"{number}. {title}" for number, title in self.choices.items())])

    def type(self, text: str) -> "Page":
        return _read(requests.post(self.url, {**self.hidden, "answer": text}, timeout=TIMEOUT_SECONDS))

    def tap(self, number: str) -> "Page":
        return _read(requests.post(self.url, {**self.hidden, "tap": number}, timeout=TIMEOUT_SECONDS))


def open_page(url: str) -> Page:
    return _read(requests.get(url, timeout=TIMEOUT_SECONDS))


def _read(answer: requests.Response) -> Page:
    reader = _Reader()
    reader.feed(answer.text)
    return Page(answer.url, answer.status_code, reader.words, reader.choices, reader.hidden, reader.asks)


class _Reader(HTMLParser):
    """Collects paragraphs, the hidden fields of the form, and its buttons."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.choices: dict[str, str] = {}
        self.hidden: dict[str, str] = {}
        self.asks = False
        self._in = ""
        self._number = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self._in = tag if found.get("class") != "safe" else ""
        if tag == "input" and found.get("type") == "hidden":
            self.hidden[found["name"]] = found["value"]
        elif tag == "input":
            self.asks = True
        elif tag == "button":
            self._number = found.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        self._in = ""

    def handle_data(self, data: str) -> None:
        if self._in == "p":
            self.words.append(data.strip())
        elif self._in == "button" and self._number:
            self.choices[self._number] = data.strip()
