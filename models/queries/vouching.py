"""Who knows a member well enough to vouch for her, and what became of a question already asked."""

from dataclasses import dataclass
from datetime import datetime

from models.base import database
from models.queries.people import known_as, name_of
from models.rules import vouching
from models.tables.accounts import Vouch
from models.vouches import VouchCard

# Groups whose people have begun to trust each other; in one that only forms, anybody could be the head.
TRUSTED = ("ready", "active", "paused")


@dataclass(frozen=True)
class Vouchers:
    """The people of one group who are asked about her, the first of them by name."""

    group_id: int
    group: str
    members: tuple[int, ...]

    @property
    def who(self) -> str:
        return known_as(name_of(self.members[0]))


def vouchers_of(member_id: int) -> list[Vouchers]:
    """One entry for each of her groups in which somebody can be asked. Whoever is frozen herself is not."""
    rows = database.execute_sql(
        """
        SELECT DISTINCT ON (g.id) g.id, g.name, g.head_id,
               (SELECT array_agg(o.member_id ORDER BY o.role, o.since, o.member_id)
                  FROM officer o JOIN member m ON m.id = o.member_id AND m.status = 'active' WHERE o.group_id = g.id)
          FROM seat s JOIN savings_group g ON g.id = s.group_id AND g.status = ANY(%s)
         WHERE s.member_id = %s AND s.status IN ('accepted', 'active', 'in_arrears', 'defaulted', 'exiting')
         ORDER BY g.id
        """,
        (list(TRUSTED), member_id),
    ).fetchall()
    found = []
    for group_id, group, head, active in rows:
        askable = [who for who in vouching.vouchers(member_id, head, active or ()) if who in (active or ())]
        if askable:
            found.append(Vouchers(int(group_id), str(group), tuple(askable)))
    return found


def may_vouch(vouch: Vouch, member_id: int) -> bool:
    """Whether this member is one of those who are asked."""
    return any(each.group_id == vouch.group_id and member_id in each.members for each in vouchers_of(vouch.member_id))


def live_vouch(member_id: int, purpose: str, now: datetime) -> VouchCard | None:
    """The question that is open, or whose yes still holds."""
    row = (
        Vouch.select()
        .where(
            (Vouch.member == member_id)
            & (Vouch.purpose == purpose)
            & Vouch.status.in_(("asked", "given"))
            & (Vouch.expires_at > now)
        )
        .get_or_none()
    )
    if row is None:
        return None
    who = next((each.who for each in vouchers_of(member_id) if each.group_id == row.group_id), "")
    return VouchCard(row.id, row.status == "given", who)
