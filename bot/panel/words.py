"""The panel's sentences: English in the pages themselves, other languages as gettext catalogues beside them.

`bot/panel/locale/<language>/LC_MESSAGES/panel.po` is read as it is; what it lacks is said in English. How money, dates
and numbers of people look is decided here, too, once for all pages.
"""

from datetime import date, datetime
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

from models import money, phones
from models.rules import schedule

_LOCALE = Path(__file__).parent / "locale"
ENGLISH = "en"


@cache
def catalogue(language: str) -> dict[str, str]:
    """The translations of a language, by their English sentence."""
    path = _LOCALE / language / "LC_MESSAGES" / "panel.po"
    if not path.exists():
        return {}
    with path.open("rb") as file:
        return {str(entry.id): str(entry.string) for entry in read_po(file) if entry.id and entry.string}


def said(sentence: str, language: str = ENGLISH, **values: object) -> str:
    """A sentence in a language, its {values} filled in."""
    text = catalogue(language).get(sentence, sentence)
    return text.format_map(values) if values else text


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
