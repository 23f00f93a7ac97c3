"""Events of providers that came in: stored before anything is done about them, dealt with one worker at a time.

What an event means is the business of the job that claims it. One that cannot be dealt
with comes again ever more seldom, and is parked for a person after ten times. None is lost.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from models import doorbell
from models.base import database, next_id, transaction
from models.sealing import keys
from models.tables.mail import Inbox

LEASE: Final = timedelta(seconds=60)
EVENT_TRIES: Final = 10
EVENT_REST: Final = timedelta(seconds=15)  # doubled with each failure
EVENT_REST_MOST: Final = timedelta(hours=1)


@dataclass(frozen=True)
class Event:
    """An event of a provider, as it came."""

    inbox_id: int
    provider: str
    event: str
    reference: str
    body: bytes = field(repr=False)
    attempts: int  # this one included


@transaction
def take_in(provider: str, event_key: str, event: str, reference: str, body: bytes, now: datetime) -> tuple[int, bool]:
    """Store an event of a provider: its id, and whether it is new. One that came before is only counted."""
    inbox_id = next_id(Inbox)
    row = database.execute_sql(
        """
        INSERT INTO inbox (id, provider, event_key, event, reference, body_sealed, received_at, next_at)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
        ON CONFLICT (provider, event_key) DO UPDATE SET repeats = inbox.repeats + 1
        RETURNING id
        """,
        (
            inbox_id,
            provider,
            _storable(event_key),
            _storable(event),
            _storable(reference),
            keys().seal(body.decode("latin-1"), f"inbox.body:{inbox_id}"),
            now,
            now,
        ),
    ).fetchone()
    if row[0] != inbox_id:
        return int(row[0]), False
    doorbell.ring("process_event", inbox_id)
    return inbox_id, True


@transaction
def claim_event(inbox_id: int, now: datetime) -> Event | None:
    """Take an event for a minute. None when it is done, parked, not due, or in somebody else's hands."""
    open_and_due = (Inbox.id == inbox_id) & Inbox.done_at.is_null() & Inbox.parked_at.is_null() & (Inbox.next_at <= now)
    # A worker that dies over an event leaves no failure behind: count what was begun, not what was reported.
    Inbox.update(parked_at=now).where(open_and_due & (Inbox.attempts >= EVENT_TRIES)).execute()
    rows = list(
        Inbox.update(attempts=Inbox.attempts + 1, next_at=now + LEASE).where(open_and_due).returning(Inbox).execute()
    )
    return _event(rows[0]) if rows else None


@transaction
def event_done(inbox_id: int, result: str, now: datetime) -> None:
    """It has been dealt with; result says how, for whoever looks later."""
    Inbox.update(done_at=now, result=result).where((Inbox.id == inbox_id) & Inbox.done_at.is_null()).execute()


@transaction
def event_failed(inbox_id: int, error: str, now: datetime) -> None:
    """It could not be dealt with now. Later again, and after ten times a person looks."""
    row = Inbox.get_by_id(inbox_id)
    rest = min(EVENT_REST * 2**row.attempts, EVENT_REST_MOST)
    parked_at = now if row.attempts >= EVENT_TRIES else None
    Inbox.update(result=error, next_at=now + rest, parked_at=parked_at).where(
        (Inbox.id == inbox_id) & Inbox.done_at.is_null()
    ).execute()


def _event(row: Inbox) -> Event:
    body = keys().open(row.body_sealed, f"inbox.body:{row.id}").encode("latin-1")
    return Event(row.id, row.provider, row.event, row.reference, body, row.attempts)


def _storable(text: str) -> str:
    """PostgreSQL's text cannot hold a NUL, and what comes in may hold anything."""
    return text.replace("\0", "?").encode("utf-8", "replace").decode()
