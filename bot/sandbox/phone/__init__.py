"""A phone in the terminal: `flask --app app phone +2348031234567`. USSD, SMS, WhatsApp and the bank, on one handset.

It goes through the sandbox, so the product is called through its real webhooks.
"""

from bot.sandbox.phone.command import phone_command

__all__ = ["phone_command"]
