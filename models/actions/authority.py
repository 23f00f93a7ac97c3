"""May she do this to that? One place for the question, asked by every command.

What is not hers is answered exactly like what does not exist: a stranger who tries
ids learns nothing from the answers. The row that is asked about is locked on request,
group before seat, so that all commands take their locks in one order.
"""

from models.queries.groups import IN_GROUP
from models.tables.groups import Group, Officer, Seat


def group_of_officer(member_id: int, group_id: int, *, lock: bool = False) -> tuple[Group, str] | None:
    """The group and her role in it ('head' or 'officer'), or None."""
    row = Officer.get_or_none((Officer.group == group_id) & (Officer.member == member_id))
    return None if row is None else (load_group(group_id, lock=lock), row.role)


def own_seat(member_id: int, seat_id: int) -> Seat | None:
    """Her own seat, whatever its status."""
    return Seat.get_or_none((Seat.id == seat_id) & (Seat.member == member_id))


def holds_seat(member_id: int, group_id: int) -> bool:
    """Whether she belongs to the group."""
    return bool(
        Seat.select().where((Seat.group == group_id) & (Seat.member == member_id) & Seat.status.in_(IN_GROUP)).exists()
    )


def load_group(group_id: int, *, lock: bool = False) -> Group:
    """A group that exists; with lock nobody else changes who is in it until the commit."""
    query = Group.select().where(Group.id == group_id)
    return (query.for_update() if lock else query).get()
