"""T3: what became of a transfer, by the provider's answer or by asking it. Booked, told, and the circle goes on.

Only the provider's conclusive words conclude anything (ledger 3.2). What arrives here is
a hint at most twice: a late answer, a repeated or an old event finds the state moved on and changes nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from models import policy
from models.actions import attempts, audit, books, payout_news, payouts, running, switches, unknown_transfers
from models.base import move, transaction
from models.queries.payouts import books_of, subject, times_repaid
from models.rules import posting
from models.tables.groups import Group
from models.tables.money import Payout, PayoutAttempt

# What the provider's words for a transfer come to. What is not here leaves everything open.
CONCLUSIONS = {
    "success": "success",
    "failed": "failed",
    "abandoned": "failed",
    "blocked": "failed",
    "rejected": "failed",
    "reversed": "reversed",
    "pending": "pending",
    "otp": "manual",
    "received": "manual",
    "manual": "manual",
    "unknown": "unknown",
}
# The provider's balance was too small: nothing was sent. A look-up decides like after any answer that is lost, and the
# same reference is sent again, however often it takes.
NOT_COVERED = "insufficient"
NEVER_SEEN = "never_seen"
RETRY_REST = timedelta(minutes=15)
ACTOR = unknown_transfers.ACTOR


@dataclass(frozen=True)
class Verdict:
    """What the provider says about a transfer. fee_kobo: what it took for it, if it says so; kobo: what it sent."""

    status: str
    fee_kobo: int | None
    reason: str | None
    provider_code: str | None
    kobo: int | None = None

    @property
    def conclusion(self) -> str:
        return CONCLUSIONS.get(self.status, "unknown")

    @property
    def open(self) -> bool:
        return self.conclusion in ("pending", "manual", "unknown")

    @property
    def said(self) -> dict[str, str]:
        """The columns of an attempt that this fills in."""
        found = {"reason": self.reason, "provider_code": self.provider_code}
        return {name: value for name, value in found.items() if value is not None}


@transaction
def transfer_answered(
    attempt_id: int,
    outcome: str,
    *,
    provider_code: str | None = None,
    fee_kobo: int | None = None,
    reason: str | None = None,
    now: datetime,
) -> bool:
    """T3 after sending. outcome: one of CONCLUSIONS, or NOT_COVERED, which does not count as a sending; unknown when no
    answer came or it could not be read.

    A success is taken for "pending": the provider says it of a transfer that is only queued, and leaves out its fee.
    A failure is taken for "unknown" when a transfer of this reference is known to have left: only asking settles that.
    False when the transfer had moved on meanwhile: its webhook can overtake this answer.
    """
    payout, group, attempt = attempts.locked(attempt_id)
    if attempt.status != "sending":
        return False
    status = "pending" if outcome == "success" else outcome
    if status == "failed" and unknown_transfers.waiting(attempt.reference) is not None:
        status = "unknown"
    if outcome == NOT_COVERED:
        PayoutAttempt.update(sends=max(attempt.sends - 1, 1)).where(PayoutAttempt.id == attempt.id).execute()
    return _conclude(payout, group, attempt, Verdict(status, fee_kobo, reason, provider_code), now)


@transaction
def transfer_verified(
    reference: str,
    status: str,
    *,
    kobo: int | None = None,
    fee_kobo: int | None = None,
    reason: str | None = None,
    provider_code: str | None = None,
    now: datetime,
) -> str:
    """T3 after asking. status: the provider's word, or not_found. kobo: what it sent, if it says so.

    Returns done | open | resend (claim it again, under the same reference) | human (sent often enough) |
    nothing (already concluded) | not_ours (see `unknown_transfers`) | conflict (it succeeded after all, although it
    had conclusively failed and another has been sent since; or with another amount than ours, sent before these
    books were restored. All payouts stop until people have looked).
    """
    verdict = Verdict(status, fee_kobo, reason, provider_code, kobo)
    attempt = PayoutAttempt.get_or_none(PayoutAttempt.reference == reference)
    if attempt is None:
        if verdict.conclusion in ("failed", "reversed"):
            unknown_transfers.explain(reference, now)
        return "not_ours"
    payout, group, attempt = attempts.locked(attempt.id)
    if status == "not_found":
        return _never_seen(attempt, now)
    if status == "reversed" and attempt.status == "success":
        _came_back(payout, group, attempt, now)
        return "done"
    if attempt.status == "failed":
        return _after_failure(payout, group, attempt, verdict, now)
    if status == "success" and attempt.status in attempts.UNSURE and not _ours(payout, attempt, verdict):
        switches.stop_payouts(f"other_amount {reference}", actor="system", now=now)
        return "conflict"
    if not _conclude(payout, group, attempt, verdict, now):
        return "nothing"
    return "open" if verdict.open else "done"


def _after_failure(payout: Payout, group: Group, attempt: PayoutAttempt, verdict: Verdict, now: datetime) -> str:
    """The provider's last word is the truth: what it calls a success after all has paid her, unless a later transfer
    was sent. Then she may be paid twice, and people have to look."""
    if verdict.conclusion in ("failed", "reversed"):
        unknown_transfers.explain(attempt.reference, now, payout)
        return "nothing"
    if verdict.conclusion != "success":
        return "nothing"
    later = (PayoutAttempt.payout == payout.id) & (PayoutAttempt.n > attempt.n) & (PayoutAttempt.sends > 0)
    sent_since = PayoutAttempt.select().where(later).exists()
    if payout.status != "retry" or sent_since or not _ours(payout, attempt, verdict):
        kobo = payout.net_kobo if verdict.kobo is None else verdict.kobo
        return "conflict" if unknown_transfers.paid_twice(attempt.reference, kobo, now) else "nothing"
    if payouts.given_up(payout.id, "paid_after_failure"):
        move(Payout, payout.id, "retry", "in_flight")
        _succeeded(payout, group, attempt, verdict, now)
    return "done"


def _ours(payout: Payout, attempt: PayoutAttempt, verdict: Verdict) -> bool:
    """Whether the amount that left is the amount that we would book."""
    line = unknown_transfers.waiting(attempt.reference)
    return {verdict.kobo, None if line is None else line.kobo} <= {None, payout.net_kobo}


def _conclude(payout: Payout, group: Group, attempt: PayoutAttempt, verdict: Verdict, now: datetime) -> bool:
    if verdict.conclusion == "success":
        return _succeeded(payout, group, attempt, verdict, now)
    if verdict.conclusion in ("failed", "reversed"):
        return _failed(payout, group, attempt, verdict, now)
    if verdict.conclusion == attempt.status:
        return True
    return move(
        PayoutAttempt,
        attempt.id,
        {
            "pending": ("sending", "unknown"),
            "unknown": ("sending", "pending"),
            "manual": ("sending", "pending", "unknown"),
        }[verdict.conclusion],
        verdict.conclusion,
        lease_until=None,
        next_check_at=now + attempts.rest_after(attempt.checks),
        **verdict.said,
    )


def _end(attempt: PayoutAttempt, dest: str, verdict: Verdict, now: datetime) -> bool:
    return move(
        PayoutAttempt,
        attempt.id,
        (*attempts.UNSURE, "failed") if dest == "success" else attempts.UNSURE,
        dest,
        fee_kobo=verdict.fee_kobo,
        ended_at=now,
        lease_until=None,
        **verdict.said,
    )


def _succeeded(payout: Payout, group: Group, attempt: PayoutAttempt, verdict: Verdict, now: datetime) -> bool:
    """Sent to her bank: booked with what the transfer really cost, told, and the circle goes on."""
    if not _end(attempt, "success", verdict, now):
        return False
    if not move(Payout, payout.id, "in_flight", "paid", paid_at=now):
        raise RuntimeError(f"payout {payout.id} was {payout.status} while its transfer succeeded")
    booked = attempt.fee_kobo or 0  # when it was called a failure
    fee_kobo, again = max((verdict.fee_kobo or 0) - booked, 0), times_repaid(payout.id)
    entry = posting.paid(
        attempt.reference,
        payout.id,
        gross_kobo=payout.net_kobo if again else payout.gross_kobo,
        service_fee_kobo=0 if again else payout.fee_kobo,
        transfer_fee_kobo=fee_kobo,
    )
    unknown_transfers.explain(attempt.reference, now, payout)
    attempts.make_room(payout.net_kobo + fee_kobo, now)
    books.post(entry, actor=ACTOR, now=now, group_id=books_of(payout), payout_id=payout.id)
    payout_news.payout_sent(group, payout.cycle, payout, again, now)
    running.payout_has_left(Payout.get_by_id(payout.id), now)
    return True


def _failed(payout: Payout, group: Group, attempt: PayoutAttempt, verdict: Verdict, now: datetime) -> bool:
    """Conclusively not paid: the money stays reserved, and the next attempt gets a reference of its own.

    After some attempts it waits for people; when her account is another one by now, it starts over with that.
    """
    if not _end(attempt, "failed", verdict, now):
        return False
    move(Payout, payout.id, "in_flight", "retry")
    unknown_transfers.explain(attempt.reference, now, payout)
    if verdict.fee_kobo:
        entry = posting.transfer_fee_charged(attempt.reference, verdict.fee_kobo)
        attempts.make_room(verdict.fee_kobo, now)
        books.post(entry, actor=ACTOR, now=now, group_id=books_of(payout), payout_id=payout.id)
    if verdict.reason != NEVER_SEEN and (attempt.n == 1 or times_repaid(payout.id)):
        payout_news.payout_came_back(group, payout, attempt.reference, now)
    if attempt.n < policy.TRANSFER_ATTEMPTS:
        attempts.new_attempt(payout, group, at=now + RETRY_REST, now=now)
    payouts.look(payout.id, now)
    return True


def _came_back(payout: Payout, group: Group, attempt: PayoutAttempt, now: datetime) -> None:
    """Returned after success: a debt to her, kept apart until it is sent again (`returns`). The pot stays closed."""
    move(PayoutAttempt, attempt.id, "success", "reversed", ended_at=now)
    move(Payout, payout.id, "paid", "returned", held_reason=None)
    entry = posting.returned(attempt.reference, payout.member_id, payout.net_kobo)
    books.post(entry, actor=ACTOR, now=now, group_id=books_of(payout), payout_id=payout.id)
    payout_news.payout_came_back(group, payout, f"{attempt.reference}:returned", now)
    payouts.look(payout.id, now)


def _never_seen(attempt: PayoutAttempt, now: datetime) -> str:
    """The provider does not know the reference. It may only be slow: ask again before sending again."""
    if attempt.status not in attempts.UNSURE:
        return "nothing"
    if attempt.last_sent_at is None or now < attempt.last_sent_at + policy.ASK_AGAIN:
        return "open"
    if attempt.status != "unknown" and not move(PayoutAttempt, attempt.id, ("sending", "pending"), "unknown"):
        return "open"
    if attempt.sends < policy.TRANSFER_SENDS:
        return "resend"
    move(PayoutAttempt, attempt.id, "unknown", "manual", reason=NEVER_SEEN)
    return "human"


@transaction
def given_up_as_lost(reference: str, actor: str, now: datetime) -> bool:
    """The provider's people say that a transfer it has never seen will not be there any more: it counts as failed.

    The caller has just asked the provider once more. False when no transfer of this reference waits for people as one
    that was never seen.
    """
    found = PayoutAttempt.get_or_none(PayoutAttempt.reference == reference)
    if found is None:
        return False
    payout, group, attempt = attempts.locked(found.id)
    if (attempt.status, attempt.reason) != ("manual", NEVER_SEEN):
        return False
    detail = {"reference": reference}
    audit.note("payout.lost", subject(payout.id), actor=actor, now=now, group_id=group.id, detail=detail)
    return _failed(payout, group, attempt, Verdict("failed", None, NEVER_SEEN, None), now)
