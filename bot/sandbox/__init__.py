"""Stand-ins for Africa's Talking, Twilio and Paystack, in a process of their own, that speak their real HTTP.

The product reaches them through the providers' base URLs only, as it would reach the
providers; nothing in the product imports this package. It can invent money, so it
refuses to load in production.
"""

import os


class SandboxRefused(RuntimeError):
    """The sandbox was asked for where real money moves."""


if os.environ.get("APP_ENV") == "production":
    raise SandboxRefused("the sandbox does not load with APP_ENV=production")
