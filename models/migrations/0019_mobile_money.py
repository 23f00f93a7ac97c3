"""Mobile money as a way to pay, and books in the money of whichever country is served.

An account without a currency in its name is in the money of the house. Which money that is was
written into a check as naira; now it is what the first such account is in, and a second one is refused.
"""

from typing import Any

SQL = """
ALTER TABLE payment DROP CONSTRAINT payment_method_check;
ALTER TABLE payment
  ADD CONSTRAINT payment_method_check CHECK (method IN ('ussd', 'bank_transfer', 'link', 'mobile_money')),
  -- Since when her operator waits for the code that she has to get from it, and that code on its way there.
  ADD COLUMN voucher_wanted_at timestamptz,
  ADD COLUMN voucher_sealed bytea;
CREATE INDEX payment_voucher ON payment (id) WHERE voucher_sealed IS NOT NULL;

CREATE FUNCTION ajo_home_currency() RETURNS text LANGUAGE sql STABLE AS $$
  SELECT currency FROM account WHERE id !~ ':[A-Z]{3}$' LIMIT 1
$$;

CREATE FUNCTION ajo_one_home_currency() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.id !~ ':[A-Z]{3}$' AND NEW.currency <> COALESCE(ajo_home_currency(), NEW.currency) THEN
    RAISE EXCEPTION 'the books are kept in %, not in %', ajo_home_currency(), NEW.currency
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

DO $$
DECLARE naira_only text;
BEGIN
  SELECT conname INTO STRICT naira_only FROM pg_constraint
   WHERE conrelid = 'account'::regclass AND contype = 'c' AND pg_get_constraintdef(oid) LIKE '%NGN%';
  EXECUTE format('ALTER TABLE account DROP CONSTRAINT %I', naira_only);
END $$;
ALTER TABLE account
  ADD CHECK (currency ~ '^[A-Z]{3}$' AND currency = COALESCE(substring(id FROM ':([A-Z]{3})$'), currency));
CREATE TRIGGER one_home_currency BEFORE INSERT OR UPDATE ON account
  FOR EACH ROW EXECUTE FUNCTION ajo_one_home_currency();
"""


def up(migrator: Any, db: Any) -> None:
    """Widen the checks, add the columns."""
    db.cursor().execute(SQL)
