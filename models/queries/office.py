"""Who knows a member well enough to tell the office that it is she, and what the office was asked to vouch for."""

from dataclasses import dataclass, field
from typing import Final

from models.base import database
from models.queries.people import names_of, open_name
from models.sealing import keys
from models.tables.finding import OfficeWord

MOST: Final = 200


@dataclass(frozen=True)
class Knows:
    """Somebody who saves with her. name: "" for whoever may not see her."""

    member_id: int
    name: str = field(repr=False)
    group: str
    role: str


@dataclass(frozen=True)
class Word:
    """What is proposed. value: her new number in E.164, or her new name; "" where there is none any more."""

    word_id: int
    member_id: int
    name: str = field(repr=False)
    purpose: str
    value: str = field(repr=False)
    vouchers: tuple[Knows, ...]
    without: str  # of a number: why nobody was asked on her own phone


def knowing(member_id: int, groups: list[int] | None = None) -> tuple[Knows, ...]:
    """Members of her groups, those who run them first; whoever is frozen herself vouches for nobody.

    groups: only of these, None for all.
    """
    rows = database.execute_sql(
        """
        SELECT * FROM (
          SELECT DISTINCT ON (m.id) m.id, m.name_sealed, g.name, coalesce(o.role, '') AS role
            FROM seat mine
            JOIN savings_group g ON g.id = mine.group_id AND g.status IN ('forming', 'ready', 'active', 'paused')
             AND (%(groups)s::bigint[] IS NULL OR g.id = ANY(%(groups)s))
            JOIN seat s ON s.group_id = g.id AND s.member_id <> mine.member_id
             AND s.status IN ('accepted', 'active', 'in_arrears', 'exiting', 'completed')
            JOIN member m ON m.id = s.member_id AND m.status = 'active'
            LEFT JOIN officer o ON o.group_id = g.id AND o.member_id = m.id
           WHERE mine.member_id = %(id)s
             AND mine.status IN ('accepted', 'active', 'in_arrears', 'defaulted', 'exiting', 'completed')
           ORDER BY m.id, o.role NULLS LAST, g.id) found
         ORDER BY role = '', role, id LIMIT %(limit)s
        """,
        {"id": member_id, "groups": groups, "limit": MOST},
    ).fetchall()
    return tuple(Knows(who, open_name(who, sealed), group, role) for who, sealed, group, role in rows)


def groups_of_member(member_id: int) -> frozenset[int]:
    """Where she saves: her groups that have not come to their end."""
    rows = database.execute_sql(
        """
        SELECT g.id FROM seat s JOIN savings_group g ON g.id = s.group_id AND g.ended_at IS NULL
         WHERE s.member_id = %s AND s.status IN ('accepted', 'active', 'in_arrears', 'defaulted', 'exiting')
        """,
        (member_id,),
    ).fetchall()
    return frozenset(int(group_id) for (group_id,) in rows)


def word(word_id: int, groups: list[int] | None = None) -> Word | None:
    """What the office was asked to vouch for. groups: of the vouchers only the names of those who save in these."""
    row = OfficeWord.get_or_none(OfficeWord.id == word_id)
    if row is None:
        return None
    people = {each.member_id: each for each in knowing(row.member_id, groups)}
    names = names_of([row.member_id, *row.vouchers])
    return Word(
        word_id=row.id,
        member_id=row.member_id,
        name=names[row.member_id],
        purpose=row.purpose,
        value=value_of(row),
        vouchers=tuple(
            people.get(each, Knows(each, names[each] if groups is None else "", "", "")) for each in row.vouchers
        ),
        without=row.without or "",
    )


def value_of(row: OfficeWord) -> str:
    """The number or the name that she is to have."""
    return "" if row.value_sealed is None else keys().open(row.value_sealed, f"office_word.value:{row.id}")
