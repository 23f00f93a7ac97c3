"""One group as the staff sees it: its head lines, its rounds, its members with their state, its rules by version.

Nothing here decides who may look: the page does. Sealed names and numbers are opened for whoever is shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from models import phones
from models.base import database
from models.facts import Terms
from models.queries import groups as reads
from models.queries.panel_scope import seen_of
from models.queries.people import name_of, open_name
from models.rules import limits, rotation
from models.rules.circle import COUNTS_IN, CURRENT, OVER, UNPAID
from models.sealing import keys
from models.tables.groups import Group, GroupRules, Seat
from models.tables.people import Member
from models.tables.requests import Swap
from models.tables.staff import Staff

LEFT: Final = ("exited", "replaced", "removed", "deceased", "withdrawn")


@dataclass(frozen=True)
class GroupPage:
    """What stands above everything else. cycle_number 0: no cycle runs now. own_limit: two of the staff have set it."""

    group_id: int
    code: str
    name: str
    status: str
    head_id: int
    head: str = field(repr=False)  # her masked number for whoever may not see her yet
    head_seen: bool
    terms: Terms
    rules_version: int
    privacy: int
    taken: int
    cycle_number: int
    next_on: date | None
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    payouts_stopped_at: datetime | None
    pot_kobo: int
    pot_limit_kobo: int
    own_limit: bool

    @property
    def above_limit(self) -> bool:
        """Whether its pot is more than may go to one person."""
        return self.pot_kobo > self.pot_limit_kobo

    @property
    def full(self) -> bool:
        return self.taken >= self.terms.seats


@dataclass(frozen=True)
class Round:
    """One cycle of the rotation. phase: done | now | next | cancelled."""

    number: int
    due_on: date
    status: str
    phase: str
    collects: tuple[tuple[int, str], ...] = field(repr=False)  # member id and name
    paid: int
    of: int
    in_kobo: int
    due_kobo: int
    sent_kobo: int


@dataclass(frozen=True)
class SeatLine:
    """A seat and its holder. state: paid | owing | late | in | asks | waits | left | over.

    round_state: paid | owing | late, of the contribution of the round that runs; "" without one. owes: all that is
    open now. paid and received: into and out of pots, the latter before the service fee.
    """

    seat_id: int
    member_id: int
    name: str = field(repr=False)
    phone: str = field(repr=False)
    turn: int | None
    role: str
    seat_status: str
    frozen: bool
    state: str
    round_state: str
    owes_kobo: int
    late_since: datetime | None
    paid_kobo: int
    received_kobo: int
    collects_on: date | None
    rules_version: int | None


@dataclass(frozen=True)
class RulesLine:
    """One version of the rules. made_by: her name, or that of the staff who wrote it for her."""

    version: int
    terms: dict[str, Any]
    made_by: str = field(repr=False)
    by_staff: bool
    made_at: datetime
    accepted: int


@dataclass(frozen=True)
class Ballot:
    """The mark that was published before anybody joined, the secret after the draw. "" for what is not there.

    outcome: waits | same | swapped (since) | differs.
    """

    commitment: str
    secret: str
    outcome: str


def page_of(group_id: int, groups: list[int] | None = None) -> GroupPage | None:
    """The head lines; None when there is no such group. groups: those of whoever looks, None for all."""
    group = Group.get_or_none(Group.id == group_id)
    if group is None:
        return None
    number, due_on = database.execute_sql(
        """
        SELECT (SELECT number FROM cycle WHERE group_id = %(id)s AND status = ANY(%(current)s) LIMIT 1),
               (SELECT due_on FROM cycle WHERE group_id = %(id)s AND status = ANY(%(ahead)s) ORDER BY number LIMIT 1)
        """,
        {"id": group_id, "current": sorted(CURRENT), "ahead": ["scheduled", *sorted(CURRENT)]},
    ).fetchone()
    before = group.status in ("draft", "forming", "ready")
    head_seen = bool(seen_of([group.head_id], groups))
    return GroupPage(
        group_id=group.id,
        code=group.code,
        name=group.name,
        status=group.status,
        head_id=group.head_id,
        head=name_of(group.head_id) if head_seen else _masked_number(group.head_id),
        head_seen=head_seen,
        terms=reads.terms_of(group),
        rules_version=group.rules_version,
        privacy=group.privacy,
        taken=reads.taken(group.id),
        cycle_number=number or 0,
        next_on=reads.starts_on(group) if before else due_on if group.status in ("active", "paused") else None,
        created_at=group.created_at,
        started_at=group.started_at,
        ended_at=group.ended_at,
        payouts_stopped_at=group.payouts_stopped_at,
        pot_kobo=reads.pot_of(group),
        pot_limit_kobo=limits.limit_of(group.pot_limit_kobo),
        own_limit=group.pot_limit_kobo is not None,
    )


def _masked_number(member_id: int) -> str:
    sealed = Member.get_by_id(member_id).phone_sealed
    return phones.mask_local(keys().open(sealed, f"member.phone:{member_id}"))


def rounds(group_id: int) -> tuple[Round, ...]:
    """The rotation, the first to collect first; empty until the order is set."""
    rows = database.execute_sql(
        """
        SELECT c.number, c.due_on, c.status,
               (SELECT jsonb_agg(jsonb_build_array(m.id, encode(m.name_sealed, 'hex')) ORDER BY p.number)
                  FROM pot p JOIN seat s ON s.id = p.seat_id JOIN member m ON m.id = s.member_id
                 WHERE p.cycle_id = c.id),
               count(o.id) FILTER (WHERE o.status = ANY(%(in)s)), count(o.id),
               coalesce(sum(o.paid_kobo), 0)::bigint, coalesce(sum(o.amount_kobo), 0)::bigint,
               (SELECT coalesce(sum(x.net_kobo), 0)::bigint FROM payout x
                 WHERE x.cycle_id = c.id AND x.kind = 'pot' AND x.status = 'paid')
          FROM cycle c
          JOIN savings_group g ON g.id = c.group_id AND g.order_set_at IS NOT NULL
          LEFT JOIN obligation o ON o.cycle_id = c.id AND o.kind = 'contribution' AND o.status <> 'cancelled'
         WHERE c.group_id = %(group)s
         GROUP BY c.id ORDER BY c.number
        """,
        {"group": group_id, "in": sorted(COUNTS_IN)},
    ).fetchall()
    first_ahead = next((number for number, _, status, *_ in rows if status == "scheduled"), None)
    return tuple(_round(row, first_ahead) for row in rows)


def seats(group_id: int, now: datetime) -> tuple[SeatLine, ...]:
    """Everybody in it by her turn, then those who asked, then those who have left."""
    rows = database.execute_sql(
        """
        SELECT s.id, s.member_id, m.name_sealed, m.phone_sealed, s.turn, coalesce(f.role, ''), s.status,
               m.status = 'frozen', o.owes, o.late_since, o.paid,
               (SELECT coalesce(sum(x.gross_kobo), 0)::bigint FROM payout x
                 WHERE x.seat_id = s.id AND x.kind = 'pot' AND x.status = 'paid'),
               (SELECT c.due_on FROM pot p JOIN cycle c ON c.id = p.cycle_id
                 WHERE p.seat_id = s.id AND s.turn IS NOT NULL AND c.status <> 'cancelled' ORDER BY c.number LIMIT 1),
               s.rules_version,
               (SELECT CASE WHEN d.status = ANY(%(in)s) THEN 'paid' WHEN d.due_at < %(now)s THEN 'late' ELSE 'owing' END
                  FROM obligation d JOIN cycle c ON c.id = d.cycle_id AND c.status = ANY(%(current)s)
                 WHERE d.seat_id = s.id AND d.kind = 'contribution' AND d.status <> 'cancelled'
                 ORDER BY c.number DESC LIMIT 1)
          FROM seat s
          JOIN member m ON m.id = s.member_id
          LEFT JOIN officer f ON f.group_id = s.group_id AND f.member_id = s.member_id
          CROSS JOIN LATERAL (
            SELECT coalesce(sum(o.amount_kobo - o.paid_kobo)
                            FILTER (WHERE o.status = ANY(%(unpaid)s)), 0)::bigint AS owes,
                   min(o.due_at) FILTER (WHERE o.status = ANY(%(unpaid)s) AND o.due_at < %(now)s) AS late_since,
                   coalesce(sum(o.paid_kobo) FILTER (WHERE o.kind = 'contribution'), 0)::bigint AS paid
              FROM obligation o WHERE o.seat_id = s.id) o
         WHERE s.group_id = %(group)s AND (s.status NOT IN ('refused', 'withdrawn') OR s.accepted_at IS NOT NULL)
         ORDER BY s.turn NULLS LAST, s.accepted_at NULLS LAST, s.id
        """,
        {"group": group_id, "unpaid": sorted(UNPAID), "in": sorted(COUNTS_IN), "current": sorted(CURRENT), "now": now},
    ).fetchall()
    lines = [_seat(row) for row in rows]
    return tuple(sorted(lines, key=lambda line: line.state in LEFT or line.state in ("left", "asks", "waits")))


def rules(group_id: int) -> tuple[RulesLine, ...]:
    """Every version, the newest first, with how many of those in the group have accepted it."""
    accepted: dict[int | None, int] = {}
    for seat in Seat.select(Seat.rules_version).where((Seat.group == group_id) & Seat.status.in_(reads.IN_GROUP)):
        accepted[seat.rules_version] = accepted.get(seat.rules_version, 0) + 1
    rows = GroupRules.select().where(GroupRules.group == group_id).order_by(GroupRules.version.desc())
    return tuple(
        RulesLine(
            version=row.version,
            terms=row.terms,
            made_by=_author(row),
            by_staff=row.made_by_staff_id is not None,
            made_at=row.made_at,
            accepted=accepted.get(row.version, 0),
        )
        for row in rows
    )


def in_draft_order(lines: Sequence[SeatLine]) -> tuple[SeatLine, ...]:
    """Those who have accepted, as the order of turns stands in draft; who has no place yet comes last."""
    mine = [line for line in lines if line.seat_status == "accepted"]
    return tuple(sorted(mine, key=lambda line: (line.turn is None, line.turn or 0)))


def ballot(group_id: int) -> Ballot:
    """What anybody may know of the ballot, and whether it holds when the lots are drawn again."""
    group = Group.get_by_id(group_id)
    if group.draw_secret is None or group.order_set_at is None:
        return Ballot(group.draw_commitment or "", "", "waits")
    drawn = {seat.id: seat for seat in Seat.select().where((Seat.group == group_id) & Seat.turn.is_null(False))}
    secret = bytes.fromhex(group.draw_secret)
    order = rotation.draw(secret, {seat.id: seat.draw_number or 0 for seat in drawn.values()})
    if rotation.commitment(secret) != group.draw_commitment:
        outcome = "differs"
    elif [drawn[seat_id].turn for seat_id in order] == list(range(1, len(order) + 1)):
        outcome = "same"
    else:
        swaps = Swap.select().where((Swap.group == group_id) & (Swap.status == "done"))
        outcome = "swapped" if swaps.exists() else "differs"
    return Ballot(group.draw_commitment or "", group.draw_secret, outcome)


def _author(row: GroupRules) -> str:
    """A member, or one of the staff: the table allows nothing else."""
    if row.made_by_id is not None:
        return name_of(row.made_by_id)
    return str(Staff.get_by_id(row.made_by_staff_id).name)


def _round(row: Any, first_ahead: int | None) -> Round:
    number, due_on, status, collects, paid, of, in_kobo, due_kobo, sent = row
    if status == "cancelled":
        phase = "cancelled"
    elif status in CURRENT:
        phase = "now"
    elif status in OVER or status in ("paid", "short_paid"):
        phase = "done"
    else:
        phase = "next" if number == first_ahead else "later"
    names = tuple((member, open_name(member, bytes.fromhex(name))) for member, name in collects or ())
    return Round(number, due_on, status, phase, names, paid, of, in_kobo, due_kobo, sent)


def _seat(row: Any) -> SeatLine:
    (seat_id, member_id, name, phone, turn, role, status, frozen, owes, late_since, paid, received, collects_on,
     version, round_state) = row  # fmt: skip
    return SeatLine(
        seat_id=seat_id,
        member_id=member_id,
        name=open_name(member_id, name),
        phone=keys().open(phone, f"member.phone:{member_id}"),
        turn=turn,
        role=role,
        seat_status=status,
        frozen=frozen,
        state=_state(status, owes, late_since),
        round_state=round_state or "",
        owes_kobo=owes,
        late_since=late_since,
        paid_kobo=paid,
        received_kobo=received,
        collects_on=collects_on,
        rules_version=version,
    )


def _state(status: str, owes_kobo: int, late_since: datetime | None) -> str:
    """What the office says of a seat in a word."""
    if status in LEFT:
        return "left"
    if status in ("invited", "requested"):
        return "asks"
    if status in ("waiting", "accepted", "completed"):
        return {"waiting": "waits", "accepted": "in", "completed": "over"}[status]
    return "late" if late_since is not None else "owing" if owes_kobo else "paid"
