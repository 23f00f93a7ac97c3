"""Whether the database guards the books against the program itself, as migration 0006 decrees."""

from models.base import database

BOOKS = ("journal_entry", "journal_leg", "audit")
CHANGES = ("UPDATE", "DELETE", "TRUNCATE")


def unguarded() -> list[str]:
    """What this program's role may do to the books and should not, in words. Raises when nobody answers."""
    rows = database.execute_sql(
        "SELECT book, change FROM unnest(%s) AS book, unnest(%s) AS change"
        " WHERE has_table_privilege(book, change) ORDER BY book, change",
        (list(BOOKS), list(CHANGES)),
    ).fetchall()
    return [f"this program may {change} {book}" for book, change in rows]
