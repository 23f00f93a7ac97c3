"""What somebody may have meant by what she typed into the search box, and by which beginnings a name is found. Pure.

A name is sealed, so it is found by the marks of the first letters of its words: "ade" finds "Bisi Adeyemi", "deye"
does not. Accents, underdots and capitals do not matter.
"""

import re
from dataclasses import dataclass
from typing import Final

from anyascii import anyascii

from models import phones
from models.rules.codes import is_group_code, is_short_ref

SHORTEST: Final = 3  # letters of a beginning; a word that is shorter is found as it is
LONGEST: Final = 8
LONGEST_QUERY: Final = 80
MOST_WORDS: Final = 4
SEARCHES_AN_HOUR: Final = 240  # of one person: whoever tries out numbers needs more (security.md, threat 10)

_REFERENCE: Final = re.compile(r"ajo-[cp]-[0-9a-f-]{8,60}")
_REPORT: Final = re.compile(r"R[2-9A-HJ-NP-Z]{6}")
_INVISIBLE: Final = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
_SPACES: Final = re.compile(r"\s+")
_DASHES: Final = re.compile("[\u2010-\u2015\u2212]")


@dataclass(frozen=True)
class Meant:
    """What it can be; a text of six digits may be two things. words: in capital letters, without accents."""

    phone: str = ""
    group_code: str = ""
    short_ref: str = ""
    reference: str = ""
    report_ref: str = ""
    words: tuple[str, ...] = ()

    @property
    def nothing(self) -> bool:
        """Whether there is nothing to look for."""
        return self == Meant()


def meant(query: str) -> Meant:
    """Read a query: a phone number in any format, a code, a reference, else a name."""
    text = _tidy(query)
    phone = phone_in(text)
    if phone:
        return Meant(phone=phone)
    compact = text.replace(" ", "")
    upper = compact.upper()
    if _REFERENCE.fullmatch(compact.lower()):
        return Meant(reference=compact.lower())
    if _REPORT.fullmatch(upper):
        return Meant(report_ref=upper)
    code = compact.lstrip("#")
    return Meant(
        group_code=code if is_group_code(code) else "",
        short_ref=upper if is_short_ref(upper) else "",
        words=tuple(words_of(text)[:MOST_WORDS]),
    )


def phone_in(query: str) -> str:
    """The number in E.164, however it is written: 08031234567, 0803 123 4567, 2348031234567, 00234...; "" for none."""
    text = re.sub(r"(?i)^(tel|whatsapp):", "", _tidy(query))
    digits = re.sub(r"[^0-9]", "", text)
    if not digits or len(digits) < SHORTEST or re.search(r"[A-Za-z]", text):
        return ""
    candidates = [text]
    if digits.startswith("00"):
        candidates.append(f"+{digits[2:]}")
    candidates += [f"+{digits}"] if digits.startswith("234") else [digits]
    return next((found for each in candidates if (found := phones.parse(each)) is not None), "")


def words_of(name: str) -> list[str]:
    """The words of a name as they are compared: plain capital letters."""
    return re.sub(r"[^A-Z ]", "", re.sub(r"[-.,/]", " ", anyascii(name).upper())).split()


def beginnings(name: str) -> frozenset[str]:
    """All by which a name is found."""
    return frozenset(
        word[:length] for word in words_of(name) for length in range(min(SHORTEST, len(word)), LONGEST + 1)
    )


def beginning(word: str) -> str:
    """By which of them a word that was typed is looked up."""
    return word[:LONGEST]


def fits(name: str, wanted: tuple[str, ...]) -> bool:
    """Whether each word that was typed begins a word of the name, each a different one."""
    left = words_of(name)
    for word in sorted(wanted, key=len, reverse=True):
        found = next((each for each in left if each.startswith(word)), None)
        if found is None:
            return False
        left.remove(found)
    return bool(wanted)


def _tidy(query: str) -> str:
    return _SPACES.sub(" ", _INVISIBLE.sub("", _DASHES.sub("-", query)))[:LONGEST_QUERY].strip()
