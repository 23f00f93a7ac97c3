"""The longest legal values, so that a text can be tried before anybody says it (conversations.md 2.1).

Used by `check`, which measures every text in every language with them, and by the tests. Where our own
rules allow more than the design has, our own rules count.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cache

from flows import catalogue
from flows.spelling import Manner, Spelling
from flows.talk import Clock, Day, DayMonth, Naira, Name, Value, Words
from models.rules import blasts, names
from models.rules.fees import NAIRA

# The longest that a service may be called by: a short code, a number, a site.
AMBIENT = {"dial": "*347*55", "help": "08001234567", "site": "ajo.example", "whatsapp": "+2348009876543"}

MOST_PEOPLE = 30

_LONG_NAME = "Oluwadamilolaoluwase"[: names.MEMBER_NAME.stop - 1]
_LONG_GROUP = "Balogun Traders1"[: names.GROUP_NAME.stop - 1]
_LONG_DAY = date(2026, 9, 30)
_POT = Naira(15_000_000 * NAIRA)

VALUES: Mapping[str, Value] = {
    "name": Name(_LONG_NAME),
    "who": Name(_LONG_NAME),
    "to": Name(_LONG_NAME),
    "head": Name("Alhaja Mariam Balogun", 13),
    "group": _LONG_GROUP,
    "text": _LONG_NAME,
    "acname": Name("OLUWADAMILOLA ADEBAYO ADEYEMI-OGUNBANJO", 23),
    "bank": "Stanbic IBTC",
    "op": "AirtelTigo",
    "acct": "0123456789",
    "last4": "6789",
    "ussd": "*966*000*12345678#",
    "code": "482917",
    "phone": "0803***4567",
    "ref": "R4K7M2XQ",
    "pot": _POT,
    "limit": _POT,
    "bal": _POT,
    "sent": _POT,
    "owed": _POT,
    "amt": Naira(500_000 * NAIRA),
    "half": Naira(250_000 * NAIRA),
    "half2": Naira(250_000 * NAIRA),
    "total": Naira(502_000 * NAIRA),
    "fee": Naira(2_000 * NAIRA),
    "least": Naira(500_000 * NAIRA),
    "most": Naira(500_000 * NAIRA),
    "date": Day(_LONG_DAY),
    "date2": Day(_LONG_DAY),
    "d": DayMonth(_LONG_DAY),
    "d2": DayMonth(_LONG_DAY),
    "time": Clock(datetime(2026, 9, 30, 11, 30, tzinfo=UTC)),
    "pct": "1.25",
    "choices": "1, 2, 3, 4, 5, 6, 7 or 0",
    "first": "1, 2, 3, 4, 5, 6, 7",
    "last": "98",
    "answer": "x" * 110,
    "notice": "x" * blasts.LONGEST,
    "lines": "",
    "names": "",
    "names2": "",
    "link": "https://ajo.example/s/AbCdEfGhIjKlMnOpQrStUv",
    **dict.fromkeys(("n", "m", "r", "t", "k"), MOST_PEOPLE),
}

# A value that is itself a text: the longest of its family, by the name of the value, or of the value on one screen.
FAMILIES: Mapping[str, str] = {
    "every": "EVERY_",
    "once": "ONCE_",
    "order": "ORDER_",
    "you": "YOU_",
    "language": "LANG_",
    "doing": "DO_",
    "what": "WHAT_",
    "unit": "UNIT_",
    "why": "NO_",
    "more": "TIME_",
    "reason": "WHY_",
    "end": "ENDS_",
}
FAMILIES_OF_SCREENS: Mapping[tuple[str, str], tuple[str, ...]] = {
    **dict.fromkeys(((key, "why") for key in ("H1e", "S83", "S83d", "S83e")), ("END_",)),
    ("E9e", "why"): ("ASK_",),
    ("M9d", "why"): ("REMIND_",),
    ("X3", "why"): ("DID_", "NO_"),
    ("O9r", "what"): ("SAY_",),
    ("O9s", "what"): ("SAY_",),
}


def values(key: str, how: Manner) -> dict[str, Value]:
    """What to fill a text with, at its longest in this language."""
    found = dict(VALUES)
    for name, prefix in FAMILIES.items():
        prefixes = FAMILIES_OF_SCREENS.get((catalogue.base_of(key), name), (prefix,))
        found[name] = _longest_of(prefixes, how)
    return found


@cache
def _longest_of(prefixes: tuple[str, ...], how: Manner) -> Words:
    spelling = Spelling(AMBIENT)
    keys = sorted(key for key in catalogue.CATALOGUES[catalogue.ENGLISH] if key.startswith(prefixes))
    return max((Words(key, VALUES) for key in keys), key=lambda words: len(spelling.words(words, how)))
