"""Messages with buttons or a list, as Twilio wants them: a frame made once, and the words of each sending. Pure.

Everything in a shape is a variable: body, button, titles, ids and descriptions; their
documentation has "variable support: yes" for each of these fields of `twilio/quick-reply`
and `twilio/list-picker`. So there is one for each number of choices, and, since a value
may not be empty, for each way in which some rows have a description and others not.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from flows.cutting import units
from flows.forms import WHATSAPP, Choice, Message

LONGEST_BODY: Final = 1600  # of a message without buttons; with them it is the form's
LONGEST_ID: Final = 200
LANGUAGE: Final = "en"  # a shape has no words of its own, and must name one


@dataclass(frozen=True)
class Shape:
    """The frame of a message: buttons (`rows` is None), or a list of rows with and without descriptions."""

    buttons: int = 0
    rows: tuple[bool, ...] = ()

    @property
    def name(self) -> str:
        if self.buttons:
            return f"ajo_buttons_{self.buttons}_v1"
        return f"ajo_list_{''.join('d' if described else 't' for described in self.rows)}_v1"

    @property
    def types(self) -> dict[str, Any]:
        """The text with its variables, numbered in the order of `values_of`."""
        number = iter(f"{{{{{n}}}}}" for n in range(1, 100))
        if self.buttons:
            body = next(number)
            actions = [{"type": "QUICK_REPLY", "title": next(number), "id": next(number)} for _ in range(self.buttons)]
            return {"twilio/quick-reply": {"body": body, "actions": actions}}
        frame = {"body": next(number), "button": next(number)}
        items = [
            {"item": next(number), "id": next(number)} | ({"description": next(number)} if described else {})
            for described in self.rows
        ]
        return {"twilio/list-picker": {**frame, "items": items}}

    @property
    def samples(self) -> dict[str, str]:
        """A value for each variable: what Twilio would put where one is not given."""
        return {str(n): f"value {n}" for n in range(1, json.dumps(self.types).count("{{") + 1)}


def shape_of(message: Message) -> Shape | None:
    """The frame that carries these words. None when they have no choices, or more or longer ones than a frame may."""
    form, choices = WHATSAPP, message.choices
    if not choices or not message.body.strip() or units(message.body) > form.longest:
        return None
    if len({choice.id for choice in choices}) < len(choices):
        return None
    if not message.button:
        titles = {choice.title for choice in choices}
        fits = len(choices) <= form.buttons and len(titles) == len(choices)
        return Shape(buttons=len(choices)) if fits and _fit(choices, form.button_title) else None
    fits = len(choices) <= form.rows and units(message.button) <= form.list_button
    return Shape(rows=tuple(bool(each.description) for each in choices)) if fits and _fit(choices) else None


def values_of(message: Message) -> dict[str, str]:
    """The words of a message that has a shape, by the numbers of the shape's variables."""
    return {str(n): value for n, value in enumerate(_values(message), start=1)}


def to_json(values: Mapping[str, str]) -> str:
    """As the field of a form: plain ASCII, and without the apostrophe, over which some have seen them stumble."""
    return json.dumps(values, separators=(",", ":")).replace("'", "\\u0027")


def plain(message: Message) -> str:
    """The same message without buttons: each choice on a line of its own, with the digit that picks it."""
    lines = [message.body, "", *(_line(choice, long=True) for choice in message.choices)]
    text = "\n".join(lines) if message.choices else message.body
    if len(text) > LONGEST_BODY and message.choices:
        text = "\n".join([message.body, "", *(_line(choice, long=False) for choice in message.choices)])
    return text


def _values(message: Message) -> Iterator[str]:
    yield message.body
    if message.button:
        yield message.button
    for choice in message.choices:
        yield choice.title
        yield choice.id
        if message.button and choice.description:
            yield choice.description


def _fit(choices: tuple[Choice, ...], title: int = WHATSAPP.row_title) -> bool:
    return all(
        1 <= units(choice.title.strip()) <= units(choice.title) <= title
        and 1 <= len(choice.id) <= LONGEST_ID
        and units(choice.description) <= WHATSAPP.row_description
        for choice in choices
    )


def _line(choice: Choice, *, long: bool) -> str:
    number = f"{choice.id}. " if choice.id.isascii() and choice.id.isdigit() else ""
    more = f" ({choice.description})" if long and choice.description else ""
    return f"{number}{choice.title}{more}"
