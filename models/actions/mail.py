"""The two boxes at the door: messages that leave (outbox), events of providers that came in (inbox).

A message is decided inside the transaction that causes it and sent afterwards by a
job. It is a text key with its facts, worded when it is sent and in the language of
its reader, so no sentence lives here. An event is stored before anything is done
about it, and what it means is the business of the job that claims it.

SMS has no idempotency key. A message whose sending was broken off in the middle is
therefore `unknown`: it is sent once more after a while, and then never again, because
a receipt that comes twice is a smaller evil than one that never came.
"""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from models import doorbell
from models.base import database, move, next_id, transaction
from models.sealing import keys
from models.tables.mail import Inbox, Outbox
from models.tables.people import Member

LEASE: Final = timedelta(seconds=60)  # for a worker that holds a message or an event
UNKNOWN_REST: Final = timedelta(minutes=10)
SENDS_OF_UNKNOWN: Final = 2

EVENT_TRIES: Final = 10
EVENT_REST: Final = timedelta(seconds=15)  # doubled with each failure
EVENT_REST_MOST: Final = timedelta(hours=1)

# What a delivery report may still change, and to what. Nothing ever moves back down.
REPORTED: Final[dict[str, tuple[str, ...]]] = {
    "delivered": ("sending", "sent", "unknown"),
    "failed": ("sent", "unknown"),
}


@dataclass(frozen=True)
class Mail:
    """A message that the caller has claimed and now has to send."""

    outbox_id: int
    phone: str = field(repr=False)
    text_key: str
    facts: dict[str, str] = field(repr=False)
    language: str
    reminder: bool
    attempts: int  # this one included


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
def queue_message(
    text_key: str,
    *,
    dedupe_key: str,
    facts: dict[str, str],
    now: datetime,
    member_id: int | None = None,
    phone: str | None = None,
    group_id: int | None = None,
    reminder: bool = False,
    expires_at: datetime | None = None,
    language: str = "en",
) -> int | None:
    """Decide a message to a member, or to a number that is not one. Its id, or None when the key has had its message.

    Values of facts are worded as on a screen ('N5,000', 'Fri 27 Nov'). language counts only for a bare number:
    a member is written to in her own.
    """
    if member_id is not None:
        member = Member.get_by_id(member_id)
        phone, language = keys().open(member.phone_sealed, f"member.phone:{member_id}"), member.language
    if phone is None:
        raise ValueError(f"{dedupe_key}: a message needs a member or a number")
    outbox_id = next_id(Outbox)
    written = (
        Outbox.insert(
            id=outbox_id,
            dedupe_key=dedupe_key,
            text_key=text_key,
            facts_sealed=keys().seal(json.dumps(facts), f"outbox.facts:{outbox_id}"),
            reminder=reminder,
            member=member_id,
            phone_sealed=keys().seal(phone, f"outbox.phone:{outbox_id}"),
            phone_index=keys().index(phone, "phone"),
            language=language,
            group=group_id,
            status="queued",
            next_at=now,
            expires_at=expires_at,
            created_at=now,
        )
        .on_conflict(conflict_target=[Outbox.dedupe_key], action="IGNORE")
        .returning(Outbox.id)
        .execute()
    )
    if not list(written):
        return None
    doorbell.ring("send_mail", outbox_id)
    return outbox_id


@transaction
def claim_mail(now: datetime, limit: int = 50, only: int | None = None) -> list[Mail]:
    """Take messages that are due, oldest first, for this worker alone and for a minute.

    Stale ones, and reminders to a member who stopped them, are dropped here, at the last moment:
    she may have said STOP after they were queued.
    """
    _settle_broken_sendings(now)
    _drop_unwanted(now)
    due = (
        Outbox.select(Outbox.id)
        .where((Outbox.status == "queued") & (Outbox.next_at <= now))
        .order_by(Outbox.next_at, Outbox.id)
        .limit(limit)
        .for_update(True, skip_locked=True)
    )
    if only is not None:
        due = due.where(Outbox.id == only)
    claimed = (
        Outbox.update(status="sending", attempts=Outbox.attempts + 1, lease_until=now + LEASE)
        .where(Outbox.id.in_(due))
        .returning(Outbox)
        .execute()
    )
    return [_opened(row) for row in sorted(claimed, key=lambda row: (row.next_at, row.id))]


