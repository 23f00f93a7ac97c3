"""The last net before a plain phone: text in the GSM-7 alphabet only. Pure.

Screens are written and tested in that alphabet; a name or a bank's wording may still
bring in what it lacks. One such character ends a USSD session or halves an SMS.
How many septets fit on a screen is the flows' business: nothing is cut here.
"""

import gsm0338
from anyascii import anyascii

ONE_SEGMENT = 160
OF_SEVERAL = 153

NAIRA = "\N{NAIRA SIGN}"
_GSM = gsm0338.Codec()
_PLAIN = frozenset("\n" + "".join(chr(code) for code in range(32, 127))) - {"`"}  # what nearly every text is made of


def to_gsm(text: str) -> str:
    """The text with every character that a plain phone cannot show replaced by the nearest that it can."""
    text = text.replace("\r\n", "\n").replace(NAIRA, "N")
    if _PLAIN.issuperset(text):
        return text
    return "".join(char if _in_gsm(char) else _nearest(char) for char in text)


def segments(text: str) -> int:
    """How many SMS a text is charged as, once it is in that alphabet: 160 septets, or 153 each when there are more."""
    length = len(_GSM.encode(to_gsm(text))[0])
    return 1 if length <= ONE_SEGMENT else -(-length // OF_SEVERAL)


def _in_gsm(char: str) -> bool:
    if char.isascii():
        return char in _PLAIN
    try:
        _GSM.encode(char)
    except UnicodeError:
        return False
    return True


def _nearest(char: str) -> str:
    """Letters, blanks and quotes have a neighbour; a picture has none; what is invisible may go."""
    if char.isspace():
        return " "
    if not char.isprintable():
        return ""
    near = anyascii(char).replace("`", "'")
    return near if len(near) <= 3 and all(_in_gsm(each) for each in near) else "?"
