"""The texts, by key and language, as the .po files under `locale` have them.

They are read as they are at import (no compile step that could be forgotten). A key
that a language lacks, or has not translated yet, is said in English. Nothing is put
together here: values are filled in by `screens`.
"""

from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

ENGLISH = "en"

# What A1 offers, in its order. A language without a catalogue is remembered and spoken from the day its file is there.
LANGUAGES = ("en", "pcm", "yo", "ha", "ig")

_LOCALE = Path(__file__).parent / "locale"


def _read(path: Path) -> dict[str, str]:
    with path.open("rb") as file:
        messages = read_po(file, abort_invalid=True)
    return {
        message.id: message.string
        for message in messages
        if isinstance(message.id, str) and isinstance(message.string, str) and message.id and message.string
    }


CATALOGUES = {path.parts[-3]: _read(path) for path in sorted(_LOCALE.glob("*/LC_MESSAGES/messages.po"))}


def spoken(language: str) -> bool:
    return language in CATALOGUES


@cache
def text(key: str, language: str = ENGLISH) -> str:
    """The text of a key; a key that not even English has is a bug and raises KeyError."""
    return CATALOGUES.get(language, {}).get(key) or CATALOGUES[ENGLISH][key]
