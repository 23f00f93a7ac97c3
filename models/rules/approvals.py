"""Who may say yes to a payout, and to what exactly she says it.

Two different people, neither of them the recipient. What an officer saw is hashed;
an approval counts only for that hash, so that nothing can change between her screen and the transfer.

This holds for every payout, whatever its amount, so that there is no amount above which the staff would need a
second one (security 18): two officers, or two of the staff in their place, always agree. How large a pot may be at
all is another matter (`limits`).
"""

import json
from collections.abc import Collection, Iterable
from hashlib import sha256

from models.rules.refused import Refused

NEEDED = 2


def approvers(officers: Iterable[int], turn_order: Iterable[int], recipient: int) -> tuple[int, ...]:
    """Members who may approve: the officers but the recipient, filled up to two with members in order of turns."""
    chosen = [member for member in dict.fromkeys(officers) if member != recipient]
    others = [member for member in dict.fromkeys(turn_order) if member != recipient and member not in chosen]
    return tuple(chosen + others[: max(NEEDED - len(chosen), 0)])


def may_approve(member: int, allowed: Collection[int], already: Collection[int], recipient: int) -> Refused | None:
    """None if her yes counts. Refused: not_allowed, already_approved."""
    if member == recipient or member not in allowed:
        return Refused("not_allowed")
    return Refused("already_approved") if member in already else None


def approved(yes: Iterable[int], recipient: int) -> bool:
    """Whether enough different members other than the recipient have said yes."""
    return voices(yes, recipient) >= NEEDED


def voices(yes: Iterable[int], recipient: int, staff: Iterable[int] = ()) -> int:
    """How many have said yes. Of the staff two may stand in for officers; none of them saves in the group."""
    return len(set(yes) - {recipient}) + len(set(staff))


def payload_hash(
    *,
    payout_id: int,
    gross_kobo: int,
    net_kobo: int,
    recipient_id: int,
    bank_account_id: int,
    last4: str,
    account_name: str,
) -> str:
    """SHA-256 in hex over everything that an approval is about, in one fixed spelling."""
    payload = {
        "account_name": account_name,
        "bank_account_id": bank_account_id,
        "gross_kobo": gross_kobo,
        "last4": last4,
        "net_kobo": net_kobo,
        "payout_id": payout_id,
        "recipient_id": recipient_id,
    }
    return sha256(json.dumps(payload, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def deciders(officers: Iterable[int], turn_order: Iterable[int], parties: Collection[int]) -> tuple[int, ...]:
    """Members who may answer a request, the one to ask first: officers who are no party to it, the head before others.

    Nobody decides for herself: where all officers are parties, the first in order of turns who is none decides.
    """
    chosen = tuple(member for member in dict.fromkeys(officers) if member not in parties)
    return chosen or tuple(member for member in dict.fromkeys(turn_order) if member not in parties)[:1]
