"""The Content API: texts with buttons or lists, and WhatsApp's word about templates.

What such a text looks like stands in `shapes` and `bot.templates`; which ones there are, in our own table.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from twilio.base.exceptions import TwilioException
from twilio.rest.content.v1.content import ContentList
from twilio.rest.content.v1.content.approval_create import ApprovalCreateList

from bot.errors import Kind, ProviderError
from bot.twilio.client import PROVIDER, UNREADABLE, Twilio, code_of
from bot.twilio.outcomes import reason_of


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


def create(twilio: Twilio, name: str, language: str, variables: Mapping[str, str], types: Mapping[str, Any]) -> str:
    """Make a text with buttons or lines; its sid. Raises ContentRefused or ProviderError."""
    wanted = ContentList.ContentCreateRequest(
        {"friendly_name": name, "language": language, "variables": dict(variables), "types": dict(types)}
    )
    with _understood():
        return _sid_of(twilio.sdk().content.v1.contents.create(wanted).sid)


def submit(twilio: Twilio, sid: str, name: str, category: str) -> Approval:
    """Ask WhatsApp to approve a template. Raises ContentRefused or ProviderError."""
    wanted = ApprovalCreateList.ContentApprovalRequest({"name": name, "category": category})
    with _understood():
        answer = twilio.sdk().content.v1.contents(sid).approval_create.create(wanted)
        return Approval(answer.status or "received", answer.rejection_reason or "")


def approval_of(twilio: Twilio, sid: str) -> Approval:
    """What WhatsApp says of a template now. Raises ContentRefused when there is none, or ProviderError."""
    with _understood():
        found = twilio.sdk().content.v1.contents(sid).approval_fetch().fetch().whatsapp or {}
        return Approval(str(found.get("status") or "unsubmitted"), str(found.get("rejection_reason") or ""))


@contextmanager
def _understood() -> Iterator[None]:
    """Their refusals, and answers that nobody understands, in our words."""
    try:
        yield
    except TwilioException as error:
        raise ContentRefused(reason_of(code_of(error))) from None
    except UNREADABLE:
        raise ProviderError(Kind.UNKNOWN, "unreadable", provider=PROVIDER, operation="content") from None


def _sid_of(given: str | None) -> str:
    if not given:
        raise ValueError("a text without a sid")
    return given
