"""Reading what a phone says by its meaning, so that one story can be played on every channel and in every language.

The acts know the English words of the menu. Here they are looked up in the catalogue: which texts can have them, and
whether what is shown is one of those texts, as this channel says it in this language, with the same figures in it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from flows import catalogue, gsm
from flows.catalogue import ENGLISH, MESSAGES
from flows.templates import number_of, parse, without_number

ENOUGH = 0.3  # of a text, to take it for this one: it may go on on another page
LEAST_FIT = 0.01
LEAST_WORDS = 4  # letters of a text that have to stand in the words, or the words say nothing about the text
NEWS = re.compile(r"S\d\d\w*")

_PLACEHOLDER = re.compile(r"{[^}]*}")
_FIGURES = re.compile(r"\d[\d,]*")
_IN_A_LINE = re.compile(r"(?:: |, )(\d) ")  # "1 bank code, 2 transfer, 3 link"
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True)
class Reading:
    """How to read one channel in one language. `domain`: the texts that the channel has of its own."""

    language: str = ENGLISH
    domain: str = MESSAGES

    def says(self, shown: str, words: str) -> bool:
        """Whether the words stand there, or a text that means the same, with the same figures.

        The acts have the words of the menu in English: there they have to stand as they are.
        """
        if plain(words) in plain(shown):
            return True
        if self == Reading():
            return False
        keys = meant_by(words)
        figures = _figures(words, keys)
        if not all(figure in shown for figure in figures):
            return False
        return any(self.is_text(shown, key) for key in keys) if keys else bool(figures)

    def number(self, shown: str, words: str) -> str | None:
        """The number of the line to choose that has these words, or means the same. None: there is none."""
        lines = [(number, line) for line in shown.split("\n") if (number := number_of(line))]
        for number, line in lines:
            if plain(words) in plain(line):
                return number
        offered = {number for number, _ in lines} or set(_IN_A_LINE.findall(shown))
        found = [
            (self._fit(shown, line.key), line.closeness, line.number)
            for line in lines_with(words)
            if line.number in offered
        ]
        fit, _, number = max(found, default=(0.0, 0.0, ""))
        return number if fit > 0 else None

    def is_text(self, shown: str, key: str) -> bool:
        return self.likeness(shown, key) >= ENOUGH

    def _fit(self, shown: str, key: str) -> float:
        """A text that is nothing but choices may be anywhere."""
        return self.likeness(shown, key) if _lines(key, self.language, self.domain) else LEAST_FIT

    def is_news(self, shown: str) -> bool:
        """Whether it is something that was not asked for."""
        return any(self.likeness(shown, key) == 1 for key in _keys() if NEWS.fullmatch(key))

    def likeness(self, shown: str, key: str) -> float:
        """How much of a text stands there, from 0 to 1: its lines to read, by their letters."""
        return _likeness(shown, key, self.language, self.domain)


@cache  # whoever waits for a message reads all that came before it again and again
def _likeness(shown: str, key: str, language: str, domain: str) -> float:
    text, lines = plain(shown), _lines(key, language, domain)
    whole = sum(line.letters for line in lines)
    return sum(line.letters for line in lines if line.pattern.search(text)) / whole if whole else 0.0


@cache
def plain(text: str) -> str:
    """Without what only adorns: bold, tone marks, and how it is broken into lines."""
    return _SPACE.sub(" ", gsm.plain(text.replace("`", "").replace("*", ""))).strip()


@cache
def meant_by(words: str) -> tuple[str, ...]:
    """The texts that can have these words, in English: those that have the most of them without their values."""
    scores = {key: max(_overlap(plain(words), text) for text in _english(key)) for key in _keys()}
    best = max(scores.values())
    return tuple(key for key, score in scores.items() if score == best) if best >= LEAST_WORDS else ()


@dataclass(frozen=True)
class Choosable:
    """A numbered line of a text. closeness: how much of it the words are, up to 1."""

    key: str
    number: str
    closeness: float


@cache
def lines_with(words: str) -> tuple[Choosable, ...]:
    """The numbered lines that have these words, in English."""
    return tuple(
        Choosable(key, number, len(words) / max(len(without_number(line)), 1))
        for key in _keys()
        for text in _english(key, joined=False)
        for line in text.split("\n")
        if (number := number_of(line)) and _can_stand(plain(words), plain(without_number(line)))
    )


@cache
def _keys() -> tuple[str, ...]:
    return tuple({key for name in (MESSAGES, "whatsapp", "sms") for key in catalogue.DOMAINS[name][ENGLISH]})


def _english(key: str, *, joined: bool = True) -> Iterator[str]:
    for name in (MESSAGES, "whatsapp", "sms"):
        if found := catalogue.DOMAINS[name][ENGLISH].get(key):
            yield plain(found) if joined else found


@dataclass(frozen=True)
class _Line:
    """A line that is only read, with anything in the place of its values, and how many letters are its own."""

    pattern: re.Pattern[str]
    letters: int


@cache
def _lines(key: str, language: str, domain: str) -> tuple[_Line, ...]:
    if not any(key in catalogue.DOMAINS[name][ENGLISH] for name in (domain, MESSAGES)):
        return ()  # another channel's own
    read = (plain(line) for number, line in parse(catalogue.text(key, language, domain)).body if not number)
    parts = [_PLACEHOLDER.split(line) for line in read]
    return tuple(
        _Line(re.compile(".+?".join(map(re.escape, literals))), letters)
        for literals in parts
        if (letters := sum(map(str.isalpha, "".join(literals)))) >= LEAST_WORDS
    )


def _can_stand(words: str, line: str) -> bool:
    return words in line or _overlap(words, line) >= LEAST_WORDS


def _figures(words: str, keys: tuple[str, ...]) -> list[str]:
    """The figures in the words that are values, not a part of the text itself."""
    own = " ".join(text for key in keys for text in _english(key))
    return [figure for figure in _FIGURES.findall(words) if figure not in own]


def _overlap(words: str, text: str) -> int:
    """How many letters of the text itself stand in the words, when the words can stand in the text with its values."""
    if not any(piece in text for piece in _pieces(words)):
        return 0
    literals = _PLACEHOLDER.split(text)
    return max(
        (_match(words, literals, number, start) for number, literal in enumerate(literals)
         for start in range(len(literal) + 1)),
        default=0,
    )  # fmt: skip


def _pieces(words: str) -> Iterator[str]:
    yield from (words[start : start + LEAST_WORDS] for start in range(max(1, len(words) - LEAST_WORDS + 1)))


def _match(words: str, literals: list[str], number: int, start: int) -> int:
    """The letters used when the words begin at this letter of this literal; -1 when they do not go on like that.

    Behind every literal but the last stands a value, which takes up any number of letters.
    """
    literal = literals[number][start:]
    if literal.startswith(words):
        return len(words)
    if not words.startswith(literal) or number + 1 == len(literals):
        return -1
    rest = words[len(literal) :]
    tails = (_match(rest[taken:], literals, number + 1, 0) for taken in range(1, len(rest) + 1))
    best = max(tails, default=-1)
    return len(literal) + best if best >= 0 else len(literal)
