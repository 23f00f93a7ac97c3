"""More time to pay: asked for once for each contribution, given by an officer, never by oneself.

With a yes the obligation itself gets the new due date, so that the late fee, the
reminders, arrears and the mark "late" all go by it. Where the late fee is to stay, or
was charged before, `fee_from` keeps the date that the fee goes by.
"""

from datetime import datetime

from models.actions import audit, authority, books, news
from models.actions import request_news as tell
from models.actions.context import Context, Outcome
from models.actions.obligations import refresh_arrears
from models.base import move, transaction
from models.commands import AskMoreTime, DecideMoreTime, Done
from models.queries.more_time import offers_for, oldest_due
from models.queries.swaps import deciders_of
from models.rules import extensions
from models.rules.circle import UNPAID
from models.rules.refused import Refused
from models.tables.cycles import Obligation
from models.tables.groups import Group
from models.tables.requests import Extension

SYSTEM = "system"


@transaction
def ask_more_time(command: AskMoreTime, context: Context) -> Outcome:
    """The member's wish. Nothing moves until an officer has answered."""
    seat = authority.own_seat(context.member, command.seat_id)
    if seat is None or command.reason not in extensions.REASONS:
        return Refused("gone")
    group = books.lock_group(seat.group_id)
    row = oldest_due(seat.id)
    if group.status == "paused":
        return Refused("paused")
    if row is None or group.status != "active":
        return Refused("nothing_due")
    if Extension.select().where(Extension.obligation == row.id).exists():
        return Refused("asked_before")
    offer = offers_for(row, group, context.now).get(command.kind)
    if offer is None:
        return Refused("not_possible")
    extension = Extension.create(
        group=group.id,
        obligation=row.id,
        kind=offer.kind,
        reason=command.reason,
        status="asked",
        due_before=row.due_at,
        due_after=offer.until_at,
        first_paid_kobo=row.paid_kobo + offer.first_kobo if offer.first_by else None,
        first_by=offer.first_by,
        asked_at=context.now,
        expires_at=extensions.expires_at(context.now, row.due_at),
    )
    decider = deciders_of(group.id, context.member)[0]
    tell.time_asked(extension, group, context.member, decider, context.now)
    _note("time.ask", extension, context.actor, context.now)
    return Done()


@transaction
def decide_more_time(command: DecideMoreTime, context: Context) -> Outcome:
    """The officer's word: allow, allow but keep the late fee, or refuse."""
    found = Extension.get_or_none(Extension.id == command.extension_id)
    if found is None:
        return Refused("not_allowed")
    group, extension, row = _locked(found)
    member_id = row.seat.member_id
    if context.member not in deciders_of(group.id, member_id):
        return Refused("not_allowed")
    if not _waits(extension, row) or extension.expires_at <= context.now:
        return Refused("gone")
    answered = {"answered_by": context.member, "answered_at": context.now}
    if command.verdict == "refuse":
        move(Extension, extension.id, "asked", "refused", ended_at=context.now, **answered)
        tell.time_refused(extension, group, row, context.member, context.now)
    else:
        _give(extension, group, row, context, keeps_fee=command.verdict == "keep_fee", answered=answered)
    _note(f"time.{command.verdict}", extension, context.actor, context.now)
    return Done({"who": news.first(member_id), "verdict": command.verdict})


def extensions_to_look_at(now: datetime) -> list[int]:
    """Questions whose time is over, and time that was given and is over."""
    unanswered = (Extension.status == "asked") & (Extension.expires_at <= now)
    over = (Extension.due_after < now) | (Extension.first_by < now)
    given = (Extension.status == "allowed") & over
    return [row.id for row in Extension.select(Extension.id).where(unanswered | given).order_by(Extension.id)]


