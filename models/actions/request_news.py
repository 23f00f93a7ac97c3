"""What people are told about requests: swaps of turns, more time, late fees, a call. As in `news`: facts in, a
queued message out, under a key named after the fact."""

from datetime import datetime

from models.actions import news
from models.actions.mail import queue_message
from models.money import show
from models.news_values import NewsValue, day, day_month
from models.rules.schedule import local_date
from models.rules.swaps import Side
from models.sealing import keys
from models.tables.cycles import Obligation
from models.tables.groups import Group
from models.tables.people import Member
from models.tables.requests import Extension, Swap, Waiver


def _tell(key: str, fact: str, group: Group, member_id: int, facts: dict[str, NewsValue], now: datetime) -> None:
    queue_message(
        key,
        dedupe_key=f"{fact}:{member_id}",
        facts={"group": group.name} | facts,
        member_id=member_id,
        group_id=group.id,
        now=now,
    )


# --- swaps ----------------------------------------------------------------------------------


def swap_asked(swap: Swap, group: Group, asker: Side, other: Side, now: datetime) -> None:
    """S15: to the other side."""
    facts: dict[str, NewsValue] = {
        "name": news.first(asker.member_id),
        "d": day_month(other.due_on),
        "d2": day_month(asker.due_on),
    }
    _tell("S15", f"swap:{swap.id}:asked", group, other.member_id, facts, now)


def swap_agreed(swap: Swap, group: Group, asker: Side, other: Side, decider: int, now: datetime) -> None:
    """S15a to the officer who is to decide, S15y to the asker."""
    asking: dict[str, NewsValue] = {"name": news.first(asker.member_id), "who": news.first(other.member_id)}
    _tell("S15a", f"swap:{swap.id}:decide", group, decider, asking, now)
    waiting: dict[str, NewsValue] = {"who": news.first(other.member_id), "head": news.known(decider)}
    _tell("S15y", f"swap:{swap.id}:agreed", group, asker.member_id, waiting, now)


def swap_done(swap: Swap, group: Group, one: Side, other: Side, now: datetime) -> None:
    """S16: to both, each with her new day. The sides are as they were before."""
    for mine, theirs in ((one, other), (other, one)):
        facts: dict[str, NewsValue] = {
            "name": news.first(mine.member_id),
            "who": news.first(theirs.member_id),
            "pot": show(news.collect_kobo(group)),
            "date": day(theirs.due_on),
            "date2": day(mine.due_on),
        }
        _tell("S16", f"swap:{swap.id}:done", group, mine.member_id, facts, now)


def swap_refused(swap: Swap, group: Group, by: int, to: list[int], now: datetime) -> None:
    """S16n: somebody said no, and nothing has changed."""
    for member_id in to:
        _tell("S16n", f"swap:{swap.id}:refused", group, member_id, {"who": news.known(by)}, now)


def swap_over(swap: Swap, group: Group, to: list[int], now: datetime, *, in_time: bool) -> None:
    """S16x: nobody answered in time; S16v: it is no longer possible."""
    key = "S16v" if in_time else "S16x"
    for member_id in to:
        _tell(key, f"swap:{swap.id}:over", group, member_id, {"name": news.first(member_id)}, now)


# --- more time ------------------------------------------------------------------------------


def time_asked(extension: Extension, group: Group, member_id: int, decider: int, now: datetime) -> None:
    """S17a: to the officer who is to decide."""
    _tell("S17a", f"time:{extension.id}:asked", group, decider, {"who": news.known(member_id)}, now)


def time_given(extension: Extension, group: Group, row: Obligation, by: int, first_kobo: int, now: datetime) -> None:
    """S17; S17p in two parts; S17k and S17q when the late fee stays. row: the obligation with its new date."""
    facts: dict[str, NewsValue] = {
        "name": news.first(row.seat.member_id),
        "head": news.known(by),
        "amt": show(row.amount_kobo - row.paid_kobo),
        "date": day(local_date(row.due_at)),
    }
    key = "S17k" if extension.keeps_fee else "S17"
    if extension.first_by is not None:
        key = "S17q" if extension.keeps_fee else "S17p"
        facts |= {"half": show(first_kobo), "date2": day(local_date(extension.first_by))}
    _tell(key, f"time:{extension.id}:given", group, row.seat.member_id, facts, now)


def time_refused(extension: Extension, group: Group, row: Obligation, by: int, now: datetime) -> None:
    """S18: also when nobody answered in time."""
    facts: dict[str, NewsValue] = {
        "name": news.first(row.seat.member_id),
        "head": news.known(by),
        "amt": show(row.amount_kobo - row.paid_kobo),
        "date": day(local_date(extension.due_before)),
    }
    _tell("S18", f"time:{extension.id}:refused", group, row.seat.member_id, facts, now)


def first_part_missing(extension: Extension, group: Group, row: Obligation, now: datetime) -> None:
    """S17b: the first part did not come, so all of it is due as it was."""
    facts: dict[str, NewsValue] = {
        "name": news.first(row.seat.member_id),
        "amt": show(row.amount_kobo - row.paid_kobo),
        "date": day(local_date(row.due_at)),
    }
    _tell("S17b", f"time:{extension.id}:broken", group, row.seat.member_id, facts, now)


# --- late fees and calls --------------------------------------------------------------------


def waiver_asked(waiver: Waiver, group: Group, fee: Obligation, approvers: list[int], now: datetime) -> None:
    """S42a: to the officers; two of them have to agree."""
    facts: dict[str, NewsValue] = {"who": news.known(fee.seat.member_id), "fee": show(fee.amount_kobo)}
    for member_id in approvers:
        _tell("S42a", f"waiver:{waiver.id}:asked", group, member_id, facts, now)


def waiver_answered(waiver: Waiver, group: Group, fee: Obligation, now: datetime, *, waived: bool) -> None:
    """S42w: it is taken off, be it after a no; S42n: it stays."""
    facts: dict[str, NewsValue] = {"name": news.first(fee.seat.member_id), "fee": show(fee.amount_kobo)}
    fact = f"waiver:{waiver.id}:over"
    _tell("S42w" if waived else "S42n", f"{fact}:waived" if waived else fact, group, fee.seat.member_id, facts, now)


def please_call(group: Group, member: Member, now: datetime) -> bool:
    """S45: to the head, with the number of a member of her own group; once a day. False when she was asked today."""
    phone = keys().open(member.phone_sealed, f"member.phone:{member.id}")
    sent = queue_message(
        "S45",
        dedupe_key=f"call:{group.id}:{member.id}:{local_date(now)}",
        facts={"group": group.name, "who": news.known(member.id), "phone": phone},
        member_id=group.head_id,
        group_id=group.id,
        now=now,
    )
    return sent is not None
