"""The one client for calls to providers: timeouts, no redirects, no retries, one log line per call.

It knows HTTP and nothing of any provider. What it promises is the *kind* of a failure: only
what surely failed before a byte was sent, or was turned away unread (429), is temporary;
whatever might have had its effect is unknown, and a caller who moves money asks before
repeating. A GET has no effect, so its failures are temporary.
Bodies, keys and headers are never logged; the path is not either, for it may hold an account number.
"""

import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError

from bot.errors import Kind, ProviderError, ProviderRefusesUs
from bot.logs import log

CONNECT_SECONDS = 5.0
READ_SECONDS = 30.0
MAX_BODY = 8 * 1024 * 1024
MAX_WAIT_SECONDS = 3600  # a provider that asks us to wait for longer is asked again anyhow


@dataclass(frozen=True)
class Answer:
    """An answer that was read in full: 2xx, a 4xx that its caller can make sense of, or a redirect it asked to see.

    location: where a redirect leads. It is never followed here.
    """

    status: int
    body: bytes = field(repr=False)
    content_type: str = ""
    location: str = field(default="", repr=False)

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        """The body as JSON, None when it is not."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None


class Headers(requests.auth.AuthBase):
    """Our credentials, set as an `auth`, because requests would else let a ~/.netrc replace them."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._headers = dict(headers)

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers.update(self._headers)
        return request


class Client:
    """Calls to one provider. May be shared by threads: each has its own connections."""

    def __init__(
        self,
        provider: str,
        base_url: str,
        headers: Mapping[str, str],
        *,
        connect_seconds: float = CONNECT_SECONDS,
        read_seconds: float = READ_SECONDS,
    ) -> None:
        self.provider = provider
        self.base_url = base_url.rstrip("/")
        self._auth = Headers(headers)
        self._timeout = (connect_seconds, read_seconds)
        self._local = threading.local()

    def call(
        self,
        operation: str,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        json_body: Mapping[str, Any] | None = None,
        form: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        reference: str = "",
        sees_redirects: bool = False,
    ) -> Answer:
        """Make one call. Raises ProviderError unless there is an answer to read (see Answer).

        `operation` names the call in the log; `reference` is ours and safe to log.
        """
        started = time.monotonic()
        outcome = self._exchange(method, path, params=params, json=json_body, data=form, headers=dict(headers or {}))
        if sees_redirects and isinstance(outcome, _Redirect):
            outcome = outcome.answer
        log.info(
            "provider",
            provider=self.provider,
            what=operation,
            reference=reference,
            status=outcome.status,
            ms=round((time.monotonic() - started) * 1000),
            result=_result(outcome),
        )
        if not isinstance(outcome, ProviderError):
            return outcome
        outcome.provider, outcome.operation = self.provider, operation
        if method == "GET" and outcome.kind is Kind.UNKNOWN:
            outcome.kind = Kind.TEMPORARY
        # Raised here, outside the except: the cause quotes the URL, and with it perhaps an account number.
        raise outcome

    def _exchange(self, method: str, path: str, **request: Any) -> Answer | ProviderError:
        until = time.monotonic() + sum(self._timeout)
        options: dict[str, Any] = {
            "auth": self._auth,
            "timeout": self._timeout,
            "allow_redirects": False,
            "stream": True,
        }
        try:
            with self._session.request(method, self.base_url + path, **request, **options) as response:
                body = _read(response, until)
        except requests.RequestException as error:
            return ProviderError(Kind.TEMPORARY if _never_sent(error) else Kind.UNKNOWN, _why(error))
        headers = response.headers
        answer = Answer(response.status_code, body, headers.get("Content-Type", ""), headers.get("Location", ""))
        return _trouble(answer, headers) or answer

    @property
    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None:
            session = self._local.session = requests.Session()
            # A proxy of this machine knows no way to what listens on this machine: the stand-ins of a demo.
            session.trust_env = not is_here(self.base_url)
            session.mount("http://", HTTPAdapter(max_retries=0))
            session.mount("https://", HTTPAdapter(max_retries=0))
        return session


def is_here(url: str) -> bool:
    """Whether a URL leads to this machine itself."""
    host = urlsplit(url).hostname or ""
    return host == "localhost" or host == "::1" or host.startswith("127.")


class _Redirect(ProviderError):
    """What a caller who has not asked for it takes for an answer of something that is not the provider."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(Kind.UNKNOWN, f"http_{answer.status}", status=answer.status)
        self.answer = answer


def _result(outcome: Answer | ProviderError) -> str:
    if isinstance(outcome, ProviderError):
        return outcome.why
    return "ok" if outcome.ok else f"http_{outcome.status}"


def _trouble(answer: Answer, headers: Mapping[str, str]) -> ProviderError | None:
    """What a status alone says, or None when the body decides."""
    status, why = answer.status, f"http_{answer.status}"
    if status in (401, 403):
        return ProviderRefusesUs(Kind.PERMANENT, why, status=status)
    if status == 429:
        return ProviderError(
            Kind.TEMPORARY, "rate_limited", status=status, message=_words(answer), retry_after_seconds=_wait(headers)
        )
    if answer.ok or (400 <= status < 500 and status != 408):
        return None
    if 300 <= status < 400 and answer.location:
        return _Redirect(answer)
    # 5xx may come after the effect; 1xx and 3xx come from something that is not the provider.
    return ProviderError(Kind.UNKNOWN, why, status=status)


def _words(answer: Answer) -> str:
    found = answer.json()
    return str(found.get("message") or "") if isinstance(found, dict) else ""


def _read(response: requests.Response, until: float) -> bytes:
    """The whole body. The read timeout of requests counts from byte to byte; this one counts from the start."""
    chunks = bytearray()
    for chunk in response.iter_content(64 * 1024):
        chunks += chunk
        if len(chunks) > MAX_BODY:
            raise requests.exceptions.ContentDecodingError("body too large")
        if time.monotonic() > until:
            raise requests.ReadTimeout("body too slow")
    return bytes(chunks)


def _never_sent(error: requests.RequestException) -> bool:
    """Whether the request cannot have reached the provider: there was no connection."""
    if isinstance(error, requests.ConnectTimeout):
        return True
    cause = error.args[0] if error.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else cause
    return isinstance(reason, NewConnectionError | ConnectTimeoutError)


def _why(error: requests.RequestException) -> str:
    if _never_sent(error):
        return "no_connection"
    if isinstance(error, requests.Timeout):
        return "timeout"
    if isinstance(error, requests.exceptions.ChunkedEncodingError | requests.exceptions.ContentDecodingError):
        return "unreadable"
    return "connection_lost" if isinstance(error, requests.ConnectionError) else "request_failed"


def _wait(headers: Mapping[str, str]) -> int | None:
    """The seconds that a 429 asks us to wait."""
    for name in ("x-ratelimit-reset", "retry-after"):
        value = headers.get(name, "").strip()
        if value.isascii() and value.isdigit():
            return min(int(value[:9]), MAX_WAIT_SECONDS)
    return None
