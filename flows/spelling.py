"""How a value is spelt in a text: money, days, names, and what somebody typed.

A value that somebody typed is one line, never looks like a line that can be answered, and in a
chat never makes anything bold. Amounts are spelt the same in every language.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from flows import catalogue
from flows.forms import Form
from flows.talk import Clock, Day, DayMonth, Naira, Name, Value, Words
from flows.templates import placeholders
from models import money
from models.rules import schedule

# What to dial is ours or the provider's; in a chat it keeps its stars. So does what the office announces.
DIALLED = frozenset({"dial", "ussd", "notice"})

_LIKE_A_CHOICE = re.compile(r"(\d+)\. ")
# A chat makes text bold, slanted, struck or a list out of these signs; each has a twin that it leaves alone.
_TWINS = str.maketrans({"*": "∗", "_": "ˍ", "~": "∼", "`": "ˋ"})
_LIKE_A_LIST = str.maketrans({"-": "–", ">": "›", "•": "·"})
# With a star inside: what somebody typed has none left, so a name of "0#" in bold is not taken for it.
_DIAL_STRING = re.compile(r"(?<![\w*`])\*[0-9]+(?:\*[0-9]+)+#(?![\w`])")
_MASK = re.compile(r"\*{3}(?=[\d{])")
_UNSAID = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")


@dataclass(frozen=True)
class Manner:
    """language, and how: in the words of which kind of channel, with names cut to what a screen has room for or not."""

    language: str
    domain: str = catalogue.MESSAGES
    cut_names: bool = True
    chat: bool = False


def manner(language: str, form: Form) -> Manner:
    return _manner(language, form.name, form.gsm)


@cache
def _manner(language: str, domain: str, gsm: bool) -> Manner:
    return Manner(language, domain, cut_names=gsm, chat=not gsm)


class Spelling:
    """ambient: what is true of the whole service, by the name under which a text mentions it."""

    def __init__(self, ambient: Mapping[str, str]) -> None:
        self._ambient = dict(ambient)

    def fill(self, line: str, facts: Mapping[str, Value], how: Manner) -> str:
        names = placeholders(line)
        if not names:
            return line
        spelt = {name: self._value(name, facts[name], how) for name in names if name in facts}
        return line.format_map(self._ambient | spelt)

    def words(self, words: Words, how: Manner) -> str:
        """A text that becomes a part of another one."""
        text = catalogue.text(words.key, how.language, how.domain, words.count)
        return self.fill(text, words.facts, how)

    def _value(self, name: str, value: Value, how: Manner) -> str:
        if how.chat and name in DIALLED and isinstance(value, str):
            return one_line(value)
        return self.value(value, how)

    def value(self, value: Value, how: Manner) -> str:
        match value:
            case str():
                return tame(value) if how.chat else one_line(value)
            case Naira(kobo):
                return money.show(kobo)
            case Day(on):
                return catalogue.date_of(on, how.language, how.domain)
            case DayMonth(on):
                return catalogue.day_month(on, how.language, how.domain)
            case Clock(at):
                return schedule.show_time(at)
            case Name(text, most):
                short = f"{text[: most - 1]}." if how.cut_names and len(text) > most else text
                return tame(short) if how.chat else one_line(short)
            case Words():
                return self.words(value, how)
            case Mapping():
                return self._news_value(value, how)
            case _:
                return str(value)

    def _news_value(self, value: Mapping[str, Any], how: Manner) -> str:
        """What a message kept for the day on which it is sent (models.news_values)."""
        match dict(value):
            case {"day": on}:
                return catalogue.date_of(date.fromisoformat(on), how.language, how.domain)
            case {"day_month": on}:
                return catalogue.day_month(date.fromisoformat(on), how.language, how.domain)
            case {"clock": at}:
                return schedule.show_time(datetime.fromisoformat(at))
            case {"words": key, **more}:
                return self.words(Words(key, more.get("facts", {})), how)
            case {"joined": values}:
                return " ".join(f"{self.value(each, how)}." for each in values)
        raise ValueError("a value that no message is made of")


def one_line(text: str) -> str:
    """What somebody typed must not look like a line of ours."""
    line = " ".join(text.splitlines())
    return _LIKE_A_CHOICE.sub(r"\1 ", line, count=1) if line[:1].isdigit() and _LIKE_A_CHOICE.match(line) else line


def tame(text: str) -> str:
    """The same for a chat, where a star or a dash would make more of it than words."""
    line = "".join(sign for sign in one_line(text) if unicodedata.category(sign) not in _UNSAID).translate(_TWINS)
    return line[:1].translate(_LIKE_A_LIST) + line[1:] if line[1:2] == " " or line[:1] == ">" else line


def for_chat(text: str) -> str:
    """A body with what is to be dialled set apart, so that its stars stay stars and it can be copied."""
    return _DIAL_STRING.sub(r"```\g<0>```", _MASK.sub("•••", text))
