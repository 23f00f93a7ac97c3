"""What she has asked to have by SMS: where she stands (R01), and her last payments (R05).

It goes to her own number, after the PIN. Asked twice within one minute for the same words, it is sent once.
"""

from collections.abc import Sequence
from datetime import datetime

from models import news_values
from models.account_commands import SendBalance, SendStatement
from models.actions.context import Context, Outcome
from models.actions.mail import queue_message
from models.base import transaction
from models.commands import Done
from models.facts import Money, PaymentLine, SeatCard
from models.money import show
from models.queries.facts import DatabaseFacts
from models.rules.refused import Refused

# So many payments fit into two segments with the longest values.
LINES = 6


@transaction
def send_balance(command: SendBalance, context: Context) -> Outcome:
    """S61, S61n without a turn, S61c when she has collected, S61e when the group is being dissolved."""
    facts = DatabaseFacts(context.phone, context.now)
    seat = _seat(facts, command.seat_id)
    if seat is None:
        return Refused("gone")
    money = facts.money(seat.seat_id)
    key = "S61c" if money.collected else "S61" if money.collect_on and money.position else "S61n"
    key = "S61e" if seat.ending else key
    _send(key, seat, _balance(key, seat, money), context)
    return Done()


@transaction
def send_statement(command: SendStatement, context: Context) -> Outcome:
    """S60: as many of her last payments as two segments hold."""
    facts = DatabaseFacts(context.phone, context.now)
    seat = _seat(facts, command.seat_id)
    if seat is None:
        return Refused("gone")
    lines = facts.payments(seat.seat_id)
    if not lines:
        return Refused("nothing_paid")
    _send("S60", seat, _statement(seat, lines, facts.money(seat.seat_id)), context)
    return Done()


def _seat(facts: DatabaseFacts, seat_id: int) -> SeatCard | None:
    return next((seat for seat in facts.home.seats if seat.seat_id == seat_id), None)


def _balance(key: str, seat: SeatCard, money: Money) -> news_values.NewsFacts:
    facts: dict[str, news_values.NewsValue] = {
        "group": seat.group,
        "bal": show(money.paid_in_kobo),
        "r": str(money.cycles_paid),
        "m": str(money.cycles),
        "owed": show(money.owing_kobo),
    }
    if key == "S61e":
        return facts | {"end": _end(seat)}
    if key != "S61n":
        facts |= {"t": str(money.position), "pot": show(money.collect_kobo)}
    if key == "S61" and money.collect_on:
        facts["date"] = news_values.day(money.collect_on)
    return facts


def _end(seat: SeatCard) -> news_values.NewsValue:
    """What a dissolution owes her, or she it (as `flows.ending` says it on a screen)."""
    if seat.ending is not None and seat.ending.back_kobo:
        return news_values.words("ENDS_back", pot=show(seat.ending.back_kobo), sent=show(seat.ending.sent_kobo))
    if seat.due_kobo and seat.due_on:
        return news_values.words("ENDS_owe", pot=show(seat.due_kobo), date=news_values.day(seat.due_on))
    return news_values.words("ENDS_even")


def _statement(seat: SeatCard, lines: Sequence[PaymentLine], money: Money) -> news_values.NewsFacts:
    shown = [
        news_values.words(f"PAID_{line.status}", d=news_values.day_month(line.on), amt=show(line.kobo))
        for line in lines[:LINES]
    ]
    return {"group": seat.group, "lines": news_values.joined(shown), "bal": show(money.paid_in_kobo)}


def _send(key: str, seat: SeatCard, facts: news_values.NewsFacts, context: Context) -> None:
    queue_message(
        key,
        dedupe_key=f"asked:{key}:{seat.seat_id}:{_minute(context.now)}",
        facts=facts,
        member_id=context.member,
        group_id=seat.group_id,
        now=context.now,
    )


def _minute(now: datetime) -> str:
    return now.strftime("%Y-%m-%dT%H:%M")
