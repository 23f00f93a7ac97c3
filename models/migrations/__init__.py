"""Numbered changes of the schema, forward only, run by peewee's own runner.

peewee 4 brings a migration runner; one library less than peewee-migrate and the
same file format. The schema itself is written as SQL, because the guards that
matter here (triggers, deferred checks, roles) have no other language.
"""

from pathlib import Path
from typing import Any

from playhouse.db_url import connect
from playhouse.migrations import Runner

from models.rules.lifecycle import STARTS, TRANSITIONS

FOLDER = Path(__file__).parent


def migrate(url: str) -> list[str]:
    """Apply what is pending, as the owner of the schema. Returns the names of what was applied."""
    database = connect(url)
    try:
        with database.atomic():
            # Two deploys at once wait for each other.
            database.execute_sql("SELECT pg_advisory_xact_lock(724001)")
            applied: list[str] = Runner(database, directory=str(FOLDER)).up()
            _write_legal_transitions(database)
        return applied
    finally:
        database.close()


def pending(url: str) -> list[str]:
    """The names of migrations that this database still lacks."""
    database = connect(url)
    try:
        runner = Runner(database, directory=str(FOLDER))
        applied = runner.applied()
        return [migration.name for migration in runner.migrations() if migration.name not in applied]
    finally:
        database.close()


def _write_legal_transitions(database: Any) -> None:
    """Copy models/rules/lifecycle.py into the database; a start is a step from nothing."""
    rows = [(entity, source, dest) for entity, pairs in TRANSITIONS.items() for source, dest in pairs]
    rows += [(entity, "", dest) for entity, starts in STARTS.items() for dest in starts]
    database.execute_sql("DELETE FROM legal_transition")
    for row in rows:
        database.execute_sql("INSERT INTO legal_transition (entity, source, dest) VALUES (%s, %s, %s)", row)
