"""Paystack as the panel asks it: somebody waits before the screen, so it has a few seconds, and no answer is no error.

Only looked up, never told to do anything. No transaction is open meanwhile.
"""

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Final

from bot.errors import ProviderError
from bot.payments.base import TransferState, Verified
from bot.payments.paystack import Paystack
from bot.settings import current
from models.base import database

NAME: Final = Paystack.name
CONNECT_SECONDS: Final = 2.0
READ_SECONDS: Final = 5.0
REMEMBERED: Final = timedelta(seconds=20)  # a page that is loaded again and again asks no more often


@dataclass(frozen=True)
class Balance:
    """What they say we have there; None when they did not answer. asked_at: when that was."""

    kobo: int | None
    asked_at: datetime


_last: dict[tuple[str, str], Balance] = {}
_one_asks = threading.Lock()


def payment(reference: str) -> Verified | None:
    """What they know of a payment; None when they do not answer."""
    _nothing_open()
    try:
        return _client().verify(reference)
    except ProviderError:
        return None


def transfer(reference: str) -> TransferState | None:
    """What they know of a transfer; None when they do not answer."""
    _nothing_open()
    try:
        return _client().verify_transfer(reference)
    except ProviderError:
        return None


def balance(now: datetime) -> Balance:
    """What is there for us to transfer. An answer is kept for some seconds, no answer is not."""
    _nothing_open()
    settings = current()
    key = (settings.paystack_url, settings.paystack_secret_key)
    with _one_asks:
        kept = _last.get(key)
        if kept is not None and timedelta() <= now - kept.asked_at < REMEMBERED:
            return kept
        try:
            _last[key] = Balance(_client().balance(), now)
        except ProviderError:
            _last.pop(key, None)
            return Balance(None, now)
        return _last[key]


def _nothing_open() -> None:
    """A lock must not wait for a network."""
    if database.in_transaction():
        raise RuntimeError("the provider was asked inside a transaction")


def _client() -> Paystack:
    settings = current()
    return _made(settings.paystack_url, settings.paystack_secret_key)


@cache
def _made(url: str, key: str) -> Paystack:
    return Paystack(url, key, connect_seconds=CONNECT_SECONDS, read_seconds=READ_SECONDS)
