"""The page's own files: one mark for all of them in their addresses, so that a script finds its neighbours.

The mark changes when any of them does; browsers may keep them for a year.
"""

import gzip
import hashlib
from functools import cache
from pathlib import Path

from flask import Response, abort, request

STATIC = Path(__file__).parent / "static"
KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
YEAR_SECONDS = 365 * 24 * 3600


def address(name: str) -> str:
    """Where a file of ours is had."""
    if name not in names():
        raise FileNotFoundError(name)
    return f"/sandbox/files/{mark()}/{name}"


def answer(given: str, name: str) -> Response:
    """The view: only what stands in the folder; a name that leads elsewhere is none of them."""
    if name not in names() or given != mark():
        abort(404)
    zipped = "gzip" in request.headers.get("Accept-Encoding", "")
    found = Response(_compressed(name) if zipped else _bytes(name))
    found.content_type = KINDS.get(Path(name).suffix, "application/octet-stream")
    found.headers["Cache-Control"] = f"public, max-age={YEAR_SECONDS}, immutable"
    found.headers["Vary"] = "Accept-Encoding"
    if zipped:
        found.headers["Content-Encoding"] = "gzip"
    return found


@cache
def names() -> frozenset[str]:
    return frozenset(str(path.relative_to(STATIC)) for path in STATIC.rglob("*") if path.is_file())


@cache
def mark() -> str:
    digest = hashlib.sha256()
    for name in sorted(names()):
        digest.update(name.encode() + b"\0" + _bytes(name))
    return digest.hexdigest()[:12]


@cache
def _bytes(name: str) -> bytes:
    """Read once: what is sent is what was marked, also while somebody edits it."""
    return (STATIC / name).read_bytes()


@cache
def _compressed(name: str) -> bytes:
    return gzip.compress(_bytes(name), 9)
