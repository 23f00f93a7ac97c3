"""Events that came in: stored before anything is done about them, dealt with one worker at a time.

What an event means is the business of the job that claims it. One that cannot be dealt
with comes again ever more seldom, and is parked for a person after ten times. None is lost.
Events of one person's talk are in a lane, and claimed there one after the other (`lanes`);
what was said in them is wiped as soon as it has been dealt with.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from peewee import Case

from models import doorbell
from models.base import database, next_id, transaction
from models.sealing import keys
from models.tables.mail import Inbox

LEASE: Final = timedelta(seconds=60)
EVENT_TRIES: Final = 10
EVENT_REST: Final = timedelta(seconds=15)  # doubled with each failure
EVENT_REST_MOST: Final = timedelta(hours=1)
# In a talk: about a quarter of an hour; nobody waits for an answer longer than that.
LANE_TRIES: Final = 5


@dataclass(frozen=True)
class Event:
    """An event, as it came."""

    inbox_id: int
    provider: str
    event: str
    reference: str
    body: bytes = field(repr=False)
    attempts: int  # this one included
    lane: bytes | None = None


@transaction
def take_in(
    provider: str,
    event_key: str,
    event: str,
    reference: str,
    body: bytes,
    now: datetime,
    lane: bytes | None = None,
) -> tuple[int, bool]:
    """Store an event: its id, and whether it is new. One that came before is only counted.

    lane: the talk that it belongs to; its events are dealt with one after the other.
    """
    inbox_id = next_id(Inbox)
    row = database.execute_sql(
        """
        INSERT INTO inbox (id, provider, event_key, event, reference, body_sealed, received_at, next_at, lane)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
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
            lane,
        ),
    ).fetchone()
    if row[0] != inbox_id:
        return int(row[0]), False
    doorbell.ring("process_event", inbox_id)
    return inbox_id, True


def lane_of(address: str) -> bytes:
    """The lane of whoever writes from this address, over whatever channel."""
    return keys().index(address, "lane")


def lane_with(inbox_id: int) -> bytes | None:
    """The lane that an event is in, if it is in one."""
    row = Inbox.select(Inbox.lane).where(Inbox.id == inbox_id).get_or_none()
    return None if row is None or row.lane is None else bytes(row.lane)


@transaction
def claim_event(inbox_id: int, now: datetime) -> Event | None:
    """Take an event for a minute. None when it is done, parked, not due, or in somebody else's hands."""
    open_and_due = (Inbox.id == inbox_id) & Inbox.done_at.is_null() & Inbox.parked_at.is_null() & (Inbox.next_at <= now)
    # A worker that dies over an event leaves no failure behind: count what was begun, not what was reported.
    Inbox.update(parked_at=now).where(open_and_due & (Inbox.attempts >= EVENT_TRIES)).execute()
    rows = list(
        Inbox.update(attempts=Inbox.attempts + 1, next_at=now + LEASE).where(open_and_due).returning(Inbox).execute()
    )
    return opened(rows[0]) if rows else None


@transaction
def event_done(inbox_id: int, result: str, now: datetime) -> bool:
    """It has been dealt with; result says how, for whoever looks later. What she said in a talk is not kept here.

    False when somebody else had dealt with it.
    """
    body = Case(None, [(Inbox.lane.is_null(), Inbox.body_sealed)], b"")
    done = Inbox.update(done_at=now, result=result, body_sealed=body)
    return bool(done.where((Inbox.id == inbox_id) & Inbox.done_at.is_null()).execute())


@transaction
def event_failed(inbox_id: int, error: str, now: datetime) -> bool:
    """It could not be dealt with now. Later again, and after some times a person looks: True when that is now.

    In a lane it holds up what came after it; so there it is tried once more when something has, and then given up.
    """
    row = Inbox.get_by_id(inbox_id)
    rest = min(EVENT_REST * 2**row.attempts, EVENT_REST_MOST)
    if row.lane is None:
        parked = row.attempts >= EVENT_TRIES
    else:
        parked = row.attempts >= LANE_TRIES or (row.attempts > 1 and _is_followed(row))
    failed = Inbox.update(result=error, next_at=now + rest, parked_at=now if parked else None)
    return bool(failed.where((Inbox.id == inbox_id) & Inbox.done_at.is_null()).execute()) and parked


def opened(row: Inbox) -> Event:
    """An event as its row holds it."""
    body = keys().open(row.body_sealed, f"inbox.body:{row.id}").encode("latin-1")
    lane = None if row.lane is None else bytes(row.lane)
    return Event(row.id, row.provider, row.event, row.reference, body, row.attempts, lane)


def _is_followed(row: Inbox) -> bool:
    later = (Inbox.lane == row.lane) & (Inbox.id > row.id)
    return bool(Inbox.select().where(later & Inbox.done_at.is_null() & Inbox.parked_at.is_null()).exists())


def _storable(text: str) -> str:
    """PostgreSQL's text cannot hold a NUL, and what comes in may hold anything."""
    return text.replace("\0", "?").encode("utf-8", "replace").decode()
