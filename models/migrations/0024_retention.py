"""What was said and sent is erased after its term: the program may take turns of talks away, and finds what is old."""

from typing import Any

SQL = """
-- Rows that still hold words or a file, the oldest first. Emptied rows leave the index.
CREATE INDEX outbox_kept ON outbox (created_at) WHERE facts_sealed <> '';
CREATE INDEX said_kept ON said (at);
CREATE INDEX performed_kept ON performed (at) WHERE talk_sealed <> '';
CREATE INDEX inbox_kept ON inbox (received_at) WHERE body_sealed <> '';
CREATE INDEX attachment_kept ON attachment (created_at) WHERE url_sealed <> '';
-- A turn of a talk is nothing but what was said; messages stay as rows that say no more than that they were sent.
GRANT DELETE ON said TO ajo_app;
"""


def up(migrator: Any, db: Any) -> None:
    """Create the indexes and grant it."""
    db.cursor().execute(SQL)
