"""Everything that somebody should do by now, in one question: what the poll asks every few seconds.

Each line is a bell and a row. Nothing is claimed here; the job that answers the bell
claims, so that asking again before it has come does no harm.
"""

from datetime import datetime

from models.base import database
from models.doorbell import Ring

SQL = """
(SELECT 'process_event' AS bell, id FROM inbox
  WHERE done_at IS NULL AND parked_at IS NULL AND next_at <= %(now)s ORDER BY next_at LIMIT %(limit)s)
UNION ALL
-- One ring sends all that is due, so one is enough; 'sending' and 'unknown' are those that were broken off.
(SELECT 'send_mail', id FROM outbox
  WHERE (status IN ('queued', 'unknown') AND next_at <= %(now)s AND NOT (status = 'unknown' AND attempts >= 2)
         AND NOT (reminder AND EXISTS (SELECT 1 FROM setting WHERE name = 'blasts_stopped' AND value <> 'false')))
     OR (status = 'sending' AND lease_until <= %(now)s) ORDER BY next_at LIMIT 1)
UNION ALL
(SELECT 'fetch_media', id FROM attachment
  WHERE fetched_at IS NULL AND refused IS NULL AND next_at <= %(now)s ORDER BY next_at LIMIT %(limit)s)
UNION ALL
(SELECT 'charge', id FROM payment WHERE status = 'created' AND next_check_at <= %(now)s ORDER BY id LIMIT %(limit)s)
UNION ALL
(SELECT 'submit_voucher', id FROM payment
  WHERE voucher_sealed IS NOT NULL AND status = 'pending' ORDER BY id LIMIT %(limit)s)
UNION ALL
(SELECT 'check_payment', id FROM payment
  WHERE status IN ('sending', 'pending') AND next_check_at <= %(now)s ORDER BY next_check_at LIMIT %(limit)s)
UNION ALL
(SELECT 'look_up_account', id FROM bank_account
  WHERE status = 'checking' AND next_lookup_at <= %(now)s ORDER BY next_lookup_at LIMIT %(limit)s)
UNION ALL
(SELECT 'send_payout', p.id FROM payout p
  WHERE p.status = 'approved'
     OR (p.status IN ('reserved', 'retry') AND EXISTS (
           SELECT 1 FROM payout_attempt a
            WHERE a.payout_id = p.id AND a.status = 'created' AND a.next_check_at <= %(now)s))
  ORDER BY p.id LIMIT %(limit)s)
UNION ALL
(SELECT 'check_transfer', id FROM payout_attempt
  WHERE status IN ('sending', 'pending', 'unknown', 'manual') AND next_check_at <= %(now)s
  ORDER BY next_check_at LIMIT %(limit)s)
"""


def due(now: datetime, limit: int = 200) -> list[Ring]:
    """What to ring for, at most `limit` of each kind, the longest waiting first."""
    rows = database.execute_sql(SQL, {"now": now, "limit": limit}).fetchall()
    return [Ring(bell, int(row_id)) for bell, row_id in rows]
