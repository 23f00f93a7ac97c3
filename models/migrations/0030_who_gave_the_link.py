"""Who gave somebody of the staff the link that she came in with: whoever holds a link may open it herself."""

from typing import Any

SQL = """
-- An actor, as in the audit trail: staff:5, or a name on the machine.
ALTER TABLE staff ADD COLUMN linked_by text NOT NULL DEFAULT '';
UPDATE staff SET linked_by = coalesce(
  (SELECT a.actor FROM audit a WHERE a.verb IN ('staff.invite', 'staff.new_link') AND a.subject = 'staff:' || staff.id
   ORDER BY a.id DESC LIMIT 1), made_by);
"""


def up(migrator: Any, db: Any) -> None:
    """Add the column, filled from what is known of the links that were given."""
    db.cursor().execute(SQL)
