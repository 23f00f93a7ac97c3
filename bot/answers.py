"""Outcomes that a hop may wait for: the action wrote a row, a job asks the provider, the answer stands in the row.

A hop calls no provider. It rings, waits a moment for the job's signal, and reads the row again:
the row and not the signal is the answer, so a lost signal costs the wait and nothing else.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.queue import wait_answer
from models.actions.context import Context
from models.commands import CheckPayment, Command, Done, LookUpAccount, StartPayment, SubmitVoucher
from models.queries import people, waiting
from models.rules.refused import Refused


@dataclass(frozen=True)
class Awaited:
    """The job that answers, the row that it is about, and how that row is read for its owner."""

    job: str
    row_id: int
    read: Callable[[int, int], dict[str, Any] | None]


def completed(command: Command, outcome: Done | Refused, context: Context, wait_ms: int) -> Done | Refused:
    """The outcome with what a job has found out, if it does so in time."""
    if isinstance(outcome, Refused):
        return outcome
    awaited = _awaited(command, outcome.data)
    if awaited is None:
        return outcome
    wait_answer(awaited.job, awaited.row_id, wait_ms)
    return Done(outcome.data | (awaited.read(awaited.row_id, context.member) or {}))


def _awaited(command: Command, data: dict[str, Any]) -> Awaited | None:
    match command:
        case StartPayment():
            return Awaited("charge", int(data["payment_id"]), waiting.charge)
        case SubmitVoucher(payment_id):
            return Awaited("submit_voucher", payment_id, waiting.voucher)
        case CheckPayment(payment_id) if data["status"] == "pending":
            return Awaited("check_payment", payment_id, waiting.payment)
        case LookUpAccount():
            return Awaited("look_up_account", int(data["bank_account_id"]), people.looked_up)
    return None
