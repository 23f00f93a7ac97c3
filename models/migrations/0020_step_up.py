"""The second factor again, at the moment of an approval; and what browser a session is, for her own page."""

from typing import Any

SQL = """
ALTER TABLE staff_session
  -- When this browser last gave a code of her phone. A recovery code leaves it empty.
  ADD COLUMN code_at timestamptz,
  ADD COLUMN browser text NOT NULL DEFAULT '' CHECK (length(browser) <= 60);
"""


def up(migrator: Any, db: Any) -> None:
    """Add the columns."""
    db.cursor().execute(SQL)
