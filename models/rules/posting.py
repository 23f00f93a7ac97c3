"""What each event of the circle does to the books, as data (ledger 2.4). Actions write entries, this file makes them.

Every entry is named after the business fact (`idem`), so that the same fact cannot be
booked twice; it balances in each book by itself, or it cannot be made at all.
Debit is positive. f is the provider's fee as the provider said it, never a guess.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from models.rules import accounts
from models.rules.accounts import (
    FEE_RECOVERY,
    FLOAT,
    PAYSTACK_BALANCE,
    PAYSTACK_CLEARING,
    PSP_FEES,
    SERVICE_FEE,
    SUSPENSE_IN,
    SUSPENSE_OUT,
    book,
    sign,
)

__all__ = ["Entry", "Leg", "Part", "Unbalanced", "book", "sign"]


class Unbalanced(ValueError):
    """An entry that would make or lose money: always a bug, never a member's doing."""


@dataclass(frozen=True, order=True)
class Leg:
    account: str
    amount: int


@dataclass(frozen=True)
class Entry:
    """One journal entry: legs sorted by account (one order of locks), one leg per account, none of zero.

    reverses is the idem of the entry that this one is the exact opposite of.
    """

    kind: str
    idem: str
    legs: tuple[Leg, ...]
    reverses: str | None = None

    def __post_init__(self) -> None:
        names = [leg.account for leg in self.legs]
        if len(names) < 2 or names != sorted(set(names)) or any(leg.amount == 0 for leg in self.legs):
            raise Unbalanced(f"{self.idem}: legs must be two or more, sorted, distinct and not zero")
        for name in (accounts.CASH, accounts.DUE):
            if total := sum(leg.amount for leg in self.legs if book(leg.account) == name):
                raise Unbalanced(f"{self.idem}: {name} is off by {total}")


@dataclass(frozen=True)
class Part:
    """A part of a receipt that pays an obligation. kind: contribution | deposit | penalty | unwinding."""

    kind: str
    seat_id: int
    cycle_id: int
    group_id: int
    kobo: int


Legs = Iterable[tuple[str, int]]


def _entry(kind: str, idem: str, legs: Legs, reverses: str | None = None) -> Entry:
    """Legs of the same account are merged, what comes to nothing is left out."""
    sums: defaultdict[str, int] = defaultdict(int)
    for account, amount in legs:
        sums[account] += amount
    return Entry(kind, idem, tuple(Leg(name, sums[name]) for name in sorted(sums) if sums[name]), reverses)


def _move(debit: str, credit: str, kobo: int) -> list[tuple[str, int]]:
    """One amount from one account to another; every posting is a list of these."""
    if kobo < 0:
        raise Unbalanced(f"{kobo} from {credit} to {debit}: an amount is never negative")
    return [(debit, kobo), (credit, -kobo)]


# --- what is owed ---------------------------------------------------------------------------


def obligation_raised(seat_id: int, cycle_id: int, kobo: int) -> Entry:
    """A seat owes its contribution to a cycle."""
    legs = _move(accounts.due_seat(seat_id), accounts.due_contrib(cycle_id), kobo)
    return _entry("due", f"due:{seat_id}:{cycle_id}", legs)


def penalty_raised(seat_id: int, cycle_id: int, rule: str, group_id: int, kobo: int) -> Entry:
    """A late fee. It stays with the group, never with us."""
    legs = _move(accounts.due_seat(seat_id), accounts.due_penalty(group_id), kobo)
    return _entry("penalty", _penalty(seat_id, cycle_id, rule), legs)


def penalty_waived(
    seat_id: int, cycle_id: int, rule: str, group_id: int, member_id: int, *, unpaid_kobo: int, paid_kobo: int = 0
) -> Entry:
    """A late fee is taken back: what is unpaid is no longer owed, what was paid goes to her wallet.

    Only the waiver of one that was not paid at all is the exact opposite of the late fee and says so.
    """
    legs = _move(accounts.due_penalty(group_id), accounts.due_seat(seat_id), unpaid_kobo)
    legs += _move(accounts.penalty_pool(group_id), accounts.wallet(member_id), paid_kobo)
    idem = f"waive:{seat_id}:{cycle_id}:{rule}"
    if paid_kobo:
        return _entry("penalty.refund", idem, legs)
    return _entry("penalty.waive", idem, legs, reverses=_penalty(seat_id, cycle_id, rule))


