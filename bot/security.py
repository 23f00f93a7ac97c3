"""Comparisons and marks that have to resist somebody who tries: keys in paths, signatures, fingerprints.

Encryption of what is stored (FIELD_KEYS) is `models.base`'s; PINs are the actions'.
"""

import hashlib
import hmac
from collections.abc import Sequence


def split_keys(setting: str) -> tuple[str, ...]:
    """The keys of a comma-separated setting: the new one and, while callers move over, the old one."""
    return tuple(key for key in (part.strip() for part in setting.split(",")) if key)


def key_matches(given: str, keys: Sequence[str]) -> bool:
    """Whether `given` is one of `keys`, in a time that tells neither which one nor how much of it was right."""
    digest = hashlib.sha256(given.encode("utf-8", "surrogatepass")).digest()
    found = False
    for key in keys:
        found |= hmac.compare_digest(digest, hashlib.sha256(key.encode()).digest())
    return found


def signature_matches(secret: bytes, raw: bytes, given: str, algorithm: str = "sha512") -> bool:
    """Whether `given` is the hex HMAC of the raw bytes. A header may hold anything: compared as bytes."""
    expected = hmac.new(secret, raw, algorithm).hexdigest().encode()
    return hmac.compare_digest(expected, given.strip().lower().encode("utf-8", "surrogatepass"))


def fingerprint(key: bytes, *parts: str) -> str:
    """A keyed mark of some values: equal values give equal marks, and without the key nobody can try them all.

    Each part is preceded by its length, so that ("ab", "c") and ("a", "bc") differ.
    """
    mac = hmac.new(key, digestmod=hashlib.sha256)
    for part in parts:
        encoded = part.encode("utf-8", "surrogatepass")
        mac.update(len(encoded).to_bytes(4, "big") + encoded)
    return mac.hexdigest()
