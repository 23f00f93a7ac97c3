"""The texts that Twilio has of us: found in our table, or made there by the first who needs one.

Nothing is made inside a transaction. Two workers may make the same text at once; both
then use the one that was written down first, and the other lies there unused.
When their service for it is down, it is left alone for a while: a message without its
buttons is better than one that comes late.
"""

import hashlib
import json
import time
from collections.abc import Mapping
from typing import Any, Final

from bot import clock
from bot.errors import ProviderError
from bot.logs import log
from bot.templates import Wording
from bot.twilio import content_api
from bot.twilio.client import Twilio
from bot.twilio.content_api import ContentRefused
from bot.twilio.shapes import LANGUAGE, Shape
from models.actions.contents import content_gone, keep_content
from models.queries.contents import content

REST_SECONDS: Final = 60.0
APPROVED: Final = "approved"


class Contents:
    """The texts of one account. May be shared by threads."""

    def __init__(self, twilio: Twilio) -> None:
        self._twilio = twilio
        self._known: dict[str, str] = {}
        self._rest_until = 0.0

    def sid_of(self, shape: Shape) -> str | None:
        """The sid of the text with this shape. None when it cannot be had now."""
        known = self._known.get(shape.name)
        if known is None:
            kept = content(self._twilio.account, shape.name, LANGUAGE)
            known = kept.sid if kept else self._made(shape)
        if known is not None:
            self._known[shape.name] = known
        return known

    def approved_sid(self, wanted: Wording) -> str | None:
        """The sid of a template, if WhatsApp has approved it and it says what we say today."""
        kept = content(self._twilio.account, wanted.template.name, wanted.language)
        fit = kept is not None and kept.status == APPROVED and kept.digest == digest_of(wanted.types)
        return kept.sid if kept is not None and fit else None

    def gone(self, sid: str) -> None:
        """Twilio does not know it any more: it will be made anew."""
        log.warning("twilio", what="content_gone", sid=sid)
        content_gone(self._twilio.account, sid, clock.now())
        self._known = {name: known for name, known in self._known.items() if known != sid}

    def _made(self, shape: Shape) -> str | None:
        if time.monotonic() < self._rest_until:
            return None
        try:
            sid = content_api.create(self._twilio, shape.name, LANGUAGE, shape.samples, shape.types)
        except (ProviderError, ContentRefused) as trouble:
            log.warning("twilio", what="content_not_made", name=shape.name, why=str(trouble))
            self._rest_until = time.monotonic() + REST_SECONDS
            return None
        digest = digest_of(shape.types)
        return keep_content(self._twilio.account, shape.name, LANGUAGE, digest=digest, sid=sid, now=clock.now())


def digest_of(types: Mapping[str, Any]) -> str:
    """A mark of what a text says: it tells that ours has changed since it was made."""
    return hashlib.sha256(json.dumps(types, sort_keys=True).encode()).hexdigest()[:16]
