"""Every payment provider, one line each. A new one is a package beside this and a line here."""

from collections.abc import Callable

from bot.payments.base import PaymentProvider
from bot.payments.paystack import Paystack
from bot.settings import Settings

PROVIDERS: dict[str, Callable[[Settings], PaymentProvider]] = {
    Paystack.name: Paystack.from_settings,
}
