"""How many SMS a text costs: GSM-7 septets when every character is in that alphabet, else UCS-2."""

from gsm0338 import Codec

GSM = Codec()


def segments(text: str) -> int:
    """160 septets in one SMS and 153 in each of several; in UCS-2 it is 70 and 67 code units."""
    try:
        units, single, each = len(GSM.encode(text)[0]), 160, 153
    except UnicodeEncodeError:
        units, single, each = len(text.encode("utf-16-be")) // 2, 70, 67
    return 1 if units <= single else -(-units // each)
