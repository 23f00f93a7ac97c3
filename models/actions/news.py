"""What people are told about their money: one function for each piece of news, facts in, a queued message out.

The words stand in the catalogue under these keys; they are chosen, and the message is
sent, later. Each has a dedupe key named after the business fact, so that an action
that runs twice tells nobody twice.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Protocol

from models import policy
from models.actions.mail import queue_message
from models.country import home
from models.money import show
from models.news_values import NewsFacts, NewsValue, clock, day
from models.queries import people
from models.queries.groups import terms_of
from models.rules.schedule import day_over, local_date
from models.tables.cycles import Cycle, Obligation
from models.tables.groups import Group, Seat
from models.tables.money import Payment, Payout


def first(member_id: int) -> str:
    """How she is spoken to."""
    return people.first_name(people.name_of(member_id))


def known(member_id: int) -> str:
    """How the group speaks of her."""
    return people.known_as(people.name_of(member_id))


def in_group(group_id: int) -> list[Seat]:
    """The seats of a running group, in order of turns."""
    query = Seat.select().where((Seat.group == group_id) & Seat.turn.is_null(False))
    return list(query.order_by(Seat.turn))


def last_due_on(group_id: int) -> date:
    """The day of the last contribution."""
    return Cycle.select().where(Cycle.group == group_id).order_by(Cycle.number.desc()).get().due_on


def collect_kobo(group: Group) -> int:
    """What a full pot comes to for the one who collects it."""
    return terms_of(group).collect_kobo


# --- the group ------------------------------------------------------------------------------


def turn_known(group: Group, seat: Seat, first_due_on: date, collects_on: date, now: datetime) -> None:
    """S03: the order of turns is set."""
    queue_message(
        "S03",
        dedupe_key=f"turn:{seat.id}:{seat.turn}:{first_due_on}",
        facts={
            "group": group.name,
            "name": first(seat.member_id),
            "t": str(seat.turn),
            "pot": show(collect_kobo(group)),
            "date2": day(collects_on),
            "amt": show(group.contribution_kobo),
            "date": day(first_due_on),
        },
        member_id=seat.member_id,
        group_id=group.id,
        now=now,
    )


def cycle_full(group: Group, cycle: Cycle, recipients: Iterable[int], now: datetime) -> None:
    """S11, and S11l after the last cycle: everybody has paid."""
    following = Cycle.get_or_none((Cycle.group == group.id) & (Cycle.number == cycle.number + 1))
    facts = {
        "group": group.name,
        "pot": show(group.contribution_kobo * group.seats),
        "who": " & ".join(known(member) for member in recipients),
        "date": day(max(cycle.due_on, local_date(now))),
    }
    if following is not None:
        facts["date2"] = day(following.due_on)
    _tell_all(group, "S11l" if following is None else "S11", f"full:{cycle.id}", facts, now)


def pot_gone(group: Group, cycle: Cycle, payout: Payout, now: datetime) -> None:
    """S39: the members hear that the pot has left."""
    facts = {
        "group": group.name,
        "pot": show(payout.net_kobo),
        "who": known(payout.member_id),
        "r": str(cycle.number),
        "m": str(group.cycles),
    }
    _tell_all(group, "S39", f"gone:{payout.id}", facts, now, but=payout.member_id)


def group_over(group: Group, now: datetime) -> None:
    """S35: all have collected."""
    for member_id in {seat.member_id for seat in in_group(group.id)}:
        queue_message(
            "S35",
            dedupe_key=f"over:{group.id}:{member_id}",
            facts={"group": group.name, "name": first(member_id)},
            member_id=member_id,
            group_id=group.id,
            now=now,
        )


def pool_share(group: Group, member_id: int, kobo: int, now: datetime) -> None:
    """S41: her share of the late fees that the group had collected."""
    queue_message(
        "S41",
        dedupe_key=f"pool:{group.id}:{member_id}",
        facts={"group": group.name, "name": first(member_id), "amt": show(kobo)},
        member_id=member_id,
        group_id=group.id,
        now=now,
    )


def _tell_all(group: Group, key: str, fact: str, facts: NewsFacts, now: datetime, *, but: int | None = None) -> None:
    for member_id in sorted({seat.member_id for seat in in_group(group.id)} - {but}):
        queue_message(
            key, dedupe_key=f"{fact}:{member_id}", facts=facts, member_id=member_id, group_id=group.id, now=now
        )


# --- money in -------------------------------------------------------------------------------


def how_to_pay(payment: Payment, group: Group, how: dict[str, str], until_at: datetime, now: datetime) -> None:
    """S21 the bank's code, S22 the account to send to, S23 the link."""
    key = {"ussd": "S21", "bank_transfer": "S22", "link": "S23"}[payment.method]
    facts = {
        "amt": show(payment.amount_kobo + payment.fee_kobo),
        "group": group.name,
        "ref": payment.short_ref,
        "time": clock(until_at),
        "date": day(local_date(until_at)),
    }
    names = {"pay_code": "ussd", "account_number": "acct", "bank_name": "bank", "account_name": "acname"}
    facts |= {names[name]: value for name, value in how.items() if name in names}
    queue_message(
        key,
        dedupe_key=f"howto:{payment.reference}",
        facts=facts,
        member_id=payment.member_id,
        group_id=group.id,
        expires_at=until_at,
        now=now,
    )


