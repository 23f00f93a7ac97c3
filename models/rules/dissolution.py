"""What everybody would get back and who would have to pay, if a circle ended today (circle-rules 4.9 E). Pure.

Each seat's own account is what it has paid less what it has received. Who has paid more is owed the
difference; who has received more owes it. What the pots still hold is paid out at once, in proportion to the
claims; the rest comes as those who have collected pay. Service fees of cycles that were run are not given back.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Account:
    """What a seat has put into the pots and taken out of them, in kobo, before the service fee."""

    seat_id: int
    paid_kobo: int
    received_kobo: int


@dataclass(frozen=True)
class Share:
    """What the end would mean for a seat. at_once: the part of its claim that the pots cover today."""

    account: Account
    back_kobo: int
    owes_kobo: int
    at_once_kobo: int

    @property
    def later_kobo(self) -> int:
        """What it would have to wait for."""
        return self.back_kobo - self.at_once_kobo


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
    claims = [max(account.paid_kobo - account.received_kobo, 0) for account in listed]
    at_once = in_proportion(min(held_kobo, sum(claims)), claims)
    shares = tuple(
        Share(account, claim, max(account.received_kobo - account.paid_kobo, 0), now)
        for account, claim, now in zip(listed, claims, at_once, strict=True)
    )
    return Unwound(shares, held_kobo)


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
