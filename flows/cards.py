"""A reply as a chat with buttons shows it: a text, and what can be tapped below it.

Up to three choices are buttons, more are the lines of a list, and a list that is too long goes on
behind its last line, as a screen does. Nothing is lost: a label that has to be cut stands in full in
the description below it. What is tapped comes back as the number that would have been typed.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from flows import catalogue
from flows.cutting import at_word, cut, units
from flows.forms import Choice, Form, Message, Picture
from flows.gsm import fold
from flows.spelling import Manner, Spelling, for_chat, manner
from flows.talk import Reply, Value, Words
from flows.templates import BACK, ROWS, TO_HOME, Template, row_number, template, without_number

WAYS_OUT = (BACK, TO_HOME)

# Kept free on every page of a long text, so that a notice fits in front.
ROOM_FOR_NOTICE = 100
# The lines of a list that goes on: one to turn the page, one to go back.
TURNING = 2

# What is said where a secret would have to be typed: by the key of the screen that asks for it.
PRIVATE = {"M6": "PRIVATE_bank", "M6e": "PRIVATE_bank"}
PRIVATE_PIN = "PRIVATE_pin"
PRIVATE_CONFIRM = "PRIVATE_confirm"
PRIVATE_LINK = "PRIVATE_link"


class Cards:
    def __init__(self, spelling: Spelling) -> None:
        self._spelling = spelling

    def pages(self, reply: Reply, form: Form) -> tuple[Message, ...]:
        """All pages of the reply."""
        parts, how = template(reply.key, reply.language, form.name), manner(reply.language, form)
        texts = self._texts(reply, parts, form, how)
        answers = [*self._rows(reply, how), *self._answers(reply, parts, how), *self._taps(parts, reply.facts, how)]
        stacks = _stacks(answers, form)
        last = len(texts) + len(stacks) - 2
        found = []
        for page in range(last + 1):
            choices = stacks[page - len(texts) + 1] if page >= len(texts) - 1 else []
            ways = self._ways_out(parts, how) if page == 0 else [self._nav("NAV0", how)]
            onward = [self._nav("NAV98", how)] if page < last else []
            body = texts[min(page, len(texts) - 1)]
            found.append(self._message(body, [*choices, *onward], ways, parts, form, how, as_list=len(stacks) > 1))
        return tuple(self._illustrated(page, parts, reply.facts, how) for page in found)

    def news(self, key: str, language: str, form: Form, facts: Mapping[str, Value], arg: str) -> Message:
        """A text that nobody asked for. Its buttons begin a conversation about `arg`."""
        parts, how = template(key, language, form.name), manner(language, form)
        body = self._body(Reply(key, facts, language=language), parts, how)
        taps = [
            replace(choice, id=f"{choice.id}:{arg}" if arg else choice.id) for choice in self._taps(parts, facts, how)
        ]
        return self._illustrated(self._message(body, taps, [], parts, form, how), parts, facts, how)

    def elsewhere(self, reply: Reply, form: Form, private: str) -> Message:
        """Instead of a question for a secret: what it is about, and where to answer it."""
        how = manner(reply.language, form)
        parts = template(reply.key, reply.language, form.name)
        own = reply.key in catalogue.DOMAINS.get(form.name, {}).get(catalogue.ENGLISH, {})
        key = PRIVATE.get(reply.key) or (PRIVATE_CONFIRM if own else PRIVATE_PIN)
        said = [
            *([self._spelling.words(reply.notice, how)] if reply.notice else []),
            *([self._body(reply, parts, how)] if own else []),
            self._spelling.words(Words(key), how),
            *([self._spelling.words(Words(PRIVATE_LINK, {"link": private}), how)] if private and form.buttons else []),
        ]
        if not form.buttons:
            return Message(fold("\n".join(said)))
        return self._message("\n\n".join(map(for_chat, said)), [], self._ways_out(parts, how), parts, form, how)

    # --- what is said -------------------------------------------------------------------------------------------------

    def _texts(self, reply: Reply, parts: Template, form: Form, how: Manner) -> list[str]:
        """The body in pieces that fit, the first with the notice."""
        notice = for_chat(self._spelling.words(reply.notice, how)) if reply.notice else ""
        pieces = [piece.rstrip() for piece in _pieces(self._body(reply, parts, how), form)]
        return [f"{notice}\n{piece}" if notice else piece for piece in pieces]

    def chunks(self, reply: Reply, form: Form) -> list[str]:
        """What is said, without what can be tapped, in the pieces in which it is shown."""
        parts, how = template(reply.key, reply.language, form.name), manner(reply.language, form)
        return _pieces(self._body(reply, parts, how), form)

    def _body(self, reply: Reply, parts: Template, how: Manner) -> str:
        said = "\n".join(self._said(reply, parts, how)).strip("\n")
        return for_chat(said or catalogue.text("CHOOSE", how.language, how.domain))

    def _said(self, reply: Reply, parts: Template, how: Manner) -> Iterator[str]:
        for number, line in parts.body:
            if line == ROWS:
                yield from () if reply.picks else (self._spelling.words(words, how) for words in reply.rows)
            elif not number:
                yield self._spelling.fill(line, reply.facts, how)

    # --- what can be tapped -------------------------------------------------------------------------------------------

    def _rows(self, reply: Reply, how: Manner) -> Iterator[Choice]:
        for index, words in enumerate(reply.rows if reply.picks else ()):
            yield _choice(str(row_number(index)), self._spelling.words(words, how))

    def _answers(self, reply: Reply, parts: Template, how: Manner) -> Iterator[Choice]:
        for number, line in (*parts.body, *parts.foot):
            if number in reply.options:
                yield _choice(number, self._spelling.fill(without_number(line), reply.facts, how))

    def _taps(self, parts: Template, facts: Mapping[str, Value], how: Manner) -> Iterator[Choice]:
        for intent, title in parts.taps:
            yield _choice(f"={intent}", self._spelling.fill(title, facts, how))

    def _ways_out(self, parts: Template, how: Manner) -> list[Choice]:
        return [_choice(number, without_number(line)) for number, line in parts.foot if number in WAYS_OUT]

    def _nav(self, key: str, how: Manner) -> Choice:
        number, _, title = catalogue.text(key, how.language, how.domain).partition(". ")
        return Choice(number, title)

    def _message(
        self,
        body: str,
        choices: Sequence[Choice],
        ways_out: Sequence[Choice],
        parts: Template,
        form: Form,
        how: Manner,
        *,
        as_list: bool = False,
    ) -> Message:
        """Buttons where all fits on buttons, else a list. A way out is offered where there is room for it."""
        if not as_list and _fit_buttons(choices, form):
            buttons = [*choices, *ways_out[: form.buttons - len(choices)]]
            return Message(body, tuple(replace(each, title=at_word(each.title, form.button_title)) for each in buttons))
        rows = [*choices, *ways_out[: form.rows - len(choices)]]
        label = parts.label or catalogue.text("LIST", how.language, how.domain)
        return Message(body, _distinct(rows, form), button=at_word(label, form.list_button))

    def _illustrated(self, page: Message, parts: Template, facts: Mapping[str, Value], how: Manner) -> Message:
        if not parts.picture:
            return page
        plain = replace(how, chat=False)
        words = {name: self._spelling.value(value, plain) for name, value in facts.items()}
        return replace(page, picture=Picture(parts.picture, words))


def _pieces(body: str, form: Form) -> list[str]:
    """In one piece, when a notice fits in front of it."""
    room = form.longest - ROOM_FOR_NOTICE
    return [body] if units(body) <= room else cut(body, room, units)


def _choice(id_: str, text: str) -> Choice:
    title, _, description = text.partition(" | ")
    return Choice(id_, " ".join(title.split()) or id_, " ".join(description.split()))


def _fit_buttons(choices: Sequence[Choice], form: Form) -> bool:
    """A button has one short line, different from that of any other."""
    titles = {each.title for each in choices if units(each.title) <= form.button_title and not each.description}
    return len(titles) == len(choices) <= form.buttons


def _stacks(choices: list[Choice], form: Form) -> list[list[Choice]]:
    """By pages of the list."""
    if len(choices) <= form.rows:
        return [choices]
    most = form.rows - TURNING
    return [choices[at : at + most] for at in range(0, len(choices), most)]


def _distinct(rows: Iterable[Choice], form: Form) -> tuple[Choice, ...]:
    """Labels short enough and all different; what had to be cut stands below in full."""
    taken: set[str] = set()
    found = []
    for row in rows:
        title, description = at_word(row.title, form.row_title), row.description
        if title != row.title:
            description = f"{row.title}. {description}" if description else row.title
        if title in taken:
            mark = f" ({row.id})"
            title = at_word(row.title, form.row_title - len(mark)) + mark
        taken.add(title)
        found.append(Choice(row.id, title, at_word(description, form.row_description)))
    return tuple(found)
