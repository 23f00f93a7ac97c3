"""Our books against the provider's: what it knows and we do not is looked up, what differs is told.

A webhook can be lost for ever, and so can an answer. Every hour the last three days are
swept by the provider's own lists: a payment that it calls a success and we do not is
followed like any other; a transfer that we never made stops all payouts.
"""

from datetime import datetime, timedelta
from typing import Final

from bot.logs import log
from bot.payments.base import PaymentProvider, PaymentStatus, TransferState, Verified
from jobs.base import for_each
from jobs.payments import follow_payment
from jobs.payouts import follow_transfer
from jobs.providers import payouts_provider
from models.actions import transfers
from models.queries import invariants
from models.queries.invariants import Violation

WINDOW: Final = timedelta(hours=72)
# Younger ones may be on their way to us by webhook just now.
TOLD_WITHIN: Final = timedelta(minutes=5)
CHECKS: Final = ("X1", "X2", "X3", "X4")


def compare(now: datetime) -> dict[str, int]:
    """Sweep, settle, compare. Counts: charges and transfers seen, those followed, violations left."""
    provider = payouts_provider()
    charges, sent = _successes(provider, now), list(provider.list_transfers(now - WINDOW))
    followed = [
        for_each(_named(invariants.x2(_received(charges))), lambda ref: follow_payment(provider.name, ref), "sweep in"),
        for_each(_named(invariants.x3(_states(sent))), lambda ref: follow_transfer(provider.name, ref), "sweep out"),
    ]
    transfers.settle_balance(provider.balance(), now)
    found = violations(provider, charges, sent)
    for violation in found:
        log.error("reconcile", what=violation.what, code=violation.code, ids=violation.ids)
    return {
        "charges": len(charges),
        "transfers": len(sent),
        "followed": sum(counts["done"] for counts in followed),
        "violations": len(found),
    }


def differences(now: datetime) -> list[Violation]:
    """X1 to X4 as they stand, changing nothing: for `check --provider`."""
    provider = payouts_provider()
    return violations(provider, _successes(provider, now), list(provider.list_transfers(now - WINDOW)))


def violations(provider: PaymentProvider, charges: list[Verified], sent: list[TransferState]) -> list[Violation]:
    """X1 to X4."""
    return [
        *invariants.x1(provider.balance()),
        *invariants.x2(_received(charges)),
        *invariants.x3(_states(sent)),
        *invariants.x4(_states(sent)),
    ]


def _successes(provider: PaymentProvider, now: datetime) -> list[Verified]:
    return [
        seen
        for seen in provider.list_transactions(now - WINDOW)
        if seen.status is PaymentStatus.SUCCESS and (seen.paid_at is None or seen.paid_at < now - TOLD_WITHIN)
    ]


def _received(charges: list[Verified]) -> list[tuple[str, int, str]]:
    return [(seen.reference, seen.amount_kobo, seen.currency) for seen in charges]


def _states(sent: list[TransferState]) -> list[tuple[str, str]]:
    return [(seen.reference, seen.status.value) for seen in sent]


def _named(found: list[Violation]) -> list[str]:
    return sorted({reference for violation in found for reference in violation.ids})
