"""Whether money may leave to a member just now: not while her account is frozen, nor on the day of a PIN reset.

`payouts` keeps back what waits for approval; this is the same question for a transfer
that is reserved and has not been sent yet.
"""

from datetime import datetime

from models.actions import attempts
from models.base import transaction
from models.tables.money import Payout, PayoutAttempt
from models.tables.people import Member


def is_withheld(member_id: int, now: datetime) -> bool:
    """Frozen, or guarded."""
    member = Member.get_by_id(member_id)
    return member.status == "frozen" or (member.guarded_until is not None and now < member.guarded_until)


def put_off(attempt: PayoutAttempt, now: datetime) -> None:
    """Ask again in an hour, not every few seconds."""
    PayoutAttempt.update(next_check_at=now + attempts.THEN_EVERY).where(PayoutAttempt.id == attempt.id).execute()


@transaction
def let_go(member_id: int, now: datetime) -> None:
    """What was put off can be sent now."""
    hers = Payout.select(Payout.id).where(Payout.member == member_id)
    PayoutAttempt.update(next_check_at=now).where(
        PayoutAttempt.payout.in_(hers) & (PayoutAttempt.status == "created")
    ).execute()
