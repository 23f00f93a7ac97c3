"""Passwords of the staff: bcrypt over a digest, so that a long one is not cut at 72 bytes.

Twelve rounds take a quarter of a second on purpose. It happens outside any transaction,
two at a time; who has to wait too long hears `Busy`, so that a flood of guesses cannot
take the service down.
"""

import base64
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import BoundedSemaphore
from typing import Final

import bcrypt

from models import policy
from models.actions.pins import Busy

HASHERS: Final = 2
QUEUE_SECONDS: Final = 5.0

_hashers = BoundedSemaphore(HASHERS)


def hashed(password: str) -> str:
    """The password as it is kept."""
    with _a_hasher():
        return bcrypt.hashpw(_digest(password), bcrypt.gensalt(policy.values().password_rounds)).decode()


def matches(password: str, kept: str | None) -> bool:
    """Whether it is the password. Nobody's password takes as long as somebody's."""
    with _a_hasher():
        right = bcrypt.checkpw(_digest(password), (kept or _nobodys(policy.values().password_rounds)).encode())
    return right and kept is not None


@cache
def _nobodys(rounds: int) -> str:
    return bcrypt.hashpw(b"nobody", bcrypt.gensalt(rounds)).decode()


def _digest(password: str) -> bytes:
    return base64.b64encode(hashlib.sha256(password.encode()).digest())


@contextmanager
def _a_hasher() -> Iterator[None]:
    if not _hashers.acquire(timeout=QUEUE_SECONDS):
        raise Busy
    try:
        yield
    finally:
        _hashers.release()
