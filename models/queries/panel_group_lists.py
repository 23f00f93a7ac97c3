"""What belongs to a group and grows without end: the entries of its ledger, and the messages that were sent for it.

Newest first, paged by key. Of a message it is shown to whom it went, what it was about and what became of it; its
words are on the member's own timeline, where secrets are masked.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from models.base import database
from models.queries.panel_scope import seen_of
from models.queries.people import names_of
from models.sealing import keys
from models.tables.groups import Seat
from models.tables.ledger import JournalLeg

PAGE: Final = 25


@dataclass(frozen=True)
class LedgerLine:
    """An entry of the journal. kobo: what it moved, in the book of money if it touches it, else of what is owed."""

    entry_id: int
    kind: str
    at: datetime
    member_id: int | None
    name: str = field(repr=False)
    payment_ref: str
    payout_ref: str
    cycle_number: int | None
    reason: str
    actor: str
    money: bool
    kobo: int
    legs: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class LetterLine:
    """A message. member_id None: it went to a number that was no member's then, or to one who may not be seen."""

    outbox_id: int
    text_key: str
    member_id: int | None
    name: str = field(repr=False)
    phone: str = field(repr=False)
    channel: str
    status: str
    reason: str
    cost: str
    segments: int | None
    created_at: datetime
    sent_at: datetime | None


@dataclass(frozen=True)
class InvitationLine:
    """A number that was asked to join and has not answered."""

    invitation_id: int
    phone: str = field(repr=False)
    member_id: int | None
    name: str = field(repr=False)
    since: datetime
    by_staff: bool
    head: bool  # who is to be the head


def ledger(group_id: int, after: int | None, limit: int = PAGE) -> tuple[tuple[LedgerLine, ...], int | None]:
    """A page of entries with their legs, and where the next one begins."""
    rows = database.execute_sql(
        """
        SELECT e.id, e.kind, e.effective_at, coalesce(p.member_id, x.member_id), coalesce(p.short_ref, ''),
               coalesce(x.short_ref, ''), coalesce(pc.number, xc.number), coalesce(e.reason, ''), e.actor
          FROM journal_entry e
          LEFT JOIN payment p ON p.id = e.payment_id
          LEFT JOIN cycle pc ON pc.id = p.cycle_id
          LEFT JOIN payout x ON x.id = e.payout_id
          LEFT JOIN cycle xc ON xc.id = x.cycle_id
         WHERE e.group_id = %s AND (%s::bigint IS NULL OR e.id < %s)
         ORDER BY e.id DESC LIMIT %s
        """,
        (group_id, after, after, limit + 1),
    ).fetchall()
    shown = rows[:limit]
    legs = _legs([row[0] for row in shown])
    holders = _holders(legs)
    whose = {row[0]: row[3] or holders.get(row[0]) for row in shown}
    names = names_of({member for member in whose.values() if member is not None})
    lines = tuple(_ledger_line(row, whose[row[0]], names, legs[row[0]]) for row in shown)
    return lines, shown[-1][0] if len(rows) > limit else None


def letters(
    group_id: int, after: int | None, limit: int = PAGE, *, groups: list[int] | None = None
) -> tuple[tuple[LetterLine, ...], int | None]:
    """A page of messages, and where the next one begins. groups: of whoever looks; of others she reads no name."""
    rows = database.execute_sql(
        """
        SELECT id, text_key, member_id, phone_sealed, coalesce(channel, ''), status, coalesce(reason, ''),
               coalesce(cost, ''), segments, created_at, sent_at
          FROM outbox WHERE group_id = %s AND (%s::bigint IS NULL OR id < %s) ORDER BY id DESC LIMIT %s
        """,
        (group_id, after, after, limit + 1),
    ).fetchall()
    shown = rows[:limit]
    names = names_of(seen_of({row[2] for row in shown if row[2] is not None}, groups))
    lines = tuple(
        LetterLine(
            outbox_id,
            key,
            member if member in names else None,
            names.get(member, ""),
            keys().open_if_kept(phone, f"outbox.phone:{outbox_id}"),
            *rest,
        )
        for outbox_id, key, member, phone, *rest in shown
    )
    return lines, shown[-1][0] if len(rows) > limit else None


def invitations(group_id: int, groups: list[int] | None = None) -> tuple[InvitationLine, ...]:
    """Who has been asked and has not answered, the oldest first. A group has few. groups: as for `letters`."""
    rows = database.execute_sql(
        """
        SELECT i.id, i.phone_sealed, m.id, i.created_at, i.invited_by_staff IS NOT NULL,
               m.id IS NOT DISTINCT FROM g.head_id
          FROM invitation i
          JOIN savings_group g ON g.id = i.group_id
          LEFT JOIN member m ON m.phone_index = i.phone_index
         WHERE i.group_id = %s AND i.status = 'open' ORDER BY i.id
        """,
        (group_id,),
    ).fetchall()
    names = names_of(seen_of({row[2] for row in rows if row[2] is not None}, groups))
    return tuple(
        InvitationLine(
            row_id,
            keys().open(phone, f"invitation.phone:{row_id}"),
            member if member in names else None,
            names.get(member, ""),
            since,
            staff,
            head,
        )
        for row_id, phone, member, since, staff, head in rows
    )


def _legs(entry_ids: list[int]) -> defaultdict[int, list[tuple[str, int]]]:
    found: defaultdict[int, list[tuple[str, int]]] = defaultdict(list)
    for leg in (
        JournalLeg.select().where(JournalLeg.entry_id.in_(entry_ids)).order_by(JournalLeg.entry_id, JournalLeg.n)
    ):
        found[leg.entry_id].append((leg.account_id, leg.amount))
    return found


def _holders(legs: dict[int, list[tuple[str, int]]]) -> dict[int, int]:
    """Whose debt an entry is about that has neither a payment nor a payout: its account is that of her seat."""
    seats = {
        entry_id: int(account.partition(":")[2])
        for entry_id, lines in legs.items()
        for account, _ in lines
        if account.startswith("due.seat:")
    }
    members = {row.id: row.member_id for row in Seat.select().where(Seat.id.in_(set(seats.values())))}
    return {entry_id: members[seat_id] for entry_id, seat_id in seats.items()}


def _ledger_line(
    row: tuple,  # type: ignore[type-arg]
    member: int | None,
    names: dict[int, str],
    legs: list[tuple[str, int]],
) -> LedgerLine:
    entry_id, kind, at, _, payment_ref, payout_ref, number, reason, actor = row
    cash = [kobo for account, kobo in legs if not account.startswith("due.") and kobo > 0]
    owed = [kobo for account, kobo in legs if account.startswith("due.") and kobo > 0]
    return LedgerLine(
        entry_id=entry_id,
        kind=kind,
        at=at,
        member_id=member,
        name="" if member is None else names.get(member, ""),
        payment_ref=payment_ref,
        payout_ref=payout_ref,
        cycle_number=number,
        reason=reason,
        actor=actor,
        money=bool(cash),
        kobo=sum(cash or owed),
        legs=tuple(legs),
    )
