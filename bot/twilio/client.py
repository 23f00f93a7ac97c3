"""Calls to Twilio: their SDK writes and reads, our own client does the exchange.

Theirs (TwilioHttpClient) has no timeout unless told, and then one that counts from byte
to byte; it takes proxies and logins from the environment; and an exception of `requests`
comes out of it that says neither whether the request was sent nor whose fault it is.
Ours tells the two apart, which is all that stands between a message and its double:
Twilio knows no key against sending twice (providers.md 3.1).
What is asked for stands in `messages` and `content_api`.
"""

import base64
import logging
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from twilio.base.exceptions import TwilioException
from twilio.http import HttpClient
from twilio.http.response import Response
from twilio.rest import Client as Sdk

from bot.http import CONNECT_SECONDS, READ_SECONDS, Client
from bot.settings import Settings

PROVIDER = "twilio"
JSON = "application/json"

# What their SDK raises over an answer of 2xx that is no JSON, or other JSON than it expects.
UNREADABLE = (ValueError, TypeError, AttributeError)

OPERATIONS = {"api": "message", "content": "content"}


class Twilio:
    """One account. May be shared by threads."""

    def __init__(
        self,
        url: str,
        content_url: str,
        account: str,
        token: str,
        *,
        connect_seconds: float = CONNECT_SECONDS,
        read_seconds: float = READ_SECONDS,
    ) -> None:
        login = base64.b64encode(f"{account}:{token}".encode()).decode()
        timeouts = {"connect_seconds": connect_seconds, "read_seconds": read_seconds}
        self.account = account
        self._token = token
        self.url = url.rstrip("/")
        self._clients = {
            product: Client(PROVIDER, base, {"Authorization": f"Basic {login}"}, **timeouts)
            for product, base in (("api", url), ("content", content_url))
        }

    @classmethod
    def from_settings(cls, settings: Settings) -> "Twilio":
        return cls(
            settings.twilio_url,
            settings.twilio_content_url,
            settings.twilio_account_sid,
            settings.twilio_tokens[0],
        )

    def sdk(self, reference: str = "") -> Sdk:
        """Their client, made anew for each call: it is not said to be safe between threads, and holds nothing."""
        return Sdk(self.account, self._token, http_client=_Transport(self._clients, reference))


class _Transport(HttpClient):  # type: ignore[misc]
    """What stands below their SDK. It goes by the product in the host name alone (api, content), so that neither the
    hosts nor the edges and regions of their environment variables decide whom we call.
    """

    def __init__(self, clients: Mapping[str, Client], reference: str) -> None:
        super().__init__(logging.getLogger(PROVIDER), is_async=False)
        self._clients = clients
        self._reference = reference

    def request(
        self,
        method: str,
        uri: str,
        params: Mapping[str, Any] | None = None,
        data: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        """Make their request. The login is the client's own, and so are the timeouts; nothing is followed."""
        parts = urlsplit(uri)
        product = parts.netloc.partition(".")[0]
        is_json = (headers or {}).get("Content-Type") == JSON
        answer = self._clients[product].call(
            f"{OPERATIONS[product]}_{method.lower()}",
            method,
            parts.path + (f"?{parts.query}" if parts.query else ""),  # the next page of a list
            params=params,
            form=None if is_json else data,
            json_body=data if is_json else None,
            headers=headers,
            reference=self._reference,
        )
        return Response(answer.status, answer.text, {})


def code_of(error: TwilioException) -> str:
    """Their number of an error; both kinds of their exceptions have it, and a bare one has none."""
    return str(getattr(error, "code", "") or "")
