"""Money in (F): what is owed, by which way, how much with the fee, and the code or account to pay with.

No PIN here: nobody is harmed by a payment. This side only asks for a charge; whether the
money came is learned from the provider, and the receipt comes by SMS.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from flows.amounts import is_enough, keep_amount, limits, may_pay_early, owes, pay_early, to_pay_kobo
from flows.asking import (
    ACCOUNT_NAME,
    FORMING,
    RUNNING,
    an_amount,
    forgets,
    is_let_in,
    keep_why,
    seat_of,
    sets,
    why_not,
)
from flows.ending import owes_at_the_end
from flows.flow import Act, Flow, Fork, Screen, Turn, row
from flows.talk import Clock, Day, Naira, Name, Value, Words
from flows.wallets import (
    a_voucher,
    by_wallet,
    handing_over,
    has_operator,
    number,
    operators,
    pays_from_wallets,
    take_likely_operator,
    take_operator,
    voucher,
    waits_for_voucher,
    wants_voucher,
    was_wrong,
    whose,
)
from models.commands import CheckPayment, Command, StartPayment, SubmitVoucher
from models.country import home
from models.facts import SeatCard
from models.rules.banks import USSD_BANKS, UssdBank

# --- what holds ---------------------------------------------------------------------------------------------------


def has_not_started(turn: Turn) -> bool:
    seat = seat_of(turn)
    return seat is not None and (not is_let_in(turn) or seat.group_status in FORMING)


def is_over(turn: Turn) -> bool:
    seat = seat_of(turn)
    return seat is not None and seat.group_status not in RUNNING and not owes_at_the_end(turn)


def has_pending(turn: Turn) -> bool:
    seat = seat_of(turn)
    return seat is not None and seat.pending_payment_id is not None


def knows_bank(turn: Turn) -> bool:
    return _bank(turn.facts.last_bank_type()) is not None


def is_a_bank(turn: Turn) -> bool:
    return int(turn.value) < len(USSD_BANKS)


def took_known_bank(turn: Turn) -> bool:
    return bool(turn.memory.get("bank_known"))


def was_refused_by_provider(turn: Turn) -> bool:
    return bool(turn.data.get("failed"))


def by_code(turn: Turn) -> bool:
    return turn.memory.get("method") == "ussd"


def by_transfer(turn: Turn) -> bool:
    return turn.memory.get("method") == "bank_transfer"


def pays_by_code(turn: Turn) -> bool:
    return "ussd" in home().pay_ways


def is_ready(turn: Turn) -> bool:
    return bool(turn.data.get("ready")) and "until" in turn.data


def has_come(turn: Turn) -> bool:
    return turn.data.get("status") == "success"


def has_failed(turn: Turn) -> bool:
    return turn.data.get("status") == "failed"


def _bank(bank_type: str) -> UssdBank | None:
    return next((bank for bank in USSD_BANKS if bank.type == bank_type), None)


def _banks(turn: Turn) -> Sequence[UssdBank]:
    """The one she used last comes first."""
    last = turn.facts.last_bank_type()
    return sorted(USSD_BANKS, key=lambda bank: bank.type != last)


def _amount(turn: Turn, seat: SeatCard) -> int:
    return int(turn.memory.get("amount") or to_pay_kobo(seat))


# --- what it says -------------------------------------------------------------------------------------------------


def about(turn: Turn) -> Mapping[str, Value] | None:
    seat = seat_of(turn)
    return {"group": seat.group, "amt": Naira(_amount(turn, seat))} if seat else None


def owing(turn: Turn) -> Mapping[str, Value] | None:
    seat = seat_of(turn)
    return {"amt": Naira(seat.due_kobo)} if seat else None


def costs(turn: Turn) -> Mapping[str, Value] | None:
    """Amount, fee and total on one screen, before anything is charged."""
    seat = seat_of(turn)
    if seat is None:
        return None
    quote = turn.facts.quote(_amount(turn, seat))
    bank = _bank(turn.memory.get("bank_type", ""))
    return {
        "group": seat.group,
        "amt": Naira(quote.amount_kobo),
        "fee": Naira(quote.fee_kobo),
        "total": Naira(quote.total_kobo),
        "bank": bank.name if bank else "",
    }


def wallet_costs(turn: Turn) -> Mapping[str, Value] | None:
    facts = costs(turn)
    return {**facts, **whose(turn)} if facts else None


def paid(turn: Turn) -> Mapping[str, Value] | None:
    """The date of the cycle that is paid: the seat's own due date speaks of the next one by now."""
    seat = seat_of(turn)
    if seat is None:
        return None
    on = next((at.on for at in turn.facts.turns(seat.seat_id) if at.number == seat.cycle_number), seat.due_on)
    return {"amt": Naira(seat.contribution_kobo), "date": Day(on or _day(turn))}


