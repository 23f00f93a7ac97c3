"""Two of the staff stand in for two officers; what they agree on cannot be changed between the first and the second."""

from typing import Any

SQL = """
-- Who says yes: a member of the group, or one of the staff.
ALTER TABLE approval ALTER COLUMN member_id DROP NOT NULL;
ALTER TABLE approval ADD COLUMN staff_id bigint REFERENCES staff;
ALTER TABLE approval ADD CONSTRAINT approval_one_voice CHECK (num_nonnulls(member_id, staff_id) = 1);
ALTER TABLE approval ADD CONSTRAINT approval_once_by_staff UNIQUE (subject, payload_hash, staff_id, verdict);

-- The money that waits for it: the queue is sorted by it.
ALTER TABLE proposal ADD COLUMN risk_kobo bigint NOT NULL DEFAULT 0 CHECK (risk_kobo >= 0);
CREATE INDEX proposal_queue ON proposal (risk_kobo DESC, id) WHERE status = 'waiting';
CREATE INDEX proposal_history ON proposal (id DESC) WHERE status <> 'waiting';

-- Who has dealt with a picture or a voice note is one of the staff.
ALTER TABLE attachment DROP CONSTRAINT attachment_done_by_fkey;
UPDATE attachment SET done_by = NULL WHERE done_by IS NOT NULL;
ALTER TABLE attachment ADD CONSTRAINT attachment_done_by_fkey FOREIGN KEY (done_by) REFERENCES staff;

CREATE FUNCTION ajo_fixed_proposal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.status <> 'waiting' THEN
    RAISE EXCEPTION 'proposal % is settled', OLD.id USING ERRCODE = 'AJ001';
  END IF;
  IF (NEW.id, NEW.kind, NEW.subject, NEW.payload, NEW.payload_hash, NEW.group_id, NEW.note, NEW.maker_id, NEW.made_at,
      NEW.expires_at, NEW.risk_kobo)
     IS DISTINCT FROM
     (OLD.id, OLD.kind, OLD.subject, OLD.payload, OLD.payload_hash, OLD.group_id, OLD.note, OLD.maker_id, OLD.made_at,
      OLD.expires_at, OLD.risk_kobo) THEN
    RAISE EXCEPTION 'proposal % is what was proposed', OLD.id USING ERRCODE = 'AJ001';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER fixed BEFORE UPDATE ON proposal FOR EACH ROW EXECUTE FUNCTION ajo_fixed_proposal();
"""


def up(migrator: Any, db: Any) -> None:
    """Widen the approvals, fix the proposals."""
    db.cursor().execute(SQL)
