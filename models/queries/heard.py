"""What has been taken in already."""

from collections.abc import Collection

from models.tables.mail import Inbox


def heard_of(provider: str, event_keys: Collection[str]) -> frozenset[str]:
    """Those of the events that are in the inbox."""
    rows = Inbox.select(Inbox.event_key).where((Inbox.provider == provider) & Inbox.event_key.in_(list(event_keys)))
    return frozenset(row.event_key for row in rows)
