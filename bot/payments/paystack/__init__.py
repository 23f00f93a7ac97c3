"""Paystack: payments by bank USSD, bank transfer, mobile money, link; transfers to banks (providers.md 4)."""

from bot.payments.paystack.api import Paystack

__all__ = ["Paystack"]
