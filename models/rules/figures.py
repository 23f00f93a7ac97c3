"""The figures that the panel shows of the books: which lines of which accounts make each. Pure.

A figure is a sum of journal lines and nothing else, so that every amount on a page can be
taken apart into them. sign: -1 shows a liability or an income as a positive amount.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Final

from models.rules.accounts import (
    FAMILIES,
    FEE_RECOVERY,
    FLOAT,
    PAYSTACK_BALANCE,
    PAYSTACK_CLEARING,
    PSP_FEES,
    SERVICE_FEE,
    SUSPENSE_IN,
    SUSPENSE_OUT,
)
from models.rules.schedule import LAGOS


@dataclass(frozen=True)
class Figure:
    """Lines of these families; of entries of these kinds, or of all. own: a single account."""

    families: tuple[str, ...]
    sign: int
    kinds: tuple[str, ...] = ()
    account: str = ""


CASH: Final = ("cash.paystack_clearing", "cash.paystack_balance", "cash.bank")
# What belongs to members; of these the ones that belong to a group, so that a field officer has hers.
OF_GROUPS: Final = ("liab.pot", "liab.payout_clearing", "liab.penalty_pool", "liab.deposit", "liab.unwinding")
OF_MEMBERS: Final = (*OF_GROUPS, "liab.wallet", "liab.payout_returned", "liab.refund_clearing", "recv.chargeback")
SUSPENSE: Final = (SUSPENSE_IN, SUSPENSE_OUT)
OURS: Final = (SERVICE_FEE, FEE_RECOVERY, "inc.penalty", PSP_FEES, "exp.loss", FLOAT)
OWED: Final = ("due.seat",)

# Sums of several families, by the name that their address bears.
SUMS: Final[dict[str, Figure]] = {
    "cash": Figure(CASH, 1),
    "members": Figure(OF_MEMBERS, -1),
    "suspense": Figure(SUSPENSE, -1),
    "ours": Figure(OURS, -1),
    "earned": Figure((SERVICE_FEE, FEE_RECOVERY, "inc.penalty", PSP_FEES, "exp.loss"), -1),
    "received": Figure((PAYSTACK_CLEARING, PSP_FEES), 1, ("charge", "charge.suspense")),
    "sent": Figure((PAYSTACK_BALANCE, PSP_FEES), -1, ("paid", "returned")),
}


def figure(what: str) -> Figure | None:
    """A sum, a family or a single account ('liab.pot:7') by its name; None when there is no such thing."""
    if what in SUMS:
        return SUMS[what]
    family = what.partition(":")[0]
    if family not in FAMILIES:
        return None
    return of_family(family) if family == what else replace(of_family(family), account=what)


def of_family(family: str) -> Figure:
    """All accounts of a family."""
    return Figure((family,), shown_sign(family))


def shown_sign(family: str) -> int:
    """+1 where a debit is shown as a positive amount: what is there, what it costs, what is owed."""
    return 1 if family.startswith(("cash.", "asset.", "recv.", "exp.", "due.seat")) else -1


def day_begins(on: date) -> datetime:
    """Midnight in Lagos."""
    return datetime.combine(on, time.min, LAGOS)


def day_ends(on: date) -> datetime:
    """The midnight after it."""
    return day_begins(on + timedelta(days=1))
