"""Account numbers and the banks whose USSD code can collect a payment.

The check digit is a hint to ask again, never a refusal: fintechs hand out phone
numbers as account numbers. The bank's own answer decides.
"""

import re
from dataclasses import dataclass

WEIGHTS = (3, 7, 3) * 5

_NUBAN = re.compile(r"[0-9]{10}")
_BANK_CODE = re.compile(r"[0-9]{3}|[0-9]{5,6}")


@dataclass(frozen=True)
class UssdBank:
    """A bank that can be paid from by dialling. type: Paystack's name for its code; bank_code: in the bank list."""

    type: str
    bank_code: str
    name: str


# The four that Paystack's USSD charge takes, in the order of F2.
USSD_BANKS = (
    UssdBank("737", "058", "GTBank"),
    UssdBank("919", "033", "UBA"),
    UssdBank("966", "057", "Zenith"),
    UssdBank("822", "232", "Sterling"),
)


def is_account_number(text: str) -> bool:
    """Ten digits."""
    return _NUBAN.fullmatch(text) is not None


def nuban_ok(bank_code: str, number: str) -> bool:
    """Whether the last digit is the check digit for this bank (CBN's NUBAN standard; true where it says nothing)."""
    if not is_account_number(number):
        return False
    if _BANK_CODE.fullmatch(bank_code) is None:
        return True
    digits = _six_digits(bank_code) + number[:-1]
    weighed = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, digits, strict=True))
    return (10 - weighed % 10) % 10 == int(number[-1])


def _six_digits(bank_code: str) -> str:
    """Commercial banks have three digits, filled up with zeros; other institutions five, after a 9."""
    return "9" + bank_code if len(bank_code) == 5 else bank_code.zfill(6)
