"""What a cheap phone can show: GSM 03.38, counted in septets.

One character outside it makes a whole text expensive (70 instead of 160 to a segment),
so everything is folded before it is counted. How texts are cut into pages stands in `screens`.
"""

import unicodedata

import gsm0338
from anyascii import anyascii

LIMIT = 160

_ESCAPE = 0x1B
_UNSHOWABLE = "?"


def _costs() -> dict[str, int]:
    """Each character of the alphabet with its septets (the extension table costs two), asked of gsm0338 once."""
    codec = gsm0338.Codec()
    costs: dict[str, int] = {}
    for code in range(128):
        for octets in (bytes([code]), bytes([_ESCAPE, code])):
            char, _ = codec.decode(octets, "ignore")
            if len(char) == 1:
                costs.setdefault(char, len(codec.encode(char)[0]))
    return {char: cost for char, cost in costs.items() if char == "\n" or char.isprintable()}


COST = _costs()
ALPHABET = frozenset(COST)
OF_TWO = "".join(char for char, cost in COST.items() if cost == 2)


def septets(text: str) -> int:
    """The length of a folded text; of any other it means nothing."""
    return len(text) + sum(map(text.count, OF_TWO))


def fold(text: str) -> str:
    """The same text in GSM 03.38. Only characters that need it are replaced, so accents that the alphabet has stay."""
    if ALPHABET.issuperset(text):
        return text
    return "".join(char if char in ALPHABET else _folded(char) for char in unicodedata.normalize("NFC", text))


def plain(text: str) -> str:
    """The same text in GSM 03.38 with no accent at all, not even those that the alphabet has."""
    return fold("".join(char for char in unicodedata.normalize("NFD", text) if not unicodedata.combining(char)))


def _folded(char: str) -> str:
    if unicodedata.category(char) in ("Cc", "Cf", "Mn", "Cs"):
        return ""
    return "".join(part if part in ALPHABET else _UNSHOWABLE for part in anyascii(char)) or _UNSHOWABLE