def pending(turn: Turn) -> Mapping[str, Value] | None:
    seat = seat_of(turn)
    return {"amt": Naira(seat.pending_kobo)} if seat and has_pending(turn) else None


def checked(turn: Turn) -> Mapping[str, Value] | None:
    """What was pending before the look-up."""
    seat = seat_of(turn)
    return {"amt": Naira(turn.memory.get("checked", 0)), "group": seat.group} if seat else None


def pay_code(turn: Turn) -> Mapping[str, Value]:
    return {"ussd": turn.data["pay_code"], "time": _until(turn)}


def account(turn: Turn) -> Mapping[str, Value]:
    data = turn.data
    return {
        "total": Naira(data["total_kobo"]),
        "acct": data["account_number"],
        "bank": data["bank_name"],
        "acname": Name(data["account_name"], ACCOUNT_NAME),
    }


def total(turn: Turn) -> Mapping[str, Value]:
    return {"total": Naira(turn.data["total_kobo"])}


def banks(turn: Turn) -> Sequence[Words]:
    return [*(Words("F2b", {"bank": bank.name}) for bank in _banks(turn)), Words("F2o")]


def _until(turn: Turn) -> Clock:
    return Clock(datetime.fromisoformat(turn.data["until"]))


def _day(turn: Turn) -> date:
    return turn.facts.now.date()


def _doing(turn: Turn) -> Words | None:
    facts = about(turn)
    return Words("DO_pay", facts) if facts and not has_not_started(turn) and not is_over(turn) else None


# --- what it does -------------------------------------------------------------------------------------------------


def take_known_bank(turn: Turn) -> None:
    turn.memory.update(method="ussd", bank_type=turn.facts.last_bank_type(), bank_known=True)


def take_bank(turn: Turn) -> None:
    turn.memory.update(method="ussd", bank_type=_banks(turn)[turn.value].type, bank_known=False)


def paying(turn: Turn) -> Command:
    seat = seat_of(turn)
    return StartPayment(
        seat_id=seat.seat_id if seat else 0,
        amount_kobo=_amount(turn, seat) if seat else 0,
        method=turn.memory["method"],
        bank_type=turn.memory["bank_type"] if by_code(turn) or by_wallet(turn) else "",
        early=bool(turn.memory.get("early")),
    )


def checking(turn: Turn) -> Command:
    seat = seat_of(turn)
    return CheckPayment((seat.pending_payment_id if seat else None) or 0)


def keep_pending(turn: Turn) -> None:
    """After the look-up it is no longer pending, and the answer still names it."""
    seat = seat_of(turn)
    turn.memory["checked"] = seat.pending_kobo if seat else 0


def still_checking(turn: Turn) -> None:
    turn.notice = Words("F9n")


