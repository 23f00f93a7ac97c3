"""Lanes: the events of one person's talk, dealt with in the order in which they came, by one worker at a time.

Whoever holds a lane works it off; who finds it held goes away, because the holder looks once
more before it leaves. A holder that dies is replaced when its lease has run out. Other lanes
go on beside it. What an event means is the business of the one who holds the lane.
"""

from datetime import datetime, timedelta
from typing import Any, Final

from models import doorbell
from models.actions import inbox
from models.actions.inbox import Event
from models.base import database, transaction
from models.tables.chats import Lane
from models.tables.mail import Inbox

LEASE: Final = timedelta(seconds=30)


class LostLane(Exception):
    """Our lease ran out, and somebody else holds the lane now."""


@transaction
def claim_lane(lane: bytes, holder: str, now: datetime) -> bool:
    """Take a lane for a while. False when somebody else has it."""
    taken = database.execute_sql(
        """
        INSERT INTO lane (lane, holder, lease_until) VALUES (%s, %s, %s)
        ON CONFLICT (lane) DO UPDATE SET holder = EXCLUDED.holder, lease_until = EXCLUDED.lease_until
          WHERE lane.lease_until IS NULL OR lane.lease_until <= %s
        RETURNING 1
        """,
        (lane, holder, now + LEASE, now),
    ).fetchone()
    return taken is not None


@transaction
def next_in_lane(lane: bytes, holder: str, now: datetime) -> Event | None:
    """Take the oldest open event, for as long as the lane is leased from now on. None when nothing is to be done now.

    One that failed rests; when something has come after it, it is due at once, for it may not be overtaken.
    Raises LostLane.
    """
    _keep(lane, holder, now)
    head = list(_open(lane).order_by(Inbox.id).limit(2))
    if not head or (len(head) == 1 and head[0].next_at > now):
        return None
    if head[0].attempts >= inbox.LANE_TRIES:  # whoever had it died over it, each time
        Inbox.update(parked_at=now).where(Inbox.id == head[0].id).execute()
        return next_in_lane(lane, holder, now)
    claimed = Inbox.update(attempts=Inbox.attempts + 1, next_at=now + LEASE).where(Inbox.id == head[0].id)
    return inbox.opened(next(iter(claimed.returning(Inbox).execute())))


@transaction
def leave_lane(lane: bytes, holder: str, now: datetime) -> bool:
    """Give the lane back. False: something has come in the meantime, and it is still ours.

    Asked behind the lock of its row: what came before is seen here, and who comes with something later waits for us
    and finds the lane free.
    """
    mine = Lane.select().where((Lane.lane == lane) & (Lane.holder == holder)).for_update().get_or_none()
    if mine is None:
        return True
    followed = _open(lane).count() > 1
    if followed or _open(lane).where(Inbox.next_at <= now).exists():
        return False
    Lane.update(holder=None, lease_until=None).where((Lane.lane == lane) & (Lane.holder == holder)).execute()
    return True


@transaction
def drop_lane(lane: bytes, holder: str, now: datetime) -> None:
    """Give it back as it is, and ring for what waits in it."""
    Lane.update(holder=None, lease_until=None).where((Lane.lane == lane) & (Lane.holder == holder)).execute()
    waiting = _open(lane).where(Inbox.next_at <= now).order_by(Inbox.id).first()
    if waiting is not None:
        doorbell.ring("process_event", waiting.id)


def _keep(lane: bytes, holder: str, now: datetime) -> None:
    kept = Lane.update(lease_until=now + LEASE).where((Lane.lane == lane) & (Lane.holder == holder)).execute()
    if not kept:
        raise LostLane


def _open(lane: bytes) -> Any:
    return Inbox.select().where((Inbox.lane == lane) & Inbox.done_at.is_null() & Inbox.parked_at.is_null())
