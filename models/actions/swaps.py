"""Swaps of turns: one member asks, the other agrees, an officer who is neither allows it, and two pots change hands.

Who may swap is `rules.swaps`'s; it is asked again at every step, because a payment or a
payout may have come in between. A seat is in one request at a time.
"""

from datetime import datetime

from models.actions import audit, authority, books, news
from models.actions import request_news as tell
from models.actions.context import Context, Outcome
from models.base import move, transaction
from models.commands import AnswerSwap, AskSwap, DecideSwap, Done, WithdrawSwap
from models.queries.swaps import OPEN, cover_of, deciders_of, sides_of
from models.rules import swaps
from models.rules.refused import Refused
from models.rules.swaps import Side
from models.tables.cycles import Pot
from models.tables.groups import Group, Seat
from models.tables.requests import Swap

Sides = tuple[Side, Side]


@transaction
def ask_swap(command: AskSwap, context: Context) -> Outcome:
    """The asker's wish; the other side is told."""
    seat = authority.own_seat(context.member, command.seat_id)
    if seat is None:
        return Refused("gone")
    group = books.lock_group(seat.group_id)
    if group.status != "active":
        return Refused("not_running")
    sides = sides_of(group.id, context.now)
    mine, other = sides.get(seat.id), sides.get(command.other_seat_id)
    if mine is None or other is None:
        return Refused("gone")
    refusal = swaps.may_swap(mine, other, cover_of(group), context.now)
    if refusal is not None:
        return refusal
    swap = Swap.create(
        group=group.id,
        asker_seat=mine.seat_id,
        other_seat=other.seat_id,
        asker_turn=mine.turn,
        other_turn=other.turn,
        status="asked",
        asked_at=context.now,
        answer_by=swaps.answer_by(context.now, mine, other),
    )
    tell.swap_asked(swap, group, mine, other, context.now)
    _note("swap.ask", swap, context)
    return Done({"swap_id": swap.id, "who": news.first(other.member_id)})


@transaction
def answer_swap(command: AnswerSwap, context: Context) -> Outcome:
    """The other side's yes or no."""
    swap = Swap.get_or_none(Swap.id == command.swap_id)
    if swap is None or swap.other_seat.member_id != context.member:
        return Refused("gone")
    group, swap = _locked(swap)
    if swap.status != "asked" or swap.answer_by <= context.now:
        return Refused("gone")
    asker_id = swap.asker_seat.member_id
    if not command.agree:
        _end(swap, "refused", context.now, by=context.member)
        tell.swap_refused(swap, group, context.member, [asker_id], context.now)
        _note("swap.refuse", swap, context)
        return Done({"agreed": False, "who": news.first(asker_id), "decider": ""})
    sides = _still_possible(swap, group, context.now)
    if sides is None:
        return _void(swap, group, context)
    answer_by = swaps.answer_by(context.now, *sides)
    move(Swap, swap.id, "asked", "agreed", agreed_at=context.now, answer_by=answer_by)
    decider = deciders_of(group.id, asker_id, context.member)[0]
    tell.swap_agreed(swap, group, *sides, decider, context.now)
    _note("swap.agree", swap, context)
    return Done({"agreed": True, "who": news.first(asker_id), "decider": news.known(decider)})


@transaction
def decide_swap(command: DecideSwap, context: Context) -> Outcome:
    """The officer's word. With her yes the turns are exchanged."""
    swap = Swap.get_or_none(Swap.id == command.swap_id)
    if swap is None:
        return Refused("not_allowed")
    group, swap = _locked(swap)
    parties = [swap.asker_seat.member_id, swap.other_seat.member_id]
    if context.member not in deciders_of(group.id, *parties):
        return Refused("not_allowed")
    if swap.status != "agreed" or swap.answer_by <= context.now:
        return Refused("gone")
    done = Done({"allowed": command.allow, "who": news.first(parties[0]), "name": news.first(parties[1])})
    if not command.allow:
        _end(swap, "refused", context.now, by=context.member)
        tell.swap_refused(swap, group, context.member, parties, context.now)
        _note("swap.refuse", swap, context)
        return done
    sides = _still_possible(swap, group, context.now)
    if sides is None:
        return _void(swap, group, context)
    _exchange(*sides)
    _end(swap, "done", context.now, by=context.member)
    tell.swap_done(swap, group, *sides, context.now)
    _note("swap.do", swap, context)
    return done


