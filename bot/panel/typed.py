"""What somebody typed or edited in an address, read so that nothing in it breaks a page.

A number that no row can have and a day that no calendar reaches are none; what the caller does about none is its own.
"""

from datetime import date
from typing import Any, Final

from werkzeug.datastructures import ImmutableMultiDict, MultiDict

MOST_ID: Final = 2**63 - 1
MOST_DIGITS: Final = 18
YEARS: Final = range(2000, 3000)  # a day more or less, or another zone, stays a date
NUL: Final = "\x00"  # the one sign that the database takes in no text


def number(text: str) -> int | None:
    """A number as an id or a count may be one."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS else None


def day(text: str) -> date | None:
    """'2026-03-13'."""
    try:
        on = date.fromisoformat(text)
    except ValueError:
        return None
    return on if on.year in YEARS else None


def possible(path: dict[str, Any]) -> bool:
    """Whether the ids of a path can be those of rows, and its texts such as are stored."""
    return not any(value > MOST_ID if isinstance(value, int) else NUL in str(value) for value in path.values())


def cleaned(given: MultiDict[str, str]) -> ImmutableMultiDict[str, str]:
    """The fields of an address or a form without the sign that nobody can type."""
    return ImmutableMultiDict([(name, text.replace(NUL, "")) for name, text in given.items(multi=True)])
