"""A provider's price in the words of a person: `NGN 2.2000` as NGN 2.20, Twilio's `-0.00500` as USD 0.005."""

from decimal import Decimal, InvalidOperation
from typing import Final

PLACES: Final = Decimal("0.01")  # at least; a smaller part is shown while there is one


def said(price: str) -> str:
    """Nothing for nothing; what is no price is shown as it is."""
    whole = f"USD {price.removeprefix('-')}" if price.startswith("-") else price
    currency, _, amount = whole.partition(" ")
    try:
        found = Decimal(amount)
    except InvalidOperation:
        return price
    least = found.normalize()
    return f"{currency} {found.quantize(PLACES) if least == found.quantize(PLACES) else least:f}"
