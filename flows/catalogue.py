"""The texts, by key and language, as the .po files under `locale` have them.

They are read as they are at import (no compile step that could be forgotten). Besides
`messages` a channel may have a domain of its own (`whatsapp`, `sms`), for what it says
in another way; whatever that lacks is taken from `messages`, and whatever a language
lacks from English. Nothing is put together here: values are filled in by `screens`.
"""

from datetime import date
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

ENGLISH = "en"
MESSAGES = "messages"

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


def _domain(name: str) -> dict[str, dict[str, str]]:
    return {path.parts[-3]: _read(path) for path in sorted(_LOCALE.glob(f"*/LC_MESSAGES/{name}.po"))}


DOMAINS = {path.stem: _domain(path.stem) for path in sorted(_LOCALE.glob("en/LC_MESSAGES/*.po"))}
CATALOGUES = DOMAINS[MESSAGES]


def spoken(language: str) -> bool:
    return language in CATALOGUES


@cache
def text(key: str, language: str = ENGLISH, domain: str = MESSAGES) -> str:
    """The text of a key: in the domain's own words in this language, else in the common ones, else in English.

    A key that not even English has is a bug and raises KeyError.
    """
    own = DOMAINS.get(domain, {})
    common = DOMAINS[MESSAGES]
    for catalogue in (own.get(language), common.get(language) if language != ENGLISH else None, own.get(ENGLISH)):
        if catalogue and catalogue.get(key):
            return catalogue[key]
    return common[ENGLISH][key]


def date_of(on: date, language: str = ENGLISH) -> str:
    """'Fri 27 Nov': a date never stands without its day of the week where there is room."""
    return f"{text('DAYS', language).split()[on.weekday()]} {day_month(on, language)}"


def day_month(on: date, language: str = ENGLISH) -> str:
    """'27 Nov'."""
    return f"{on.day} {text('MONTHS', language).split()[on.month - 1]}"
