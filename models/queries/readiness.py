"""Whether the books are in good hands: guarded against the program itself (migration 0006), and in the money that it is
set to (migration 0019)."""

from models.base import database
from models.country import home

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


def in_other_money() -> list[str]:
    """That the books were begun in another country's money, in words. Nothing before the first entry."""
    ((currency,),) = database.execute_sql("SELECT ajo_home_currency()").fetchall()
    if currency in (None, home().currency):
        return []
    return [f"the books are kept in {currency}, and COUNTRY={home().code} has {home().currency}"]
