"""The chart of accounts (ledger 2.3): their names, which book they are in and on which side of zero they may be.

Two books in one journal: CASH is money that exists, DUE is money that is owed. Debit
is positive. An account is its family and, for most, whose it is: `liab.pot:7`.
"""

from typing import Final

CASH: Final = "CASH"
DUE: Final = "DUE"

# Family -> sign. +1 never goes below zero, -1 never above, 0 is free.
FAMILIES: Final[dict[str, int]] = {
    "cash.paystack_clearing": 1,
    "cash.paystack_balance": 1,
    "cash.bank": 1,
    "recv.chargeback": 1,
    "asset.suspense_out": 1,
    "liab.pot": -1,
    "liab.deposit": -1,
    "liab.wallet": -1,
    "liab.penalty_pool": -1,
    "liab.unwinding": -1,
    "liab.payout_clearing": -1,
    "liab.payout_returned": -1,
    "liab.refund_clearing": -1,
    "liab.suspense_in": -1,
    "inc.service_fee": 0,
    "inc.penalty": 0,
    "inc.fee_recovery": 0,
    "exp.psp_fees": 0,
    "exp.loss": 0,
    "equity.float": 0,
    "due.seat": 1,
    "due.contrib": 0,
    "due.penalty": 0,
    "due.deposit": 0,
    "due.unwinding": 0,
    "due.claim": 0,
}

PAYSTACK_CLEARING: Final = "cash.paystack_clearing"
PAYSTACK_BALANCE: Final = "cash.paystack_balance"
SUSPENSE_IN: Final = "liab.suspense_in"
SUSPENSE_OUT: Final = "asset.suspense_out"
SERVICE_FEE: Final = "inc.service_fee"
FEE_RECOVERY: Final = "inc.fee_recovery"
PSP_FEES: Final = "exp.psp_fees"
FLOAT: Final = "equity.float"
BANK: Final = "cash.bank"
LOSS: Final = "exp.loss"


def pot(cycle_id: int) -> str:
    return f"liab.pot:{cycle_id}"


def deposit(seat_id: int) -> str:
    return f"liab.deposit:{seat_id}"


def wallet(member_id: int) -> str:
    return f"liab.wallet:{member_id}"


def penalty_pool(group_id: int) -> str:
    return f"liab.penalty_pool:{group_id}"


def unwinding(group_id: int) -> str:
    """What a group that is being dissolved holds for those whom it owes."""
    return f"liab.unwinding:{group_id}"


def payout_clearing(payout_id: int) -> str:
    return f"liab.payout_clearing:{payout_id}"


def payout_returned(member_id: int) -> str:
    return f"liab.payout_returned:{member_id}"


def due_seat(seat_id: int) -> str:
    return f"due.seat:{seat_id}"


def due_contrib(cycle_id: int) -> str:
    return f"due.contrib:{cycle_id}"


def due_penalty(group_id: int) -> str:
    return f"due.penalty:{group_id}"


def due_deposit(seat_id: int) -> str:
    return f"due.deposit:{seat_id}"


def due_unwinding(group_id: int) -> str:
    """Claims of a dissolution less its debts: always what it holds."""
    return f"due.unwinding:{group_id}"


def due_claim(seat_id: int) -> str:
    """What a dissolution still owes a seat, as a credit."""
    return f"due.claim:{seat_id}"


def family(account: str) -> str:
    """The part before the colon. An account outside the chart is a bug."""
    name = account.partition(":")[0]
    if name not in FAMILIES:
        raise ValueError(f"{account} is not in the chart of accounts")
    return name


def book(account: str) -> str:
    """CASH or DUE."""
    return DUE if family(account).startswith("due.") else CASH


def sign(account: str) -> int:
    """+1: may not go below zero; -1: may not go above; 0: free."""
    return FAMILIES[family(account)]
