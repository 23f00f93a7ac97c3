"""How Paystack is spoken to: envelopes, pages, and what becomes of an answer that cannot be read.

Which operations there are is `api`'s business; what single bodies mean is `shapes`'.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from bot.errors import Kind, ProviderError
from bot.http import Client
from bot.payments.paystack import shapes
from bot.payments.paystack.refusals import Refusal, read_envelope
from bot.payments.paystack.shapes import Json, Unreadable

PAGE = 100
MAX_PAGES = 1000

T = TypeVar("T")


class Calls:
    """The calls of one integration."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def get(
        self, operation: str, path: str, params: Mapping[str, Any] | None = None, reference: str = ""
    ) -> Json | Refusal:
        """The `data` of a look-up, or its refusal."""
        return self._data(operation, "GET", path, params=params, reference=reference)

    def post(self, operation: str, path: str, body: Mapping[str, Any], reference: str = "") -> Json | Refusal:
        """The `data` of something that we asked for, or its refusal."""
        return self._data(operation, "POST", path, json_body=body, reference=reference)

    def rows(self, operation: str, path: str, params: Mapping[str, Any] | None = None) -> list[Json]:
        """A list that comes in one piece."""
        return self._rows(operation, self._envelope(operation, "GET", path, params=params))

    def since(self, operation: str, path: str, start: datetime) -> Iterator[Json]:
        """All rows created since then. The newest come first: what arrives meanwhile pushes rows to a later page,
        so that some come twice (and are left out here) and none is missed."""
        seen: set[int] = set()
        for page in range(1, MAX_PAGES + 1):
            rows = self.rows(operation, path, {"perPage": PAGE, "page": page, "from": iso(start)})
            for row in rows:
                number = shapes.number(row.get("id"))
                if number is None:
                    raise self.unreadable(operation, "GET")
                if number not in seen:
                    seen.add(number)
                    yield row
            if len(rows) < PAGE:
                return
        raise self._error(operation, Kind.PERMANENT, "too_many_pages")

    def cursor(self, operation: str, path: str, params: Mapping[str, Any]) -> Iterator[Json]:
        """All rows of a list that says itself where it goes on."""
        following: dict[str, str] = {}
        for _ in range(MAX_PAGES):
            envelope = self._envelope(operation, "GET", path, params={**params, "perPage": PAGE, **following})
            yield from self._rows(operation, envelope)
            mark = shapes.mapping(envelope.get("meta")).get("next") if isinstance(envelope, dict) else None
            if not isinstance(mark, str) or not mark:
                return
            following = {"next": mark}
        raise self._error(operation, Kind.PERMANENT, "too_many_pages")

    def read(self, operation: str, method: str, reader: Callable[[Json], T], data: Json) -> T:
        """What `reader` makes of the data; an answer without what it must have is no answer."""
        try:
            return reader(data)
        except Unreadable as missing:
            raise self.unreadable(operation, method, str(missing)) from None

    def refused(self, operation: str, refusal: Refusal) -> ProviderError:
        """The error for a refusal that nobody expects."""
        kind, why = (Kind.TEMPORARY, "rate_limited") if refusal.limited else (Kind.PERMANENT, "refused")
        return self._error(operation, kind, why, status=refusal.http, message=refusal.message)

    def unreadable(self, operation: str, method: str, what: str = "") -> ProviderError:
        """The error for an answer that makes no sense: harmless after a look-up, an open question after the rest."""
        kind = Kind.TEMPORARY if method == "GET" else Kind.UNKNOWN
        return self._error(operation, kind, "unreadable", message=what)

    def _data(self, operation: str, method: str, path: str, **call: Any) -> Json | Refusal:
        envelope = self._envelope(operation, method, path, **call)
        if isinstance(envelope, Refusal):
            return envelope
        data = envelope.get("data")
        if not isinstance(data, dict):
            raise self.unreadable(operation, method, "data")
        return data

    def _envelope(self, operation: str, method: str, path: str, **call: Any) -> Json | Refusal:
        envelope = read_envelope(self._client.call(operation, method, path, **call))
        if envelope is None:
            raise self.unreadable(operation, method, "envelope")
        return envelope

    def _rows(self, operation: str, envelope: Json | Refusal) -> list[Json]:
        if isinstance(envelope, Refusal):
            raise self.refused(operation, envelope)
        data = envelope.get("data")
        if not isinstance(data, list) or not all(isinstance(each, dict) for each in data):
            raise self.unreadable(operation, "GET", "data")
        return data

    def _error(self, operation: str, kind: Kind, why: str, **more: Any) -> ProviderError:
        return ProviderError(kind, why, provider=self._client.provider, operation=operation, **more)


def iso(instant: datetime) -> str:
    """An aware instant as they write it."""
    return instant.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
