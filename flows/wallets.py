"""Paying from a wallet, the part of `contribute` for countries with mobile money: whose number it is, and the voucher.

The operator asks her itself, on her phone, with its own PIN. One of them first wants a one-time code that it gives
her: she types it here, which is why that screen is secret.
"""

import re
from collections.abc import Mapping, Sequence

from flows.asking import me, seat_of
from flows.flow import Turn
from flows.talk import Naira, Value, Words
from models import phones
from models.commands import Command, Secret, SubmitVoucher
from models.country import Operator, home

VOUCHER = re.compile(r"[0-9]{4,10}")


# --- what holds ---------------------------------------------------------------------------------------------------


def by_wallet(turn: Turn) -> bool:
    return turn.memory.get("method") == "mobile_money"


def pays_from_wallets(turn: Turn) -> bool:
    return "mobile_money" in home().pay_ways


def has_operator(turn: Turn) -> bool:
    return _likely_operator(turn) is not None


def wants_voucher(turn: Turn) -> bool:
    return bool(turn.data.get("voucher"))


def waits_for_voucher(turn: Turn) -> bool:
    seat = seat_of(turn)
    return seat is not None and seat.pending_wants_voucher


def was_wrong(turn: Turn) -> bool:
    return bool(turn.data.get("wrong"))


# --- what it says and hears ---------------------------------------------------------------------------------------


def whose(turn: Turn) -> Mapping[str, Value]:
    """The wallet that is to pay: her own number, with the operator that she has said yes to, or is about to."""
    operator = home().operator(turn.memory.get("bank_type", ""))
    return {**number(turn), "op": operator.name if operator else ""}


def voucher(turn: Turn) -> Mapping[str, Value]:
    """Who wants it, for how much, and where she gets it."""
    operator = home().operator(turn.memory.get("bank_type", ""))
    return {
        "op": operator.name if operator else "",
        "ussd": operator.voucher_dial if operator else "",
        "total": Naira(turn.data["total_kobo"]),
    }


def operators(turn: Turn) -> Sequence[Words]:
    return [Words("F2b", {"bank": each.name}) for each in home().operators]


def number(turn: Turn) -> Mapping[str, Value]:
    return {"phone": phones.local(me(turn).phone)}


def _likely_operator(turn: Turn) -> Operator | None:
    """The one whose wallet she used last; else what her number looks like, which she may have taken along."""
    return home().operator(turn.facts.last_operator()) or home().operator_of(me(turn).phone)


def a_voucher(text: str) -> Secret | None:
    return Secret(text) if VOUCHER.fullmatch(text) else None


# --- what it does -------------------------------------------------------------------------------------------------


def take_likely_operator(turn: Turn) -> None:
    operator = _likely_operator(turn)
    turn.memory.update(method="mobile_money", bank_type=operator.type if operator else "")


def take_operator(turn: Turn) -> None:
    turn.memory.update(method="mobile_money", bank_type=home().operators[turn.value].type)


def handing_over(turn: Turn) -> Command:
    seat = seat_of(turn)
    return SubmitVoucher((seat.pending_payment_id if seat else None) or 0, turn.value)
