"""Asks the banks: whose account is this, and which banks are there."""

from datetime import datetime

from bot import clock
from bot.errors import ProviderError
from bot.payments.base import AccountNotFound, Limited, Resolved
from bot.queue import signal_answer
from jobs.base import NOTHING_TO_DO, job
from jobs.providers import payouts_provider
from models.actions import bank_accounts
from models.actions.bank_accounts import BankRow


@job
def look_up_account(bank_account_id: int) -> str:
    """Ask the bank for the name on an account; somebody may be waiting for it on the line."""
    try:
        return _look_up(bank_account_id)
    finally:
        signal_answer("look_up_account", bank_account_id)


def refresh_banks(now: datetime) -> dict[str, int]:
    """Take over the provider's list of banks."""
    rows = [BankRow(bank.code, bank.name) for bank in payouts_provider().banks()]
    return {"banks": bank_accounts.refresh_banks(rows, now)}


def _look_up(bank_account_id: int) -> str:
    claimed = bank_accounts.claim_lookup(bank_account_id, clock.now())
    if claimed is None:
        return NOTHING_TO_DO
    bank_code, number = claimed
    try:
        answer = payouts_provider().resolve_account(number, bank_code)
    except ProviderError:
        bank_accounts.lookup_failed(bank_account_id, clock.now())
        raise
    match answer:
        case Resolved(name):
            bank_accounts.account_resolved(bank_account_id, name, clock.now())
        case AccountNotFound():
            bank_accounts.account_resolved(bank_account_id, None, clock.now())
        case Limited():
            # Says nothing about the account: ask again later.
            bank_accounts.lookup_failed(bank_account_id, clock.now())
    return type(answer).__name__
