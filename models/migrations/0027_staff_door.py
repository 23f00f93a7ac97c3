"""Wrong passwords of browsers that somebody of the staff has not used before, counted apart from her own failures."""

from typing import Any

SQL = """
ALTER TABLE staff ADD COLUMN door_failures int NOT NULL DEFAULT 0 CHECK (door_failures >= 0);
ALTER TABLE staff ADD COLUMN door_locks int NOT NULL DEFAULT 0 CHECK (door_locks >= 0);
ALTER TABLE staff ADD COLUMN door_locked_until timestamptz;
"""


def up(migrator: Any, db: Any) -> None:
    """Add the columns. Whoever is locked now stays so until her time is over."""
    db.cursor().execute(SQL)