def get_a_voucher(payment: Payment, group: Group, until_at: datetime, now: datetime) -> None:
    """S21v: her operator wants a code from her first."""
    operator = home().operator(payment.bank_type)
    queue_message(
        "S21v",
        dedupe_key=f"howto:{payment.reference}",
        facts={
            "amt": show(payment.amount_kobo + payment.fee_kobo),
            "group": group.name,
            "op": operator.name if operator else "",
            "ussd": operator.voucher_dial if operator else "",
        },
        member_id=payment.member_id,
        group_id=group.id,
        expires_at=until_at,
        now=now,
    )


def payment_failed(payment: Payment, group: Group, now: datetime) -> None:
    """S33: it did not go through."""
    queue_message(
        "S33",
        dedupe_key=f"failed:{payment.reference}",
        facts={"amt": show(payment.amount_kobo), "group": group.name},
        member_id=payment.member_id,
        group_id=group.id,
        now=now,
    )


class Receipt(Protocol):
    """Money of hers that has come in: a payment, or what people have found to be hers."""

    @property
    def reference(self) -> str: ...

    @property
    def short_ref(self) -> str: ...

    @property
    def member_id(self) -> int: ...


def received(
    receipt: Receipt,
    group: Group,
    seat: Seat,
    obligation: Obligation,
    placed_kobo: int,
    left_kobo: int,
    until_at: datetime,
    now: datetime,
) -> None:
    """S09, S09c once she has collected, S10 when something is left: the receipt of a contribution.

    obligation: the last that this payment went to. until_at: by when what is left is to be paid.
    """
    cycle = obligation.cycle
    facts: dict[str, NewsValue] = {
        "amt": show(placed_kobo),
        "group": group.name,
        "name": first(seat.member_id),
        "ref": receipt.short_ref,
    }
    if left_kobo:
        key = "S10"
        facts |= {"fee": show(left_kobo), "date": day(max(local_date(until_at), local_date(now)))}
    else:
        collected = _has_collected(seat)
        key = "S09c" if collected else "S09"
        facts |= {"date": day(cycle.due_on), "r": str(cycles_paid(seat.id)), "m": str(group.cycles)}
        if not collected:
            facts |= {"t": str(seat.turn), "pot": show(collect_kobo(group)), "date2": day(collects_on(seat))}
    _receipt(key, f"receipt:{receipt.reference}", receipt, group, facts, now)


def kept_for_her(receipt: Receipt, group: Group, kobo: int, now: datetime, *, whole: bool) -> None:
    """S38: more came than was owed; it is hers. whole: all of it was."""
    facts = {"amt": show(kobo), "group": group.name, "name": first(receipt.member_id), "ref": receipt.short_ref}
    _receipt("S38", f"{'receipt' if whole else 'wallet'}:{receipt.reference}", receipt, group, facts, now)


def cannot_place(payment: Payment, group: Group, now: datetime) -> None:
    """S36: it came in a way that a person has to look at."""
    _receipt("S36", f"receipt:{payment.reference}", payment, group, {"ref": payment.short_ref}, now)


def _receipt(key: str, dedupe: str, receipt: Receipt, group: Group, facts: NewsFacts, now: datetime) -> None:
    queue_message(key, dedupe_key=dedupe, facts=facts, member_id=receipt.member_id, group_id=group.id, now=now)


def _has_collected(seat: Seat) -> bool:
    return bool(Payout.select().where((Payout.seat == seat.id) & Payout.paid_at.is_null(False)).exists())


def cycles_paid(seat_id: int) -> int:
    """How many contributions a seat has paid."""
    paid = (
        (Obligation.seat == seat_id)
        & (Obligation.kind == "contribution")
        & Obligation.status.in_(["paid", "paid_late", "covered"])
    )
    return int(Obligation.select().where(paid).count())


def collects_on(seat: Seat) -> date:
    """The day on which a seat collects."""
    return Cycle.get((Cycle.group == seat.group_id) & (Cycle.number == seat.turn)).due_on


# --- late -----------------------------------------------------------------------------------


def late_fee(group: Group, obligation: Obligation, kobo: int, owed_kobo: int, now: datetime) -> None:
    """S07: a late fee was added."""
    member_id = obligation.seat.member_id
    queue_message(
        "S07",
        dedupe_key=f"penalty:{obligation.seat_id}:{obligation.cycle_id}:late",
        facts={"name": first(member_id), "fee": show(kobo), "group": group.name, "total": show(owed_kobo)},
        member_id=member_id,
        group_id=group.id,
        now=now,
    )


def late_fee_gone(group: Group, obligation: Obligation, kobo: int, now: datetime) -> None:
    """S42: the money had been on its way in time, so the late fee is taken back."""
    member_id = obligation.seat.member_id
    queue_message(
        "S42",
        dedupe_key=f"waive:{obligation.seat_id}:{obligation.cycle_id}:late",
        facts={"name": first(member_id), "fee": show(kobo), "group": group.name},
        member_id=member_id,
        group_id=group.id,
        now=now,
    )


# --- reminders ------------------------------------------------------------------------------


def remind(key: str, dedupe: str, group: Group, member_id: int, facts: NewsFacts, now: datetime) -> bool:
    """A reminder: it may be stopped by its reader and is worth nothing tomorrow. True when it is a new one."""
    sent = queue_message(
        key,
        dedupe_key=dedupe,
        facts={"group": group.name, "name": first(member_id), **facts},
        member_id=member_id,
        group_id=group.id,
        reminder=True,
        expires_at=min(now + policy.REMINDER_LIFE, day_over(now)),
        now=now,
    )
    return sent is not None
