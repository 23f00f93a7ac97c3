"""What waits for a person of the staff: what members have sent us, and what they have reported, the oldest first.

Whoever asks is let in elsewhere; nothing here decides who may look.
"""

from dataclasses import dataclass, field
from datetime import datetime

from models.base import database
from models.queries.people import name_of
from models.sealing import keys
from models.tables.ways import Attachment

WAITING = """
(SELECT 'attachment', a.id, a.created_at, a.member_id, a.group_id, a.payment_id, a.kind, a.about, a.proof,
        a.refused, a.fetched_at IS NOT NULL
   FROM attachment a WHERE a.done_at IS NULL)
UNION ALL
(SELECT 'report', r.id, r.opened_at, r.member_id, r.group_id, r.payment_id, r.kind, r.happened, NULL, NULL, true
   FROM report r WHERE r.status = 'open')
ORDER BY 3, 1, 2 LIMIT %(limit)s
"""


@dataclass(frozen=True)
class Waiting:
    """One thing that somebody has to look at. what: attachment | report.

    kind: of the attachment (picture, voice ...) or of the report. about: where she was in her talk, or when it
    happened. proof: she says that it is a receipt. refused: why it could not be fetched.
    """

    what: str
    row_id: int
    since: datetime
    member_id: int | None
    name: str = field(repr=False)
    group_id: int | None
    payment_id: int | None
    kind: str
    about: str
    proof: bool | None
    refused: str | None
    ready: bool


@dataclass(frozen=True)
class AttachedFile:
    """What somebody sent us, opened. caption: what she wrote with it."""

    data: bytes = field(repr=False)
    content_type: str
    caption: str = field(repr=False)


def waiting(limit: int = 100) -> tuple[Waiting, ...]:
    """The queue, the oldest first."""
    rows = database.execute_sql(WAITING, {"limit": limit}).fetchall()
    names = {member_id: name_of(member_id) for member_id in {row[3] for row in rows} if member_id is not None}
    return tuple(
        Waiting(what, row_id, since, member, names.get(member, ""), group, payment, kind, about, proof, refused, ready)
        for what, row_id, since, member, group, payment, kind, about, proof, refused, ready in rows
    )


def file_of(attachment_id: int) -> AttachedFile | None:
    """The file of an attachment, None when it is not here."""
    row = Attachment.get_or_none(Attachment.id == attachment_id)
    if row is None or row.data_sealed is None:
        return None
    sealed = row.caption_sealed
    return AttachedFile(
        data=keys().open_bytes(row.data_sealed, f"attachment.data:{row.id}"),
        content_type=row.content_type,
        caption="" if sealed is None else keys().open(sealed, f"attachment.caption:{row.id}"),
    )
