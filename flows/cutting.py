"""Cutting a text to a length without losing anything: into pages, and a label at a word.

How long a text is depends on who shows it: a phone counts septets, a chat counts UTF-16 units.
"""

import re
from collections.abc import Callable, Iterator

from flows.gsm import septets

Measure = Callable[[str], int]

_WORD = re.compile(r"\S+\s*|\s+")
_GOES_ON = "…"


def units(text: str) -> int:
    """As chats count: most signs one, an emoji two or more."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut(text: str, room: int, measure: Measure = septets) -> list[str]:
    """Pieces of at most `room` that give the text again when joined: at lines, else at words, else anywhere."""
    pieces, taken = [""], 0
    for part in _parts(text, room, measure):
        if taken and taken + measure(part.rstrip()) > room:
            pieces.append("")
            taken = 0
        pieces[-1] += part
        taken += measure(part)
    return pieces


def at_word(text: str, room: int, measure: Measure = units) -> str:
    """The text, or as many of its words as there is room for and a sign that it goes on."""
    if measure(text) <= room:
        return text
    head = text
    while measure(head) > room - measure(_GOES_ON):
        head = head[:-1]
    words = head.rpartition(" ")[0] if text[len(head)] != " " else head
    return f"{(words or head).rstrip(' ,.:;-')}{_GOES_ON}"


def _parts(text: str, room: int, measure: Measure) -> Iterator[str]:
    """White space at the end of a page is not sent, so it is not measured."""
    for line in text.splitlines(keepends=True):
        if measure(line.rstrip()) <= room:
            yield line
            continue
        for word in _WORD.findall(line):
            yield from [word] if measure(word.rstrip()) <= room else word
