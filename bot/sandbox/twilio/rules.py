"""What WhatsApp allows in a message, as Twilio passes it on (providers.md 3.2; conversations.md 1.3). Pure.

Whether a person may be written to at all, and when, is not decided here.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

LONGEST_BODY = 1600  # of Body, on every channel
LONGEST_INTERACTIVE_BODY = 1024
SESSION_BUTTONS, TEMPLATE_BUTTONS = 3, 10
BUTTON_TITLE, LIST_BUTTON, CHOICE_ID = 20, 20, 200
LIST_ROWS, ROW_TITLE, ROW_DESCRIPTION = 10, 24, 72
MOST_MEDIA = 10
IMAGE_BYTES, OTHER_BYTES = 5_000_000, 16_000_000

TEXT, MEDIA, QUICK_REPLY, LIST_PICKER = "twilio/text", "twilio/media", "twilio/quick-reply", "twilio/list-picker"
KNOWN = (TEXT, MEDIA, QUICK_REPLY, LIST_PICKER)
NAME = re.compile(r"[a-z0-9_]{1,512}")
CATEGORIES = ("UTILITY", "MARKETING", "AUTHENTICATION")

_VARIABLE = re.compile(r"{{\s*([^{}]+?)\s*}}")


@dataclass(frozen=True)
class Choice:
    id: str
    title: str
    description: str = ""


@dataclass(frozen=True)
class Shown:
    """What a phone shows. `button` opens the list that choices are the rows of; without it they are buttons."""

    body: str
    choices: tuple[Choice, ...] = ()
    button: str = ""
    media: tuple[str, ...] = ()


def show(types: Mapping[str, Any], variables: Mapping[str, str]) -> Shown:
    """A content with its variables filled in. The first of its types is the one that WhatsApp gets."""
    kind, found = next(iter(types.items()))

    def filled(text: object) -> str:
        return _VARIABLE.sub(lambda match: variables.get(match[1], match[0]), str(text or ""))

    choices: tuple[Choice, ...] = ()
    if kind == QUICK_REPLY:
        choices = tuple(Choice(filled(each.get("id")), filled(each.get("title"))) for each in found["actions"])
    elif kind == LIST_PICKER:
        choices = tuple(
            Choice(filled(each.get("id")), filled(each.get("item")), filled(each.get("description")))
            for each in found["items"]
        )
    media = tuple(filled(each) for each in found.get("media") or ()) if kind == MEDIA else ()
    return Shown(filled(found.get("body")), choices, filled(found.get("button")), media)


def objections(shown: Shown, *, template: bool) -> Iterator[str]:
    """Everything that WhatsApp refuses of a message with buttons or a list. None: it may be shown."""
    limit = LONGEST_INTERACTIVE_BODY if shown.choices else LONGEST_BODY
    yield from _too_long("the body", shown.body, limit)
    if shown.choices and not shown.body.strip():
        yield "the body is empty"
    if shown.button:
        yield from _objections_to_list(shown)
    elif shown.choices:
        yield from _objections_to_buttons(shown.choices, TEMPLATE_BUTTONS if template else SESSION_BUTTONS)


def objections_to_content(types: object) -> Iterator[str]:
    """What the Content API refuses when a content is created. Variables are not filled in yet."""
    if not isinstance(types, dict) or not types:
        yield "types is missing"
        return
    for kind, found in types.items():
        if kind not in KNOWN or not isinstance(found, dict):
            yield f"{kind} is no type that is known here"
        elif kind == QUICK_REPLY and not _all_dicts(found.get("actions")):
            yield "a quick reply has actions"
        elif kind == LIST_PICKER and not (_all_dicts(found.get("items")) and found.get("button")):
            yield "a list picker has items and a button"
        else:
            yield from objections(show({kind: found}, {}), template=True)


def objections_to_template(types: Mapping[str, Any]) -> Iterator[str]:
    """Why Meta would not approve it."""
    if LIST_PICKER in types:
        yield "a list picker cannot be approved"
        return
    body = next(iter(types.values())).get("body", "").strip()
    if re.match(r"{{[^{}]+}}", body):
        yield "the body begins with a variable"
    if re.search(r"{{[^{}]+}}$", body):
        yield "the body ends with a variable"
    if re.search(r"}}\s*{{", body):
        yield "two variables stand side by side"
    numbers = sorted({int(each) for each in _VARIABLE.findall(body) if each.isdecimal()})
    if numbers != list(range(1, len(numbers) + 1)):
        yield "the variables are not numbered from 1"


def _objections_to_buttons(choices: tuple[Choice, ...], most: int) -> Iterator[str]:
    if len(choices) > most:
        yield f"{len(choices)} buttons, at most {most}"
    for choice in choices:
        yield from _too_long("a button", choice.title, BUTTON_TITLE)
        yield from _too_long("an id", choice.id, CHOICE_ID)
    if len({choice.title for choice in choices}) != len(choices):
        yield "two buttons with the same title"


def _objections_to_list(shown: Shown) -> Iterator[str]:
    yield from _too_long("the list's button", shown.button, LIST_BUTTON)
    if not 1 <= len(shown.choices) <= LIST_ROWS:
        yield f"{len(shown.choices)} rows, at most {LIST_ROWS}"
    for choice in shown.choices:
        yield from _too_long("a row", choice.title, ROW_TITLE)
        yield from _too_long("a description", choice.description, ROW_DESCRIPTION, empty=True)
        yield from _too_long("an id", choice.id, CHOICE_ID)
    if len({choice.id for choice in shown.choices}) != len(shown.choices):
        yield "two rows with the same id"


def _too_long(what: str, text: str, most: int, *, empty: bool = False) -> Iterator[str]:
    if len(text) > most:
        yield f"{what} has {len(text)} characters, at most {most}: {text[:40]!r}"
    elif not text and not empty and what != "the body":
        yield f"{what} is empty"


def _all_dicts(found: object) -> bool:
    return isinstance(found, list) and bool(found) and all(isinstance(each, dict) for each in found)
