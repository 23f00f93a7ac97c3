"""What Paystack told is kept for ever, and is not read again each night by what erases the other events."""

from typing import Any

SQL = """
-- The oldest events that will be erased; the predicate is that of models/actions/retention.
DROP INDEX inbox_kept;
CREATE INDEX inbox_kept ON inbox (received_at) WHERE body_sealed <> '' AND provider <> 'paystack';
"""


def up(migrator: Any, db: Any) -> None:
    """Make the index anew."""
    db.cursor().execute(SQL)
