"""Everybody who has a phone here, for the page of the stand-ins outside production: name, number, circles.

Nothing is masked, that is the door's business. The demo's few people only; the newest of many.
"""

from dataclasses import dataclass, field
from typing import Final

from models.base import database
from models.queries.people import open_name
from models.sealing import keys

MOST: Final = 60

_PEOPLE: Final = """
SELECT m.id, m.name_sealed, m.phone_sealed, coalesce(hers.groups, '{}')
  FROM (SELECT * FROM member WHERE status <> 'closed' ORDER BY id DESC LIMIT %s) m
  LEFT JOIN LATERAL (
    SELECT array_agg(DISTINCT g.name) AS groups
      FROM seat s JOIN savings_group g ON g.id = s.group_id WHERE s.member_id = m.id
  ) hers ON true
 ORDER BY m.id
"""


@dataclass(frozen=True)
class Owner:
    """Somebody with her phone, and the names of the groups that she has a seat in."""

    member_id: int
    name: str = field(repr=False)
    phone: str = field(repr=False)
    groups: tuple[str, ...]


def owners() -> tuple[Owner, ...]:
    """Those who are members, in the order in which they came."""
    rows = database.execute_sql(_PEOPLE, [MOST]).fetchall()
    return tuple(
        Owner(member_id, open_name(member_id, name), keys().open(phone, f"member.phone:{member_id}"), tuple(groups))
        for member_id, name, phone, groups in rows
    )
