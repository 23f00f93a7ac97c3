"""Vouching: who may say "yes, it is she", and for how long a question and its answer hold. Pure.

Source: security.md 5.2 (SIM swap, recycled numbers): a phone in somebody's hand proves little,
so a forgotten PIN, a frozen account and a wrong name are set right by a person who knows her.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

ASKED_FOR: Final = timedelta(hours=48)
NEW_PIN_WITHIN: Final = timedelta(hours=24)  # of the yes; and once
GUARDED_FOR: Final = timedelta(hours=24)  # after a reset: no other payout account, and no payout

# A new number is another matter: it is put to two whom the office has chosen (`rules.office`).
PURPOSES: Final = ("pin", "unfreeze", "name", "number")


def vouchers(member: int, head: int, officers: Iterable[int]) -> tuple[int, ...]:
    """Who is asked about a member of this group: the head; about the head herself, the other officers."""
    if member != head:
        return (head,)
    return tuple(officer for officer in dict.fromkeys(officers) if officer != head)
