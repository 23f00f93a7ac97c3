"""The kinds of settings: text in, value out, ValueError with the rest of the sentence "NAME ...". Pure.

What must hold across settings, or in production only, belongs to `setting_rules`.
"""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from bot.security import split_keys
from models.sealing import Keys

SECRET_LENGTH = 32
SECRET_VARIETY = 10  # different characters; 32 random hex digits have about 14

Parse = Callable[[str], Any]


def text(raw: str) -> str:
    return raw


def secret(raw: str) -> str:
    for value in split_keys(raw) or ("",):
        if len(value) < SECRET_LENGTH:
            raise ValueError(f"is too short: at least {SECRET_LENGTH} characters")
        if len(set(value)) < SECRET_VARIETY:
            raise ValueError("is too simple: take random characters")
    return raw


def optional_secret(raw: str) -> str:
    return secret(raw) if raw else raw


def field_keys(raw: str) -> Keys:
    try:
        return Keys.parse(raw)
    except ValueError as wrong:
        raise ValueError(f"is not a list of keys: {wrong}") from wrong


def one_of(*choices: str) -> Parse:
    def parse(raw: str) -> str:
        if raw not in choices:
            raise ValueError(f"must be one of {', '.join(choices)}")
        return raw

    return parse


def yes_or_no(raw: str) -> bool:
    if raw not in ("yes", "no"):
        raise ValueError("must be yes or no")
    return raw == "yes"


def whole(lowest: int, highest: int) -> Parse:
    def parse(raw: str) -> int:
        if not (raw.isascii() and raw.isdigit() and lowest <= int(raw) <= highest):
            raise ValueError(f"must be a whole number from {lowest} to {highest}")
        return int(raw)

    return parse


def url(*schemes: str) -> Parse:
    def parse(raw: str) -> str:
        try:
            parts = urlsplit(raw)
            whole_url = parts.scheme in schemes and bool(parts.hostname) and (parts.port or 1) > 0
        except ValueError:
            whole_url = False
        if not whole_url:
            raise ValueError(f"is not a URL that starts with {' or '.join(f'{scheme}://' for scheme in schemes)}")
        return raw.rstrip("/")

    return parse


def matching(pattern: str, example: str) -> Parse:
    def parse(raw: str) -> str:
        if not re.fullmatch(pattern, raw):
            raise ValueError(f"must look like {example}")
        return raw

    return parse


def url_secret(raw: str) -> str:
    """A secret that stands in a path."""
    if re.fullmatch(r"[A-Za-z0-9_,-]+", raw) is None:
        raise ValueError("stands in a URL: letters, digits, - and _ only")
    return secret(raw)
