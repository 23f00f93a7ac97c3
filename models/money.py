"""Money as integer kobo: how it is read from a keypad, shown on a screen and split without losing a unit.

What a rule does with money (fees, pots, penalties) stands in `models.rules`. No
float, no Decimal, no Babel (its formats put signs into messages that GSM-7 cannot carry).
"""

import re
from functools import cache

from models.country import COUNTRIES, home

PREFIX = {each.currency: each.prefix for each in COUNTRIES.values()}
BPS = 10_000

# Nothing a person may type is larger: a mistyped phone number must not become an amount.
MOST_KOBO = 100_000_000_000

_AMOUNT = (
    r"(?:{typed})?\s*"
    r"(?P<whole>[0-9]{{1,3}}(?:,[0-9]{{3}})+|[0-9]{{1,12}})"
    r"(?:\.(?P<part>[0-9]{{1,2}}))?"
    r"(?P<thousand>\s?k)?"
)


def show(kobo: int, currency: str = "") -> str:
    """'N5,000', and 'N5,000.50' only when there is something after the point. In the country's own money if unsaid."""
    whole, part = divmod(abs(kobo), 100)
    amount = f"{whole:,}.{part:02d}" if part else f"{whole:,}"
    return f"{'-' if kobo < 0 else ''}{PREFIX.get(currency, currency + ' ') if currency else home().prefix}{amount}"


def parse(text: str) -> int | None:
    """What a member types for an amount, in kobo: 5000, 5,000, 5k, N5000, NGN 5,000.50. None if it is not one."""
    found = _amount(home().typed).fullmatch(text.strip())
    if found is None:
        return None
    kobo = int(found["whole"].replace(",", "")) * 100 + int((found["part"] or "").ljust(2, "0"))
    if found["thousand"]:
        kobo *= 1000
    return kobo if kobo <= MOST_KOBO else None


@cache
def _amount(typed: tuple[str, ...]) -> re.Pattern[str]:
    """An amount as it is written where the money has these names."""
    return re.compile(_AMOUNT.format(typed="|".join(map(re.escape, typed))), re.IGNORECASE)


def split(kobo: int, parts: int) -> tuple[int, ...]:
    """Equal parts that always add up: the first ones get the units that do not divide (1000 by 3 is 334, 333, 333)."""
    if kobo < 0 or parts < 1:
        raise ValueError(f"cannot split {kobo} into {parts}")
    each, left = divmod(kobo, parts)
    return tuple(each + 1 if n < left else each for n in range(parts))


def share_bps(kobo: int, bps: int) -> int:
    """A share in basis points, rounded down: the remainder stays with whoever had the whole."""
    return kobo * bps // BPS