def _penalty(seat_id: int, cycle_id: int, rule: str) -> str:
    return f"penalty:{seat_id}:{cycle_id}:{rule}"


# --- money in -------------------------------------------------------------------------------


def charge(
    reference: str,
    member_id: int,
    *,
    received_kobo: int,
    provider_fee_kobo: int,
    parts: Iterable[Part],
    recovery_kobo: int,
    wallet_kobo: int,
) -> Entry:
    """A verified receipt: what the provider received and kept, and where all of it went."""
    legs = _received(received_kobo, provider_fee_kobo)
    parts = list(parts)
    if min(recovery_kobo, wallet_kobo, *(part.kobo for part in parts)) < 0:
        raise Unbalanced(f"{reference}: a part of a receipt is never negative")
    legs += _placed(parts)
    legs += [(FEE_RECOVERY, -recovery_kobo), (accounts.wallet(member_id), -wallet_kobo)]
    return _entry("charge", f"charge:{reference}", legs)


def charge_to_suspense(reference: str, *, received_kobo: int, provider_fee_kobo: int) -> Entry:
    """A receipt that cannot be placed: unknown reference, wrong currency. Booked the same second, dropped never."""
    legs = [*_received(received_kobo, provider_fee_kobo), (SUSPENSE_IN, -received_kobo)]
    return _entry("charge.suspense", f"charge:{reference}", legs)


def suspense_assigned(suspense_id: int, member_id: int, kobo: int, *, parts: Iterable[Part], wallet_kobo: int) -> Entry:
    """Two people have found out whose a receipt is: it pays what she owes, and the rest is hers."""
    parts = list(parts)
    if min(wallet_kobo, *(part.kobo for part in parts), 0) < 0:
        raise Unbalanced(f"suspense {suspense_id}: a part of a receipt is never negative")
    legs = [(SUSPENSE_IN, kobo), *_placed(parts), (accounts.wallet(member_id), -wallet_kobo)]
    return _entry("suspense.assign", f"suspense:{suspense_id}", legs)


def suspense_returned(suspense_id: int, kobo: int, *, held_in: str = PAYSTACK_BALANCE) -> Entry:
    """It was given back to whoever had sent it, out of our balance at the provider (or from where it still lies)."""
    return _entry("suspense.return", f"suspense:{suspense_id}", _move(SUSPENSE_IN, held_in, kobo))


def settled(batch: str | int, kobo: int) -> Entry:
    """The provider made charges transferable."""
    return _entry("settle", f"settle:{batch}", _move(PAYSTACK_BALANCE, PAYSTACK_CLEARING, kobo))


def wallet_applied(seat_id: int, n: int, member_id: int, parts: Iterable[Part]) -> Entry:
    """What is kept for the member pays what a seat of hers owes, for the n-th time."""
    parts = list(parts)
    if min((part.kobo for part in parts), default=0) <= 0:
        raise Unbalanced(f"seat {seat_id}: something has to be paid")
    legs = [(accounts.wallet(member_id), sum(part.kobo for part in parts)), *_placed(parts)]
    return _entry("apply", f"apply:{seat_id}:{n}", legs)


def penalty_pool_shared(group_id: int, shares: Iterable[tuple[int, int]]) -> Entry:
    """The group is over: its late fees go to those who were never late. shares: (member_id, kobo)."""
    legs = [leg for member_id, kobo in shares
            for leg in _move(accounts.penalty_pool(group_id), accounts.wallet(member_id), kobo)]  # fmt: skip
    return _entry("pool", f"pool:{group_id}", legs)


def float_opened(n: str | int, kobo: int) -> Entry:
    """Our own money at the provider, which covers the fees that we take on ourselves."""
    return _entry("float", f"float:{n}", _move(PAYSTACK_BALANCE, FLOAT, kobo))


def _received(received_kobo: int, provider_fee_kobo: int) -> list[tuple[str, int]]:
    if not 0 <= provider_fee_kobo <= received_kobo:
        raise Unbalanced(f"a fee of {provider_fee_kobo} on a receipt of {received_kobo}")
    return [(PAYSTACK_CLEARING, received_kobo - provider_fee_kobo), (PSP_FEES, provider_fee_kobo)]


