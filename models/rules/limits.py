"""How large one pot may be: the country's limit, a group's own that two of the staff have raised, the most there is.

A pot goes to one person on one day, and so does whoever has her phone, her PIN or her trust (circle-rules 4.5,
security 9, 18). It is looked at before a group begins, so that nobody finds out on payday. The figures stand in
`models.country`. Pure.
"""

from typing import Final

from models.country import home
from models.money import split
from models.rules.fees import NAIRA
from models.rules.refused import Refused

# The order of turns is not drawn yet: what was allowed may be taken back.
NOT_BEGUN: Final = ("draft", "forming")
GOES_ON: Final = (*NOT_BEGUN, "ready", "active", "paused")


def largest_pot(contribution_kobo: int, seats: int, pots_per_cycle: int = 1) -> int:
    """What is collected for one person when all have paid; with several pots in a cycle the largest of them."""
    return split(contribution_kobo * seats, pots_per_cycle)[0]


def limit_of(own_kobo: int | None) -> int:
    """The limit that holds. own_kobo: the group's own; None while nobody has raised it."""
    return home().pot_limit if own_kobo is None else own_kobo


def above(pot_kobo: int, own_kobo: int | None) -> bool:
    """Whether a pot is more than may go to one person. The limit itself may."""
    return pot_kobo > limit_of(own_kobo)


def refusal(wanted_kobo: int, own_kobo: int | None, status: str) -> Refused | None:
    """Whether this may become the group's limit. Refused: gone, bad_limit, same_limit, has_begun (it only goes up)."""
    if status not in GOES_ON:
        return Refused("gone")
    if wanted_kobo % NAIRA or not home().pot_limit <= wanted_kobo <= home().pot_cap:
        return Refused("bad_limit")
    if wanted_kobo == limit_of(own_kobo):
        return Refused("same_limit")
    if wanted_kobo < limit_of(own_kobo) and status not in NOT_BEGUN:
        return Refused("has_begun")
    return None


def as_own(wanted_kobo: int) -> int | None:
    """How it is kept: the country's limit is no group's own."""
    return None if wanted_kobo == home().pot_limit else wanted_kobo
