"""The mobile networks as Africa's Talking numbers them, and whose customer a phone of the stand-in is.

A real phone tells its network, and may have been taken along to another one; ours has nothing but its number, so its
beginning decides, unless the phone was given a network. Only for the stand-in: the product never guesses a network.
"""

from typing import Final

import phonenumbers
from phonenumbers import carrier

from bot.sandbox.world import World

# Source: providers.md 1.2. What phonenumbers calls a network -> its code, by country.
CODES: Final = {
    234: {"Airtel": "62120", "MTN": "62130", "Glo": "62150", "9mobile": "62160"},
    233: {"MTN": "62001", "Telecel": "62002", "at": "62006"},
    254: {"Safaricom": "63902", "Airtel": "63903", "Telkom": "63907", "Equitel": "63999"},
}
ATHENA: Final = "99999"  # what Africa's Talking's own sandbox calls its network
NAMES: Final = {code: name for known in CODES.values() for name, code in known.items()} | {
    "62006": "AirtelTigo",
    ATHENA: "Athena",
}


def of(here: World, number: str) -> str:
    """The code of the network of this phone: the one that it was given, else by its number."""
    known = here.store.row("SELECT network_code FROM phone WHERE number = ?", number)
    return (known["network_code"] if known else None) or by_number(number)


def by_number(number: str) -> str:
    """The code of the network that hands out numbers with this beginning."""
    try:
        found = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return ATHENA
    return CODES.get(found.country_code or 0, {}).get(carrier.name_for_number(found, "en"), ATHENA)


def name_of(code: str) -> str:
    """What stands on a phone's screen; a code that nobody has told us of is shown as it is."""
    return NAMES.get(code, code)
