"""Personal data at rest: sealed with AES-GCM, found again by a keyed hash.

A sealed value is `key id (1 byte) | nonce (12) | ciphertext and tag`. The place that
it belongs to (table, column, row) is authenticated with it, so that a ciphertext
copied into another row does not open (security.md, threat 26).

The newest key seals; every known key opens. The oldest key also feeds the blind
index, so it must stay in the list until the indexes have been rebuilt.
"""

import base64
import binascii
import hashlib
import hmac
import os
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12
KEY_BYTES = 32


class CannotOpen(Exception):
    """A sealed value does not belong here, was changed, or its key is gone."""


@dataclass(frozen=True)
class Keys:
    """The keys of this process, by id, newest last."""

    sealers: dict[int, AESGCM] = field(repr=False)
    newest: int
    index_key: bytes = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> "Keys":
        """Read "1:<base64 of 32 bytes>,2:...". Raises ValueError with what is wrong."""
        raw: dict[int, bytes] = {}
        for part in text.split(","):
            key_id, _, value = part.strip().partition(":")
            if not key_id.isdigit() or not 1 <= int(key_id) <= 255:
                raise ValueError("each key starts with its number, 1 to 255, and a colon")
            try:
                raw[int(key_id)] = base64.b64decode(value, validate=True)
            except binascii.Error as wrong:
                raise ValueError(f"key {key_id} is not base64") from wrong
            if len(raw[int(key_id)]) != KEY_BYTES:
                raise ValueError(f"key {key_id} must be {KEY_BYTES} bytes")
        oldest = raw[min(raw)]
        return cls(
            sealers={key_id: AESGCM(value) for key_id, value in raw.items()},
            newest=max(raw),
            index_key=hmac.digest(oldest, b"blind index", hashlib.sha256),
        )

    def seal(self, value: str, place: str) -> bytes:
        """Encrypt for one place, e.g. "member.phone:17"."""
        return self.seal_bytes(value.encode(), place)

    def open(self, sealed: bytes | memoryview, place: str) -> str:
        """Decrypt. Raises CannotOpen."""
        try:
            return self.open_bytes(sealed, place).decode()
        except UnicodeDecodeError as wrong:
            raise CannotOpen(f"{place}: does not open") from wrong

    def open_if_kept(self, sealed: bytes | memoryview, place: str) -> str:
        """The same; "" for what has been erased after its term. Raises CannotOpen."""
        return self.open(sealed, place) if sealed else ""

    def seal_bytes(self, value: bytes, place: str) -> bytes:
        """The same for what is no text, such as a picture."""
        nonce = os.urandom(NONCE_BYTES)
        return bytes([self.newest]) + nonce + self.sealers[self.newest].encrypt(nonce, value, place.encode())

    def open_bytes(self, sealed: bytes | memoryview, place: str) -> bytes:
        """Raises CannotOpen."""
        data = bytes(sealed)
        sealer = self.sealers.get(data[0]) if data else None
        if sealer is None:
            raise CannotOpen(f"{place}: unknown key")
        try:
            return sealer.decrypt(data[1 : 1 + NONCE_BYTES], data[1 + NONCE_BYTES :], place.encode())
        except (InvalidTag, ValueError) as wrong:
            raise CannotOpen(f"{place}: does not open") from wrong

    def index(self, value: str, kind: str) -> bytes:
        """The blind index of an exact value; kind ("phone", "account") keeps the families apart."""
        return hmac.digest(self.index_key, f"{kind}:{value}".encode(), hashlib.sha256)


_keys: list[Keys] = []


def use(keys: Keys) -> None:
    """Set the keys of this process, once at start."""
    _keys[:] = [keys]


def keys() -> Keys:
    """The keys of this process."""
    if not _keys:
        raise RuntimeError("models.sealing.use(keys) has not been called")
    return _keys[0]
