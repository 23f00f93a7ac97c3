"""The audit trail is looked through by person, by act and by subject; sign-ins by person."""

from typing import Any

SQL = """
CREATE INDEX audit_actor ON audit (actor, id);
CREATE INDEX audit_verb ON audit (verb text_pattern_ops, id);
CREATE INDEX audit_subject ON audit (subject, id);
CREATE INDEX audit_chain_id ON audit (chain, id);
CREATE INDEX staff_device_device ON staff_device (device_index);
"""


def up(migrator: Any, db: Any) -> None:
    """Add the indexes."""
    db.cursor().execute(SQL)
