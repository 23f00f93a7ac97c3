"""Messages that leave: decided inside the transaction that causes them, sent afterwards by a job.

A message is a text key with its facts. It is worded when it is sent and in the
language of its reader, so no sentence lives here.

SMS has no idempotency key. A message whose sending was broken off in the middle is
therefore `unknown`: it is sent once more after a while, and then never again, because
a receipt that comes twice is a smaller evil than one that never came.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from models import doorbell
from models.actions import deliveries, switches
from models.base import move, next_id, transaction
from models.news_values import NewsFacts
from models.queries import readers
from models.queries.readers import Addressee
from models.rules import routes
from models.rules.routes import Reader, Way
from models.rules.schedule import waking
from models.sealing import keys
from models.tables.mail import Outbox
from models.tables.people import Member
from models.tables.ways import OptOut

NEWS: Final = "news"
REPLY: Final = "reply"

LEASE: Final = timedelta(seconds=60)
REPLY_LIFE: Final = timedelta(hours=1)  # of an answer that could not be sent: she has long gone on, or home
UNKNOWN_REST: Final = timedelta(minutes=10)
SENDS_OF_UNKNOWN: Final = 2


@dataclass(frozen=True)
class Mail:
    """A message that the caller has claimed and now has to send."""

    outbox_id: int
    kind: str  # news: text_key and facts, worded when sent | reply: content, over this channel only
    phone: str = field(repr=False)  # the address: a number, or the network's own id of a person
    text_key: str
    facts: NewsFacts = field(repr=False)
    language: str
    reminder: bool
    attempts: int  # this one included
    channel: str = ""  # of a reply
    content: str = field(default="", repr=False)
    tried: tuple[str, ...] = ()  # the ways that led nowhere
    member_id: int | None = None
    group_id: int | None = None
    addressee: Addressee = Addressee(Reader(country=""))


@transaction
def queue_message(
    text_key: str,
    *,
    dedupe_key: str,
    facts: NewsFacts,
    now: datetime,
    member_id: int | None = None,
    phone: str | None = None,
    group_id: int | None = None,
    reminder: bool = False,
    expires_at: datetime | None = None,
    language: str = "en",
) -> int | None:
    """Decide a message to a member, or to a number that is not one. Its id, or None when the key has had its message.

    Values of facts are money and names as on a screen ('N5,000'), and dates as `models.news_values` has them.
    language counts only for a bare number: a member is written to in her own.
    """
    if member_id is not None:
        member = Member.get_by_id(member_id)
        phone, language = keys().open(member.phone_sealed, f"member.phone:{member_id}"), member.language
    if phone is None:
        raise ValueError(f"{dedupe_key}: a message needs a member or a number")
    outbox_id = _insert(
        phone,
        facts,
        dedupe_key=dedupe_key,
        text_key=text_key,
        reminder=reminder,
        member=member_id,
        language=language,
        group=group_id,
        next_at=now,
        expires_at=expires_at,
        created_at=now,
    )
    if outbox_id is not None:
        doorbell.ring("send_mail", outbox_id)
    return outbox_id


@transaction
def queue_reply(
    *,
    channel: str,
    address: str,
    message: str,
    dedupe_key: str,
    now: datetime,
    member_id: int | None = None,
    language: str = "en",
    expires_at: datetime | None = None,
) -> int | None:
    """Decide an answer in a chat: a `flows.forms.Message` as JSON, over that channel only, before all news.

    address: a number, or the network's own id of a person who hides hers. The outbox id, or None when the key has had
    its reply. Without expires_at it is worth nothing after REPLY_LIFE.
    """
    outbox_id = _insert(
        address,
        {},
        dedupe_key=dedupe_key,
        kind=REPLY,
        text_key=REPLY,
        channel=channel,
        content=message,
        member=member_id,
        language=language,
        next_at=now,
        expires_at=expires_at or now + REPLY_LIFE,
        created_at=now,
    )
    if outbox_id is not None:
        doorbell.ring("send_reply", outbox_id)
    return outbox_id


@transaction
def claim_mail(now: datetime, limit: int = 50, only: int | None = None) -> list[Mail]:
    """Take messages that are due, replies before news and the oldest first, for this worker alone and for a minute.

    Stale ones, and reminders and invitations to a number that said STOP, are dropped here, at the last moment:
    she may have said so after they were queued. While blasts are stopped, whatever goes to many stays where it is; at
    night it is put off to the morning, whoever has asked for it.
    """
    _settle_broken_sendings(now)
    _let_sleep(now)
    _drop_unwanted(now)
    due = (
        Outbox.select(Outbox.id)
        .where((Outbox.status == "queued") & (Outbox.next_at <= now))
        .order_by((Outbox.kind == REPLY).desc(), Outbox.next_at, Outbox.id)
        .limit(limit)
        .for_update(True, skip_locked=True)
    )
    if only is not None:
        due = due.where(Outbox.id == only)
    if switches.blasts_stopped():
        due = due.where(~Outbox.reminder)
    claimed = list(
        Outbox.update(status="sending", attempts=Outbox.attempts + 1, lease_until=now + LEASE)
        .where(Outbox.id.in_(due))
        .returning(Outbox)
        .execute()
    )
    phones = {row.id: keys().open(row.phone_sealed, f"outbox.phone:{row.id}") for row in claimed}
    known = readers.of_messages(phones, now)
    in_order = sorted(claimed, key=lambda row: (row.kind != REPLY, row.next_at, row.id))
    return [_opened(row, phones[row.id], known[row.id]) for row in in_order]


@transaction
def mail_sent(
    outbox_id: int,
    message_id: str | None,
    cost: str | None,
    segments: int | None,
    now: datetime,
    *,
    way: Way | None = None,
    then: str | None = None,
) -> bool:
    """The provider took it. False if it had been settled otherwise in the meantime.

    then: a reply (as JSON) that goes after it, to the same address.
    """
    sent = move(
        Outbox,
        outbox_id,
        ("sending", "unknown"),
        "sent",
        provider_message_id=message_id,
        cost=cost,
        segments=segments,
        sent_at=now,
        reason=None,
        lease_until=None,
        **_by(way),
    )
    if sent and then is not None:
        _queue_after(outbox_id, then, now)
    if sent and message_id:
        deliveries.catch_up(outbox_id, message_id, now)
    return sent


@transaction
def mail_failed(
    outbox_id: int, reason: str, now: datetime, retry_at: datetime | None = None, *, tried: Sequence[str] = ()
) -> bool:
    """Nobody took it: for good, or until retry_at. tried: the ways that will not take it later either."""
    changes: dict[str, Any] = {"reason": reason, "tried": list(tried), "lease_until": None}
    if retry_at is None:
        return move(Outbox, outbox_id, ("sending", "unknown"), "failed", ended_at=now, **changes)
    return move(Outbox, outbox_id, "sending", "queued", next_at=retry_at, **changes)


@transaction
def put_back(outbox_id: int, until: datetime) -> bool:
    """Nobody was asked to take it: it waits on as if it had not been claimed."""
    changes = {"next_at": until, "lease_until": None, "attempts": Outbox.attempts - 1}
    return move(Outbox, outbox_id, "sending", "queued", **changes)


@transaction
def mail_unknown(outbox_id: int, reason: str, now: datetime, *, way: Way | None = None) -> bool:
    """It was handed over and no answer came: it may have been sent, so nobody else is asked to send it now."""
    rest = now + UNKNOWN_REST
    return move(Outbox, outbox_id, "sending", "unknown", reason=reason, next_at=rest, lease_until=None, **_by(way))


def _settle_broken_sendings(now: datetime) -> None:
    """A lease that ran out: its worker died with the message in its hand, and nobody knows whether it went."""
    Outbox.update(status="unknown", reason="lease_ran_out", next_at=now + UNKNOWN_REST, lease_until=None).where(
        (Outbox.status == "sending") & (Outbox.lease_until <= now)
    ).execute()
    Outbox.update(status="queued").where(
        (Outbox.status == "unknown")
        & (Outbox.attempts < SENDS_OF_UNKNOWN)
        & (Outbox.next_at <= now)
        & (Outbox.expires_at.is_null() | (Outbox.expires_at > now))
    ).execute()


def _let_sleep(now: datetime) -> None:
    due = (Outbox.status == "queued") & (Outbox.next_at <= now)
    if (morning := waking(now)) > now:
        Outbox.update(next_at=morning).where(due & Outbox.reminder).execute()


def _drop_unwanted(now: datetime) -> None:
    """What `routes.silenced` says of one message is asked here of all that are due."""
    queued = (Outbox.status == "queued") & (Outbox.next_at <= now)
    stopped = OptOut.select(OptOut.phone_index).where(OptOut.started_at.is_null())
    silenced = (Outbox.kind == NEWS) & (Outbox.reminder | Outbox.text_key.in_(sorted(routes.INVITATIONS)))
    for reason, unwanted in (
        ("expired", Outbox.expires_at <= now),
        ("stopped", silenced & Outbox.phone_index.in_(stopped)),
    ):
        Outbox.update(status="suppressed", reason=reason, ended_at=now).where(queued & unwanted).execute()


def _queue_after(outbox_id: int, message: str, now: datetime) -> None:
    row = Outbox.get_by_id(outbox_id)
    queue_reply(
        channel=row.channel or "",
        address=keys().open(row.phone_sealed, f"outbox.phone:{outbox_id}"),
        message=message,
        dedupe_key=f"after:{outbox_id}",
        now=now,
        member_id=row.member_id,
        language=row.language,
    )


def _by(way: Way | None) -> dict[str, Any]:
    return {} if way is None else {"channel": way.channel, "template": way.template}


def _insert(address: str, facts: NewsFacts, *, content: str | None = None, **columns: Any) -> int | None:
    """Write a message, sealed. None when its key has had one."""
    outbox_id = next_id(Outbox)
    written = (
        Outbox.insert(
            id=outbox_id,
            phone_sealed=keys().seal(address, f"outbox.phone:{outbox_id}"),
            phone_index=keys().index(address, "phone"),
            facts_sealed=keys().seal(json.dumps(facts), f"outbox.facts:{outbox_id}"),
            content_sealed=None if content is None else keys().seal(content, f"outbox.content:{outbox_id}"),
            status="queued",
            **columns,
        )
        .on_conflict(conflict_target=[Outbox.dedupe_key], action="IGNORE")
        .returning(Outbox.id)
        .execute()
    )
    return outbox_id if list(written) else None


def _opened(row: Outbox, phone: str, addressee: Addressee) -> Mail:
    content = row.content_sealed
    return Mail(
        outbox_id=row.id,
        kind=row.kind,
        phone=phone,
        text_key=row.text_key,
        facts=json.loads(keys().open(row.facts_sealed, f"outbox.facts:{row.id}")),
        language=row.language,
        reminder=row.reminder,
        attempts=row.attempts,
        channel=(row.channel or "") if row.kind == REPLY else "",
        content="" if content is None else keys().open(content, f"outbox.content:{row.id}"),
        tried=tuple(row.tried),
        member_id=row.member_id,
        group_id=row.group_id,
        addressee=addressee,
    )
