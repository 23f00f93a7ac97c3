"""What stands on a picture: the lines of its text in the catalogue, with the values of the message filled in.

A line is `Label | value`, or only words. One that speaks of something the message does not know says
nothing: with a label it is left out, without one it is empty, because its place has a meaning.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from flows import catalogue
from flows.templates import placeholders

DOMAIN = "whatsapp"


@dataclass(frozen=True)
class Line:
    """One line; label is empty when there is only one thing to say."""

    label: str
    value: str


def lines_of(kind: str, language: str, values: Mapping[str, str]) -> list[Line]:
    """The lines of `PICTURE_<kind>` that can be filled."""
    text = catalogue.text(f"PICTURE_{kind}", language, DOMAIN)
    found = [_line(each, values) for each in text.split("\n")]
    return [line for line in found if line is not None]


def _line(line: str, values: Mapping[str, str]) -> Line | None:
    label, bar, value = line.partition(" | ")
    if not all(values.get(name) for name in placeholders(line)):
        return None if bar else Line("", "")
    return Line(label, value.format_map(values)) if bar else Line("", line.format_map(values))
