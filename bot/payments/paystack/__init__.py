"""Paystack: payments by bank USSD, bank transfer and link; transfers to bank accounts (providers.md 4)."""

from bot.payments.paystack.api import Paystack

__all__ = ["Paystack"]
