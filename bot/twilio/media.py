"""What somebody sent us, fetched from Twilio: our login goes to Twilio's own address and nowhere else.

Twilio hands a file out behind a redirect to where files lie. One such redirect is followed,
without the login, over https, to the storage that Twilio is known to use; an address that comes with a
message is otherwise somebody else's words and leads nowhere.
A file has to be what it says it is, of a kind that a person can look at or listen to, and not too large.
"""

import base64
from dataclasses import dataclass, field
from typing import Final, Self
from urllib.parse import SplitResult, urljoin, urlsplit

from bot.errors import ProviderError
from bot.http import Answer, Client
from bot.settings import Settings

PROVIDER: Final = "twilio"
STORAGE: Final = (".twiliocdn.com", ".twilio.com", ".amazonaws.com")
LARGEST: Final = 5 * 1024 * 1024
READ_SECONDS: Final = 20.0

# By kind of content, how such a file begins (at which byte).
SIGNATURES: Final[dict[str, tuple[tuple[int, bytes], ...]]] = {
    "image/jpeg": ((0, b"\xff\xd8\xff"),),
    "image/png": ((0, b"\x89PNG\r\n\x1a\n"),),
    "image/webp": ((8, b"WEBP"),),
    "audio/ogg": ((0, b"OggS"),),
    "audio/mpeg": ((0, b"ID3"), (0, b"\xff\xfb"), (0, b"\xff\xf3"), (0, b"\xff\xf2")),
    "audio/mp4": ((4, b"ftyp"),),
    "audio/aac": ((0, b"\xff\xf1"), (0, b"\xff\xf9")),
    "audio/amr": ((0, b"#!AMR"),),
    "application/pdf": ((0, b"%PDF-"),),
    "text/vcard": ((0, b"BEGIN:VCARD"),),
    "text/x-vcard": ((0, b"BEGIN:VCARD"),),
}


class MediaRefused(Exception):
    """It will never be fetched. `why` is a key."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class File:
    """What was fetched."""

    data: bytes = field(repr=False)
    content_type: str


class MediaStore:
    """Twilio's files of our account."""

    def __init__(self, url: str, account: str, token: str) -> None:
        login = base64.b64encode(f"{account}:{token}".encode()).decode()
        self._home = urlsplit(url.rstrip("/"))
        self._ours = f"{self._home.path}/2010-04-01/Accounts/{account}/Messages/"
        self._api = Client(
            PROVIDER, _origin(self._home), {"Authorization": f"Basic {login}"}, read_seconds=READ_SECONDS
        )

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        return cls(settings.twilio_url, settings.twilio_account_sid, settings.twilio_tokens[0])

    def fetch(self, url: str, content_type: str, reference: str = "") -> File:
        """The file behind the address of a message. Raises MediaRefused, or ProviderError when it may work later."""
        if content_type not in SIGNATURES:
            raise MediaRefused("kind_not_taken")
        answer = _get(self._api, self._path(url), reference)
        if answer.location:
            at = self._storage(urljoin(url, answer.location))
            answer = _get(Client(PROVIDER, _origin(at), {}, read_seconds=READ_SECONDS), _path_of(at), reference)
        if not answer.ok:
            raise MediaRefused("redirected_twice" if answer.location else "gone")
        return _checked(answer, content_type)

    def _path(self, url: str) -> str:
        parts = urlsplit(url)
        if _origin(parts) != _origin(self._home) or not parts.path.startswith(self._ours) or ".." in parts.path:
            raise MediaRefused("other_address")
        return parts.path

    def _storage(self, location: str) -> SplitResult:
        """Outside production the stand-in is its own storage."""
        parts = urlsplit(location)
        theirs = parts.scheme == "https" and (parts.hostname or "").endswith(STORAGE) and parts.port in (None, 443)
        if not theirs and _origin(parts) != _origin(self._home):
            raise MediaRefused("other_storage")
        return parts


def _get(client: Client, path: str, reference: str) -> Answer:
    try:
        return client.call("media", "GET", path, reference=reference, sees_redirects=True)
    except ProviderError as trouble:
        if trouble.why == "unreadable":
            raise MediaRefused("too_large") from None
        raise


def _checked(answer: Answer, content_type: str) -> File:
    if len(answer.body) > LARGEST:
        raise MediaRefused("too_large")
    if not any(answer.body[at : at + len(sign)] == sign for at, sign in SIGNATURES[content_type]):
        raise MediaRefused("not_what_it_says")
    return File(answer.body, content_type)


def _origin(parts: SplitResult) -> str:
    return f"{parts.scheme}://{parts.netloc}"


def _path_of(parts: SplitResult) -> str:
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
