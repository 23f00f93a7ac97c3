"""Pictures, voice notes and files that people send us: noted with the message, fetched later, looked at by staff.

What they are is kept sealed, as they came; nobody but a person judges it. She may say that a
picture is the receipt of a payment: then the two are put side by side, and the bank is asked once
more. A picture proves nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from models import doorbell
from models.actions import audit
from models.actions.context import Context, Outcome
from models.base import next_id, transaction
from models.chat_commands import TellOfPicture
from models.commands import Done
from models.queries.people import member_id_of
from models.rules.refused import Refused
from models.sealing import keys
from models.tables.groups import Seat
from models.tables.money import Payment
from models.tables.ways import Attachment

PICTURE, VOICE, DOCUMENT, CONTACT, OTHER = "picture", "voice", "document", "contact", "other"
KINDS: Final = {"image": PICTURE, "audio": VOICE, "application/pdf": DOCUMENT}
CONTACTS: Final = ("text/vcard", "text/x-vcard")

LEASE: Final = timedelta(minutes=2)
REST: Final = timedelta(seconds=30)  # doubled with each try
TRIES: Final = 8
ASKED_ABOUT: Final = timedelta(hours=24)


@dataclass(frozen=True)
class Sent:
    """What came with a message."""

    url: str = field(repr=False)
    content_type: str


@dataclass(frozen=True)
class ToFetch:
    """An attachment that the caller has claimed and now has to fetch."""

    attachment_id: int
    channel: str
    url: str = field(repr=False)
    content_type: str
    attempts: int  # this one included


def kind_of(content_type: str) -> str:
    """picture | voice | document | contact | other."""
    if content_type in CONTACTS:
        return CONTACT
    return KINDS.get(content_type) or KINDS.get(content_type.split("/")[0], OTHER)


@transaction
def keep(
    *,
    channel: str,
    message_id: str,
    address: str,
    phone: str,
    sent: Iterable[Sent],
    caption: str,
    about: str,
    now: datetime,
) -> tuple[int, ...]:
    """Note what came with a message; the ids of what is new. phone: "" when it is hidden. about: where she was in her
    talk.
    """
    member_id = member_id_of(phone) if phone else None
    found = []
    for n, each in enumerate(sent):
        attachment_id = next_id(Attachment)
        written = (
            Attachment.insert(
                id=attachment_id,
                channel=channel,
                message_id=message_id,
                n=n,
                address_sealed=keys().seal(address, f"attachment.address:{attachment_id}"),
                phone_index=keys().index(phone or address, "phone"),
                member=member_id,
                about=about,
                caption_sealed=keys().seal(caption, f"attachment.caption:{attachment_id}") if caption else None,
                kind=kind_of(each.content_type),
                content_type=each.content_type,
                url_sealed=keys().seal(each.url, f"attachment.url:{attachment_id}"),
                next_at=now,
                created_at=now,
            )
            .on_conflict_ignore()
            .returning(Attachment.id)
            .execute()
        )
        if list(written):
            found.append(attachment_id)
            doorbell.ring("fetch_media", attachment_id)
    return tuple(found)


@transaction
def claim(attachment_id: int, now: datetime) -> ToFetch | None:
    """Take one that is due. None when it is there, refused, not due or in somebody else's hands."""
    due = Attachment.fetched_at.is_null() & Attachment.refused.is_null() & (Attachment.next_at <= now)
    rows = list(
        Attachment.update(attempts=Attachment.attempts + 1, next_at=now + LEASE)
        .where((Attachment.id == attachment_id) & due)
        .returning(Attachment)
        .execute()
    )
    if not rows:
        return None
    row = rows[0]
    url = keys().open(row.url_sealed, f"attachment.url:{row.id}")
    return ToFetch(row.id, row.channel, url, row.content_type, row.attempts)


@transaction
def fetched(attachment_id: int, data: bytes, now: datetime) -> None:
    """It is here, and sealed."""
    sealed = keys().seal_bytes(data, f"attachment.data:{attachment_id}")
    Attachment.update(data_sealed=sealed, size=len(data), fetched_at=now).where(
        (Attachment.id == attachment_id) & Attachment.fetched_at.is_null()
    ).execute()


@transaction
def not_fetched(attachment_id: int, why: str, now: datetime, *, for_good: bool) -> None:
    """The provider did not give it: for good, or it is tried again, ever more seldom."""
    row = Attachment.get_by_id(attachment_id)
    if for_good or row.attempts >= TRIES:
        changes: dict[str, object] = {"refused": why}
    else:
        changes = {"next_at": now + REST * (1 << row.attempts)}
    Attachment.update(**changes).where((Attachment.id == attachment_id) & Attachment.fetched_at.is_null()).execute()


def tell_of_picture(command: TellOfPicture, context: Context) -> Outcome:
    """She says what her last picture shows. A receipt is put beside the payment that is open, if there is one."""
    row = (
        Attachment.select()
        .where(
            (Attachment.member == context.member)
            & Attachment.kind.in_((PICTURE, DOCUMENT))
            & Attachment.proof.is_null()
            & (Attachment.created_at > context.now - ASKED_ABOUT)
        )
        .order_by(Attachment.id.desc())
        .first()
    )
    seat = Seat.get_or_none((Seat.id == command.seat_id) & (Seat.member == context.member))
    if row is None or seat is None:
        return Refused("gone")
    payment = _open_payment(seat.id) if command.is_receipt else None
    Attachment.update(
        proof=command.is_receipt, group=seat.group_id, payment=None if payment is None else payment.id
    ).where(Attachment.id == row.id).execute()
    if payment is not None:
        doorbell.ring("check_payment", payment.id)
    return Done({"checking": payment is not None})


@transaction
def looked_at(attachment_id: int, by: int, now: datetime) -> bool:
    """A person of the staff has dealt with it. False when somebody had before."""
    done = Attachment.update(done_at=now, done_by=by).where(
        (Attachment.id == attachment_id) & Attachment.done_at.is_null()
    )
    if not done.execute():
        return False
    audit.note("attachment.done", f"attachment:{attachment_id}", actor=f"staff:{by}", now=now)
    return True


def _open_payment(seat_id: int) -> Payment | None:
    """The newest payment of hers whose outcome we do not know."""
    waiting = Payment.status.in_(("created", "sending", "pending"))
    found: Payment | None = (
        Payment.select().where((Payment.seat == seat_id) & waiting).order_by(Payment.id.desc()).first()
    )
    return found
