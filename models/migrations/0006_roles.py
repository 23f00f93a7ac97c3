"""The application's role: it may read and add to the books, never change them.

`ajo_app` has no login; the login of the running program is made a member of it.
"""

from typing import Any

SQL = """
DO $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'ajo_app') THEN
    CREATE ROLE ajo_app NOLOGIN;
  END IF;
END $$;

GRANT USAGE ON SCHEMA public TO ajo_app;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO ajo_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO ajo_app;
GRANT INSERT ON account, journal_entry, journal_leg, audit, allocation, approval TO ajo_app;
GRANT INSERT, UPDATE ON member, consent, bank, bank_account, savings_group, group_rules, officer, seat, guarantee,
  seat_exit, invitation, cycle, pot, obligation, payment, suspense, payout, payout_attempt, inbox, outbox, performed,
  job_run, said, ussd_session, setting TO ajo_app;
-- The only rows that are ever taken away: an officer who leaves may act no more. The audit trail remembers her.
GRANT DELETE ON officer TO ajo_app;
"""


def up(migrator: Any, db: Any) -> None:
    """Create the role if need be and grant it what it needs."""
    db.cursor().execute(SQL)
