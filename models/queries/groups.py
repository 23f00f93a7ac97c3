"""Groups as people see them: the card, the rotation, who has paid. Nothing here decides who may look: `facts` does."""

from datetime import date
from typing import Final

from models.base import database
from models.facts import GroupCard, Terms, Turn, WhoPaid
from models.queries.people import called, known_as, name_of, open_name
from models.queries.prepared import Prepared
from models.rules import limits, terms
from models.rules.circle import COUNTS_IN
from models.rules.schedule import due_on
from models.tables.groups import Group, Officer, Seat

# A seat that counts: its holder has accepted the rules and belongs to the group.
IN_GROUP: Final = ("accepted", "active", "in_arrears", "defaulted", "exiting", "completed")
# A seat that somebody would like to have.
ASKING: Final = ("invited", "requested", "waiting")
# As whom the office speaks to members.
OFFICE: Final = "Ajo"
# Groups that can still be joined or left.
BEFORE_START: Final = ("forming", "ready")


# $1 the group, $2 the states that count as paid, $3 whether she may see all names.
# One line a member, in the order in which they paid: privacy, cycle number, id, paid seats, owing seats, sealed name.
_WHO_PAID: Final = Prepared(
    "who_paid",
    "bigint, text[], boolean",
    """
SELECT g.privacy, c.number, s.member_id,
       count(*) FILTER (WHERE o.status = ANY($2)), count(*) FILTER (WHERE NOT o.status = ANY($2)),
       CASE WHEN $3 OR g.privacy = 3 OR g.privacy = 2 AND bool_and(o.status = ANY($2)) THEN m.name_sealed END
  FROM savings_group g
  JOIN LATERAL (SELECT id, number FROM cycle
                 WHERE group_id = g.id AND status NOT IN ('scheduled', 'cancelled')
                 ORDER BY number DESC LIMIT 1) c ON true
  JOIN obligation o ON o.cycle_id = c.id AND o.kind = 'contribution' AND o.status <> 'cancelled'
  JOIN seat s ON s.id = o.seat_id
  JOIN member m ON m.id = s.member_id
 WHERE g.id = $1
 GROUP BY g.privacy, c.number, s.member_id, m.name_sealed
 ORDER BY max(o.settled_at) NULLS LAST, min(s.turn)
""",
)


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
        skipped_intervals=group.skipped_intervals,
        paused_intervals=group.paused_intervals,
    )


def starts_on(group: Group) -> date:
    """The day of the first contribution."""
    return due_on(group.anchor_on, group.frequency, group.skipped_intervals)


def pot_of(group: Group) -> int:
    """What one person collects at most when all have paid, before the service fee."""
    return limits.largest_pot(group.contribution_kobo, group.seats, group.pots_per_cycle)


def above_limit(group: Group) -> bool:
    """Whether two of the staff have to raise its limit before it may begin."""
    return limits.above(pot_of(group), group.pot_limit_kobo)


def officers(group_id: int) -> list[int]:
    """The head first, then the officers in the order of their naming."""
    query = Officer.select().where(Officer.group == group_id).order_by(Officer.role, Officer.since, Officer.member)
    return [row.member_id for row in query]


def turns(group_id: int, member_id: int) -> tuple[Turn, ...]:
    """The rotation, first to collect first; empty until the order is set."""
    rows = database.execute_sql(
        """
        SELECT s.turn, c.due_on, m.id, m.name_sealed,
               EXISTS (SELECT 1 FROM payout p WHERE p.cycle_id = c.id AND p.seat_id = s.id AND p.kind = 'pot'
                          AND p.status = 'paid')
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


def who_paid(group_id: int, member_id: int, seats: int, cycles: int, *, sees_all: bool) -> WhoPaid:
    """Who has paid the current cycle, or the last one that was. Names that she may not see are not even read.

    Privacy: 1 counts only, 2 names of those who paid, 3 of the others too; sees_all is for officers. A member
    with two seats counts as one who paid when both are.
    """
    rows = _WHO_PAID.rows(group_id, sorted(COUNTS_IN), sees_all)
    names = called({who: open_name(who, sealed) for _, _, who, _, _, sealed in rows if sealed is not None})
    paid = {who for _, _, who, _, owing, _ in rows if not owing}
    return WhoPaid(
        privacy=3 if sees_all else rows[0][0] if rows else 1,
        cycle_number=rows[0][1] if rows else 0,
        cycles=cycles,
        paid_count=sum(row[3] for row in rows),
        seats=seats,
        i_paid=member_id in paid,
        paid=tuple(name for who, name in names.items() if who in paid),
        unpaid=tuple(name for who, name in names.items() if who not in paid),
    )
