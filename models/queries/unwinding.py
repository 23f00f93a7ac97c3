"""Reads of a group's end in the middle: its seats' accounts, what it holds, and how far a dissolution has come."""

from dataclasses import dataclass, field
from datetime import datetime

from models.base import database
from models.money import split
from models.queries.people import open_name
from models.rules import accounts
from models.rules.dissolution import Account, Claim, Unwound, unwind
from models.tables.unwinding import Unwinding

# What was taken off a pot before it could be sent is in it again as soon as the payout is withdrawn.
UNSENT = ("reserved", "retry")
LEFT = ("paid", "returned")
COMING = ("held", "awaiting_approval", "approved")


@dataclass(frozen=True)
class Figures:
    """What an end would mean today. under_way: payouts whose outcome nobody knows yet; returned: those that a bank
    sent back and that are not paid again. Until then there is no end."""

    unwound: Unwound
    pots_kobo: int
    deposits_kobo: int
    pool_kobo: int
    under_way: tuple[int, ...]
    returned: tuple[int, ...]


@dataclass(frozen=True)
class ShareLine:
    """A seat in a dissolution. came: what it has paid of its debt, or has been paid of its claim.

    coming: of its claim, approved or waiting for it. entry, accounts: where the books tell it.
    """

    seat_id: int
    member_id: int
    name: str = field(repr=False)
    turn: int | None
    paid_kobo: int
    received_kobo: int
    kept_kobo: int
    net_kobo: int
    came_kobo: int
    coming_kobo: int
    waits_for: str

    @property
    def open_kobo(self) -> int:
        return abs(self.net_kobo) - self.came_kobo

    @property
    def entry(self) -> str:
        """How the journal names the entry that made it."""
        return f"claim:{self.seat_id}" if self.net_kobo > 0 else f"debt:{self.seat_id}"

    @property
    def account(self) -> str:
        return accounts.due_claim(self.seat_id) if self.net_kobo > 0 else accounts.due_seat(self.seat_id)


@dataclass(frozen=True)
class Progress:
    """How far a dissolution has come. held: what lies with the group now, of which so much is on its way to claims."""

    reason: str
    proposal_id: int
    started_at: datetime
    debts_due_at: datetime
    ended_at: datetime | None
    held_at_start_kobo: int
    held_kobo: int
    lines: tuple[ShareLine, ...]

    @property
    def claims(self) -> tuple[ShareLine, ...]:
        return tuple(line for line in self.lines if line.net_kobo > 0)

    @property
    def debts(self) -> tuple[ShareLine, ...]:
        return tuple(line for line in self.lines if line.net_kobo < 0)

    @property
    def even(self) -> tuple[ShareLine, ...]:
        return tuple(line for line in self.lines if line.net_kobo == 0)


def figures(group_id: int) -> Figures:
    """As of now, seat by seat in the order of turns; what is not sent yet counts as held."""
    rows = database.execute_sql(
        """
        SELECT s.id,
               (SELECT coalesce(sum(o.paid_kobo), 0)::bigint FROM obligation o
                 WHERE o.seat_id = s.id AND o.kind = 'contribution'),
               (SELECT coalesce(sum(p.gross_kobo), 0)::bigint FROM payout p
                 WHERE p.seat_id = s.id AND p.status = ANY(%(left)s)),
               (SELECT coalesce(-sum(b.amount), 0)::bigint FROM account_balance b
                 WHERE b.account_id = 'liab.deposit:' || s.id),
               EXISTS (SELECT 1 FROM obligation o WHERE o.seat_id = s.id
                          AND (o.status = 'paid_late' OR o.kind = 'penalty' AND o.status <> 'waived'))
          FROM seat s
         WHERE s.group_id = %(group)s AND s.turn IS NOT NULL
         ORDER BY s.turn
        """,
        {"group": group_id, "left": list(LEFT)},
    ).fetchall()
    pots, pool, under_way = _held(group_id)
    shares = _pool_shares([(row[0], row[4]) for row in rows], pool)
    listed = [Account(seat, paid, received, kept + shares.get(seat, 0)) for seat, paid, received, kept, _ in rows]
    deposits = sum(row[3] for row in rows)
    return Figures(unwind(listed, pots + deposits + pool), pots, deposits, pool, under_way, _returned(group_id))


def progress(group_id: int) -> Progress | None:
    """None when the group was not dissolved."""
    row = Unwinding.get_or_none(Unwinding.group == group_id)
    if row is None:
        return None
    (held,) = database.execute_sql(
        "SELECT coalesce(-sum(amount), 0)::bigint FROM account_balance WHERE account_id = %s",
        (accounts.unwinding(group_id),),
    ).fetchone()
    return Progress(
        reason=row.reason,
        proposal_id=row.proposal_id,
        started_at=row.started_at,
        debts_due_at=row.debts_due_at,
        ended_at=row.ended_at,
        held_at_start_kobo=row.held_kobo,
        held_kobo=held,
        lines=_lines(group_id),
    )


