"""A payout that its bank sent back after it was paid: hers, kept apart, and sent again (ledger 2.4 and 3.2).

It waits until she has given another account, or the same one once more, and then for two people's yes like any
payout (`payouts`). What is sent is what came back: nothing of the pot is touched, and no fee is taken again.
"""

from datetime import datetime

from models.actions import attempts, books
from models.base import move
from models.queries.payouts import books_of, times_repaid
from models.rules import posting
from models.tables.groups import Group
from models.tables.money import Payout
from models.tables.people import BankAccount

# Why a returned payout is among the officers' tasks. Without a reason it waits for her.
AGAIN = "again"


def waits_for_her(payout: Payout, account: BankAccount | None) -> bool:
    """Whether the account that it came back from is still the one that she has given."""
    same = account is None or account.id == payout.bank_account_id
    return payout.status == "returned" and payout.held_reason is None and same


def send_again(payout: Payout, group: Group, now: datetime) -> None:
    """Two have agreed: it is set aside once more, and its next transfer has a reference of its own."""
    k = times_repaid(payout.id) + 1
    entry = posting.repaid(payout.id, k, payout.member_id, payout.net_kobo)
    move(Payout, payout.id, "returned", "reserved", held_reason=None, approved_at=now, reserved_at=now)
    books.post(entry, actor="system", now=now, group_id=books_of(payout), payout_id=payout.id)
    attempts.new_attempt(payout, group, at=now, now=now)


def keep_for_her(payout: Payout, group: Group, now: datetime) -> None:
    """It could not be sent again, conclusively: kept apart as before."""
    entry = posting.repay_released(payout.id, times_repaid(payout.id), payout.member_id, payout.net_kobo)
    move(Payout, payout.id, "retry", "returned", held_reason=None)
    books.post(entry, actor="system", now=now, group_id=books_of(payout), payout_id=payout.id)
