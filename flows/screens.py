"""A reply as text: for a phone's USSD screen, page by page, and for an SMS of one segment.

The texts stand in the catalogue, the choice of what to say in the conversations. Here
values get their spelling, lines that do not hold now are left out, and what does not fit
into 160 septets goes on after `98. More` without losing a character.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from string import Formatter

from flows import catalogue
from flows.forms import Choice, Form, Message
from flows.gsm import LIMIT, fold, septets
from flows.talk import Clock, Day, DayMonth, Naira, Name, Reply, Value, Words
from models import money
from models.rules import schedule

MORE = "98"
BACK = "0"

# The notices of a wrong choice. They may push the head of a menu aside, but never its lines.
WRONG_CHOICE = "B1e"
WRONG_PICK = "B1x"

# Kept free on every page of a long text, so that a notice fits in front and the pages stay as they were.
ROOM_ON_LIST = 36
ROOM_ON_TEXT = 24

_NUMBERED = re.compile(r"(\d+)\. ")
_WORD = re.compile(r"\S+\s*|\s+")
_ROWS = "{rows}"

# 98 and 99 are taken, so a long list jumps over them.
_LAST_SHORT_NUMBER = 97
_TAKEN_NUMBERS = 2


@dataclass(frozen=True)
class Template:
    """A text by its lines, each with its number or "". The foot: 0 and 98, where they come last."""

    body: tuple[tuple[str, str], ...]
    foot: tuple[tuple[str, str], ...]


@cache
def template(key: str, language: str) -> Template:
    lines = [(_number(line), line) for line in catalogue.text(key, language).split("\n")]
    head = len(lines)
    while head > 1 and lines[head - 1][0] in (BACK, MORE):
        head -= 1
    return Template(tuple(lines[:head]), tuple(lines[head:]))


@cache
def numbers(key: str) -> tuple[str, ...]:
    """The numbered lines of a text, without 0: what its screen may offer."""
    parts = template(key, catalogue.ENGLISH)
    return tuple(number for number, _ in (*parts.body, *parts.foot) if number and number != BACK)


def row_number(index: int) -> int:
    """The number of a list's line, counted from 0: 1 to 97, then 100 and on."""
    return index + 1 if index < _LAST_SHORT_NUMBER else index + 1 + _TAKEN_NUMBERS


def row_index(number: str) -> int | None:
    """The line that a number means, counted from 0; None for a number that no line has."""
    found = int(number[:4])
    index = found - 1 if found <= _LAST_SHORT_NUMBER else found - 1 - _TAKEN_NUMBERS
    return index if index >= 0 and row_number(index) == found else None


def cut(text: str, room: int) -> list[str]:
    """Pieces of at most `room` septets that give the text again when joined: at lines, else at words, else anywhere."""
    pieces, taken = [""], 0
    for part in _parts(text, room):
        if taken and taken + _cost(part) > room:
            pieces.append("")
            taken = 0
        pieces[-1] += part
        taken += septets(part)
    return pieces


