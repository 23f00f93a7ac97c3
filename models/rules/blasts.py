"""Announcements: what the office may write to many members, to whom, and when a second person has to look. Pure.

No address of a site is let through: our members are told that we send none (security.md, threat 11). What was
written goes into a message as a value, so nothing in it means anything to the renderer.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from anyascii import anyascii

from models.rules.refused import Refused

LONGEST: Final = 280  # septets: with the name of a group before it two segments of SMS
LEAST: Final = 5
ALONE: Final = 500  # people that one person may write to
AWAKE: Final = range(8, 20)  # local hours in which they are written to

WHO: Final = ("all", "unpaid", "late")

_OF_TWO: Final = frozenset("^{}\\[~]|€")
_ADDRESS: Final = re.compile(r"https?:|www\.|\b[\w-]+\.(com|net|org|ng|io|co|me|ly|link|info|app|site|xyz|top)\b", re.I)


@dataclass(frozen=True)
class Audience:
    """Who is written to. groups: None for all. who: everybody, those who still owe this round's due, those who are
    late. language: only those who are spoken to in it, "" for any."""

    groups: tuple[int, ...] | None
    who: str = "all"
    language: str = ""

    def as_json(self) -> dict[str, Any]:
        found = asdict(self)
        return found | {"groups": None if self.groups is None else list(self.groups)}

    @classmethod
    def of_json(cls, found: Mapping[str, Any]) -> "Audience":
        groups = found["groups"]
        return cls(None if groups is None else tuple(groups), found["who"], found["language"])

    @property
    def one_group(self) -> int | None:
        """The group that it is about, when it is one."""
        return self.groups[0] if self.groups is not None and len(self.groups) == 1 else None


def notice(text: str) -> str | Refused:
    """What was written as it is sent: one line, single blanks. Refused: short_text, long_text, has_address."""
    line = " ".join("".join(_plain(sign) for sign in unicodedata.normalize("NFC", text)).split())
    if len(line) < LEAST:
        return Refused("short_text")
    if septets(line) > LONGEST:
        return Refused("long_text")
    return Refused("has_address") if _ADDRESS.search(line) else line


def septets(line: str) -> int:
    """How much room it takes in an SMS, at the most: a sign that phones lack is spelt with some that they have."""
    return sum(2 if sign in _OF_TWO else 1 if sign.isascii() else max(len(anyascii(sign)), 1) for sign in line)


def needs_two(people: int) -> bool:
    """Whether so many are more than one person may write to."""
    return people > ALONE


def _plain(sign: str) -> str:
    """Line breaks and control signs are blanks; what is invisible goes."""
    category = unicodedata.category(sign)
    if category in ("Cc", "Zl", "Zp"):
        return " "
    return "" if category in ("Cf", "Cs", "Co") else sign
