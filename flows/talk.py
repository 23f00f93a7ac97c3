"""The values of a conversation: where somebody is in it, what was heard, what is to be said.

All of them are frozen and none holds a secret: a `Talk` goes through JSON between two
turns. How a turn is worked out stands in `engine`; how words become text in `screens`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from models.commands import Command, Done
from models.rules.refused import Refused

# A talk that is longer than any honest one is cut at the far end, never refused.
MAX_HISTORY = 30

HOME = ("menu", "home")
START = ("menu", "start")


# --- words: a text by its key, with values that the renderer puts into the reader's language ------------------------


@dataclass(frozen=True)
class Naira:
    """Money in kobo."""

    kobo: int


@dataclass(frozen=True)
class Day:
    """'Fri 27 Nov'."""

    on: date


@dataclass(frozen=True)
class DayMonth:
    """'27 Nov'."""

    on: date


@dataclass(frozen=True)
class Clock:
    """'4:30pm', the time of day in the group's zone."""

    at: datetime


@dataclass(frozen=True)
class Name:
    """A person's name; where room is short it is cut with a dot after `most` characters."""

    text: str
    most: int = 12


@dataclass(frozen=True)
class Words:
    """A text of the catalogue inside another one. count: the number that chooses between the forms of a plural."""

    key: str
    facts: "Mapping[str, Value]" = field(default_factory=dict)
    count: int | None = None


Value = str | int | Naira | Day | DayMonth | Clock | Name | Words | Mapping[str, Any]  # the last: models.news_values


@dataclass(frozen=True)
class Reply:
    """What is to be said, free of any channel: a screen by its key, and which of its numbered lines hold now.

    rows fill the `{rows}` line of a list; they are numbered when one of them can be picked.
    notice is a line that goes before the text (what was wrong, what has changed).
    """

    key: str
    facts: Mapping[str, Value] = field(default_factory=dict)
    options: tuple[str, ...] = ()
    rows: tuple[Words, ...] = ()
    picks: bool = False
    notice: Words | None = None
    page: int = 0
    end: bool = False
    secret: bool = False  # the answer is a secret: a channel that cannot take one has to send her elsewhere
    language: str = "en"


# --- events -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Heard:
    """What she typed or said in this turn, as it came."""

    text: str = field(repr=False)


@dataclass(frozen=True)
class Said:
    """A message in a chat: what she wrote, or the id of the choice that she tapped (then text is its title)."""

    text: str = field(repr=False)
    choice: str = ""


@dataclass(frozen=True)
class Outcome:
    """What became of a command: the name of its type and the answer of the action."""

    command: str
    result: Done | Refused


Event = Heard | Outcome


# --- the talk ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    """A screen that 0 can lead back to."""

    flow: str
    state: str
    page: int = 0


@dataclass(frozen=True)
class Talk:
    """Where she is, and what she said before. memory holds JSON only, and never a PIN or an account number."""

    flow: str = HOME[0]
    state: str = HOME[1]
    memory: Mapping[str, Any] = field(default_factory=dict)
    history: tuple[Place, ...] = ()
    page: int = 0
    errors: int = 0  # wrong answers in a row
    commands: int = 0  # asked for in this turn
    pin_ok: bool = False  # her PIN was right in this session
    over: bool = False  # she got to an end: nothing to come back to

    def to_json(self) -> str:
        fields = {**self.__dict__, "history": [[at.flow, at.state, at.page] for at in self.history]}
        return json.dumps(fields, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> "Talk | None":
        """None for a text that an older or newer version wrote: she starts at the menu."""
        try:
            fields = json.loads(text)
            return cls(**{**fields, "history": tuple(Place(*at) for at in fields["history"])})
        except (ValueError, TypeError, KeyError):
            return None


@dataclass(frozen=True)
class Step:
    """The answer to an event: something to say, or a command whose outcome has to be told next. Never both."""

    talk: Talk
    reply: Reply | None = None
    command: Command | None = None
