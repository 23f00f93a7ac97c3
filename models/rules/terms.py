"""The rules of a group at its founding: what may be wished for, and what follows from it.

`check` judges a wish, `terms_of` computes the rest (cycles, last day, what each
collects) and serves whoever reads a group back as well.
"""

from dataclasses import dataclass
from datetime import date, datetime

from models.commands import OpenGroup
from models.country import home
from models.facts import Terms
from models.money import split
from models.rules.fees import NAIRA, SERVICE_FEE_BPS, SERVICE_FEE_CAP_BPS, default_late_fee, service_fee
from models.rules.names import group_name
from models.rules.refused import Refused
from models.rules.rotation import ORDERS
from models.rules.schedule import CUTOFF_HOUR, FREQUENCIES, FURTHEST, due_on, earliest_start, local_date

MOST_CONTRIBUTION = 500_000 * NAIRA
SIZES = range(3, 31)  # two approvers, neither of them the recipient, need three people
GRACE_DAYS = 1
PRIVACY = 2


@dataclass(frozen=True)
class GroupTerms:
    """A group that may be founded."""

    name: str
    privacy: int
    pots_per_cycle: int
    pot_kobo: int  # what is collected for one pot, before the service fee
    terms: Terms


def check(wish: OpenGroup, now: datetime) -> GroupTerms | Refused:
    """Judge a wish. Refused: bad_name, bad_amount, bad_size, bad_start (too soon, or more than a year away)."""
    if wish.frequency not in FREQUENCIES or wish.order not in ORDERS:
        raise ValueError(f"no menu offers {wish.frequency} with {wish.order}")
    name = group_name(wish.name)
    if isinstance(name, Refused):
        return name
    if not is_contribution(wish.contribution_kobo):
        return Refused("bad_amount")
    if wish.seats not in SIZES:
        return Refused("bad_size")
    if not is_start(wish.start_on, now):
        return Refused("bad_start")
    terms = terms_of(wish.contribution_kobo, wish.frequency, wish.seats, wish.order, wish.start_on)
    return GroupTerms(name, PRIVACY, 1, pot(terms.contribution_kobo, terms.seats), terms)


def is_contribution(kobo: int) -> bool:
    """N100 (or what is little in the country) to N500,000, without kobo."""
    return home().least_contribution <= kobo <= MOST_CONTRIBUTION and kobo % NAIRA == 0


def is_start(on: date, now: datetime, cutoff_hour: int = CUTOFF_HOUR) -> bool:
    """Tomorrow or later with a day's notice before its cut-off, and within a year."""
    return earliest_start(now, cutoff_hour) <= on <= local_date(now) + FURTHEST


def terms_of(
    contribution_kobo: int,
    frequency: str,
    seats: int,
    order: str,
    anchor_on: date,
    *,
    pots_per_cycle: int = 1,
    late_fee_kobo: int | None = None,
    grace_days: int = GRACE_DAYS,
    cutoff_hour: int = CUTOFF_HOUR,
    service_fee_bps: int = SERVICE_FEE_BPS,
    skipped_intervals: int = 0,
    paused_intervals: int = 0,
) -> Terms:
    """The rules in full, with what follows from them. Settings beyond the caps are a bug.

    skipped_intervals: by how many the first day has been put off, because the group was full too late for the anchor.
    paused_intervals: by how many the last day has been put off by pauses.
    """
    if not 0 <= service_fee_bps <= SERVICE_FEE_CAP_BPS or not 1 <= pots_per_cycle <= seats:
        raise ValueError(f"a service fee of {service_fee_bps} bps with {pots_per_cycle} pots is beyond the caps")
    cycles = cycles_of(seats, pots_per_cycle)
    gross = pot(contribution_kobo, seats, pots_per_cycle)
    return Terms(
        contribution_kobo=contribution_kobo,
        frequency=frequency,
        seats=seats,
        order=order,
        late_fee_kobo=default_late_fee(contribution_kobo) if late_fee_kobo is None else late_fee_kobo,
        grace_days=grace_days,
        cutoff_hour=cutoff_hour,
        service_fee_bps=service_fee_bps,
        starts_on=due_on(anchor_on, frequency, skipped_intervals),
        ends_on=due_on(anchor_on, frequency, skipped_intervals + cycles - 1 + paused_intervals),
        cycles=cycles,
        collect_kobo=gross - service_fee(gross, service_fee_bps),
    )


def cycles_of(seats: int, pots_per_cycle: int = 1) -> int:
    """So many cycles until every seat has collected once."""
    return -(-seats // pots_per_cycle)


def pot(contribution_kobo: int, seats: int, pots_per_cycle: int = 1) -> int:
    """A full pot; with several in a cycle the smallest of them, so that nobody is promised more than comes."""
    return split(contribution_kobo * seats, pots_per_cycle)[-1]
