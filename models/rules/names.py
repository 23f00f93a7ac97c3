"""Names of people and groups: what may be typed, and whether a bank account is the member's own.

A name is kept as it was typed, with its accents and underdots; folding for GSM-7
is the screen's business. Its length is counted as it will be folded, so that every screen keeps its room.
"""

import re
import unicodedata
from collections.abc import Iterable

from anyascii import anyascii

from models.rules.refused import Refused

MEMBER_NAME = range(2, 21)
GROUP_NAME = range(2, 17)
FUZZY_FROM = 5  # letters; a shorter word has to be exactly the same

MEMBER_SIGNS = " -'"
GROUP_SIGNS = " -'&"
TITLES = frozenset({"MR", "MRS", "MISS", "MS", "DR", "ALHAJI", "ALHAJA", "CHIEF"})

_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'"})


def member_name(text: str) -> str | Refused:
    """The name in one spelling (single spaces, plain apostrophe, composed letters). Refused: bad_name."""
    name = _tidy(text)
    if not all(_is_letter(sign) or sign in MEMBER_SIGNS for sign in name):
        return Refused("bad_name")
    return name if _starts_with_letter(name) and len(anyascii(name)) in MEMBER_NAME else Refused("bad_name")


def group_name(text: str) -> str | Refused:
    """As for a member, and digits and & as well; up to 16 signs. Refused: bad_name."""
    name = _tidy(text)
    if not all(_is_letter(sign) or sign in GROUP_SIGNS or sign in "0123456789" for sign in name):
        return Refused("bad_name")
    return name if any(map(_is_letter, name)) and len(anyascii(name)) in GROUP_NAME else Refused("bad_name")


def account_name_matches(name: str, account_name: str) -> bool:
    """Whether the bank's name for an account is the member's own name.

    Every word of her name stands in the account's name, in any order, each in a word of its own; the account
    may have more words (middle names). Accents and case do not matter, initials and titles are passed over. A
    word of five letters or more may differ by one letter: banks and members spell names differently. A
    name of one word has to be one word of the account: officers see the full account name before they approve.
    """
    wanted = [word for word in _words(name) if len(word) > 1 and word not in TITLES]
    left = _words(account_name)
    # Equal words first, so that a similar one does not use up the word that belongs to another.
    unequal = [word for word in wanted if not _take(word, left, [word])]
    return bool(wanted) and all(len(word) >= FUZZY_FROM and _take(word, left, _near(word, left)) for word in unequal)


def _tidy(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text.translate(_APOSTROPHES)).split())


def _is_letter(sign: str) -> bool:
    """A letter or a mark on one: some Yoruba vowels carry a dot and a tone and have no single sign."""
    return unicodedata.category(sign)[0] in "LM"


def _starts_with_letter(name: str) -> bool:
    return unicodedata.category(name[:1] or " ")[0] == "L"


def _words(name: str) -> list[str]:
    return re.sub(r"[^A-Z ]", "", re.sub(r"[-.,/]", " ", anyascii(name).upper())).split()


def _take(word: str, left: list[str], same: Iterable[str]) -> bool:
    """Use up the first of the remaining words that counts as the same."""
    found = next((other for other in same if other in left), None)
    if found is None:
        return False
    left.remove(found)
    return True


def _near(word: str, left: list[str]) -> list[str]:
    return [other for other in left if one_edit_apart(word, other)]


def one_edit_apart(a: str, b: str) -> bool:
    """Equal but for one letter put in, left out or changed."""
    if len(a) > len(b):
        a, b = b, a
    at = next((n for n, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), len(a))
    if len(a) == len(b):
        return a[at + 1 :] == b[at + 1 :]
    return len(b) - len(a) == 1 and a[at:] == b[at + 1 :]
