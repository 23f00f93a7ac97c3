"""What may be seen of a log line: phones and accounts masked, tokens gone, anything typed as a secret gone. Pure
but for the secrets that are being handled just now, which it has to be told about.

Which line is written where belongs to `logs`.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

from models.commands import Secret

HIDDEN = "***"
SHORTEST_SECRET = 8  # a configured secret below this is a word, and blanking words makes logs unreadable
DEEPEST = 6

# A key with one of these words in it holds what nobody may see, whatever its value looks like.
HIDDEN_WORDS = frozenset({
    "apikey", "authorization", "body", "cookie", "credentials", "form", "headers", "input", "password", "payload",
    "pepper", "pin", "pins", "raw", "secret", "signature", "text", "token", "typed",
})  # fmt: skip
OURS = frozenset({"at", "level"})  # written by the processors before this one
HIDDEN_KEYS = frozenset({"api_key", "callback_key", "field_keys", "secret_key"})

# Digits inside a longer run are no phone, but the escapes of a URL ("%20") only look like one.
_START = r"(?:(?<!\d)|(?<=%\d\d))"
PHONE = re.compile(
    _START + r"(?:\+|00)?(?:234[ -]?0?|0)[789](?:[ -]?\d){9}(?!\d)"  # Nigeria, in every way people write it
    r"|(?<!\d)(?:00)?(?:233|254)[ -]?0?\d(?:[ -]?\d){8}(?!\d)"  # Ghana and Kenya without the +
    r"|\+\d(?:[ -]?\d){7,14}(?!\d)"  # any other number in international form
)
ACCOUNT = re.compile(_START + r"\d{10}(?!\d)")
TOKENS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\b(sk|pk)_(test|live)_\w+"), rf"\1_\2_{HIDDEN}"),
    (re.compile(r"\batsk_\w+"), f"atsk_{HIDDEN}"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{8,}"), rf"\1 {HIDDEN}"),
    (re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]*"), HIDDEN),
    (re.compile(r"(://[^\s:/@]*):[^\s/@]+@"), rf"\1:{HIDDEN}@"),
    (re.compile(r"\b\d{1,3}:[A-Za-z0-9+/]{43}="), HIDDEN),
    (re.compile(r"(?i)(/webhooks/[a-z-]+/|/s/|/set-up/)[\w-]+"), rf"\1{HIDDEN}"),
    # A form, a query or a repr that strayed into a message.
    (
        re.compile(r"(?i)\b((?:\w+_)?(?:text|pin|otp|password|body|token|api_?key|account_number)['\"]?\s*[=:]\s*)"
                   r"('[^']*'|\"[^\"]*\"|[^\s&,;)}\]]+)"),
        rf"\1{HIDDEN}",
    ),
    (re.compile(r"(?i)\b(pins?)\b(\W{1,3}|\s+(?:is|was)\s+)\d{4,6}\b"), rf"\1\2{HIDDEN}"),
)  # fmt: skip

# Most of a line: a key of ours. The patterns above have nothing to find in it, and their time is a hop's time.
WORD = re.compile(r"[a-z][a-z_.]{0,39}")

_typed: ContextVar[tuple[str, ...]] = ContextVar("typed", default=())


@contextmanager
def typed_secret(*values: str) -> Iterator[None]:
    """While this block runs, these texts (a PIN, an account number) appear in no line, not even of a library."""
    token = _typed.set(_typed.get() + tuple(value for value in values if value))
    try:
        yield
    finally:
        _typed.reset(token)


def redactor(secrets: Sequence[str] = ()) -> Callable[[Any, str, Any], Any]:
    """A structlog processor that leaves of an event only what may be seen. `secrets` are the configured ones."""
    known = [value for value in secrets if len(value) >= SHORTEST_SECRET]
    literal = re.compile("|".join(map(re.escape, sorted(known, key=len, reverse=True)))) if known else None

    def clean(text: str) -> str:
        for value in _typed.get():
            text = re.sub(rf"(?<![^\W_]){re.escape(value)}(?![^\W_])", HIDDEN, text)
        if literal:
            text = literal.sub(HIDDEN, text)
        if WORD.fullmatch(text):
            return text
        for pattern, instead in TOKENS:
            text = pattern.sub(instead, text)
        return ACCOUNT.sub(lambda found: HIDDEN + found[0][-4:], PHONE.sub(_mask_phone, text))

    def visible(key: str, value: Any, depth: int) -> Any:
        if _hidden(key) or isinstance(value, Secret) or depth > DEEPEST:
            return HIDDEN
        if value is None or isinstance(value, bool | float):
            return value
        if isinstance(value, int):
            # Ten digits are an amount in kobo more often than an account.
            return value if abs(value) < 10**10 and not _typed.get() else _unless_cleaned(value, clean(str(value)))
        if isinstance(value, Mapping):
            return {clean(str(name)): visible(str(name), each, depth + 1) for name, each in value.items()}
        if isinstance(value, list | tuple | set | frozenset):
            return [visible("", each, depth + 1) for each in value]
        return clean(value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value))

    def redact(_logger: Any, _method: str, event: Any) -> Any:
        return {key: value if key in OURS else visible(key, value, 0) for key, value in event.items()}

    return redact


@lru_cache(maxsize=512)
def _hidden(key: str) -> bool:
    low = key.lower()
    return low in HIDDEN_KEYS or not HIDDEN_WORDS.isdisjoint(re.split(r"[^a-z]+", low))


def _unless_cleaned(value: int, cleaned: str) -> int | str:
    return value if cleaned == str(value) else cleaned


def _mask_phone(found: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", found[0])
    if digits.startswith(("00233", "00254")):
        digits = digits[2:]
    return f"+234***{digits[-4:]}" if digits.startswith(("0", "234")) else f"+{digits[:3]}***{digits[-4:]}"
