"""What was said, as the office may see it: account numbers, links, codes and PINs gone, and for some the phones, too.

What she typed as a secret never got as far as the database. But a screen may have shown her own account number
to her, and a message may have brought a code or a link that works.
"""

from bot.redaction import ACCOUNT, HIDDEN, PHONE, TOKENS
from models import phones

__all__ = ["HIDDEN", "SECRET_FACTS", "plain", "seen", "typed"]

# Whoever is asked for an amount answers with a round one; four other digits alone are a PIN in the wrong place.
ROUND = 50
DIGITS_OF_PIN = 4

# Messages whose values are good for something in other hands: which of them.
SECRET_FACTS = {"S63": ("code",)}


def seen(text: str, *, whole: bool) -> str:
    """The text for a page. whole: whether she may see phone numbers in full."""
    for pattern, instead in TOKENS:
        text = pattern.sub(instead, text)
    kept: list[str] = []

    def keep(found: str) -> str:
        kept.append(found if whole else _masked_phone(found))
        return f"\x00{len(kept) - 1}\x00"

    text = PHONE.sub(lambda found: keep(found[0]), text)
    text = ACCOUNT.sub(lambda found: HIDDEN + found[0][-4:], text)
    for n, phone in enumerate(kept):
        text = text.replace(f"\x00{n}\x00", phone)
    return text


def typed(text: str, *, whole: bool) -> str:
    """What she typed, where a PIN that she typed without being asked for it is gone, too."""
    alone = text.strip()
    if len(alone) == DIGITS_OF_PIN and alone.isdecimal() and int(alone) % ROUND:
        return HIDDEN
    return seen(text, whole=whole)


def plain(text: str, longest: int) -> str:
    """What came in a form or an address, without signs that nobody can type."""
    return "".join(sign for sign in text if sign.isprintable() or sign == "\n")[:longest].strip()


def _masked_phone(found: str) -> str:
    number = phones.parse(found)
    return HIDDEN if number is None else phones.mask_local(number)
