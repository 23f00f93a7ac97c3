"""A new number of a member: two who save with her are asked, each on her own phone.

Each question is a row of `vouch`, put to one voucher and to nobody else; what they are asked about is the
`office_word`, which is open until it is handed to the second of the staff, or stopped.
"""

from typing import Any

SQL = """
-- note: why, as the staff wrote it. without: why nobody could be asked on her own phone.
ALTER TABLE office_word
  ADD COLUMN note text NOT NULL DEFAULT '',
  ADD COLUMN without text CHECK (without IN ('too_few', 'no_answer')),
  ADD COLUMN ended_at timestamptz,
  ADD COLUMN ended_why text CHECK (ended_why IN ('proposed', 'stopped', 'closed')),
  ADD CHECK (without IS NULL OR purpose = 'number'),
  ADD CHECK ((ended_at IS NULL) = (ended_why IS NULL));
UPDATE office_word SET ended_at = made_at, ended_why = 'proposed' WHERE purpose = 'number';
CREATE UNIQUE INDEX office_word_number_open ON office_word (member_id) WHERE purpose = 'number' AND ended_at IS NULL;

DO $$
DECLARE
  old text;
BEGIN
  SELECT conname INTO STRICT old FROM pg_constraint
   WHERE conrelid = 'vouch'::regclass AND contype = 'c' AND pg_get_constraintdef(oid) LIKE '%unfreeze%';
  EXECUTE format('ALTER TABLE vouch DROP CONSTRAINT %I', old);
END $$;
ALTER TABLE vouch
  ADD COLUMN voucher_id bigint REFERENCES member,
  ADD COLUMN word_id bigint REFERENCES office_word,
  ADD CHECK (purpose IN ('pin', 'unfreeze', 'name', 'number')),
  ADD CHECK ((purpose = 'number') = (voucher_id IS NOT NULL)),
  ADD CHECK ((purpose = 'number') = (word_id IS NOT NULL)),
  ADD CHECK (voucher_id <> member_id),
  ADD CHECK (voucher_id IS NULL OR answered_by IS NULL OR answered_by = voucher_id);
DROP INDEX vouch_one_live;
CREATE UNIQUE INDEX vouch_one_live ON vouch (member_id, purpose)
 WHERE status IN ('asked', 'given') AND purpose <> 'number';
CREATE UNIQUE INDEX vouch_of_word ON vouch (word_id, voucher_id) WHERE word_id IS NOT NULL;
CREATE INDEX vouch_by_voucher ON vouch (voucher_id) WHERE voucher_id IS NOT NULL;
"""


def up(migrator: Any, db: Any) -> None:
    """Add the columns, widen the checks."""
    db.cursor().execute(SQL)
