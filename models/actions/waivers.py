"""A late fee that is taken off because somebody asked: a reason, and two people who agree (circle-rules 4.6).

What has been paid stays with the group. A fee that was unjust from the beginning is
taken back by `penalties`, without anybody's being asked.
"""

from datetime import datetime

from models.actions import audit, authority, books, news, running
from models.actions import request_news as tell
from models.actions.context import Context, Outcome
from models.actions.obligations import refresh_arrears
from models.actions.penalties import LATE
from models.base import move, transaction
from models.commands import AskWaiver, DecideWaiver, Done
from models.queries.more_time import fees_of
from models.queries.payouts import approvers_of
from models.rules import approvals, extensions, posting
from models.rules.refused import Refused
from models.tables.cycles import Obligation
from models.tables.groups import Group
from models.tables.money import Approval
from models.tables.requests import Waiver


@transaction
def ask_waiver(command: AskWaiver, context: Context) -> Outcome:
    """The member's wish, about her oldest late fee that she has not begun to pay."""
    seat = authority.own_seat(context.member, command.seat_id)
    if seat is None or command.reason not in extensions.REASONS:
        return Refused("gone")
    group = books.lock_group(seat.group_id)
    fee = next((fee for fee in fees_of(seat.id) if fee.status == "pending"), None)
    if fee is None or group.status not in ("active", "paused"):
        return Refused("no_fee")
    if Waiver.select().where(Waiver.obligation == fee.id).exists():
        return Refused("asked_before")
    waiver = Waiver.create(
        group=group.id,
        obligation=fee.id,
        reason=command.reason,
        status="asked",
        asked_at=context.now,
        expires_at=context.now + extensions.WAIVER_TIME,
    )
    tell.waiver_asked(waiver, group, fee, list(approvers_of(group.id, context.member)), context.now)
    _note("waiver.ask", waiver, context.actor, context.now)
    return Done()


@transaction
def decide_waiver(command: DecideWaiver, context: Context) -> Outcome:
    """An officer's word. The second yes takes the fee off, one no keeps it."""
    found = Waiver.get_or_none(Waiver.id == command.waiver_id)
    if found is None:
        return Refused("not_allowed")
    group, waiver, fee = _locked(found)
    member_id = fee.seat.member_id
    yes = _yes_of(waiver)
    refusal = approvals.may_approve(context.member, approvers_of(group.id, member_id), yes, member_id)
    if refusal is not None:
        return refusal
    if waiver.status != "asked" or fee.status != "pending" or waiver.expires_at <= context.now:
        return Refused("gone")
    _note("waiver.yes" if command.allow else "waiver.no", waiver, context.actor, context.now)
    if command.allow:
        _write_yes(waiver, context)
        yes |= {context.member}
        if approvals.approved(yes, member_id):
            take_off(waiver, group, fee, actor=context.actor, now=context.now, by=context.member)
    else:
        _end(waiver, "refused", context.now, by=context.member)
        tell.waiver_answered(waiver, group, fee, context.now, waived=False)
    counted = {"approvals": min(len(yes), approvals.NEEDED), "needed": approvals.NEEDED}
    return Done({"who": news.first(member_id), "allow": command.allow} | counted)


def waivers_to_end(now: datetime) -> list[int]:
    """Questions whose time is over."""
    query = Waiver.select(Waiver.id).where((Waiver.status == "asked") & (Waiver.expires_at <= now))
    return [row.id for row in query.order_by(Waiver.id)]


@transaction
def end_waiver(waiver_id: int, now: datetime) -> bool:
    """Not enough have agreed: the fee stays, and she is told. One that she has paid meanwhile needs no words."""
    group, waiver, fee = _locked(Waiver.get_by_id(waiver_id))
    if waiver.expires_at > now:
        return False
    if fee.status != "pending":
        return _end(waiver, "void", now)
    if not _end(waiver, "expired", now):
        return False
    tell.waiver_answered(waiver, group, fee, now, waived=False)
    _note("waiver.expire", waiver, "system", now)
    return True


def take_off(
    waiver: Waiver, group: Group, fee: Obligation, *, actor: str, now: datetime, by: int | None = None
) -> None:
    """The contra entry, and whatever follows: she may be up to date again, and the circle may be over by it.

    by: the officer who said the last yes; None when two of the staff have, be it after the officers' no.
    """
    move(Obligation, fee.id, "pending", "waived", settled_at=now)
    entry = posting.penalty_waived(
        fee.seat_id, fee.cycle_id, LATE, group.id, fee.seat.member_id, unpaid_kobo=fee.amount_kobo
    )
    books.post(entry, actor=actor, now=now, group_id=group.id, reason=waiver.reason)
    refresh_arrears(fee.seat_id, now)
    move(Waiver, waiver.id, waiver.status, "waived", ended_by=by, ended_at=now)
    tell.waiver_answered(waiver, group, fee, now, waived=True)
    running.finish_if_done(group.id, now)


def _yes_of(waiver: Waiver) -> set[int]:
    query = Approval.select(Approval.member).where((Approval.subject == subject(waiver)) & (Approval.verdict == "yes"))
    return {row.member_id for row in query if row.member_id is not None}


def _write_yes(waiver: Waiver, context: Context) -> None:
    Approval.insert(
        subject=subject(waiver),
        payload_hash="",
        member=context.member,
        verdict="yes",
        channel=context.channel,
        given_at=context.now,
    ).on_conflict(action="IGNORE").execute()


def subject(waiver: Waiver) -> str:
    """How approvals name it. It is about one fee and its amount for ever, so there is nothing to hash."""
    return f"waiver:{waiver.id}"


def _end(waiver: Waiver, status: str, now: datetime, *, by: int | None = None) -> bool:
    return move(Waiver, waiver.id, "asked", status, ended_by=by, ended_at=now)


def _locked(waiver: Waiver) -> tuple[Group, Waiver, Obligation]:
    """The rows as they are once the group's lock is held."""
    group = books.lock_group(waiver.group_id)
    return group, Waiver.get_by_id(waiver.id), Obligation.get_by_id(waiver.obligation_id)


def _note(verb: str, waiver: Waiver, actor: str, now: datetime) -> None:
    audit.note(verb, f"obligation:{waiver.obligation_id}", actor=actor, now=now, group_id=waiver.group_id)
