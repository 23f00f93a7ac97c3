"""What members have sent us, for the page on which somebody deals with it: one file, one report.

groups: only what belongs to these groups, None for all; what belongs to no group is not a field officer's.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from models.base import database
from models.queries.people import names_of
from models.sealing import keys

# What a browser may show or play in the page; everything else is saved as a file.
SHOWN: Final = ("image/jpeg", "image/png", "image/webp")
PLAYED: Final = ("audio/ogg", "audio/mpeg", "audio/mp4", "audio/aac", "audio/amr", "audio/wav", "audio/webm")
_SENT: Final = (
    *("attachment_id", "channel", "kind", "content_type", "size", "about", "proof", "refused", "here", "erased"),
    *("created_at", "done_at", "done_by", "group_id", "group", "member_id"),
)
_REPORTED: Final = (
    *("report_id", "ref", "kind", "happened", "for_office", "status", "channel", "opened_at", "answered_at"),
    *("answered_by", "group_id", "group", "member_id"),
)


@dataclass(frozen=True)
class Payment:
    """The payment that somebody means, as far as it is known."""

    payment_id: int
    short_ref: str
    kobo: int
    status: str


@dataclass(frozen=True)
class Sent:
    """A picture, a voice note or a file. about: where she was in her talk; proof: she says that it is a receipt."""

    attachment_id: int
    channel: str
    kind: str
    content_type: str
    size: int | None
    about: str
    proof: bool | None
    refused: str | None
    here: bool
    erased: bool
    created_at: datetime
    done_at: datetime | None
    done_by: str | None
    group_id: int | None
    group: str | None
    member_id: int | None
    member: str = field(repr=False)
    caption: str = field(repr=False)
    payment: Payment | None

    @property
    def shown(self) -> bool:
        return self.here and self.content_type.partition(";")[0] in SHOWN

    @property
    def played(self) -> bool:
        return self.here and self.content_type.partition(";")[0] in PLAYED


@dataclass(frozen=True)
class Reported:
    """A report. happened: when she says that she paid."""

    report_id: int
    ref: str
    kind: str
    happened: str
    for_office: bool
    status: str
    channel: str
    opened_at: datetime
    answered_at: datetime | None
    answered_by: str | None
    group_id: int | None
    group: str | None
    member_id: int
    member: str = field(repr=False)
    payment: Payment | None


def sent(attachment_id: int, groups: list[int] | None) -> Sent | None:
    """One of them; None when there is none, or it is of somebody else's group."""
    row = database.execute_sql(
        """
        SELECT a.id, a.channel, a.kind, a.content_type, a.size, a.about, a.proof, a.refused, a.data_sealed IS NOT NULL,
               a.url_sealed = '', a.created_at, a.done_at, s.name, a.group_id, g.name, a.member_id, a.caption_sealed,
               p.id, p.short_ref, p.amount_kobo, p.status
          FROM attachment a
          LEFT JOIN staff s ON s.id = a.done_by
          LEFT JOIN savings_group g ON g.id = a.group_id
          LEFT JOIN payment p ON p.id = a.payment_id
         WHERE a.id = %s AND (%s::bigint[] IS NULL OR a.group_id = ANY(%s))
        """,
        (attachment_id, groups, groups),
    ).fetchone()
    if row is None:
        return None
    caption = row[16]
    return Sent(
        **dict(zip(_SENT, row[:16], strict=True)),
        member=_name(row[15]),
        caption="" if caption is None else keys().open(caption, f"attachment.caption:{attachment_id}"),
        payment=_payment(*row[17:]),
    )


def reported(report_id: int, groups: list[int] | None) -> Reported | None:
    """One of them; None when there is none, or it is of somebody else's group."""
    row = database.execute_sql(
        """
        SELECT r.id, r.short_ref, r.kind, r.happened, r.for_office, r.status, r.channel, r.opened_at, r.answered_at,
               coalesce(s.name, r.answered_by), r.group_id, g.name, r.member_id,
               p.id, p.short_ref, p.amount_kobo, p.status
          FROM report r
          LEFT JOIN staff s ON r.answered_by = 'staff:' || s.id
          LEFT JOIN savings_group g ON g.id = r.group_id
          LEFT JOIN payment p ON p.id = r.payment_id
         WHERE r.id = %s AND (%s::bigint[] IS NULL OR r.group_id = ANY(%s))
        """,
        (report_id, groups, groups),
    ).fetchone()
    if row is None:
        return None
    known = dict(zip(_REPORTED, row[:13], strict=True))
    return Reported(**known, member=_name(row[12]), payment=_payment(*row[13:]))


def _name(member_id: int | None) -> str:
    return "" if member_id is None else names_of([member_id])[member_id]


def _payment(payment_id: Any, ref: str, kobo: int, status: str) -> Payment | None:
    return None if payment_id is None else Payment(payment_id, ref, kobo, status)
