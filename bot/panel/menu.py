"""A line of the panel's menu."""

from dataclasses import dataclass

from models.rules.staff import Right


@dataclass(frozen=True)
class Place:
    """Where it leads, and the right that shows it."""

    title: str
    href: str
    right: Right
