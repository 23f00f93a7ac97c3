"""The limits of the house, and the few values that the settings hand to the actions.

Frozen numbers are policy: they are the same in every installation, and a test
stands at the edge of each. `values()` is what differs between installations; it is
set once at start by `configure`. Terms that a group chooses are in its own row.
"""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Final

# --- people ---------------------------------------------------------------------------------
PIN_TRIES: Final = 5
PIN_LOCKS: Final = (timedelta(minutes=30), timedelta(hours=1), timedelta(hours=24))
LEAST_NOTICE: Final = timedelta(hours=24)  # between opening a cycle (or starting a group) and its first due time

# --- money in (ledger 3.2: "abandoned" needs the provider's word and this age) -------------------
LEAST_PAYMENT_KOBO: Final = 100_00  # in Nigeria; models.country has it for each country
ABANDON_AFTER: Final = timedelta(hours=1)
ABANDON_TRANSFER_AFTER: Final = timedelta(hours=24)
ABANDON_WALLET_AFTER: Final = timedelta(minutes=15)  # she had three of them, and a voucher may come before
CHARGE_SENDS: Final = 3

# --- money out (ledger 3.3) -----------------------------------------------------------------
LEASE: Final = timedelta(seconds=60)
ASK_AGAIN: Final = timedelta(minutes=2)
TRANSFER_SENDS: Final = 3  # of one reference; then a person looks
TRANSFER_ATTEMPTS: Final = 3  # references of one payout; then a person looks
DEAREST_TRANSFER_KOBO: Final = 50_00  # what must lie ready for the fee before money is reserved

# --- a group's end in the middle (circle-rules 4.8, 4.9 E) ------------------------------------
UNWINDING_TIME: Final = timedelta(days=7)  # within which those who have collected are asked to pay it back
# A part of a claim, or of what comes after a pot was paid short, is at least so many least payments; the last is not.
LEAST_CLAIM_PARTS: Final = 5

# --- messages -------------------------------------------------------------------------------
REMINDER_LIFE: Final = timedelta(hours=12)
HEAD_TOLD_AFTER_DAYS: Final = 3


@dataclass(frozen=True)
class Values:
    """What the environment decides (bot/settings.py holds the table of names)."""

    cooling_off_hours: int = 24
    pin_rounds: int = 10
    password_rounds: int = 12
    pin_pepper: str = field(default="", repr=False)
    ussd_code: str = "*347*55#"
    help_phone: str = "08001234567"
    site: str = "ajo.ng"
    member_email_domain: str = "members.ajo.ng"

    @property
    def cooling_off(self) -> timedelta:
        """How long a newly confirmed payout account waits before money goes there."""
        return timedelta(hours=self.cooling_off_hours)

    @property
    def dial(self) -> str:
        """The code without its closing #, so that a text can go deeper: '*347*55'."""
        return self.ussd_code.removesuffix("#")


_values: list[Values] = [Values()]


def configure(**changes: Any) -> None:
    """Set the values of this process, once at start. An unknown name is a bug and raises."""
    _values[:] = [replace(_values[0], **changes)]


def values() -> Values:
    """The values of this process."""
    return _values[0]
