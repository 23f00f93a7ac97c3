"""Reads of what is kept for members: money of theirs that nobody asked for, in the books as their wallets."""

from peewee import fn

from models.base import database
from models.facts import Kept
from models.rules import accounts
from models.tables.ledger import JournalEntry
from models.tables.money import Payout

# Promised to a payout, and still in the wallet.
PROMISED = ("held", "awaiting_approval", "approved")
GOING = (*PROMISED, "reserved", "in_flight", "retry", "returned")

# $ the least that is worth a transfer. She still saves where a group that has not ended counts on her.
TO_SEND = """
SELECT m.id FROM member m
  JOIN account_balance b ON b.account_id = 'liab.wallet:' || m.id AND -b.amount >= %s
 WHERE m.status <> 'closed'
   AND NOT EXISTS (SELECT 1 FROM payout p WHERE p.member_id = m.id AND p.kind = 'wallet'
                      AND p.status NOT IN ('paid', 'cancelled'))
   AND NOT EXISTS (SELECT 1 FROM seat s JOIN savings_group g ON g.id = s.group_id
                    WHERE s.member_id = m.id AND g.ended_at IS NULL
                      AND s.status IN ('accepted', 'active', 'in_arrears', 'defaulted', 'exiting'))
 ORDER BY m.id
"""


def free_kobo(member_id: int) -> int:
    """What lies in her wallet and is not promised to a payout."""
    (held,) = database.execute_sql(
        "SELECT coalesce(-sum(amount), 0)::bigint FROM account_balance WHERE account_id = %s",
        (accounts.wallet(member_id),),
    ).fetchone()
    promised = Payout.select(fn.COALESCE(fn.SUM(Payout.gross_kobo), 0)).where(
        (Payout.member == member_id) & (Payout.kind == "wallet") & Payout.status.in_(PROMISED)
    )
    return int(held) - int(promised.scalar())


def kept_for(member_id: int) -> Kept:
    """What her screen says of it."""
    going = Payout.select(fn.COALESCE(fn.SUM(Payout.net_kobo), 0)).where(
        (Payout.member == member_id) & (Payout.kind == "wallet") & Payout.status.in_(GOING)
    )
    return Kept(free_kobo(member_id), int(going.scalar()))


def owing_seats(member_id: int) -> list[int]:
    """Her seats that owe something to a cycle that has begun, first the one that has owed it for longest."""
    rows = database.execute_sql(
        """
        SELECT s.id FROM seat s JOIN obligation o ON o.seat_id = s.id JOIN cycle c ON c.id = o.cycle_id
         WHERE s.member_id = %s AND o.status IN ('pending', 'partial') AND c.status <> 'scheduled'
         GROUP BY s.id ORDER BY min(o.due_at), s.id
        """,
        (member_id,),
    ).fetchall()
    return [row[0] for row in rows]


def times_applied(seat_id: int, group_id: int) -> int:
    """How often it has paid for this seat."""
    of_group = (JournalEntry.group == group_id) & (JournalEntry.kind == "apply")
    return int(JournalEntry.select().where(of_group & JournalEntry.idem.startswith(f"apply:{seat_id}:")).count())


def to_send(least_kobo: int) -> list[int]:
    """Members who save nowhere any more, and for whom so much is kept."""
    return [row[0] for row in database.execute_sql(TO_SEND, (least_kobo,)).fetchall()]
