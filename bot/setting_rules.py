"""What must hold across settings, and what production asks on top. Pure: raw texts in, sentences out.

What a single value must look like belongs to `setting_kinds`.
"""

from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from bot.security import split_keys

LOOPBACK = ("localhost", "127.0.0.1", "::1", "0.0.0.0")  # noqa: S104 (a name to refuse, nothing is bound)

WHATSAPP_SANDBOX = ("+14155238886",)
MAGIC_NUMBERS = "+1500555"
LEAST_ROUNDS = {"PIN_ROUNDS": 10, "PASSWORD_ROUNDS": 12}
# Where money cannot be real yet, and why: members would be asked for too little, or their pots stay with us.
NOT_YET = {
    "KE": "what Paystack takes there is not known to us",
    "GH": "money would come in there, and no pot could go out, to a wallet or to a bank",
}


def too_live(given: Mapping[str, str]) -> Iterator[str]:
    """Outside production: real money and play money never mix."""
    if given.get("PAYSTACK_SECRET_KEY", "").startswith("sk_live_"):
        yield "PAYSTACK_SECRET_KEY is a live key: it needs APP_ENV=production"


def unfit_for_production(given: Mapping[str, str]) -> Iterator[str]:
    """Values that parse, and are still no good where the money is real."""
    for name in ("PUBLIC_URL", "AFRICASTALKING_URL", "PAYSTACK_URL", "TWILIO_URL", "TWILIO_CONTENT_URL"):
        yield from _unsafe_url(name, given.get(name, ""))
    for name in ("DATABASE_URL", "MIGRATE_DATABASE_URL"):
        if _user(given.get(name, "")) == "postgres":
            yield f"{name} must not use the superuser: nothing in the books would be refused to it"
    if given.get("TRAINING", "no") != "no":
        yield "TRAINING is for play money: with APP_ENV=production the money is real"
    if (why := NOT_YET.get(given.get("COUNTRY", ""))) is not None:
        yield f"COUNTRY cannot be {given['COUNTRY']} yet: {why}"
    for name, least in LEAST_ROUNDS.items():
        if (rounds := given.get(name, "")).isdecimal() and int(rounds) < least:
            yield f"{name} must be at least {least}: fewer are guessed too fast"
    if given.get("PAYSTACK_SECRET_KEY", "").startswith("sk_test_"):
        yield "PAYSTACK_SECRET_KEY is a test key"
    if given.get("AFRICASTALKING_USERNAME") == "sandbox":
        yield "AFRICASTALKING_USERNAME is the sandbox's"
    if given.get("TWILIO_WHATSAPP_FROM") in WHATSAPP_SANDBOX:
        yield "TWILIO_WHATSAPP_FROM is the sandbox's: only those who have joined it hear from it"
    if given.get("TWILIO_SMS_FROM", "").startswith(MAGIC_NUMBERS):
        yield "TWILIO_SMS_FROM is a test number: it sends nothing"
    if "_" in (_host(given.get("PUBLIC_URL", "")) or ""):
        yield "PUBLIC_URL must have no underscore in its host: Twilio reports nothing to such a one"
    yield from _shared(given)


def _unsafe_url(name: str, value: str) -> Iterator[str]:
    try:
        parts = urlsplit(value)
    except ValueError:
        return  # its own line says that it is no URL
    if value and parts.scheme != "https":
        yield f"{name} must start with https://"
    if parts.hostname in LOOPBACK or (parts.hostname or "").startswith("127."):
        yield f"{name} points to this machine"


def _host(value: str) -> str | None:
    try:
        return urlsplit(value).hostname
    except ValueError:
        return None


def _user(value: str) -> str:
    try:
        return urlsplit(value).username or ""
    except ValueError:
        return ""


def _shared(given: Mapping[str, str]) -> Iterator[str]:
    """One leak may not open two doors."""
    seen: dict[str, str] = {}
    for name in ("SECRET_KEY", "PIN_PEPPER", "CALLBACK_KEY", "TWILIO_AUTH_TOKEN", "TWILIO_WEBHOOK_KEYS"):
        for value in split_keys(given.get(name, "")):
            if seen.setdefault(value, name) != name:
                yield f"{name} and {seen[value]} are the same"
