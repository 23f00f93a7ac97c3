"""A group's end in the middle: what each seat is owed or owes by it, and payouts that pay such a claim.

What a seat owes by it is an obligation like others, and a claim is paid like a pot: by a payout of the seat's own turn.
What was agreed on is never written over.
"""

from typing import Any

SQL = """
CREATE TABLE unwinding (
  group_id bigint PRIMARY KEY REFERENCES savings_group,
  proposal_id bigint NOT NULL UNIQUE REFERENCES proposal,
  reason text NOT NULL,
  held_kobo bigint NOT NULL CHECK (held_kobo >= 0),
  started_at timestamptz NOT NULL,
  debts_due_at timestamptz NOT NULL,
  ended_at timestamptz
);

-- paid + kept - received: above zero it is owed to the seat, below zero the seat owes it.
CREATE TABLE unwinding_share (
  seat_id bigint PRIMARY KEY REFERENCES seat,
  group_id bigint NOT NULL REFERENCES unwinding,
  member_id bigint NOT NULL REFERENCES member,
  paid_kobo bigint NOT NULL CHECK (paid_kobo >= 0),
  received_kobo bigint NOT NULL CHECK (received_kobo >= 0),
  kept_kobo bigint NOT NULL CHECK (kept_kobo >= 0),
  net_kobo bigint NOT NULL CHECK (net_kobo = paid_kobo + kept_kobo - received_kobo)
);
CREATE INDEX unwinding_share_group ON unwinding_share (group_id, seat_id);
CREATE INDEX unwinding_share_member ON unwinding_share (member_id);

ALTER TABLE payout ADD COLUMN kind text NOT NULL DEFAULT 'pot' CHECK (kind IN ('pot', 'claim'));
-- Nothing of a claim is kept by the house.
ALTER TABLE payout ADD CONSTRAINT payout_claim_in_full CHECK (kind = 'pot' OR fee_kobo = 0);
CREATE INDEX payout_claims ON payout (seat_id) WHERE kind = 'claim';

ALTER TABLE obligation DROP CONSTRAINT obligation_kind_check;
ALTER TABLE obligation
  ADD CONSTRAINT obligation_kind_check CHECK (kind IN ('contribution', 'penalty', 'deposit', 'unwinding'));
CREATE UNIQUE INDEX obligation_one_unwinding ON obligation (seat_id) WHERE kind = 'unwinding';

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON unwinding_share
  FOR EACH ROW EXECUTE FUNCTION ajo_refuse_change();
CREATE TRIGGER never_truncate BEFORE TRUNCATE ON unwinding_share
  FOR EACH STATEMENT EXECUTE FUNCTION ajo_refuse_change();

GRANT SELECT, INSERT ON unwinding, unwinding_share TO ajo_app;
GRANT UPDATE (ended_at) ON unwinding TO ajo_app;
"""


def up(migrator: Any, db: Any) -> None:
    """Create the tables, widen payouts and obligations."""
    db.cursor().execute(SQL)
