"""Groups as people see them: the card, the rotation, who has paid. Nothing here decides who may look: `facts` does."""

from typing import Final

from models.base import database
from models.facts import GroupCard, Terms, Turn, WhoPaid
from models.queries.people import called, known_as, name_of, names_of, open_name
from models.rules import terms
from models.rules.circle import COUNTS_IN
from models.tables.groups import Group, Officer, Seat

# A seat that counts: its holder has accepted the rules and belongs to the group.
IN_GROUP: Final = ("accepted", "active", "in_arrears", "defaulted", "exiting", "completed")
# A seat that somebody would like to have.
ASKING: Final = ("invited", "requested", "waiting")
# Groups that can still be joined or left.
BEFORE_START: Final = ("forming", "ready")


def taken(group_id: int) -> int:
    """How many seats are taken."""
    return int(Seat.select().where((Seat.group == group_id) & Seat.status.in_(IN_GROUP)).count())


def by_code(code: str) -> Group | None:
    """The group with this code, unless it has come to its end."""
    return Group.get_or_none((Group.code == code) & Group.status.not_in(("draft", "cancelled", "completed")))


def card(group: Group) -> GroupCard:
    """A group as it is shown before anybody promises anything."""
    return GroupCard(
        group_id=group.id,
        code=group.code,
        name=group.name,
        head=known_as(name_of(group.head_id)),
        status=group.status,
        taken=taken(group.id),
        rules_version=group.rules_version,
        terms=terms_of(group),
    )


def terms_of(group: Group) -> Terms:
    """The terms in force, with what follows from them."""
    return terms.terms_of(
        group.contribution_kobo,
        group.frequency,
        group.seats,
        group.turn_order,
        group.anchor_on,
        pots_per_cycle=group.pots_per_cycle,
        late_fee_kobo=group.late_fee_kobo,
        grace_days=group.grace_days,
        cutoff_hour=group.cutoff_hour,
        service_fee_bps=group.service_fee_bps,
    )


def officers(group_id: int) -> list[int]:
    """The head first, then the officers in the order of their naming."""
    query = Officer.select().where(Officer.group == group_id).order_by(Officer.role, Officer.since, Officer.member)
    return [row.member_id for row in query]


def turns(group_id: int, member_id: int) -> tuple[Turn, ...]:
    """The rotation, first to collect first; empty until the order is set."""
    rows = database.execute_sql(
        """
        SELECT s.turn, c.due_on, m.id, m.name_sealed,
               EXISTS (SELECT 1 FROM payout p WHERE p.cycle_id = c.id AND p.seat_id = s.id AND p.status = 'paid')
          FROM cycle c
          JOIN pot ON pot.cycle_id = c.id
          JOIN seat s ON s.id = pot.seat_id
          JOIN member m ON m.id = s.member_id
         WHERE c.group_id = %s AND c.status <> 'cancelled' AND s.turn IS NOT NULL
         ORDER BY s.turn
        """,
        (group_id,),
    ).fetchall()
    names = called({who: open_name(who, sealed) for _, _, who, sealed, _ in rows})
    return tuple(Turn(number, on, names[who], who == member_id, done) for number, on, who, _, done in rows)


def who_paid(seat: Seat, privacy: int) -> WhoPaid:
    """Who has paid the current cycle (before the first one: nobody). Names above the privacy level are not even read.

    privacy: 1 counts only, 2 names of those who paid, 3 of the others too. A member with two seats is named
    when all of them are paid.
    """
    group = seat.group
    cycle = _cycle_to_show(group.id)
    if cycle is None:
        return WhoPaid(privacy, 0, group.cycles, 0, group.seats, False)
    cycle_id, number = cycle
    owing = _owing_by_member(cycle_id)
    shown = {member for member, unpaid in owing.items() if privacy == 3 or (privacy == 2 and not unpaid)}
    names = called(names_of(shown))
    return WhoPaid(
        privacy=privacy,
        cycle_number=number,
        cycles=group.cycles,
        paid_count=_paid_seats(cycle_id),
        seats=group.seats,
        i_paid=not owing.get(seat.member_id, True),
        paid=tuple(names[member] for member, unpaid in owing.items() if member in names and not unpaid),
        unpaid=tuple(names[member] for member, unpaid in owing.items() if member in names and unpaid),
    )


def _cycle_to_show(group_id: int) -> tuple[int, int] | None:
    """The current cycle, or the last one that was."""
    row = database.execute_sql(
        """
        SELECT id, number FROM cycle
         WHERE group_id = %s AND status NOT IN ('scheduled', 'cancelled')
         ORDER BY number DESC LIMIT 1
        """,
        (group_id,),
    ).fetchone()
    return None if row is None else (int(row[0]), int(row[1]))


def _owing_by_member(cycle_id: int) -> dict[int, bool]:
    """Whether a member still owes a contribution of this cycle, in the order in which they settled it."""
    rows = database.execute_sql(
        """
        SELECT s.member_id, bool_or(NOT (o.status = ANY(%s)))
          FROM obligation o JOIN seat s ON s.id = o.seat_id
         WHERE o.cycle_id = %s AND o.kind = 'contribution' AND o.status <> 'cancelled'
         GROUP BY s.member_id
         ORDER BY max(o.settled_at) NULLS LAST, min(s.turn)
        """,
        (sorted(COUNTS_IN), cycle_id),
    ).fetchall()
    return {int(member): bool(unpaid) for member, unpaid in rows}


def _paid_seats(cycle_id: int) -> int:
    row = database.execute_sql(
        "SELECT count(*) FROM obligation WHERE cycle_id = %s AND kind = 'contribution' AND status = ANY(%s)",
        (cycle_id, sorted(COUNTS_IN)),
    ).fetchone()
    return int(row[0])
