"""Reports of a problem: opened by a member, told to the head where that helps, answered by the office."""

from datetime import datetime

from models.account_commands import OpenReport
from models.actions import audit, authority
from models.actions.context import Context, Outcome
from models.actions.mail import queue_message
from models.base import move, next_id, transaction
from models.commands import Done
from models.news_values import words
from models.queries.people import known_as, name_of
from models.rules import codes, reports, schedule
from models.tables.accounts import Report
from models.tables.groups import Group, Seat
from models.tables.money import Payment


@transaction
def open_report(command: OpenReport, context: Context) -> Outcome:
    """Write it down once a day and kind. What it is about is found here, so that she need not explain it."""
    if command.kind not in reports.KINDS or command.happened not in reports.HAPPENED:
        raise ValueError(f"{command.kind} {command.happened} is no report")
    today = schedule.local_date(context.now)
    earlier = Report.get_or_none(
        (Report.member == context.member) & (Report.kind == command.kind) & (Report.opened_on == today)
    )
    if earlier is not None:
        return Done({"ref": earlier.short_ref, "again": True})
    seat = authority.own_seat(context.member, command.seat_id) if command.seat_id else None
    report = _write(command, seat, context)
    if seat is not None:
        _tell_head(report, seat.group, context.now)
    audit.note("report.open", f"report:{report.id}", actor=context.actor, now=context.now, detail={"kind": report.kind})
    return Done({"ref": report.short_ref, "again": False})


@transaction
def answer_report(report_id: int, text: str, *, actor: str, now: datetime) -> bool:
    """The office's answer, by SMS to the one who reported. False when somebody has answered it already."""
    if not move(Report, report_id, "open", "answered", answered_at=now, answered_by=actor):
        return False
    report = Report.get_by_id(report_id)
    queue_message(
        "S57",
        dedupe_key=f"report:{report_id}:answer",
        facts={"ref": report.short_ref, "answer": text},
        member_id=report.member_id,
        now=now,
    )
    audit.note("report.answer", f"report:{report_id}", actor=actor, now=now)
    return True


def _write(command: OpenReport, seat: Seat | None, context: Context) -> Report:
    report_id = next_id(Report)
    Report.insert(
        id=report_id,
        short_ref=codes.report_ref(report_id),
        member=context.member,
        group=None if seat is None else seat.group_id,
        payment=_payment_meant(seat) if command.kind in ("not_shown", "wrong_amount") else None,
        kind=command.kind,
        happened=command.happened,
        for_office=command.kind in reports.FOR_OFFICE,
        status="open",
        opened_on=schedule.local_date(context.now),
        opened_at=context.now,
        channel=context.channel,
    ).execute()
    return Report.get_by_id(report_id)


def _payment_meant(seat: Seat | None) -> int | None:
    """Her last payment into this group that did not arrive as she expected; else simply the last one."""
    if seat is None:
        return None
    mine = Payment.select(Payment.id).where(Payment.seat == seat.id).order_by(Payment.id.desc())
    row = mine.where(Payment.status != "success").first() or mine.first()
    return None if row is None else int(row.id)


def _tell_head(report: Report, group: Group, now: datetime) -> None:
    """S56: for what the head can help with. Never who suspects whom."""
    if not reports.head_is_told(report.kind, is_head=group.head_id == report.member_id):
        return
    queue_message(
        "S56",
        dedupe_key=f"report:{report.id}:head",
        facts={
            "who": known_as(name_of(report.member_id)),
            "group": group.name,
            "what": words(f"WHAT_{report.kind}"),
            "ref": report.short_ref,
        },
        member_id=group.head_id,
        group_id=group.id,
        now=now,
    )
