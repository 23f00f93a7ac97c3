"""Fetches what people have sent us, from the provider that keeps it."""

from functools import cache

from bot import clock
from bot.errors import ProviderError
from bot.settings import current
from bot.twilio.media import MediaRefused, MediaStore
from jobs.base import NOTHING_TO_DO, job
from models.actions import attachments


@cache
def _store() -> MediaStore:
    return MediaStore.from_settings(current())


@job
def fetch_media(attachment_id: int) -> str:
    """Fetch one attachment, if nobody has."""
    found = attachments.claim(attachment_id, clock.now())
    if found is None:
        return NOTHING_TO_DO
    try:
        file = _store().fetch(found.url, found.content_type, reference=str(attachment_id))
    except MediaRefused as refusal:
        attachments.not_fetched(attachment_id, refusal.why, clock.now(), for_good=True)
        return refusal.why
    except ProviderError as trouble:
        attachments.not_fetched(attachment_id, trouble.why, clock.now(), for_good=False)
        raise
    attachments.fetched(attachment_id, file.data, clock.now())
    return f"{found.content_type}, {len(file.data)} bytes"
