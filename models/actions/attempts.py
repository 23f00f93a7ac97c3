"""Rows of transfers: what is live, how one is made, under which name. Shared by both sides of the network."""

from datetime import datetime, timedelta

from models.actions import books, switches
from models.base import database
from models.rules import accounts, codes, posting
from models.tables.groups import Group
from models.tables.money import Payout, PayoutAttempt

PROVIDER = "paystack"
LIVE = ("created", "sending", "pending", "unknown", "manual")
UNSURE = ("sending", "pending", "unknown", "manual")
# When to ask the provider for the first, second ... time; then every hour.
ASK_AFTER = (timedelta(minutes=2), timedelta(minutes=5), timedelta(minutes=15))
THEN_EVERY = timedelta(hours=1)
BALANCE_LOCK = 724002


def rest_after(checks: int) -> timedelta:
    """How long to wait before asking again."""
    return ASK_AFTER[checks] if checks < len(ASK_AFTER) else THEN_EVERY


def stopped(group: Group) -> bool:
    """Whether a switch forbids to pay out: one for all, one for each group."""
    return group.payouts_stopped_at is not None or switches.payouts_stopped() is not None


def live_attempt(payout_id: int) -> PayoutAttempt | None:
    """The transfer that is under way or about to be sent; there is at most one."""
    return PayoutAttempt.get_or_none((PayoutAttempt.payout == payout_id) & PayoutAttempt.status.in_(LIVE))


def lock_balance() -> None:
    """One at a time: reservations share one balance."""
    database.execute_sql("SELECT pg_advisory_xact_lock(%s)", (BALANCE_LOCK,))


def settle(kobo: int, now: datetime) -> None:
    """Book charges as transferable. Under lock_balance, so that batches count up."""
    lock_balance()
    if kobo > 0:
        books.post(posting.settled(books.count("settle") + 1, kobo), actor=f"provider:{PROVIDER}", now=now)


def make_room(kobo: int, now: datetime) -> None:
    """What the provider has paid out must have been transferable there, whether we have booked that already or not."""
    missing = kobo - books.balance(accounts.PAYSTACK_BALANCE)
    if missing > 0:
        settle(min(missing, books.balance(accounts.PAYSTACK_CLEARING)), now)


def locked(attempt_id: int) -> tuple[Payout, Group, PayoutAttempt]:
    """The three rows as they are once the group's lock is held."""
    payout_id = PayoutAttempt.get_by_id(attempt_id).payout_id
    group = books.lock_group(Payout.get_by_id(payout_id).cycle.group_id)
    return Payout.get_by_id(payout_id), group, PayoutAttempt.get_by_id(attempt_id)


def next_reference(payout: Payout, group: Group) -> str:
    """The name of the payout's next transfer. References go on counting over payouts that were given up."""
    earlier = (
        PayoutAttempt.select()
        .join(Payout)
        .where(
            (Payout.cycle == payout.cycle_id) & (Payout.pot_number == payout.pot_number) & (Payout.part == payout.part)
        )
    )
    part = (payout.pot_number - 1) * 1000 + payout.part
    return codes.transfer_reference(group.id, payout.cycle_id, payout.member_id, part, earlier.count() + 1)


def new_attempt(payout: Payout, group: Group, *, at: datetime, now: datetime) -> None:
    """The next attempt, to be sent from `at` on."""
    own = PayoutAttempt.select().where(PayoutAttempt.payout == payout.id)
    PayoutAttempt.insert(
        payout=payout.id,
        n=own.count() + 1,
        reference=next_reference(payout, group),
        status="created",
        next_check_at=at,
        created_at=now,
    ).execute()