def _placed(parts: Iterable[Part]) -> list[tuple[str, int]]:
    """What pays obligations: the money is held, the debt goes."""
    legs = []
    for part in parts:
        due, held = _counters(part)
        legs += [(held, -part.kobo), (due, part.kobo), (accounts.due_seat(part.seat_id), -part.kobo)]
    return legs


def _counters(part: Part) -> tuple[str, str]:
    """(counter-account of the debt, account that holds the money) of a part."""
    if part.kind == "contribution":
        return accounts.due_contrib(part.cycle_id), accounts.pot(part.cycle_id)
    if part.kind == "deposit":
        return accounts.due_deposit(part.seat_id), accounts.deposit(part.seat_id)
    if part.kind == "penalty":
        return accounts.due_penalty(part.group_id), accounts.penalty_pool(part.group_id)
    if part.kind == "unwinding":
        return accounts.due_unwinding(part.group_id), accounts.unwinding(part.group_id)
    raise ValueError(f"{part.kind} is not a kind of obligation")


# --- money out ------------------------------------------------------------------------------


def reserved(payout_id: int, cycle_id: int, gross_kobo: int) -> Entry:
    """The payout is approved: its money leaves the pot before anything is sent."""
    legs = _move(accounts.pot(cycle_id), accounts.payout_clearing(payout_id), gross_kobo)
    return _entry("reserve", f"reserve:{payout_id}", legs)


def released(payout_id: int, cycle_id: int, gross_kobo: int) -> Entry:
    """The payout is given up, conclusively: its money goes back into the pot."""
    legs = _move(accounts.payout_clearing(payout_id), accounts.pot(cycle_id), gross_kobo)
    return _entry("release", f"release:{payout_id}", legs)


def paid(
    attempt_reference: str, payout_id: int, *, gross_kobo: int, service_fee_kobo: int, transfer_fee_kobo: int
) -> Entry:
    """The transfer succeeded: net to the recipient, the service fee to us, the transfer's cost on us.

    After a return and a repay, gross_kobo is the net that was returned and the service fee is 0.
    """
    clearing = accounts.payout_clearing(payout_id)
    legs = _move(clearing, PAYSTACK_BALANCE, gross_kobo - service_fee_kobo)
    legs += _move(clearing, SERVICE_FEE, service_fee_kobo)
    legs += _move(PSP_FEES, PAYSTACK_BALANCE, transfer_fee_kobo)
    return _entry("paid", f"paid:{attempt_reference}", legs)


def returned(attempt_reference: str, member_id: int, net_kobo: int) -> Entry:
    """The bank sent it back after success: a debt to the recipient, no longer part of the pot."""
    legs = _move(PAYSTACK_BALANCE, accounts.payout_returned(member_id), net_kobo)
    return _entry("returned", f"returned:{attempt_reference}", legs)


def repaid(payout_id: int, k: int, member_id: int, net_kobo: int) -> Entry:
    """What was returned is reserved again for the k-th new try."""
    legs = _move(accounts.payout_returned(member_id), accounts.payout_clearing(payout_id), net_kobo)
    return _entry("repay", f"repay:{payout_id}:{k}", legs)


def repay_released(payout_id: int, k: int, member_id: int, net_kobo: int) -> Entry:
    """The k-th new try is given up, conclusively: what was returned is kept for the recipient again."""
    legs = _move(accounts.payout_clearing(payout_id), accounts.payout_returned(member_id), net_kobo)
    return _entry("repay.release", f"repay.release:{payout_id}:{k}", legs)


def transfer_fee_charged(reference: str, kobo: int) -> Entry:
    """The provider kept its fee for a transfer that failed; only when it says so."""
    return _entry("transfer.fee", f"tfee:{reference}", _move(PSP_FEES, PAYSTACK_BALANCE, kobo))


def unknown_transfer(reference: str, kobo: int) -> Entry:
    """A transfer at the provider that we never made: booked, alarmed, payouts frozen."""
    return _entry("transfer.unknown", f"xferunk:{reference}", _move(SUSPENSE_OUT, PAYSTACK_BALANCE, kobo))


