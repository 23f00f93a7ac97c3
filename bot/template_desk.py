"""Where templates are made and WhatsApp is asked for its yes; what it says is kept in our table.

Run by a person (`flask --app app templates`) after the texts have changed, and every day
by a job, because WhatsApp may also take an approval back. Running it again is no harm:
what is there is not made again, what was submitted is only asked after.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from bot import clock
from bot.errors import ProviderError
from bot.templates import CATEGORY, TEMPLATES, THEIR_LANGUAGES, Wording, wording
from bot.twilio import content_api
from bot.twilio.client import Twilio
from bot.twilio.content_api import Approval, ContentRefused
from bot.twilio.contents import digest_of
from models.actions.contents import content_gone, content_judged, keep_content
from models.queries.contents import Content, content

UNSUBMITTED: Final = "unsubmitted"
NOT_MADE: Final = "not made"
CHANGED: Final = "changed"
ENGLISH: Final = "en"

# What a person does next, by what is said of a template.
NEXT: Final = {
    "approved": "",
    "received": "wait, and run this again",
    "pending": "wait, and run this again",
    UNSUBMITTED: "run this again",
    NOT_MADE: "run this again",
    CHANGED: "give it a new version in bot/templates.py",
    "rejected": "change its text, give it a new version",
    "paused": "members complained: WhatsApp pauses it for hours or days",
    "disabled": "change its text, give it a new version",
}


@dataclass(frozen=True)
class Standing:
    """How it stands with one template in one language. why: what WhatsApp or Twilio says about it."""

    name: str
    language: str
    status: str
    why: str = ""

    @property
    def next_step(self) -> str:
        return NEXT.get(self.status, "look it up at Twilio")


def wordings(languages: Iterable[str]) -> Iterator[Wording]:
    """Every template in each of these languages that the catalogue has it in."""
    wanted = tuple(languages)
    found = (wording(template.key, language) for template in TEMPLATES for language in wanted)
    return (each for each in found if each is not None)


def provide(twilio: Twilio, languages: Iterable[str]) -> Iterator[Standing]:
    """Make what is missing, submit what is new, ask after the rest; how each stands, as it comes."""
    return (_standing(_provided, twilio, wanted) for wanted in wordings(languages))


def refresh(twilio: Twilio, languages: Iterable[str]) -> Iterator[Standing]:
    """Only ask after those that were submitted: nothing is made."""
    return (_standing(_asked_after, twilio, wanted) for wanted in wordings(languages) if _was_submitted(twilio, wanted))


def _standing(act: Callable[[Twilio, Wording], Approval], twilio: Twilio, wanted: Wording) -> Standing:
    """One that cannot be had now does not hold up the others."""
    name = wanted.template.their_name(wanted.language)
    try:
        approval = act(twilio, wanted)
    except (ProviderError, ContentRefused) as trouble:
        kept = _kept(twilio, wanted)
        return Standing(name, wanted.language, kept.status if kept else NOT_MADE, str(trouble))
    return Standing(name, wanted.language, approval.status, approval.why)


def _provided(twilio: Twilio, wanted: Wording) -> Approval:
    kept = _kept(twilio, wanted) or _made(twilio, wanted)
    if kept.digest != digest_of(wanted.types):
        return Approval(CHANGED)
    if kept.status != UNSUBMITTED:
        return _asked_after(twilio, wanted)
    return _judged(
        twilio, kept.sid, content_api.submit(twilio, kept.sid, wanted.template.their_name(wanted.language), CATEGORY)
    )


def _made(twilio: Twilio, wanted: Wording) -> Content:
    name, language, digest = wanted.template.name, wanted.language, digest_of(wanted.types)
    theirs = THEIR_LANGUAGES.get(language, ENGLISH)
    sid = content_api.create(twilio, wanted.template.their_name(language), theirs, wanted.samples, wanted.types)
    now = clock.now()
    first = keep_content(twilio.account, name, language, digest=digest, sid=sid, status=UNSUBMITTED, now=now)
    return Content(name, language, digest, first, UNSUBMITTED, "")


def _asked_after(twilio: Twilio, wanted: Wording) -> Approval:
    kept = _kept(twilio, wanted)
    if kept is None:
        return Approval(NOT_MADE)
    try:
        return _judged(twilio, kept.sid, content_api.approval_of(twilio, kept.sid))
    except ContentRefused as refused:
        content_gone(twilio.account, kept.sid, clock.now())  # it was deleted there
        return Approval(NOT_MADE, refused.reason)


def _judged(twilio: Twilio, sid: str, approval: Approval) -> Approval:
    content_judged(twilio.account, sid, approval.status, approval.why, clock.now())
    return approval


def _was_submitted(twilio: Twilio, wanted: Wording) -> bool:
    kept = _kept(twilio, wanted)
    return kept is not None and kept.status != UNSUBMITTED


def _kept(twilio: Twilio, wanted: Wording) -> Content | None:
    return content(twilio.account, wanted.template.name, wanted.language)