def claims(group_id: int) -> tuple[tuple[Claim, ...], int]:
    """What is owed to whom, and how much of what the group holds is promised to nobody yet."""
    rows = database.execute_sql(
        """
        SELECT u.seat_id, u.net_kobo,
               coalesce(sum(p.gross_kobo) FILTER (WHERE p.status <> 'cancelled'), 0)::bigint,
               coalesce(bool_or(p.status NOT IN ('cancelled', 'paid', 'returned')), false),
               coalesce(sum(p.gross_kobo) FILTER (WHERE p.status = ANY(%(coming)s)), 0)::bigint
          FROM unwinding_share u
          LEFT JOIN payout p ON p.seat_id = u.seat_id AND p.kind = 'claim'
         WHERE u.group_id = %(group)s AND u.net_kobo > 0
         GROUP BY u.seat_id ORDER BY u.seat_id
        """,
        {"group": group_id, "coming": list(COMING)},
    ).fetchall()
    (held,) = database.execute_sql(
        "SELECT coalesce(-sum(amount), 0)::bigint FROM account_balance WHERE account_id = %s",
        (accounts.unwinding(group_id),),
    ).fetchone()
    return tuple(Claim(*row[:4]) for row in rows), held - sum(row[4] for row in rows)


def all_paid(group_id: int) -> bool:
    """Whether every claim has been sent in full and has not come back, and nothing is owed any more."""
    (open_claims,) = database.execute_sql(
        """
        SELECT count(*) FROM unwinding_share u
         WHERE u.group_id = %s AND u.net_kobo > 0
           AND u.net_kobo <> (SELECT coalesce(sum(p.gross_kobo), 0) FROM payout p
                               WHERE p.seat_id = u.seat_id AND p.kind = 'claim' AND p.status = 'paid')
        """,
        (group_id,),
    ).fetchone()
    (open_debts,) = database.execute_sql(
        """
        SELECT count(*) FROM obligation o JOIN seat s ON s.id = o.seat_id
         WHERE s.group_id = %s AND o.status IN ('pending', 'partial')
        """,
        (group_id,),
    ).fetchone()
    return not open_claims and not open_debts and not _returned(group_id)


def _held(group_id: int) -> tuple[int, int, tuple[int, ...]]:
    """(in pots and set aside but not sent, late fees in the pool, payouts whose outcome is not known)."""
    pots, pool = database.execute_sql(
        """
        SELECT (SELECT coalesce(-sum(b.amount), 0)::bigint FROM account_balance b
                  JOIN cycle c ON b.account_id = 'liab.pot:' || c.id WHERE c.group_id = %(group)s)
             + (SELECT coalesce(sum(p.gross_kobo), 0)::bigint FROM payout p JOIN cycle c ON c.id = p.cycle_id
                 WHERE c.group_id = %(group)s AND p.kind = 'pot' AND p.status = ANY(%(unsent)s)),
               (SELECT coalesce(-sum(amount), 0)::bigint FROM account_balance
                 WHERE account_id = 'liab.penalty_pool:' || %(group)s)
        """,
        {"group": group_id, "unsent": list(UNSENT)},
    ).fetchone()
    sent = database.execute_sql(
        """
        SELECT p.id FROM payout p JOIN cycle c ON c.id = p.cycle_id
         WHERE c.group_id = %s AND p.kind = 'pot' AND (p.status = 'in_flight' OR EXISTS (
                 SELECT 1 FROM payout_attempt t WHERE t.payout_id = p.id AND t.sends > 0
                    AND t.status IN ('created', 'sending', 'pending', 'unknown', 'manual')))
         ORDER BY p.id
        """,
        (group_id,),
    ).fetchall()
    return pots, pool, tuple(row[0] for row in sent)


def _returned(group_id: int) -> tuple[int, ...]:
    """Payouts that a bank sent back and that have not been paid again."""
    rows = database.execute_sql(
        """
        SELECT p.id FROM payout p JOIN cycle c ON c.id = p.cycle_id
         WHERE c.group_id = %s AND p.kind <> 'wallet'
           AND (p.status = 'returned' OR p.status IN ('reserved', 'in_flight', 'retry') AND EXISTS (
                 SELECT 1 FROM journal_entry e WHERE e.payout_id = p.id AND e.kind = 'repay'))
         ORDER BY p.id
        """,
        (group_id,),
    ).fetchall()
    return tuple(row[0] for row in rows)


def _pool_shares(seats: list[tuple[int, bool]], pool_kobo: int) -> dict[int, int]:
    """Late fees go to the seats that were never late, or to all where everybody was (circle-rules 4.6)."""
    sharers = [seat for seat, late in seats if not late] or [seat for seat, _ in seats]
    return dict(zip(sharers, split(pool_kobo, len(sharers)), strict=True)) if sharers else {}


def _lines(group_id: int) -> tuple[ShareLine, ...]:
    rows = database.execute_sql(
        """
        SELECT u.seat_id, u.member_id, m.name_sealed, s.turn, u.paid_kobo, u.received_kobo, u.kept_kobo, u.net_kobo,
               CASE WHEN u.net_kobo < 0
                    THEN (SELECT coalesce(sum(o.paid_kobo), 0) FROM obligation o
                           WHERE o.seat_id = u.seat_id AND o.kind = 'unwinding')
                    ELSE coalesce(sum(p.gross_kobo) FILTER (WHERE p.status = 'paid'), 0) END::bigint,
               coalesce(sum(p.gross_kobo) FILTER (WHERE p.status NOT IN ('cancelled', 'paid')), 0)::bigint,
               coalesce(max(coalesce(p.held_reason, p.status))
                        FILTER (WHERE p.status NOT IN ('cancelled', 'paid')), '')
          FROM unwinding_share u
          JOIN seat s ON s.id = u.seat_id
          JOIN member m ON m.id = u.member_id
          LEFT JOIN payout p ON p.seat_id = u.seat_id AND p.kind = 'claim'
         WHERE u.group_id = %s
         GROUP BY u.seat_id, m.id, s.turn ORDER BY s.turn
        """,
        (group_id,),
    ).fetchall()
    return tuple(ShareLine(seat, member, open_name(member, name), *rest) for seat, member, name, *rest in rows)
