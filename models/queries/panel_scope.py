"""Which groups somebody of the staff sees: a field officer her own, everybody else all."""

from collections.abc import Iterable

from models.actions.signing_in import Somebody
from models.rules.staff import own_groups_only
from models.tables.groups import Seat


def groups_of(who: Somebody, group_id: int | None = None) -> list[int] | None:
    """The ids that a query may read, None for all. One group may be asked for; somebody else's gives nothing."""
    if own_groups_only(who.role):
        return sorted(who.groups if group_id is None else who.groups & {group_id})
    return None if group_id is None else [group_id]


def seen_of(member_ids: Iterable[int], groups: list[int] | None) -> set[int]:
    """Of these members whom somebody with these groups may see: who has, or had, a seat in one. None sees all."""
    wanted = set(member_ids)
    if groups is None or not wanted:
        return wanted
    rows = Seat.select(Seat.member).where(Seat.member.in_(wanted) & Seat.group.in_(groups)).distinct()
    return {row.member_id for row in rows}
