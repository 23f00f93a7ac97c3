"""The panel's sentences: English in the pages themselves, other languages as gettext catalogues beside them.

`bot/panel/locale/<language>/LC_MESSAGES/panel.po` is read as it is; what it lacks is said in English. A page is in the
language that the browser asks for, where there is one. How money, dates and numbers of people look is decided here,
too, once for all pages.
"""

from datetime import date, datetime
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po
from flask import g, has_request_context, request

from models import money, phones
from models.rules import schedule

LOCALE = Path(__file__).parent / "locale"
ENGLISH = "en"


class Sentence(str):
    """One that stands in a table, written before anybody asked for a page; a page says it in its own language."""

    __slots__ = ()


def said(sentence: str, **values: object) -> str:
    """A sentence in the language of the page, its {values} filled in. Outside of a page it is one for a table."""
    if not values and not has_request_context():
        return Sentence(sentence)
    text = _catalogue(LOCALE, spoken()).get(sentence, sentence)
    return text.format_map(values) if values else text


def shown(value: object) -> object:
    """What a template writes: sentences of tables in the language of the page, all else as it is."""
    return said(value) if isinstance(value, Sentence) else value


def spoken() -> str:
    """The language of the page: of those that there are the one that the browser likes best."""
    if not has_request_context():
        return ENGLISH
    if "panel_language" not in g:
        g.panel_language = request.accept_languages.best_match([ENGLISH, *_languages(LOCALE)], ENGLISH)
    return str(g.panel_language)


@cache
def _languages(folder: Path) -> tuple[str, ...]:
    return tuple(sorted(path.parts[-3] for path in folder.glob("*/LC_MESSAGES/panel.po")))


@cache
def _catalogue(folder: Path, language: str) -> dict[str, str]:
    """The translations of a language, by their English sentence."""
    if language not in _languages(folder):
        return {}
    with (folder / language / "LC_MESSAGES" / "panel.po").open("rb") as file:
        return {str(entry.id): str(entry.string) for entry in read_po(file) if entry.id and entry.string}


def naira(kobo: int | None) -> str:
    """'N5,000'; a dash where there is none."""
    return "–" if kobo is None else money.show(kobo)


def day(on: date | datetime | None) -> str:
    """'Fri 27 Nov 2026'."""
    if on is None:
        return "–"
    local = schedule.local_date(on) if isinstance(on, datetime) else on
    return f"{schedule.show_date(local)} {local.year}"


def moment(at: datetime | None) -> str:
    """'Fri 27 Nov, 4:30pm', in Lagos."""
    return "–" if at is None else f"{schedule.show_date(schedule.local_date(at))}, {schedule.show_time(at)}"


def phone(number: str, *, whole: bool) -> str:
    """'0803 123 4567', or '0803***4567' for those who may not see it."""
    return phones.local(number) if whole else phones.mask_local(number)
