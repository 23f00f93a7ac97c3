"""Transfers at the provider that we never made: booked apart, and explained when their reference turns out to be ours.

After a restore these books know nothing of what was sent since the dump. Such a transfer is
found at the provider and stands in suspense; when its pot is approved again, it asks under
the same reference and is found to be paid. Then the line in suspense is reversed with it,
so that the amount stands in the books once. Who decides what a transfer came to is
`transfer_ends`.
"""

from datetime import datetime
from typing import Final

from models.actions import attempts, books, switches
from models.base import move, transaction
from models.country import home
from models.queries.payouts import books_of
from models.rules import accounts, posting
from models.tables.ledger import JournalEntry
from models.tables.money import Payout, PayoutAttempt, Suspense

ACTOR: Final = f"provider:{attempts.PROVIDER}"
UNKNOWN: Final = "unknown_transfer"
AFTER_FAILURE: Final = "paid_after_failure"


@transaction
def unknown_transfer(reference: str, kobo: int, now: datetime) -> bool:
    """A transfer at the provider that we never made: booked, and all payouts stop until people have looked.

    False when it is booked already, or has become one of ours meanwhile. Under the lock of the balance, as `explain`
    is: either this sees the attempt, or its end sees this line. When more has left than these books have ever seen
    come in, it can only be stopped: what came is swept first, so that the next sweep books it.
    """
    attempts.lock_balance()
    if PayoutAttempt.select().where(PayoutAttempt.reference == reference).exists():
        return False
    return _stands_apart(reference, kobo, UNKNOWN, UNKNOWN, now)


@transaction
def paid_twice(reference: str, kobo: int, now: datetime) -> bool:
    """A transfer of ours succeeded after it had failed and another had been sent: booked apart like an unknown one, and
    all payouts stop until people have looked. False when it is booked already: once they have, it stops nothing more.
    """
    attempts.lock_balance()
    return _stands_apart(reference, kobo, AFTER_FAILURE, f"{AFTER_FAILURE} {reference}", now)


def _stands_apart(reference: str, kobo: int, reason: str, why: str, now: datetime) -> bool:
    entry = posting.unknown_transfer(reference, kobo)
    if JournalEntry.select().where(JournalEntry.idem == entry.idem).exists():
        return False
    attempts.make_room(kobo, now)
    if books.balance(accounts.PAYSTACK_BALANCE) < kobo:
        return switches.stop_payouts(why, actor="system", now=now)
    if books.post(entry, actor=ACTOR, now=now, reason=reason) is None:
        return False
    Suspense.insert(
        provider=attempts.PROVIDER,
        reference=reference,
        direction="out",
        kobo=kobo,
        currency=home().currency,
        reason=reason,
        created_at=now,
    ).on_conflict(action="IGNORE").execute()
    switches.stop_payouts(why, actor="system", now=now)
    return True


def waiting(reference: str) -> Suspense | None:
    """The line of a transfer that left under this reference and is not explained yet."""
    attempts.lock_balance()
    return Suspense.get_or_none(
        (Suspense.provider == attempts.PROVIDER)
        & (Suspense.direction == "out")
        & (Suspense.reference == reference)
        & (Suspense.status == "open")
    )


@transaction
def explain(reference: str, now: datetime, payout: Payout | None = None) -> bool:
    """It is ours, or it came back: its line is reversed, once. False when there is none that waits."""
    line = waiting(reference)
    if line is None or not move(Suspense, line.id, "open", "resolved", resolved_at=now):
        return False
    entry = posting.transfer_known(line.id, reference, line.kobo)
    group_id = None if payout is None else books_of(payout)
    books.post(entry, actor=ACTOR, now=now, group_id=group_id, payout_id=None if payout is None else payout.id)
    return True
