"""Paystack, as far as a savings circle needs it: collecting, looking up accounts, paying out."""