FLOW = Flow(
    "contribute",
    states=[
        Fork("start"),
        Fork("part"),
        Fork("what"),
        Screen("F0", shows=about),
        Fork("how"),
        Screen("F1", shows=about),
        Screen("F1m", shows=about),
        Screen("F1o", shows=about),
        Fork("wallet"),
        Screen("F2m", shows=number, rows=operators, picks=True),
        Screen("F3m", shows=wallet_costs),
        Screen("F2", rows=banks, picks=True),
        Screen("F3", shows=costs),
        Screen("F3t", shows=costs),
        Screen("F3l", shows=costs),
        Act("pay", StartPayment, paying),
        Screen("F4", shows=pay_code, end=True),
        Screen("F4w", end=True),
        Screen("F4x"),
        Screen("F5", shows=account, end=True),
        Screen("F5w", shows=total, end=True),
        Screen("F6", end=True),
        Screen("F10", shows=total, end=True),
        Screen("F10v", shows=voucher, end=True),
        Screen("F10x"),
        Fork("how much"),
        Screen("F7", shows=owing, hears=an_amount),
        Screen("F7n", hears=an_amount),
        Screen("F7e", shows=limits, again="F7"),
        Screen("F8", shows=paid),
        Screen("F8e", shows=about),
        Screen("F9", shows=pending),
        Act("check", CheckPayment, checking, settles=False),
        Screen("F9y", shows=checked, end=True),
        Screen("F9f", shows=checked),
        Screen("F9v", shows=pending),
        Screen("F10c", hears=a_voucher, secret=True, returns="F9v"),
        Screen("F10e", again="F10c"),
        Screen("F10w", again="F10c"),
        Act("hand over", SubmitVoucher, handing_over),
        Screen("no", "X2", shows=why_not),
    ],
    table=[
        row("go", ["start", "part"], "F0", when=has_not_started),
        row("go", ["start", "part"], "F8e", when=is_over),
        row("go", ["start", "part"], "F9v", when=waits_for_voucher),
        row("go", ["start", "part"], "F9", when=has_pending),
        row("go", "start", "what"),
        row("go", "part", "how much", when=owes),
        row("go", "part", "how much", when=may_pay_early),
        row("go", "part", "F8e"),
        row("go", "what", "how", when=owes),
        row("go", "what", "F8", when=may_pay_early),
        row("go", "what", "F8e"),
        row("1", "F8", "how", then=pay_early),
        row("go", "how", "F1m", when=pays_from_wallets),
        row("go", "how", "F1", when=pays_by_code),
        row("go", "how", "F1o"),
        row("1", "F9", "check", then=keep_pending),
        row("2", "F9", "what"),
        row("done", "check", "F9y", when=has_come),
        row("done", "check", "F9f", when=has_failed),
        row("done", "check", "F9", when=has_pending, then=still_checking),
        row("done", "check", "start"),
        row("gone", "check", "start"),
        row("1", "F9f", "what"),
        row("0", "F9f", "menu.home"),
        row("1", "F1", "F3", when=knows_bank, then=take_known_bank),
        row("1", "F1", "F2"),
        row("2", "F1", "F3t", then=sets(method="bank_transfer")),
        row("3", "F1", "F3l", then=sets(method="link")),
        row("4", "F1", "how much"),
        row("5", "F1", "check", when=has_pending, then=keep_pending),
        row("5", "F1", "report.L2", then=sets(kind="not_shown")),
        row("1", "F1o", "F3l", then=sets(method="link")),
        row("2", "F1o", "how much"),
        row("3", "F1o", "check", when=has_pending, then=keep_pending),
        row("3", "F1o", "report.L2", then=sets(kind="not_shown")),
        row("1", "F1m", "wallet"),
        row("2", "F1m", "F3l", then=sets(method="link")),
        row("3", "F1m", "how much"),
        row("4", "F1m", "check", when=has_pending, then=keep_pending),
        row("4", "F1m", "report.L2", then=sets(kind="not_shown")),
        row("go", "wallet", "F3m", when=has_operator, then=take_likely_operator),
        row("go", "wallet", "F2m"),
        row("pick", "F2m", "F3m", then=take_operator),
        row("2", "F3m", "F2m"),
        row("go", "how much", "F7", when=owes),
        row("go", "how much", "F7n"),
        row("heard", ["F7", "F7n"], "how", when=is_enough, then=keep_amount),
        row("heard", ["F7", "F7n"], "F7e"),
        row("wrong", ["F7", "F7n"], "F7e"),
        row("pick", "F2", "F3", when=is_a_bank, then=take_bank),
        row("pick", "F2", "F3t", then=sets(method="bank_transfer")),
        row("1", ["F3", "F3t", "F3l", "F3m"], "pay"),
        row("2", "F3", "F2", when=took_known_bank),
        row("2", ["F3", "F3t", "F3l"], "how"),
        row("done", "pay", "F10x", when=[by_wallet, was_refused_by_provider]),
        row("done", "pay", "F10v", when=[by_wallet, wants_voucher]),
        row("done", "pay", "F10", when=by_wallet),
        row("done", "pay", "F4x", when=was_refused_by_provider),
        row("done", "pay", "F4", when=[by_code, is_ready]),
        row("done", "pay", "F4w", when=by_code),
        row("done", "pay", "F5", when=[by_transfer, is_ready]),
        row("done", "pay", "F5w", when=by_transfer),
        row("done", "pay", "F6"),
        row("nothing_due", "pay", "F8e"),
        row("bad_amount", "pay", "F7e", then=forgets("amount")),
        row("not_active", "pay", "no", then=keep_why),
        row("refused", "pay", "no", then=keep_why),
        row("1", ["F4x", "F10x"], "how"),
        row("1", "F9v", "F10c"),
        row("2", "F9v", "what"),
        row("heard", "F10c", "hand over"),
        row("wrong", "F10c", "F10e"),
        row("done", "hand over", "F10x", when=was_refused_by_provider),
        row("done", "hand over", "F10w", when=was_wrong),
        row("done", "hand over", "F10"),
        row("gone", "hand over", "start"),
    ],
    doing=_doing,
)
