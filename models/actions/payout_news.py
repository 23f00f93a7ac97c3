"""What people are told about the pot that is paid out: as in `news`, one function for each piece of news."""

from collections.abc import Iterable
from datetime import datetime

from models.actions import news
from models.actions.mail import queue_message
from models.money import show
from models.news_values import NewsValue, day
from models.rules.schedule import local_date
from models.tables.cycles import Cycle
from models.tables.groups import Group
from models.tables.money import Payout
from models.tables.people import BankAccount


def set_your_account(group: Group, payout: Payout, now: datetime) -> None:
    """S37: her pot is ready and we do not know where to send it."""
    queue_message(
        "S37",
        dedupe_key=f"account:{payout.id}",
        facts={"name": news.first(payout.member_id), "pot": show(payout.net_kobo), "group": group.name},
        member_id=payout.member_id,
        group_id=group.id,
        now=now,
    )


def please_approve(group: Group, payout: Payout, approvers: Iterable[int], now: datetime) -> None:
    """S30: a payout waits for an officer's yes; again each day while it waits."""
    for member_id in approvers:
        queue_message(
            "S30",
            dedupe_key=f"approve:{payout.id}:{payout.payload_hash[:8]}:{member_id}:{local_date(now)}",
            facts={"group": group.name, "pot": show(payout.net_kobo), "who": news.known(payout.member_id)},
            member_id=member_id,
            group_id=group.id,
            now=now,
        )


def put_on_hold(group: Group, payout: Payout, by: int, others: Iterable[int], now: datetime) -> None:
    """S31: one officer held it, the others are told."""
    for member_id in others:
        queue_message(
            "S31",
            dedupe_key=f"hold:{payout.id}:{by}:{member_id}",
            facts={"who": news.known(by), "pot": show(payout.net_kobo), "group": group.name},
            member_id=member_id,
            group_id=group.id,
            now=now,
        )


def stood_in(group: Group, payout: Payout, told: Iterable[int], now: datetime) -> None:
    """S30s: two of the staff have said yes in place of officers, and those hear of it."""
    for member_id in told:
        queue_message(
            "S30s",
            dedupe_key=f"stood-in:{payout.id}:{payout.payload_hash[:8]}:{member_id}",
            facts={"group": group.name, "pot": show(payout.net_kobo), "who": news.known(payout.member_id)},
            member_id=member_id,
            group_id=group.id,
            now=now,
        )


def pot_short(group: Group, cycle: Cycle, recipient: int, paid: int, approvers: Iterable[int], now: datetime) -> None:
    """S32: the day has come and not all have paid; the officers decide."""
    for member_id in approvers:
        queue_message(
            "S32",
            dedupe_key=f"short:{cycle.id}:{member_id}:{local_date(now)}",
            facts={
                "group": group.name,
                "n": str(paid),
                "m": str(group.seats),
                "pot": show(news.collect_kobo(group)),
                "who": news.known(recipient),
            },
            member_id=member_id,
            group_id=group.id,
            now=now,
        )


def payout_sent(group: Group, cycle: Cycle, payout: Payout, again: int, now: datetime) -> None:
    """S13, and S13l when nothing more is to be paid in (it is the last cycle, what a dissolution owed her, or what was
    kept for her): sent to the bank (which is not yet received). again: how often it had come back before."""
    last = cycle.number == group.cycles or payout.kind != "pot"
    facts: dict[str, NewsValue] = {"pot": show(payout.net_kobo), "group": group.name, "ref": payout.short_ref}
    facts |= _bank(payout)
    if not last:
        facts |= {"amt": show(group.contribution_kobo), "date2": day(news.last_due_on(group.id))}
    queue_message(
        "S13l" if last else "S13",
        dedupe_key=f"paid:{payout.id}:{again}" if again else f"paid:{payout.id}",
        facts=facts,
        member_id=payout.member_id,
        group_id=group.id,
        now=now,
    )


def payout_came_back(group: Group, payout: Payout, reference: str, now: datetime) -> None:
    """S14: her bank did not take it; it is safe with us."""
    queue_message(
        "S14",
        dedupe_key=f"back:{reference}",
        facts={
            "name": news.first(payout.member_id),
            "pot": show(payout.net_kobo),
            "group": group.name,
            "ref": payout.short_ref,
        },
        member_id=payout.member_id,
        group_id=group.id,
        now=now,
    )


def _bank(payout: Payout) -> dict[str, str]:
    account = BankAccount.get_by_id(payout.bank_account_id)
    return {"bank": account.bank_name, "last4": account.last4}
