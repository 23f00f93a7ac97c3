"""What everybody would get back and who would have to pay, if a circle ended today (circle-rules 4.9 E). Pure.

Each seat's own account is what it has paid less what it has received. Who has paid more is owed the
difference; who has received more owes it. What the pots still hold is paid out at once, in proportion to the
claims; the rest comes as those who have collected pay. Service fees of cycles that were run are not given back.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Account:
    """What a seat has put into the pots and taken out of them, in kobo, before the service fee.

    kept: what the group holds for it besides: its deposit, and its share of the late fees.
    """

    seat_id: int
    paid_kobo: int
    received_kobo: int
    kept_kobo: int = 0

    @property
    def net_kobo(self) -> int:
        """Above zero it is owed to the seat, below zero the seat owes it."""
        return self.paid_kobo + self.kept_kobo - self.received_kobo


@dataclass(frozen=True)
class Share:
    """What the end would mean for a seat. at_once: the part of its claim that the pots cover today."""

    account: Account
    back_kobo: int
    owes_kobo: int
    at_once_kobo: int


@dataclass(frozen=True)
class Unwound:
    """All of it. held: what lies in the pots. Without an error in the books, claims = held + debts."""

    shares: tuple[Share, ...]
    held_kobo: int

    @property
    def back_kobo(self) -> int:
        return sum(share.back_kobo for share in self.shares)

    @property
    def owes_kobo(self) -> int:
        return sum(share.owes_kobo for share in self.shares)

    @property
    def adds_up(self) -> bool:
        """Whether the claims are exactly what is there and what is owed."""
        return self.back_kobo == self.held_kobo + self.owes_kobo


def unwind(accounts: Iterable[Account], held_kobo: int) -> Unwound:
    """The figures, seat by seat in the order that they came in."""
    listed = tuple(accounts)
    claims = [max(account.net_kobo, 0) for account in listed]
    at_once = in_proportion(min(held_kobo, sum(claims)), claims)
    shares = tuple(
        Share(account, claim, max(-account.net_kobo, 0), now)
        for account, claim, now in zip(listed, claims, at_once, strict=True)
    )
    return Unwound(shares, held_kobo)


@dataclass(frozen=True)
class Claim:
    """What is owed to a seat, and how much of it has been paid or is on its way. waits: a part of it is, so no other
    one is begun."""

    seat_id: int
    kobo: int
    promised_kobo: int
    waits: bool = False


def parts_to_pay(claims: Sequence[Claim], free_kobo: int, least_kobo: int) -> tuple[int, ...]:
    """What of each claim is paid now, out of money that is promised to nobody yet.

    All that has ever come is due to the claims in proportion; what is due and not paid goes out as soon as it is
    worth a transfer, and the last of a claim whatever it is. The rest lies and counts as due the next time.
    """
    whole = sum(claim.kobo for claim in claims)
    came = min(free_kobo + sum(claim.promised_kobo for claim in claims), whole)
    left, parts = free_kobo, []
    for claim, due in zip(claims, in_proportion(came, [claim.kobo for claim in claims]), strict=True):
        part = min(due - claim.promised_kobo, left)
        if claim.waits or part <= 0 or (part < least_kobo and due < claim.kobo):
            part = 0
        parts.append(part)
        left -= part
    return tuple(parts)


def in_proportion(kobo: int, claims: Sequence[int]) -> tuple[int, ...]:
    """An amount shared by claims with nothing lost: the largest remainders get the units that are left."""
    whole = sum(claims)
    if not 0 <= kobo <= whole:
        raise ValueError(f"cannot share {kobo} among claims of {whole}")
    if whole == 0:
        return tuple(0 for _ in claims)
    parts = [kobo * claim // whole for claim in claims]
    by_remainder = sorted(range(len(claims)), key=lambda n: (-(kobo * claims[n] % whole), n))
    for n in by_remainder[: kobo - sum(parts)]:
        parts[n] += 1
    return tuple(parts)