class Screens:
    """Renders with what is true of the whole service: the code to dial, the number for help, the site."""

    def __init__(self, *, ussd_code: str, help_phone: str, site: str) -> None:
        self._ambient: dict[str, str] = {"dial": ussd_code.rstrip("#"), "help": help_phone, "site": site}

    def ussd(self, reply: Reply) -> str:
        """The page of the reply that is to be shown, at most 160 septets of GSM-7."""
        pages = self.pages(reply)
        return pages[min(reply.page, len(pages) - 1)]

    def message(self, reply: Reply, form: Form, *, private: str = "") -> Message:
        """The reply as a chat of this form shows it. private: a page of hers for what may not be typed there."""
        lines = [line for line in self.pages(reply)[reply.page].split("\n") if line]
        if not form.buttons:
            return Message("\n".join(lines))
        body = "\n".join(line for line in lines if not _number(line))
        choices = tuple(Choice(number, line.split(". ", 1)[1]) for line in lines if (number := _number(line)))
        return Message(body, choices, button="" if len(choices) <= form.buttons else "Choose")

    def sms(self, key: str, language: str = catalogue.ENGLISH, **facts: Value) -> str:
        """One segment. Names are written in full, and cut as on a screen only when they would cost a second one."""
        text = catalogue.text(key, language)
        full = fold(self._fill(text, facts, language, cut_names=False))
        return full if septets(full) <= LIMIT else fold(self._fill(text, facts, language))

    def words(self, value: Value, language: str) -> str:
        """A value in the words of a language; a text that becomes a part of another one."""
        return self._spell(value, language)

    def shown_numbers(self, reply: Reply) -> list[str]:
        """What may be answered to the page that is shown: its numbered lines, 98 and 0."""
        allowed = {*reply.options, BACK, MORE}
        return [number for line in self.ussd(reply).split("\n") if (number := _number(line)) in allowed]

    def pages(self, reply: Reply) -> tuple[str, ...]:
        """All pages, each with its notice and its last lines."""
        notice, body, foot = self._notice(reply), self.body(reply), self._foot(reply)
        whole = _lines(notice, body, *foot)
        if septets(whole) <= LIMIT:
            return (whole,)
        choices = _lines(notice, *self._choices(reply), *foot)
        if _fits(body, *foot) and reply.notice and reply.notice.key == WRONG_CHOICE and septets(choices) <= LIMIT:
            return (choices,)
        pages = self._paged(notice, self.chunks(reply), reply)
        if all(septets(page) <= LIMIT for page in pages):
            return pages
        return self._paged("", cut(_lines(notice, body), self._room(reply)), reply)

    def chunks(self, reply: Reply) -> list[str]:
        """The body in the pieces in which it is shown, when there is no notice."""
        body = self.body(reply)
        return [body] if _fits(body, *self._foot(reply)) else cut(body, self._room(reply))

    def body(self, reply: Reply) -> str:
        """The text without its last lines, in one piece."""
        return fold("\n".join(self._body_lines(reply)))

    def _body_lines(self, reply: Reply) -> Iterator[str]:
        for number, line in template(reply.key, reply.language).body:
            if line == _ROWS:
                yield from self._row_lines(reply)
            elif not number or number in reply.options:
                yield self._fill(line, reply.facts, reply.language)

    def _row_lines(self, reply: Reply) -> Iterator[str]:
        for index, words in enumerate(reply.rows):
            text = self._spell(words, reply.language)
            yield f"{row_number(index)}. {text}" if reply.picks else text

    def _choices(self, reply: Reply) -> list[str]:
        """Only the numbered lines of the body."""
        lines = template(reply.key, reply.language).body
        return [
            fold(self._fill(line, reply.facts, reply.language)) for number, line in lines if number in reply.options
        ]

    def _foot(self, reply: Reply) -> list[str]:
        lines = template(reply.key, reply.language).foot
        return [fold(line) for number, line in lines if number == BACK or number in reply.options]

    def _notice(self, reply: Reply) -> str:
        return fold(self._spell(reply.notice, reply.language)) if reply.notice else ""

    def _room(self, reply: Reply) -> int:
        """For the body of one page out of several."""
        more, back = catalogue.text("NAV98", reply.language), catalogue.text("NAV0", reply.language)
        last_line = max([_cost(back), *(_cost(line) for line in self._foot(reply))])
        notice = ROOM_ON_LIST if reply.picks else ROOM_ON_TEXT
        return LIMIT - notice - septets(f"\n{fold(more)}\n") - last_line

    def _paged(self, notice: str, pieces: Sequence[str], reply: Reply) -> tuple[str, ...]:
        more, back = (fold(catalogue.text(key, reply.language)) for key in ("NAV98", "NAV0"))
        foot = self._foot(reply)
        onward = [[more]] * (len(pieces) - 1) + [foot[:-1]]
        ways_out = [foot[-1:]] + [[back]] * (len(pieces) - 1)
        return tuple(
            _lines(notice, piece.rstrip(), *on, *out) for piece, on, out in zip(pieces, onward, ways_out, strict=True)
        )

    def _fill(self, line: str, facts: Mapping[str, Value], language: str, *, cut_names: bool = True) -> str:
        names = placeholders(line)
        if not names:
            return line
        spelt = {name: self._spell(facts[name], language, cut_names=cut_names) for name in names if name in facts}
        return line.format_map(self._ambient | spelt)

    def _spell(self, value: Value, language: str, *, cut_names: bool = True) -> str:
        match value:
            case Naira(kobo):
                return money.show(kobo)
            case Day(on):
                return catalogue.date_of(on, language)
            case DayMonth(on):
                return catalogue.day_month(on, language)
            case Clock(at):
                return schedule.show_time(at)
            case Name(text, most):
                return _one_line(f"{text[: most - 1]}." if cut_names and len(text) > most else text)
            case Words(key, facts):
                return self._fill(catalogue.text(key, language), facts, language, cut_names=cut_names)
            case {"day": on}:
                return catalogue.date_of(date.fromisoformat(on), language)
            case {"day_month": on}:
                return catalogue.day_month(date.fromisoformat(on), language)
            case {"clock": at}:
                return schedule.show_time(datetime.fromisoformat(at))
            case {"words": key}:
                return catalogue.text(key, language)
            case _:
                return _one_line(str(value))


@cache
def placeholders(line: str) -> tuple[str, ...]:
    return tuple(name for _, name, _, _ in Formatter().parse(line) if name)


def _one_line(text: str) -> str:
    """What somebody typed must not look like a line of ours."""
    return " ".join(text.splitlines())


def _number(line: str) -> str:
    found = _NUMBERED.match(line)
    return found[1] if found else ""


def _parts(text: str, room: int) -> Iterator[str]:
    for line in text.splitlines(keepends=True):
        if _cost(line) <= room:
            yield line
            continue
        for word in _WORD.findall(line):
            yield from [word] if _cost(word) <= room else word


def _cost(text: str) -> int:
    """White space at the end of a page is not sent."""
    return septets(text.rstrip())


def _lines(*lines: str) -> str:
    """Joined, without the first one when it is empty (there was nothing to notice)."""
    return "\n".join(lines[0 if lines[0] else 1 :]) if len(lines) > 1 else lines[0]


def _fits(*lines: str) -> bool:
    return septets("\n".join(lines)) <= LIMIT
