"""Money out: sends pots to banks, and asks what became of what was sent.

The three transactions of ledger.md 3.3 are the actions'; between them, with nothing
open, this speaks to the provider. What is unclear is written down as unknown and asked
by its reference, which is never changed for as long as its fate is not known.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from bot import clock
from bot.errors import ProviderError, ProviderRefusesUs
from bot.heeding import heed_transfer
from bot.logs import log
from bot.payments.base import RecipientRefused, TransferResult, TransferStatus
from jobs.base import NOTHING_TO_DO, for_each, job, totals
from jobs.providers import payouts_provider, provider_named
from models.actions import attempts, bank_accounts, payouts, short_pots, switches, transfers, wallets
from models.actions.transfers import AttemptToCheck, TransferOrder

BATCH: Final = 50


@job
def send_payout(payout_id: int) -> str:
    """Send an approved payout on its way: reserve, claim, transfer."""
    return _send(payout_id)


@job
def check_transfer(attempt_id: int) -> str:
    """Ask the provider what became of a transfer, if it is time to ask."""
    claimed = transfers.attempts_to_check(clock.now(), only=attempt_id)
    return _ask_about(claimed[0]) if claimed else NOTHING_TO_DO


def follow_transfer(provider: str, reference: str) -> str:
    """Look a transfer up by its reference, known to us or not, and act upon what the provider says.

    Returns the action's word: done, open, nothing, resend, human, conflict or not_ours.
    """
    with _stopping_all_when_refused():
        seen = provider_named(provider).verify_transfer(reference)
    return heed_transfer(seen, clock.now())


def open_due(now: datetime) -> dict[str, int]:
    """The run of 10:00: pots that are complete, money that is kept for those who save nowhere any more, payouts that
    waited, pots that are short, transfers that hang."""
    opened = for_each(payouts.cycles_to_pay_out(), lambda cycle: _open(cycle, now), "open_payout")
    rests = for_each(short_pots.rests_to_pay_out(), lambda cycle: _open_rest(cycle, now), "open_rest")
    kept = for_each(wallets.due(), lambda member: f"opened {wallets.send(member, now)}", "send_what_is_kept")
    looked = for_each(payouts.payouts_to_look_at(), lambda payout: payouts.look(payout, now), "look_at_payout")
    asked = for_each(short_pots.short_pots(now), lambda cycle: str(short_pots.ask_officers(cycle, now)), "short_pot")
    sent = for_each(transfers.payouts_to_send(now), _send, "send_payout")
    checked = _check_all(now)
    return {
        "opened": opened["done"] + rests["done"] + kept["done"],
        "looked_at": looked["done"],
        "short": asked["done"],
        "sent": sent["done"],
        "checked": checked["done"],
        "failed": sum(each["failed"] for each in (opened, rests, kept, looked, asked, sent, checked)),
    }


def _check_all(now: datetime) -> dict[str, int]:
    rounds = [for_each(transfers.attempts_to_check(now, BATCH), _ask_about, "check_transfer")]
    while sum(rounds[-1].values()) == BATCH and not rounds[-1]["left"]:
        rounds.append(for_each(transfers.attempts_to_check(now, BATCH), _ask_about, "check_transfer"))
    return totals(*rounds)


def _open(cycle_id: int, now: datetime) -> str:
    return f"opened {len(payouts.open_payouts(cycle_id, now, 'system'))}"


def _open_rest(cycle_id: int, now: datetime) -> str:
    return f"opened {len(short_pots.open_rest(cycle_id, now))}"


def _send(payout_id: int) -> str:
    with _stopping_all_when_refused():
        transfers.settle_balance(payouts_provider().balance(), clock.now())
    reserved = transfers.reserve(payout_id, clock.now())
    order = transfers.claim_attempt(payout_id, clock.now())
    return _transfer(order) if order else reserved


def _ask_about(attempt: AttemptToCheck) -> str:
    """Follow it; one that the provider never saw is sent again under its reference."""
    result = follow_transfer(attempts.PROVIDER, attempt.reference)
    if result != "resend":
        return result
    order = transfers.claim_attempt(attempt.payout_id, clock.now(), resend=True)
    return _transfer(order) if order else result


def _transfer(order: TransferOrder) -> str:
    try:
        with _stopping_all_when_refused():
            recipient = order.recipient_code or _recipient(order)
            if recipient is None:
                return _answered(order, _as_looked_up(order), "recipient_refused")
            answer = payouts_provider().transfer(order.reference, order.amount_kobo, recipient, order.reason)
    except ProviderError as trouble:
        # Perhaps nothing was sent, but only the provider can say so.
        _answered(order, "unknown", trouble.why)
        raise
    return _write_down(order, answer)


def _recipient(order: TransferOrder) -> str | None:
    answer = payouts_provider().create_recipient(order.account_name, order.account_number, order.bank_code)
    if isinstance(answer, RecipientRefused):
        log.warning("payouts", what="recipient refused", payout=order.payout_id, message=answer.message)
        return None
    bank_accounts.set_recipient_code(order.bank_account_id, answer.code)
    return answer.code


def _write_down(order: TransferOrder, answer: TransferResult) -> str:
    match answer.status:
        case TransferStatus.REFUSED:
            outcome = _as_looked_up(order)
        case TransferStatus.INSUFFICIENT:
            # The money stays reserved; the same reference is sent again when the balance is there.
            log.error("payouts", what="the provider's balance does not cover a payout", payout=order.payout_id)
            outcome = transfers.NOT_COVERED
        case TransferStatus.EXISTS:
            outcome = "unknown"
        case _:
            outcome = answer.status.value
    return _answered(order, outcome, answer.detail or answer.status.value, answer.code)


def _as_looked_up(order: TransferOrder) -> str:
    """What was refused has failed only if a look-up says so too (ledger.md 3.3): before these books were restored
    from a dump, it may have been sent under the same reference.
    """
    known = payouts_provider().verify_transfer(order.reference)
    return "failed" if known.status is TransferStatus.NOT_FOUND else known.status.value


def _answered(order: TransferOrder, outcome: str, reason: str, code: str = "") -> str:
    transfers.transfer_answered(order.attempt_id, outcome, provider_code=code or None, reason=reason, now=clock.now())
    return outcome


@contextmanager
def _stopping_all_when_refused() -> Iterator[None]:
    """When our key is refused, nothing may be sent until somebody has looked."""
    try:
        yield
    except ProviderRefusesUs as refusal:
        switches.stop_payouts(refusal.why, actor="system", now=clock.now())
        log.critical("payouts", what="the provider refuses our key; all payouts are stopped", result=refusal.why)
        raise
