"""All that was paid into a seat, for its holder's statement."""

from dataclasses import dataclass
from datetime import date

from models.base import database
from models.rules.codes import suspense_ref
from models.rules.schedule import local_date

# A payment may settle several obligations; it is late when one of them was settled after its cut-off.
SQL = """
SELECT p.short_ref, coalesce(p.paid_at, p.created_at), coalesce(p.received_kobo, p.amount_kobo), p.fee_kobo, p.status,
       EXISTS (SELECT 1 FROM allocation a JOIN obligation o ON o.id = a.obligation_id
                WHERE a.payment_id = p.id AND p.paid_at > o.due_at)
  FROM payment p
  JOIN seat s ON s.id = p.seat_id AND s.member_id = %s
 WHERE p.seat_id = %s AND p.status IN ('created', 'sending', 'pending', 'success')
 ORDER BY coalesce(p.paid_at, p.created_at), p.id
"""

# What came without a reference of ours and was found to be hers counts from the day on which it came.
FOUND = """
SELECT x.id, came.effective_at, x.kobo,
       EXISTS (SELECT 1 FROM journal_leg d JOIN obligation o ON d.account_id = 'due.contrib:' || o.cycle_id
                WHERE d.entry_id = e.id AND o.seat_id = s.id AND came.effective_at > o.due_at)
  FROM seat s
  JOIN journal_leg l ON l.account_id = 'due.seat:' || s.id
  JOIN journal_entry e ON e.id = l.entry_id AND e.kind = 'suspense.assign'
  JOIN suspense x ON e.idem = 'suspense:' || x.id
  JOIN journal_entry came ON came.idem = 'charge:' || x.reference
 WHERE s.member_id = %s AND s.id = %s
 ORDER BY e.id
"""


@dataclass(frozen=True)
class StatementLine:
    """One payment. status: ok | late | checking."""

    on: date
    short_ref: str
    kobo: int
    status: str


def payments_of(seat_id: int, member_id: int) -> tuple[StatementLine, ...]:
    """Every payment of a seat, the first one first; nothing when the seat is not hers."""
    rows = database.execute_sql(SQL, (member_id, seat_id)).fetchall()
    lines = [
        StatementLine(
            on=local_date(at),
            short_ref=short_ref,
            kobo=kobo - fee if status == "success" and kobo > fee else kobo,
            status="checking" if status != "success" else "late" if late else "ok",
        )
        for short_ref, at, kobo, fee, status, late in rows
    ]
    found = database.execute_sql(FOUND, (member_id, seat_id)).fetchall()
    lines += [
        StatementLine(local_date(at), suspense_ref(suspense_id), kobo, "late" if late else "ok")
        for suspense_id, at, kobo, late in found
    ]
    return tuple(sorted(lines, key=lambda line: line.on))
