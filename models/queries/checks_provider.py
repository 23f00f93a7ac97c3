"""Our books against the provider's (ledger 2.5, X1 to X4): plain values from its answers in, violations out.

Asking the provider is the job's business. These are the comparisons that no test of
our own code can replace: they find what we believe and is not so.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Final

from models import policy
from models.base import database
from models.queries.checks import Violation
from models.rules.accounts import PAYSTACK_BALANCE, PAYSTACK_CLEARING

# The provider's words for a transfer whose money has left, or may yet leave.
GOING: Final = frozenset({"success", "pending", "otp", "received", "processing", "queued"})
GONE: Final = "success"
BACK: Final = frozenset({"failed", "reversed", "abandoned", "blocked", "rejected"})


def x1(provider_balance_kobo: int) -> list[Violation]:
    """The balance at the provider is the one in our books, give or take what is on its way at this moment.

    At a quiet moment (no charge and no transfer open, nothing left to settle) that is nothing: then they are equal.
    """
    balance, out, coming = database.execute_sql(
        """
        SELECT (SELECT coalesce(sum(amount), 0)::bigint FROM account_balance WHERE account_id = %(balance)s),
               (SELECT coalesce(sum(p.net_kobo + %(fee)s), 0) FROM payout_attempt t JOIN payout p ON p.id = t.payout_id
                 WHERE t.status IN ('sending', 'pending', 'unknown', 'manual')),
               (SELECT coalesce(sum(amount), 0) FROM account_balance WHERE account_id = %(clearing)s)
             + (SELECT coalesce(sum(amount_kobo + fee_kobo), 0) FROM payment
                 WHERE status IN ('sending', 'pending'))
        """,
        {"balance": PAYSTACK_BALANCE, "clearing": PAYSTACK_CLEARING, "fee": policy.DEAREST_TRANSFER_KOBO},
    ).fetchone()
    if balance - out <= provider_balance_kobo <= balance + coming:
        return []
    return [Violation("X1", "the provider's balance is not ours", (f"{provider_balance_kobo} for {balance}",))]


def x2(charges: Iterable[tuple[str, int, str]]) -> list[Violation]:
    """Every charge that the provider calls a success is a payment of ours with this amount, or lies in suspense.

    charges: (reference, kobo, currency). Hand in those that have had time to be told to us.
    """
    theirs = {reference: (kobo, currency) for reference, kobo, currency in charges}
    rows = database.execute_sql(
        """
        SELECT p.reference, p.received_kobo, p.currency, s.id IS NOT NULL
          FROM payment p LEFT JOIN suspense s ON s.direction = 'in' AND s.reference = p.reference
         WHERE p.reference = ANY(%(references)s) AND p.received_kobo IS NOT NULL
        UNION ALL
        SELECT reference, NULL, NULL, true FROM suspense
         WHERE direction = 'in' AND reference = ANY(%(references)s)
        """,
        {"references": list(theirs)},
    ).fetchall()
    in_suspense = {reference for reference, _, _, suspended in rows if suspended}
    placed = {reference: (kobo, currency) for reference, kobo, currency, _ in rows if kobo is not None}
    unknown = [reference for reference in theirs if reference not in placed and reference not in in_suspense]
    other = [
        reference
        for reference, came in theirs.items()
        if reference in placed and reference not in in_suspense and placed[reference] != came
    ]
    return _found("X2", "charges at the provider that we do not have", unknown) + _found(
        "X2", "charges at the provider with another amount or currency", other
    )


def x3(transfers: Iterable[tuple[str, str]]) -> list[Violation]:
    """Every transfer at the provider is one that we made, and we do not believe the opposite of it.

    transfers: (reference, the provider's status). One that we never made may lie in suspense already.
    """
    theirs = list(transfers)
    ours = _attempts(reference for reference, _ in theirs)
    rows = database.execute_sql("SELECT reference FROM suspense WHERE direction = 'out'").fetchall()
    in_suspense = {reference for (reference,) in rows}
    unknown = [reference for reference, _ in theirs if reference not in ours and reference not in in_suspense]
    opposite = [
        reference
        for reference, status in theirs
        if reference in ours and reference not in in_suspense and _opposite(ours[reference][1], status)
    ]
    return _found("X3", "transfers at the provider that we did not make", unknown) + _found(
        "X3", "transfers of which the provider says the opposite", opposite
    )


def x4(transfers: Iterable[tuple[str, str]]) -> list[Violation]:
    """No payout has two transfers at the provider that arrived or may yet arrive: nobody is paid twice."""
    theirs = list(transfers)
    ours = _attempts(reference for reference, _ in theirs)
    going = Counter(ours[reference][0] for reference, status in theirs if status in GOING and reference in ours)
    return _found("X4", "payouts with two transfers at the provider", [str(p) for p, n in going.items() if n > 1])


def _attempts(references: Iterable[str]) -> dict[str, tuple[int, str]]:
    """Payout and state of the transfers that we know."""
    rows = database.execute_sql(
        "SELECT reference, payout_id, status FROM payout_attempt WHERE reference = ANY(%s)", (list(references),)
    ).fetchall()
    return {reference: (payout_id, status) for reference, payout_id, status in rows}


def _opposite(ours: str, theirs: str) -> bool:
    return (ours == "success" and theirs in BACK) or (ours in ("failed", "reversed") and theirs == GONE)


def _found(code: str, what: str, ids: list[str]) -> list[Violation]:
    return [Violation(code, what, tuple(ids))] if ids else []
