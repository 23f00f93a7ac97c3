"""Reads about swaps of turns: the sides as the rules need them, and whom a seat may ask."""

from datetime import datetime

from models.base import database
from models.facts import SwapChoices, SwapPartner
from models.queries.groups import officers
from models.queries.people import called, known_as, name_of, names_of
from models.rules import approvals, swaps
from models.rules.swaps import Cover, Side
from models.tables.groups import Group, Seat
from models.tables.requests import Swap

OPEN = ("asked", "agreed")

SIDES = """
SELECT s.id, s.member_id, s.turn, p.number, s.status, c.id, c.number, c.status, c.due_on, c.due_at,
       EXISTS (SELECT 1 FROM payout x WHERE x.cycle_id = c.id AND x.pot_number = p.number
                  AND x.kind = 'pot' AND x.status <> 'cancelled'),
       EXISTS (SELECT 1 FROM obligation o JOIN cycle d ON d.id = o.cycle_id
                WHERE o.seat_id = s.id AND o.status IN ('pending', 'partial') AND o.due_at < %(now)s
                  AND d.status <> 'scheduled'),
       EXISTS (SELECT 1 FROM swap w WHERE w.group_id = s.group_id AND w.status IN ('asked', 'agreed')
                  AND s.id IN (w.asker_seat_id, w.other_seat_id) AND w.id <> %(but)s),
       coalesce((SELECT -b.amount FROM account_balance b WHERE b.account_id = 'liab.deposit:' || s.id), 0)
  FROM seat s
  JOIN pot p ON p.seat_id = s.id
  JOIN cycle c ON c.id = p.cycle_id AND c.status <> 'cancelled'
 WHERE s.group_id = %(group)s AND s.turn IS NOT NULL
 ORDER BY s.turn
"""


def sides_of(group_id: int, now: datetime, *, but: int = 0) -> dict[int, Side]:
    """The seats of a running group by id, in order of turns. but: a swap that does not count as one that waits."""
    rows = database.execute_sql(SIDES, {"group": group_id, "now": now, "but": but}).fetchall()
    return {row[0]: Side(*row) for row in rows}


def cover_of(group: Group) -> Cover:
    """What the group's rules say about deposits."""
    return Cover(group.contribution_kobo, group.cycles, group.deposit_cover_pct)


def deciders_of(group_id: int, *parties: int) -> tuple[int, ...]:
    """Who may answer a request of these members, the one to ask first."""
    seats = Seat.select(Seat.member).where((Seat.group == group_id) & Seat.turn.is_null(False)).order_by(Seat.turn)
    return approvals.deciders(officers(group_id), [seat.member_id for seat in seats], parties)


def choices(seat_id: int, group_id: int, now: datetime) -> SwapChoices:
    """Whom this seat may ask. The caller has seen to it that it is hers."""
    group = Group.get_by_id(group_id)
    sides = sides_of(group_id, now)
    mine = sides.get(seat_id)
    if mine is None or group.status != "active":
        return SwapChoices(0, None, "not_running", "")
    waiting = _waiting(seat_id)
    decider = decider_of(group_id, mine.member_id, *_others(waiting, mine, sides))
    if waiting is not None:
        return _with_open(waiting, mine, sides, decider)
    refusal = swaps.obstacle(mine, now)
    if refusal is not None:
        return SwapChoices(mine.turn, mine.due_on, refusal.why, decider)
    able = [other for other in sides.values() if swaps.may_swap(mine, other, cover_of(group), now) is None]
    names = called(names_of(side.member_id for side in able))
    partners = tuple(SwapPartner(side.seat_id, side.turn, names[side.member_id], side.due_on) for side in able)
    return SwapChoices(mine.turn, mine.due_on, "", decider, partners)


def decider_of(group_id: int, *parties: int) -> str:
    """Who will be asked about a request of these members, as the group speaks of her; "" when there is nobody."""
    found = deciders_of(group_id, *parties)
    return known_as(name_of(found[0])) if found else ""


def _waiting(seat_id: int) -> Swap | None:
    """The swap of this seat that waits for an answer which is not its own."""
    agreed_by_her = (Swap.other_seat == seat_id) & (Swap.status == "agreed")
    asked_by_her = (Swap.asker_seat == seat_id) & Swap.status.in_(OPEN)
    return Swap.get_or_none(asked_by_her | agreed_by_her)


def _others(waiting: Swap | None, mine: Side, sides: dict[int, Side]) -> list[int]:
    if waiting is None:
        return []
    return [sides[seat].member_id for seat in (waiting.asker_seat_id, waiting.other_seat_id) if seat != mine.seat_id]


def _with_open(waiting: Swap, mine: Side, sides: dict[int, Side], decider: str) -> SwapChoices:
    asked_by_her = waiting.asker_seat_id == mine.seat_id
    other = sides[waiting.other_seat_id if asked_by_her else waiting.asker_seat_id]
    return SwapChoices(
        mine.turn,
        mine.due_on,
        "",
        decider,
        open_swap_id=waiting.id if asked_by_her else None,
        open_with=known_as(name_of(other.member_id)),
        open_on=other.due_on,
        open_agreed=waiting.status == "agreed",
    )
