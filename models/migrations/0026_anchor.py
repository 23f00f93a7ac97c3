"""By how many intervals a group's first day was put off: its anchor stays what the head chose."""

from typing import Any

SQL = """
-- By how many whole intervals the first due date lies behind the anchor, because the group was full too late for it.
ALTER TABLE savings_group ADD COLUMN skipped_intervals int NOT NULL DEFAULT 0 CHECK (skipped_intervals >= 0);
"""


def up(migrator: Any, db: Any) -> None:
    """Add the column. Groups that were put off before have their first day as the anchor."""
    db.cursor().execute(SQL)
