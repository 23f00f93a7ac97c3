"""Calls to Twilio: their SDK writes and reads, our own client does the exchange.

Theirs (TwilioHttpClient) has no timeout unless told, and then one that counts from byte
to byte; it takes proxies and logins from the environment; and an exception of `requests`
comes out of it that says neither whether the request was sent nor whose fault it is.
Ours tells the two apart, which is all that stands between a message and its double:
Twilio knows no key against sending twice (providers.md 3.1).
What an error code means stands in `outcomes`.
"""

import base64
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from twilio.base.exceptions import TwilioException
from twilio.http import HttpClient
from twilio.http.response import Response
from twilio.rest import Client as Sdk
from twilio.rest.api.v2010.account.message import MessageInstance
from twilio.rest.content.v1.content import ContentList
from twilio.rest.content.v1.content.approval_create import ApprovalCreateList

from bot.channels.base import Bill, Outcome, Sent
from bot.errors import Kind, ProviderError, ProviderRefusesUs
from bot.http import CONNECT_SECONDS, READ_SECONDS, Client
from bot.settings import Settings
from bot.twilio.outcomes import outcome_of, reason_of

PROVIDER = "twilio"
JSON = "application/json"

# What their SDK raises over an answer of 2xx that is no JSON, or other JSON than it expects.
UNREADABLE = (ValueError, TypeError, AttributeError)

OPERATIONS = {"api": "message", "content": "content"}


class ContentRefused(Exception):
    """A text with buttons or lines, or a template, that Twilio does not take. `reason` is a key."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Approval:
    """What WhatsApp says of a template: unsubmitted, received, pending, approved, rejected, paused or disabled."""

    status: str
    why: str = ""


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

    def send(self, reference: str, **message: Any) -> Sent:
        """Hand over a message, with the names of the SDK. Never raises for what they or the network do.

        `reference` is the outbox's, for the log.
        """
        try:
            created = self._sdk(reference).messages.create(**message)
        except ProviderRefusesUs as error:
            return Sent(Outcome.REFUSED, reason=error.why, stop_queue=True)
        except ProviderError as error:
            unclear = error.kind is Kind.UNKNOWN
            return Sent(
                Outcome.UNKNOWN if unclear else Outcome.TEMPORARY,
                reason=error.why,
                retry_after_seconds=error.retry_after_seconds,
            )
        except TwilioException as error:
            return outcome_of(_code(error))
        except UNREADABLE:
            return Sent(Outcome.UNKNOWN, reason="unreadable")  # it was taken, in words that nobody understands
        if not created.sid:
            return Sent(Outcome.UNKNOWN, reason="unreadable")
        return Sent(Outcome.ACCEPTED, created.sid, bill=_bill(created))

    def bill_of(self, message_id: str) -> Bill | None:
        """What a message has cost, None while that cannot be had. The price follows minutes after the delivery."""
        try:
            return _bill(self._sdk().messages(message_id).fetch())
        except (ProviderError, TwilioException, *UNREADABLE):
            return None

    def create_content(self, name: str, language: str, variables: Mapping[str, str], types: Mapping[str, Any]) -> str:
        """Make a text with buttons or lines; its sid. Raises ContentRefused or ProviderError."""
        wanted = ContentList.ContentCreateRequest(
            {"friendly_name": name, "language": language, "variables": dict(variables), "types": dict(types)}
        )
        try:
            sid = self._sdk().content.v1.contents.create(wanted).sid
        except TwilioException as error:
            raise ContentRefused(reason_of(_code(error))) from None
        except UNREADABLE:
            sid = None
        if not sid:
            raise ProviderError(Kind.UNKNOWN, "unreadable", provider=PROVIDER, operation="content")
        return str(sid)

    def submit(self, sid: str, name: str, category: str) -> Approval:
        """Ask WhatsApp to approve a template. Raises ContentRefused or ProviderError."""
        wanted = ApprovalCreateList.ContentApprovalRequest({"name": name, "category": category})
        try:
            answer = self._sdk().content.v1.contents(sid).approval_create.create(wanted)
        except TwilioException as error:
            raise ContentRefused(reason_of(_code(error))) from None
        return Approval(answer.status or "received", answer.rejection_reason or "")

    def approval_of(self, sid: str) -> Approval:
        """What WhatsApp says of a template now. Raises ContentRefused when there is none, or ProviderError."""
        try:
            found = self._sdk().content.v1.contents(sid).approval_fetch().fetch().whatsapp or {}
        except TwilioException as error:
            raise ContentRefused(reason_of(_code(error))) from None
        return Approval(str(found.get("status") or "unsubmitted"), str(found.get("rejection_reason") or ""))

    def _sdk(self, reference: str = "") -> Sdk:
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
            parts.path,
            params=params,
            form=None if is_json else data,
            json_body=data if is_json else None,
            headers=headers,
            reference=self._reference,
        )
        return Response(answer.status, answer.text, {})


def _code(error: TwilioException) -> str:
    """Their number of an error; both kinds of their exceptions have it, and a bare one has none."""
    return str(getattr(error, "code", "") or "")


def _bill(message: MessageInstance) -> Bill:
    """Their price is a negative text, and null until it is known; the segments are a text, too."""
    segments = str(message.num_segments or "")
    price, unit = str(message.price or ""), str(message.price_unit or "").upper()
    return Bill(
        cost=f"{unit} {price.removeprefix('-')}" if price and unit else "",
        segments=int(segments) if segments.isascii() and segments.isdigit() else None,
    )
