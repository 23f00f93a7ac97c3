"""Which status may follow which, enforced where nobody can forget it.

The rows of legal_transition are written by `models.migrations.migrate` from
models/rules/lifecycle.py, the one place that knows them. A row may only come into the
world in a state that has a row with an empty source.
"""

from typing import Any

SQL = """
CREATE TABLE legal_transition (
  entity text NOT NULL,
  source text NOT NULL,
  dest text NOT NULL,
  PRIMARY KEY (entity, source, dest)
);

CREATE FUNCTION ajo_guard_status() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NOT EXISTS (SELECT 1 FROM legal_transition WHERE entity = TG_ARGV[0] AND source = '' AND dest = NEW.status) THEN
      RAISE EXCEPTION '% cannot start as %', TG_ARGV[0], NEW.status USING ERRCODE = 'AJ005';
    END IF;
  ELSIF NEW.status <> OLD.status AND NOT EXISTS (
      SELECT 1 FROM legal_transition WHERE entity = TG_ARGV[0] AND source = OLD.status AND dest = NEW.status) THEN
    RAISE EXCEPTION '% cannot go from % to %', TG_ARGV[0], OLD.status, NEW.status USING ERRCODE = 'AJ005';
  END IF;
  RETURN NEW;
END $$;

DO $$
DECLARE
  pair text[];
BEGIN
  FOREACH pair SLICE 1 IN ARRAY ARRAY[['savings_group', 'group'], ['cycle', 'cycle'], ['obligation', 'obligation'],
      ['seat', 'seat'], ['payment', 'payment'], ['payout', 'payout'], ['payout_attempt', 'attempt'],
      ['bank_account', 'bank_account'], ['outbox', 'outbox']] LOOP
    EXECUTE format('CREATE TRIGGER guard_status BEFORE INSERT OR UPDATE OF status ON %I
                    FOR EACH ROW EXECUTE FUNCTION ajo_guard_status(%L)', pair[1], pair[2]);
  END LOOP;
END $$;
"""


def up(migrator: Any, db: Any) -> None:
    """Create the table and hang the guard on every table with a status."""
    db.cursor().execute(SQL)
