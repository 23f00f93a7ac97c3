"""The grammar of a text in the catalogue: which of its lines can be answered, and which are only read.

    1. Pay now | {amt} for this round     a numbered line; what stands behind the bar is shown where there is room
    = pay: Pay now                        something to tap that begins another conversation (see `intents`)
    [Ways to pay]                         the label behind which a list opens
    ![receipt]                            a picture of this kind goes with it

Everything else is what is said. Only chats have the last three. Values are filled in by `spelling`.
"""

import re
from dataclasses import dataclass
from functools import cache
from string import Formatter

from flows import catalogue

MORE = "98"
BACK = "0"
TO_HOME = "00"
ROWS = "{rows}"

# 98 and 99 are taken, so a long list jumps over them.
_LAST_SHORT_NUMBER = 97
_TAKEN_NUMBERS = 2

_NUMBERED = re.compile(r"(\d+)\. ")
_TAP = re.compile(r"= ?(\w+): (.+)")
_LABEL = re.compile(r"\[([^\]]+)\]")
_PICTURE = re.compile(r"!\[(\w+)\]")


@dataclass(frozen=True)
class Template:
    """A text by its lines, each with its number or "".

    foot: 0 and 98, where they come last. taps: (intent, title). label and picture are empty when it has none.
    """

    body: tuple[tuple[str, str], ...]
    foot: tuple[tuple[str, str], ...]
    taps: tuple[tuple[str, str], ...] = ()
    label: str = ""
    picture: str = ""


@cache
def template(key: str, language: str, domain: str = catalogue.MESSAGES) -> Template:
    return parse(catalogue.text(key, language, domain))


def parse(text: str) -> Template:
    lines: list[tuple[str, str]] = []
    taps: list[tuple[str, str]] = []
    label = picture = ""
    for line in text.split("\n"):
        if tap := _TAP.fullmatch(line):
            taps.append((tap[1], tap[2]))
        elif found := _LABEL.fullmatch(line):
            label = found[1]
        elif found := _PICTURE.fullmatch(line):
            picture = found[1]
        else:
            lines.append((number_of(line), line))
    head = len(lines)
    while head > 1 and lines[head - 1][0] in (BACK, MORE, TO_HOME):
        head -= 1
    return Template(tuple(lines[:head]), tuple(lines[head:]), tuple(taps), label, picture)


def number_of(line: str) -> str:
    """The number that answers a line, or ""."""
    found = _NUMBERED.match(line)
    return found[1] if found else ""


def without_number(line: str) -> str:
    return _NUMBERED.sub("", line, count=1)


@cache
def numbers(key: str) -> tuple[str, ...]:
    """The numbered lines of a text on any kind of channel, without 0 and 00: what its screen may offer."""
    parts = [
        template(key, catalogue.ENGLISH, domain)
        for domain in (catalogue.MESSAGES, *catalogue.DOMAINS)
        if domain == catalogue.MESSAGES or key in catalogue.DOMAINS[domain][catalogue.ENGLISH]
    ]
    lines = [number for part in parts for number, _ in (*part.body, *part.foot)]
    return tuple(dict.fromkeys(number for number in lines if number not in ("", BACK, TO_HOME)))


@cache
def placeholders(line: str) -> tuple[str, ...]:
    return tuple(name for _, name, _, _ in Formatter().parse(line) if name)


def row_number(index: int) -> int:
    """The number of a list's line, counted from 0: 1 to 97, then 100 and on."""
    return index + 1 if index < _LAST_SHORT_NUMBER else index + 1 + _TAKEN_NUMBERS


def row_index(number: str) -> int | None:
    """The line that a number means, counted from 0; None for a number that no line has."""
    found = int(number[:4])
    index = found - 1 if found <= _LAST_SHORT_NUMBER else found - 1 - _TAKEN_NUMBERS
    return index if index >= 0 and row_number(index) == found else None
