"""The texts, by key and language, as the .po files under `locale` have them.

They are read as they are at import (no compile step that could be forgotten). Besides
`messages` a kind of channel may have a domain of its own (`whatsapp`, `sms`), for what it
says in another way; whatever that lacks is taken from `messages`, and whatever a language
lacks from English. Nothing is put together here: values are filled in by `spelling`.

They are written as the language is written, with every mark. A phone screen and an SMS get
them without (see `_plain`), a chat as they are.

A text that changes with a count stands there as a gettext plural. Which of its forms is
meant is a matter of the language, as CLDR (Babel) has it.
"""

import re
from datetime import date
from functools import cache
from pathlib import Path

from babel import Locale
from babel.messages.pofile import read_po

from flows import gsm

ENGLISH = "en"
MESSAGES = "messages"

# What A1 offers, in its order.
LANGUAGES = ("en", "pcm", "yo", "ha", "ig")

# Domains of chats, where no letter is dearer than another.
WITH_MARKS = frozenset({"whatsapp", "templates"})

# The order in which gettext has the forms of a plural.
PLURAL_TAGS = ("zero", "one", "two", "few", "many", "other")

_LOCALE = Path(__file__).parent / "locale"
_NOT_REVIEWED = re.compile(r'^"X-Reviewed: *no\b', re.IGNORECASE | re.MULTILINE)


def read(path: Path) -> dict[str, str]:
    """Texts by key. The forms of a plural are there as `key[0]`, `key[1]`; the last of them also as `key`."""
    texts: dict[str, str] = {}
    with path.open("rb") as file:
        messages = read_po(file, abort_invalid=True)
    for message in messages:
        if isinstance(message.id, str):
            texts[message.id] = str(message.string or "")
        elif message.id and isinstance(message.string, (tuple, list)):
            key = message.id[0]
            texts |= {form_of(key, index): form for index, form in enumerate(message.string)}
            texts[key] = message.string[-1]
    return {key: text for key, text in texts.items() if key and text}


def is_reviewed(path: Path) -> bool:
    """False for a draft that no native speaker has read yet. Whether it is offered is a setting."""
    return not _NOT_REVIEWED.search(path.read_text(encoding="utf-8"))


def _domain(name: str) -> dict[str, dict[str, str]]:
    return {path.parts[-3]: read(path) for path in sorted(_LOCALE.glob(f"*/LC_MESSAGES/{name}.po"))}


def _plain(texts: dict[str, str]) -> dict[str, str]:
    """As GSM 03.38 has them: with all marks or with none, because some of the tone marks would mislead."""
    if all(map(gsm.ALPHABET.issuperset, texts.values())):
        return texts
    return {key: gsm.plain(text) for key, text in texts.items()}


def form_of(key: str, index: int) -> str:
    return f"{key}[{index}]"


def base_of(key: str) -> str:
    """The key of a plural, for one of its forms."""
    return key.partition("[")[0]


WRITTEN = {path.stem: _domain(path.stem) for path in sorted(_LOCALE.glob("en/LC_MESSAGES/*.po"))}
DOMAINS = {
    name: texts if name in WITH_MARKS else {language: _plain(texts[language]) for language in texts}
    for name, texts in WRITTEN.items()
}
CATALOGUES = DOMAINS[MESSAGES]
REVIEWED = frozenset(path.parts[-3] for path in _LOCALE.glob(f"*/LC_MESSAGES/{MESSAGES}.po") if is_reviewed(path))


def offered(*, unreviewed: bool) -> tuple[str, ...]:
    """The languages that a member may choose, in the order of A1."""
    return tuple(code for code in LANGUAGES if code in CATALOGUES and (unreviewed or code in REVIEWED))


@cache
def _plural_tags(language: str) -> tuple[str, ...]:
    rules = Locale.parse(language).plural_form.rules
    return tuple(tag for tag in PLURAL_TAGS if tag in rules or tag == "other")


def plural_forms(language: str) -> int:
    """How many forms a plural has in this language."""
    return len(_plural_tags(language))


@cache
def plural_index(language: str, count: int) -> int:
    """Which of them a count takes."""
    return _plural_tags(language).index(Locale.parse(language).plural_form(count))


@cache
def text(key: str, language: str = ENGLISH, domain: str = MESSAGES, count: int | None = None) -> str:
    """The text of a key: in the domain's own words in this language, else in the common ones, else in English.

    A key that not even English has is a bug and raises KeyError.
    """
    own = DOMAINS.get(domain, {})
    common = WRITTEN[MESSAGES] if domain in WITH_MARKS else CATALOGUES
    places = ((own, language), (common, language if language != ENGLISH else ""), (own, ENGLISH), (common, ENGLISH))
    for domain_texts, code in places:
        found = domain_texts.get(code, {})
        if key in found:
            return found[key] if count is None else found.get(form_of(key, plural_index(code, count)), found[key])
    raise KeyError(key)


def date_of(on: date, language: str = ENGLISH, domain: str = MESSAGES) -> str:
    """'Fri 27 Nov': a date never stands without its day of the week where there is room."""
    return f"{_names('DAYS', language, domain)[on.weekday()]} {day_month(on, language, domain)}"


def day_month(on: date, language: str = ENGLISH, domain: str = MESSAGES) -> str:
    """'27 Nov'."""
    return f"{on.day} {_names('MONTHS', language, domain)[on.month - 1]}"


@cache
def _names(key: str, language: str, domain: str) -> tuple[str, ...]:
    return tuple(text(key, language, domain).split())
