"""Whether a callback comes from Twilio: X-Twilio-Signature, by both of its algorithms (providers.md 3.4). Pure.

Their SDK computes the same (a test compares the two); it compares character by character,
though, and reads the repeated fields of a form only from an object of a web framework.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterable, Iterator, Mapping, Sequence
from urllib.parse import parse_qs, urlsplit, urlunsplit

SIGNATURE = "x-twilio-signature"
SETTINGS = "x-twilio-webhooks-signature-settings"  # "key=...,algorithm=HMAC_SHA256"; absent for the old way
BODY_HASH = "bodySHA256"

SHA1 = "HMAC_SHA1"
ALGORITHMS = {SHA1: hashlib.sha1, "HMAC_SHA256": hashlib.sha256}
PORTS = {"https": 443, "http": 80}

Pairs = Iterable[tuple[str, str]]


def signature_of(key: str, url: str, pairs: Pairs, algorithm: str = SHA1) -> str:
    """The signature of a request: the URL as it was called, then each field and value, sorted, each pair once."""
    text = url + "".join(name + value for name, value in sorted(set(pairs)))
    mac = hmac.new(key.encode(), text.encode("utf-8", "surrogatepass"), ALGORITHMS[algorithm])
    return base64.b64encode(mac.digest()).decode()


def is_signed(headers: Mapping[str, str], url: str, pairs: Pairs, keys: Sequence[str]) -> bool:
    """Whether one of the keys made the signature in the headers. Takes as long for a near miss as for a wild one.

    Twilio signs the URL with or without its port, and does not say which.
    """
    algorithm = algorithm_of(headers)
    if algorithm not in ALGORITHMS:
        return False
    given = headers.get(SIGNATURE, "").strip().encode("utf-8", "surrogatepass")
    fields = tuple(pairs)
    found = False
    for key in keys:
        for each in _with_and_without_port(url):
            found |= hmac.compare_digest(signature_of(key, each, fields, algorithm).encode(), given)
    return found


def algorithm_of(headers: Mapping[str, str]) -> str:
    """The algorithm that the settings header names; the old one when there is none."""
    for part in headers.get(SETTINGS, "").split(","):
        name, _, value = part.partition("=")
        if name.strip() == "algorithm" and value.strip():
            return value.strip().upper()
    return SHA1


def body_hash_of(url: str) -> str | None:
    """The hash of the body that a URL carries, when the body is no form: then it stands for the fields."""
    found = parse_qs(urlsplit(url).query).get(BODY_HASH)
    return found[0] if found else None


def body_matches(body: bytes, given: str) -> bool:
    expected = hashlib.sha256(body).hexdigest().encode()
    return hmac.compare_digest(expected, given.lower().encode("utf-8", "surrogatepass"))


def _with_and_without_port(url: str) -> Iterator[str]:
    parts = urlsplit(url)
    host = parts.netloc if parts.port is None else parts.netloc.rpartition(":")[0]
    port = parts.port or PORTS.get(parts.scheme, 443)
    yield urlunsplit(parts._replace(netloc=host))
    yield urlunsplit(parts._replace(netloc=f"{host}:{port}"))
