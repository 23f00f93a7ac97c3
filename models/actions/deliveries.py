"""What became of a message after it was handed over: the network's reports, and the bill.

Reports come in any order and twice, and one can be here before we know the id of the message it
is about: then it is kept. A message only ever goes up in rank (sent, delivered, read), and
failed is the other end. But where the network says that this was the wrong way for it, the
message is queued again for the ways that are left (`models.rules.routes`), of which there are
fewer each time.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from models import doorbell
from models.actions import refusals
from models.base import database, move, transaction
from models.rules.routes import Way
from models.tables.mail import Outbox
from models.tables.ways import EarlyReport

# What a report may still change, and to what. Nothing ever moves back down.
REPORTED: Final[dict[str, tuple[str, ...]]] = {
    "delivered": ("sending", "sent", "unknown"),
    "read": ("sending", "sent", "unknown", "delivered"),
    "failed": ("sent", "unknown"),
}

# Not this way: the network's reasons that say nothing against another one.
WRONG_WAY: Final = frozenset(
    {"outside_window", "no_template", "do_not_disturb_rejection", "not_now_on_whatsapp", *refusals.REASONS}
)

BILL_RIPE: Final = timedelta(minutes=15)
BILL_WAITED_FOR: Final = timedelta(days=3)


@dataclass(frozen=True)
class Unbilled:
    """A message that was sent and whose cost is not known yet."""

    outbox_id: int
    channel: str
    message_id: str


@transaction
def record_delivery(message_id: str, status: str, final: bool, reason: str | None, now: datetime) -> bool:
    """What the network says about a message. False when we know no such message: an end is kept, it may be early.

    status is the channel's word mapped to 'delivered', 'read' or 'failed'; any other is news on the way and changes
    nothing.
    """
    _lock(message_id)
    row = Outbox.get_or_none(Outbox.provider_message_id == message_id)
    wanted = final and status in REPORTED
    if row is not None and wanted:
        _apply(row, status, reason, now)
    if row is None and wanted:
        EarlyReport.insert(message_id=message_id, status=status, reason=reason, at=now).on_conflict_ignore().execute()
    return row is not None


def catch_up(outbox_id: int, message_id: str, now: datetime) -> None:
    """Within the transaction that writes down a message's id: apply what was reported before."""
    _lock(message_id)
    early = EarlyReport.select().where(EarlyReport.message_id == message_id).order_by(EarlyReport.id)
    for report in early:
        _apply(Outbox.get_by_id(outbox_id), report.status, report.reason, now)


@transaction
def unbilled(now: datetime, channels: tuple[str, ...], limit: int = 100) -> list[Unbilled]:
    """Messages of the last days that went over these channels and have no cost yet, oldest first."""
    ripe = (Outbox.sent_at <= now - BILL_RIPE) & (Outbox.sent_at > now - BILL_WAITED_FOR)
    rows = (
        Outbox.select()
        .where(ripe & Outbox.cost.is_null() & Outbox.channel.in_(channels) & (Outbox.provider_message_id != ""))
        .order_by(Outbox.sent_at)
        .limit(limit)
    )
    return [Unbilled(row.id, row.channel or "", row.provider_message_id or "") for row in rows]


@transaction
def bill(outbox_id: int, cost: str, segments: int | None) -> None:
    """What it has cost, in the provider's currency; a cost that is known already stays."""
    Outbox.update(cost=cost, segments=segments or Outbox.segments).where(
        (Outbox.id == outbox_id) & Outbox.cost.is_null()
    ).execute()


def _apply(row: Outbox, status: str, reason: str | None, now: datetime) -> None:
    wrong_way = status == "failed" and row.kind == "news" and reason in WRONG_WAY
    if wrong_way and _take_another(row, row.channel or "", reason or "", now):
        return
    move(Outbox, row.id, REPORTED[status], status, reason=reason, ended_at=now)


def _take_another(row: Outbox, channel: str, reason: str, now: datetime) -> bool:
    """Queue it once more without this way. The sender says whether one is left. False when it is settled already."""
    tried = [*row.tried, Way(channel, row.template).name]
    again = move(
        Outbox, row.id, ("sent", "unknown"), "queued", tried=tried, reason=reason, next_at=now, provider_message_id=None
    )
    if again:
        refusals.note(channel, row.phone_index, reason, now)
        doorbell.ring("send_mail", row.id)
    return again


def _lock(message_id: str) -> None:
    """A report and the message's own id may arrive in the same moment: one after the other."""
    database.execute_sql("SELECT pg_advisory_xact_lock(hashtextextended(%s, 10))", (message_id,))
