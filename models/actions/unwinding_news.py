"""What people are told when a group ends in the middle: as in `news`, one function for each piece of news."""

from datetime import datetime

from models import policy
from models.actions import news
from models.actions.mail import queue_message
from models.money import show
from models.news_values import NewsValue, day, words
from models.queries import unwinding as reads
from models.rules.schedule import local_date
from models.tables.cycles import Obligation
from models.tables.groups import Group
from models.tables.unwinding import Unwinding


def begins(group: Group, now: datetime) -> None:
    """S83 what she gets back, S83d what she owes, S83e when it is neither; one message for each of her seats."""
    found = reads.progress(group.id)
    if found is None:
        return
    for line in found.lines:
        facts: dict[str, NewsValue] = {"group": group.name, "why": words(f"END_{found.reason}")}
        if line.net_kobo:
            facts["pot"] = show(abs(line.net_kobo))
        if line.net_kobo < 0:
            facts["date"] = day(local_date(found.debts_due_at))
        key = "S83" if line.net_kobo > 0 else "S83d" if line.net_kobo < 0 else "S83e"
        queue_message(
            key,
            dedupe_key=f"ends:{group.id}:{line.seat_id}",
            facts=facts,
            member_id=line.member_id,
            group_id=group.id,
            reminder=True,
            now=now,
        )


def remind_of_debt(group: Group, debt: Obligation, dedupe: str, now: datetime) -> bool:
    """S83d once more, with what is left of it. True when it is a new one."""
    reason = Unwinding.get_by_id(group.id).reason
    facts: dict[str, NewsValue] = {
        "group": group.name,
        "why": words(f"END_{reason}"),
        "pot": show(debt.amount_kobo - debt.paid_kobo),
        "date": day(max(local_date(debt.due_at), local_date(now))),
    }
    sent = queue_message(
        "S83d",
        dedupe_key=dedupe,
        facts=facts,
        member_id=debt.seat.member_id,
        group_id=group.id,
        reminder=True,
        expires_at=now + policy.REMINDER_LIFE,
        now=now,
    )
    return sent is not None


def debt_paid(receipt: news.Receipt, group: Group, kobo: int, now: datetime) -> None:
    """S84: her receipt for the last of what she owed."""
    queue_message(
        "S84",
        dedupe_key=f"receipt:{receipt.reference}",
        facts={"pot": show(kobo), "group": group.name, "name": news.first(receipt.member_id), "ref": receipt.short_ref},
        member_id=receipt.member_id,
        group_id=group.id,
        now=now,
    )


def over(group: Group, now: datetime) -> None:
    """S84e: everybody has been paid; the group is over."""
    for member_id in sorted({seat.member_id for seat in news.in_group(group.id)}):
        queue_message(
            "S84e",
            dedupe_key=f"ended:{group.id}:{member_id}",
            facts={"group": group.name, "name": news.first(member_id)},
            member_id=member_id,
            group_id=group.id,
            reminder=True,
            now=now,
        )
