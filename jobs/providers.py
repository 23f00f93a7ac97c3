"""The payment providers of this process, made once."""

from functools import cache

from bot.payments.base import PaymentProvider
from bot.payments.registry import PROVIDERS
from bot.settings import current


@cache
def provider_named(name: str) -> PaymentProvider:
    """The adapter by which a row's provider is spoken to."""
    return PROVIDERS[name](current())


def payouts_provider() -> PaymentProvider:
    """The one through which pots are paid out."""
    return provider_named("paystack")
