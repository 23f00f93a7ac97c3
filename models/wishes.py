"""What a member may ask the others for, as a screen shows it: another turn, more time. All money is in kobo."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class SwapPartner:
    """A seat that hers may exchange turns with (J1)."""

    seat_id: int
    number: int
    who: str
    on: date


@dataclass(frozen=True)
class SwapChoices:
    """Whom a seat of hers may ask. obstacle: why nobody (a refusal of AskSwap), "" when it may.

    decider: who would have to allow it. open_*: the request of hers that waits for an answer.
    """

    number: int
    on: date | None
    obstacle: str
    decider: str
    partners: tuple[SwapPartner, ...] = ()
    open_swap_id: int | None = None
    open_with: str = ""
    open_on: date | None = None
    open_agreed: bool = False


@dataclass(frozen=True)
class TimeOffer:
    """Something that can be asked for. In parts: so much by first_on, and the rest by until_on."""

    kind: str
    until_on: date
    first_kobo: int = 0
    first_on: date | None = None


@dataclass(frozen=True)
class MoreTime:
    """What can be asked for the oldest contribution that a seat owes (K1). amount_kobo: 0 when it owes none.

    asked: "" | waiting | answered. fee_kobo: an unpaid late fee; fee_asked: somebody has asked to take it off.
    fee_paid: a late fee of the last contribution was paid, which nothing here gives back.
    """

    decider: str
    amount_kobo: int = 0
    due_on: date | None = None
    asked: str = ""
    offers: tuple[TimeOffer, ...] = ()
    fee_kobo: int = 0
    fee_asked: bool = False
    fee_paid: bool = False