@transaction
def mail_sent(outbox_id: int, message_id: str | None, cost: str | None, segments: int | None, now: datetime) -> bool:
    """The provider took it. False if it had been settled otherwise in the meantime."""
    return move(
        Outbox,
        outbox_id,
        ("sending", "unknown"),
        "sent",
        provider_message_id=message_id,
        cost=cost,
        segments=segments,
        sent_at=now,
        lease_until=None,
    )


@transaction
def mail_failed(outbox_id: int, reason: str, now: datetime, retry_at: datetime | None = None) -> bool:
    """The provider said no: for good, or until retry_at."""
    if retry_at is None:
        return move(Outbox, outbox_id, ("sending", "unknown"), "failed", reason=reason, ended_at=now, lease_until=None)
    return move(Outbox, outbox_id, "sending", "queued", reason=reason, next_at=retry_at, lease_until=None)


@transaction
def mail_unknown(outbox_id: int, reason: str, now: datetime) -> bool:
    """It was handed over and no answer came: it may have been sent."""
    return move(Outbox, outbox_id, "sending", "unknown", reason=reason, next_at=now + UNKNOWN_REST, lease_until=None)


@transaction
def record_delivery(message_id: str, status: str, final: bool, reason: str | None, now: datetime) -> bool:
    """What the network says about a message. False when we know no such message (yet: a report can be early).

    status is the channel's word mapped to 'delivered' or 'failed'; any other is news on the way and changes nothing.
    """
    row = Outbox.get_or_none(Outbox.provider_message_id == message_id)
    if row is None:
        return False
    if final and status in REPORTED:
        move(Outbox, row.id, REPORTED[status], status, reason=reason, ended_at=now)
    return True


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


def events_due(now: datetime, limit: int = 100) -> list[int]:
    """Events that wait to be dealt with, oldest first."""
    query = (
        Inbox.select(Inbox.id)
        .where(Inbox.done_at.is_null() & Inbox.parked_at.is_null() & (Inbox.next_at <= now))
        .order_by(Inbox.next_at, Inbox.id)
        .limit(limit)
    )
    return [row.id for row in query]


def _settle_broken_sendings(now: datetime) -> None:
    """A lease that ran out: its worker died with the message in its hand, and nobody knows whether it went."""
    Outbox.update(status="unknown", reason="lease_ran_out", next_at=now + UNKNOWN_REST, lease_until=None).where(
        (Outbox.status == "sending") & (Outbox.lease_until <= now)
    ).execute()
    Outbox.update(status="queued").where(
        (Outbox.status == "unknown") & (Outbox.attempts < SENDS_OF_UNKNOWN) & (Outbox.next_at <= now)
    ).execute()


def _drop_unwanted(now: datetime) -> None:
    queued = (Outbox.status == "queued") & (Outbox.next_at <= now)
    stopped = Member.select(Member.id).where(Member.reminders_stopped_at <= now)
    for reason, unwanted in (
        ("expired", Outbox.expires_at <= now),
        ("stopped", Outbox.reminder & Outbox.member.in_(stopped)),
    ):
        Outbox.update(status="suppressed", reason=reason, ended_at=now).where(queued & unwanted).execute()


def _opened(row: Outbox) -> Mail:
    return Mail(
        outbox_id=row.id,
        phone=keys().open(row.phone_sealed, f"outbox.phone:{row.id}"),
        text_key=row.text_key,
        facts=json.loads(keys().open(row.facts_sealed, f"outbox.facts:{row.id}")),
        language=row.language,
        reminder=row.reminder,
        attempts=row.attempts,
    )


def _event(row: Inbox) -> Event:
    body = keys().open(row.body_sealed, f"inbox.body:{row.id}").encode("latin-1")
    return Event(row.id, row.provider, row.event, row.reference, body, row.attempts)


def _storable(text: str) -> str:
    """PostgreSQL's text cannot hold a NUL, and what comes in may hold anything."""
    return text.replace("\0", "?").encode("utf-8", "replace").decode()