@transaction
def withdraw_swap(command: WithdrawSwap, context: Context) -> Outcome:
    """The asker takes it back. Nobody is told: what waits for an answer is no longer shown."""
    swap = Swap.get_or_none(Swap.id == command.swap_id)
    if swap is None or swap.asker_seat.member_id != context.member:
        return Refused("gone")
    _, swap = _locked(swap)
    if not _end(swap, "withdrawn", context.now, by=context.member):
        return Refused("gone")
    _note("swap.withdraw", swap, context)
    return Done()


def swaps_to_end(now: datetime) -> list[int]:
    """Requests whose time to answer is over."""
    query = Swap.select(Swap.id).where(Swap.status.in_(OPEN) & (Swap.answer_by <= now))
    return [row.id for row in query.order_by(Swap.id)]


@transaction
def end_swap(swap_id: int, now: datetime) -> bool:
    """No answer is a no. Both are told, as far as they know of it. False when it has been answered after all."""
    group, swap = _locked(Swap.get_by_id(swap_id))
    if swap.answer_by > now or not _end(swap, "expired", now):
        return False
    parties = [swap.asker_seat.member_id] + [swap.other_seat.member_id] * (swap.agreed_at is not None)
    tell.swap_over(swap, group, parties, now, in_time=False)
    audit.note("swap.expire", f"swap:{swap.id}", actor="system", now=now, group_id=group.id)
    return True


def _locked(swap: Swap) -> tuple[Group, Swap]:
    """The swap as it is once the group's lock is held."""
    group = books.lock_group(swap.group_id)
    return group, Swap.get_by_id(swap.id)


def _still_possible(swap: Swap, group: Group, now: datetime) -> Sides | None:
    """The sides, if the two may still exchange the very turns that they were asked about."""
    sides = sides_of(group.id, now, but=swap.id)
    asker, other = sides.get(swap.asker_seat_id), sides.get(swap.other_seat_id)
    if asker is None or other is None or group.status != "active":
        return None
    if (asker.turn, other.turn) != (swap.asker_turn, swap.other_turn):
        return None
    return (asker, other) if swaps.may_swap(asker, other, cover_of(group), now) is None else None


def _exchange(one: Side, other: Side) -> None:
    """Turns and pots together. That a turn is given twice in between, the database looks away from until the commit."""
    for mine, theirs in ((one, other), (other, one)):
        seat = (Seat.id == mine.seat_id) & (Seat.turn == mine.turn)
        pot = (Pot.cycle == theirs.cycle_id) & (Pot.number == theirs.pot_number) & (Pot.seat == theirs.seat_id)
        if Seat.update(turn=theirs.turn).where(seat).execute() != 1:
            raise RuntimeError(f"seat {mine.seat_id} changed its turn under the lock of its group")
        if Pot.update(seat=mine.seat_id).where(pot).execute() != 1:
            raise RuntimeError(f"the pot of seat {theirs.seat_id} changed hands under the lock of its group")


def _void(swap: Swap, group: Group, context: Context) -> Refused:
    """Something has happened since it was asked. Both are told, and nothing has changed."""
    _end(swap, "void", context.now)
    parties = [swap.asker_seat.member_id, swap.other_seat.member_id]
    tell.swap_over(swap, group, parties, context.now, in_time=True)
    _note("swap.void", swap, context)
    return Refused("not_possible")


def _end(swap: Swap, status: str, now: datetime, *, by: int | None = None) -> bool:
    return move(Swap, swap.id, OPEN, status, ended_by=by, ended_at=now)


def _note(verb: str, swap: Swap, context: Context) -> None:
    audit.note(
        verb, f"swap:{swap.id}", actor=context.actor, now=context.now, group_id=swap.group_id,
        detail={"turns": {str(swap.asker_seat_id): swap.asker_turn, str(swap.other_seat_id): swap.other_turn}},
    )  # fmt: skip