def transfer_known(suspense_id: int, reference: str, kobo: int) -> Entry:
    """The exact opposite of `unknown_transfer`: a payout of ours bears its reference, or its money has come back."""
    legs = _move(PAYSTACK_BALANCE, SUSPENSE_OUT, kobo)
    return _entry("transfer.known", f"suspense:{suspense_id}", legs, reverses=f"xferunk:{reference}")


def transfer_settled(suspense_id: int, account: str, kobo: int) -> Entry:
    """Two people have said what a transfer was that we never made: it stands at our bank, or is our loss."""
    return _entry("transfer.settled", f"suspense:{suspense_id}", _move(account, SUSPENSE_OUT, kobo))


# --- an end in the middle -------------------------------------------------------------------


def obligation_closed(part: Part, rule: str = "") -> Entry:
    """What is unpaid of an obligation is no longer owed: the dissolution reckons with what was paid and received."""
    counter, _ = _counters(part)
    name = f"close:{part.seat_id}:{part.cycle_id}:{part.kind}{f':{rule}' if rule else ''}"
    return _entry("due.close", name, _move(counter, accounts.due_seat(part.seat_id), part.kobo))


def pot_unwound(cycle_id: int, group_id: int, kobo: int) -> Entry:
    """What lies in a pot is there for all whom the dissolution owes."""
    return _entry(
        "unwind.pot", f"unwind:pot:{cycle_id}", _move(accounts.pot(cycle_id), accounts.unwinding(group_id), kobo)
    )


def deposit_unwound(seat_id: int, group_id: int, kobo: int) -> Entry:
    """A deposit counts as paid by its seat."""
    legs = _move(accounts.deposit(seat_id), accounts.unwinding(group_id), kobo)
    return _entry("unwind.deposit", f"unwind:deposit:{seat_id}", legs)


def pool_unwound(group_id: int, kobo: int) -> Entry:
    """The late fees that the group has collected are shared out with the rest."""
    legs = _move(accounts.penalty_pool(group_id), accounts.unwinding(group_id), kobo)
    return _entry("unwind.pool", f"unwind:pool:{group_id}", legs)


def claim_raised(seat_id: int, group_id: int, kobo: int) -> Entry:
    """The dissolution owes a seat what it has paid more than it has received."""
    legs = _move(accounts.due_unwinding(group_id), accounts.due_claim(seat_id), kobo)
    return _entry("unwind.claim", f"claim:{seat_id}", legs)


def debt_raised(seat_id: int, group_id: int, kobo: int) -> Entry:
    """A seat owes what it has received more than it has paid."""
    legs = _move(accounts.due_seat(seat_id), accounts.due_unwinding(group_id), kobo)
    return _entry("unwind.debt", f"debt:{seat_id}", legs)


def claim_reserved(payout_id: int, group_id: int, seat_id: int, kobo: int) -> Entry:
    """A part of a claim is approved: its money is set aside, and so much less is owed to the seat."""
    return _entry("reserve", f"reserve:{payout_id}", _claim_served(payout_id, group_id, seat_id, kobo))


def claim_released(payout_id: int, group_id: int, seat_id: int, kobo: int) -> Entry:
    """It is given up, conclusively: the money is back, and owed again."""
    served = _claim_served(payout_id, group_id, seat_id, kobo)
    return _entry("release", f"release:{payout_id}", [(account, -amount) for account, amount in served])


def wallet_reserved(payout_id: int, member_id: int, kobo: int) -> Entry:
    """What is kept for her is on its way to her bank."""
    return _entry("reserve", f"reserve:{payout_id}", _wallet_to(payout_id, member_id, kobo))


def wallet_released(payout_id: int, member_id: int, kobo: int) -> Entry:
    """It is given up, conclusively: it is kept for her again."""
    served = _wallet_to(payout_id, member_id, kobo)
    return _entry("release", f"release:{payout_id}", [(account, -amount) for account, amount in served])


def _wallet_to(payout_id: int, member_id: int, kobo: int) -> list[tuple[str, int]]:
    return _move(accounts.wallet(member_id), accounts.payout_clearing(payout_id), kobo)


def _claim_served(payout_id: int, group_id: int, seat_id: int, kobo: int) -> list[tuple[str, int]]:
    legs = _move(accounts.unwinding(group_id), accounts.payout_clearing(payout_id), kobo)
    return legs + _move(accounts.due_claim(seat_id), accounts.due_unwinding(group_id), kobo)