@transaction
def end_extension(extension_id: int, now: datetime) -> str:
    """Bring one to its end, if it has come. The state that it is in afterwards."""
    group, extension, row = _locked(Extension.get_by_id(extension_id))
    if extension.status == "asked" and extension.expires_at <= now:
        _expire(extension, group, row, now)
    elif extension.status == "allowed":
        _look_whether_kept(extension, group, row, now)
    return str(Extension.get_by_id(extension_id).status)


def _give(
    extension: Extension,
    group: Group,
    row: Obligation,
    context: Context,
    *,
    keeps_fee: bool,
    answered: dict[str, object],
) -> None:
    """The new date, on the obligation itself. A late fee that was charged before is not taken off by this."""
    keeps_fee = keeps_fee or _has_fee(row)
    first_by = extension.first_by and extensions.first_part_by(extension.first_by, extension.due_after, context.now)
    move(Extension, extension.id, "asked", "allowed", keeps_fee=keeps_fee, first_by=first_by, **answered)
    # A date that the fee goes by already is kept: the group has rested since.
    fee_from = (row.fee_from or extension.due_before) if keeps_fee else None
    changed = {"due_at": extension.due_after, "fee_from": fee_from}
    Obligation.update(**changed).where(Obligation.id == row.id).execute()
    refresh_arrears(row.seat_id, context.now)
    extension, row = Extension.get_by_id(extension.id), Obligation.get_by_id(row.id)
    first_kobo = 0 if extension.first_paid_kobo is None else max(extension.first_paid_kobo - row.paid_kobo, 0)
    tell.time_given(extension, group, row, context.member, first_kobo, context.now)


def _expire(extension: Extension, group: Group, row: Obligation, now: datetime) -> None:
    """Nobody answered: kindly, the same as a no. Where she has paid meanwhile, there is nothing to say."""
    if not _waits(extension, row):
        move(Extension, extension.id, "asked", "void", ended_at=now)
        return
    move(Extension, extension.id, "asked", "expired", ended_at=now)
    decider = deciders_of(group.id, row.seat.member_id)[0]
    tell.time_refused(extension, group, row, decider, now)
    _note("time.expire", extension, SYSTEM, now)


def _look_whether_kept(extension: Extension, group: Group, row: Obligation, now: datetime) -> None:
    """Paid by the new date, or not. When the first of two parts is missing on its own date, the old date is back."""
    if row.status not in UNPAID:
        move(Extension, extension.id, "allowed", "kept", ended_at=now)
    elif extension.due_after < now:
        move(Extension, extension.id, "allowed", "broken", ended_at=now)
    elif _first_part_is_missing(extension, row, now):
        move(Extension, extension.id, "allowed", "broken", ended_at=now)
        Obligation.update(due_at=extension.due_before, fee_from=None).where(Obligation.id == row.id).execute()
        tell.first_part_missing(extension, group, Obligation.get_by_id(row.id), now)
        _note("time.break", extension, SYSTEM, now)
    refresh_arrears(row.seat_id, now)


def _first_part_is_missing(extension: Extension, row: Obligation, now: datetime) -> bool:
    by, kobo = extension.first_by, extension.first_paid_kobo
    return by is not None and kobo is not None and by < now and row.paid_kobo < kobo


def _waits(extension: Extension, row: Obligation) -> bool:
    return extension.status == "asked" and row.status in UNPAID and row.due_at == extension.due_before


def _has_fee(row: Obligation) -> bool:
    fee = (Obligation.seat == row.seat_id) & (Obligation.cycle == row.cycle_id) & (Obligation.kind == "penalty")
    return bool(Obligation.select().where(fee).exists())


def _locked(extension: Extension) -> tuple[Group, Extension, Obligation]:
    """The rows as they are once the group's lock is held."""
    group = books.lock_group(extension.group_id)
    return group, Extension.get_by_id(extension.id), Obligation.get_by_id(extension.obligation_id)


def _note(verb: str, extension: Extension, actor: str, now: datetime) -> None:
    audit.note(verb, f"obligation:{extension.obligation_id}", actor=actor, now=now, group_id=extension.group_id)
