"""Payouts of what is kept for a member: under the pot of a seat of hers, and out of her wallet."""

from typing import Any

SQL = """
ALTER TABLE payout DROP CONSTRAINT payout_kind_check;
ALTER TABLE payout ADD CONSTRAINT payout_kind_check CHECK (kind IN ('pot', 'claim', 'wallet'));

-- A pot and what is kept for its owner do not wait for each other; of a wallet, one payout at a time.
DROP INDEX payout_one_live;
CREATE UNIQUE INDEX payout_one_live ON payout (cycle_id, pot_number)
  WHERE kind <> 'wallet' AND status IN ('held', 'awaiting_approval', 'approved', 'reserved', 'in_flight', 'retry');
CREATE UNIQUE INDEX payout_one_wallet ON payout (member_id)
  WHERE kind = 'wallet'
    AND status IN ('held', 'awaiting_approval', 'approved', 'reserved', 'in_flight', 'retry', 'returned');
"""


def up(migrator: Any, db: Any) -> None:
    """Widen the kinds, and the rule of one live payout."""
    db.cursor().execute(SQL)
