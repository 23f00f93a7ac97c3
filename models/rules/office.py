"""What the office may be asked to vouch for, where nobody in her groups can, and by whose word. Pure.

Source: security.md 5.2 (SIM swap, recycled numbers). The office calls her and those who know her; two of its people
agree. A new number needs, besides, two members who know her and who told the office so.
"""

from collections.abc import Collection
from typing import Final

from models.rules.refused import Refused

PURPOSES: Final = ("pin", "unfreeze", "name", "number")
VOUCHERS: Final = 2


def state_refusal(purpose: str, status: str) -> Refused | None:
    """Whether her account is in a state for it. Refused: gone, frozen, not_frozen."""
    if status == "closed":
        return Refused("gone")
    if purpose == "unfreeze":
        return None if status == "frozen" else Refused("not_frozen")
    # Somebody stands beside her, or her phone is gone: a new number is how she comes back, the rest waits.
    return Refused("frozen") if status == "frozen" and purpose != "number" else None


def vouchers_refusal(member: int, chosen: Collection[int], knowing: Collection[int]) -> Refused | None:
    """Two different people who save with her, neither of them herself. Refused: two_vouchers."""
    fine = len(set(chosen)) == VOUCHERS == len(chosen) and member not in chosen and set(chosen) <= set(knowing)
    return None if fine else Refused("two_vouchers")
