"""Phone numbers: E.164 everywhere inside, in the country's own spelling on a screen, masked in every log.

Only mobile numbers count: a member is reached by USSD and SMS, and a toll-free or
a fixed line is a typing mistake that would send somebody else's money talk there.
"""

import re
from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

from models.country import home

LONGEST_INPUT = 40
# The hops of a session come from one phone, and phonenumbers takes its time over each.
REMEMBERED = 4096

# phonenumbers reads letters as keypad digits (0803CALLNOW) and accepts extensions; a member means neither.
_DIALLED = re.compile(r"\+?[0-9 ().-]+")


HERE = ""


def parse(raw: str, region: str | None = HERE) -> str | None:
    """A mobile number in E.164, or None, as it is written in this country or in the one of `region`.

    With None as the region only the international form with + is understood.
    """
    return _parse(raw, home().region if region == HERE else region)


@lru_cache(maxsize=REMEMBERED)
def _parse(raw: str, region: str | None) -> str | None:
    text = raw.strip().removeprefix("whatsapp:").strip()
    if len(text) > LONGEST_INPUT or not _DIALLED.fullmatch(text):
        return None
    try:
        number = phonenumbers.parse(text, region)
    except NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number) or phonenumbers.number_type(number) != PhoneNumberType.MOBILE:
        return None
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


@lru_cache(maxsize=REMEMBERED)
def country(phone: str) -> str:
    """'NG' for a number in E.164, '001' where it is of no country; "" for a network's own id of a person."""
    try:
        number = phonenumbers.parse(phone)
    except NumberParseException:
        return ""
    own = phonenumbers.region_code_for_number(number)
    return own or phonenumbers.region_code_for_country_code(number.country_code or 0)


@lru_cache(maxsize=REMEMBERED)
def mask(phone: str) -> str:
    """'+234***4567' for logs. Never raises and never shows more, whatever it is given."""
    try:
        number = phonenumbers.parse(phone)
    except NumberParseException:
        return "***"
    return f"+{number.country_code}***{_tail(str(number.national_number))}"


def local(phone: str) -> str:
    """'08031234567' for a number in E.164: as its owner would write it."""
    national = phonenumbers.format_number(phonenumbers.parse(phone), PhoneNumberFormat.NATIONAL)
    return re.sub(r"[^0-9]", "", national)


def mask_local(phone: str) -> str:
    """'0803***4567': enough for the one who typed it to know it again."""
    digits = local(phone)
    return f"{digits[:4]}***{digits[-4:]}"


def _tail(digits: str) -> str:
    """The last four, unless they would be most of the number."""
    return digits[-4:] if len(digits) >= 8 else ""
