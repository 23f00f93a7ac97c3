"""Money as integer kobo: how it is read from a keypad, shown on a screen and split without losing a unit.

What a rule does with money (fees, pots, penalties) stands in `models.rules`. No
float, no Decimal, no Babel (its formats put signs into messages that GSM-7 cannot carry).
"""

import re

PREFIX = {"NGN": "N", "GHS": "GHC", "KES": "KES "}
BPS = 10_000

# Nothing a person may type is larger: a mistyped phone number must not become an amount.
MOST_KOBO = 100_000_000_000

_AMOUNT = re.compile(
    r"(?:ngn|n|₦)?\s*"
    r"(?P<whole>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,12})"
    r"(?:\.(?P<part>[0-9]{1,2}))?"
    r"(?P<thousand>\s?k)?",
    re.IGNORECASE,
)


def show(kobo: int, currency: str = "NGN") -> str:
    """'N5,000', and 'N5,000.50' only when there is something after the point."""
    whole, part = divmod(abs(kobo), 100)
    amount = f"{whole:,}.{part:02d}" if part else f"{whole:,}"
    return f"{'-' if kobo < 0 else ''}{PREFIX.get(currency, currency + ' ')}{amount}"


def parse(text: str) -> int | None:
    """What a member types for an amount, in kobo: 5000, 5,000, 5k, N5000, NGN 5,000.50. None if it is not one."""
    found = _AMOUNT.fullmatch(text.strip())
    if found is None:
        return None
    kobo = int(found["whole"].replace(",", "")) * 100 + int((found["part"] or "").ljust(2, "0"))
    if found["thousand"]:
        kobo *= 1000
    return kobo if kobo <= MOST_KOBO else None


def split(kobo: int, parts: int) -> tuple[int, ...]:
    """Equal parts that always add up: the first ones get the units that do not divide (1000 by 3 is 334, 333, 333)."""
    if kobo < 0 or parts < 1:
        raise ValueError(f"cannot split {kobo} into {parts}")
    each, left = divmod(kobo, parts)
    return tuple(each + 1 if n < left else each for n in range(parts))


def share_bps(kobo: int, bps: int) -> int:
    """A share in basis points, rounded down: the remainder stays with whoever had the whole."""
    return kobo * bps // BPS
