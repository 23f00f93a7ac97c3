"""The values of a message that is worded later, in its reader's language: what JSON can keep of them.

Money and numbers look the same in all our languages and are kept as they are shown
("N5,000"). Dates and small sentences do not: they are kept as {"kind": value} and spelt
by `flows.screens` when the message is sent. Pure.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

NewsValue = str | Mapping[str, Any]
NewsFacts = Mapping[str, NewsValue]


def day(on: date) -> NewsValue:
    """To be spelt like 'Fri 27 Nov'."""
    return {"day": on.isoformat()}


def day_month(on: date) -> NewsValue:
    """To be spelt like '27 Nov'."""
    return {"day_month": on.isoformat()}


def clock(at: datetime) -> NewsValue:
    """To be spelt like '4:30pm', in the group's zone."""
    return {"clock": at.isoformat()}


def words(key: str, **facts: "NewsValue") -> NewsValue:
    """To be spelt as the text of this key, with these values in it."""
    return {"words": key, "facts": facts} if facts else {"words": key}


def joined(values: Sequence[NewsValue]) -> NewsValue:
    """To be spelt one after the other, as sentences."""
    return {"joined": list(values)}
