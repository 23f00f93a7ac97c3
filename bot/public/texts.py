"""The texts of the public pages, by key and language, as the .po files under `locale` have them.

A text of several lines is a section: its heading, its paragraphs, and its list (lines that begin with "- "). Each
language says in its header whether a native speaker has reviewed it; one that nobody has is a draft, and whether drafts
are shown is a setting (LANGUAGES_UNREVIEWED), as in the conversations.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from flows import catalogue
from flows.catalogue import ENGLISH, LANGUAGES

ITEM: Final = "- "
_PATHS: Final = {path.parts[-3]: path for path in sorted((Path(__file__).parent / "locale").glob("*/*/public.po"))}
CATALOGUES: Final = {code: catalogue.read(path) for code, path in _PATHS.items()}
REVIEWED: Final = frozenset(code for code, path in _PATHS.items() if catalogue.is_reviewed(path))


@dataclass(frozen=True)
class Section:
    """A heading with what stands under it."""

    title: str
    paragraphs: tuple[str, ...] = ()
    items: tuple[str, ...] = ()


@dataclass(frozen=True)
class Texts:
    """The texts of one language, with the values for their {names}."""

    language: str
    facts: Mapping[str, str]

    def said(self, key: str) -> str:
        """A text of one line. What the language lacks is said in English; a key that not even that has is a bug."""
        found = CATALOGUES[self.language].get(key) or CATALOGUES[ENGLISH][key]
        return found.format_map(self.facts)

    def section(self, key: str) -> Section:
        """A text of several lines."""
        title, *lines = self.said(key).split("\n")
        items = tuple(line.removeprefix(ITEM) for line in lines if line.startswith(ITEM))
        return Section(title, tuple(line for line in lines if not line.startswith(ITEM)), items)

    @property
    def draft(self) -> bool:
        return self.language not in REVIEWED


def offered(*, unreviewed: bool) -> tuple[str, ...]:
    """The languages of the public pages, in the order in which a conversation offers them. English is always there."""
    shown = (code for code in LANGUAGES if code in CATALOGUES and (unreviewed or code in REVIEWED))
    return tuple(dict.fromkeys([ENGLISH, *shown]))
