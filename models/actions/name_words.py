"""The marks by which a sealed name is found: written with the name, and made up for where they are missing."""

from typing import Final

from models.base import database, transaction
from models.queries.people import mark_of, open_name
from models.rules import finding
from models.tables.finding import NameWord

BATCH: Final = 500


@transaction
def write(member_id: int, name: str) -> None:
    """From now on she is found by this name, and no longer by another."""
    forget(member_id)
    rows = [{"token": mark_of(each), "member": member_id} for each in sorted(finding.beginnings(name))]
    if rows:
        NameWord.insert_many(rows).on_conflict_ignore().execute()


@transaction
def forget(member_id: int) -> None:
    """She is found by no name."""
    NameWord.delete().where(NameWord.member == member_id).execute()


def lacking(after: int = 0, limit: int = BATCH) -> list[int]:
    """Members who are not found by their names: those of before there were marks. By id, from this one on."""
    rows = database.execute_sql(
        """
        SELECT m.id FROM member m
         WHERE m.id > %s AND m.status <> 'closed' AND NOT EXISTS (SELECT 1 FROM name_word w WHERE w.member_id = m.id)
         ORDER BY m.id LIMIT %s
        """,
        (after, limit),
    ).fetchall()
    return [int(member_id) for (member_id,) in rows]


@transaction
def make_up(member_id: int) -> str:
    """Mark the name of a member who was there before the marks; a word for the log."""
    row = database.execute_sql(
        "SELECT name_sealed FROM member WHERE id = %s AND status <> 'closed' FOR NO KEY UPDATE", (member_id,)
    ).fetchone()
    if row is None:
        return "gone"
    write(member_id, open_name(member_id, row[0]))
    return "marked"
