"""What costs what: the provider's fees as we expect them, and the group's own.

Expected fees decide what a member is asked for. What is posted is always what
the provider says it took (ledger 2.1, rule 9). All amounts are kobo.
"""

from dataclasses import dataclass
from typing import Final

from models.country import home
from models.money import BPS, share_bps

NAIRA = 100


@dataclass(frozen=True)
class Tariff:
    """What Paystack takes in one country.

    bps of a payment, rounded half up (their rounding is not documented, this is our assumption), and `flat` from
    `flat_from` on, at most `cap`. step: totals that a member is asked for are multiples of it.
    transfers: (up to and with this amount, fee), and above all of them dearest_transfer.
    """

    bps: int
    flat: int
    flat_from: int
    cap: int | None
    step: int
    transfers: tuple[tuple[int, int], ...]
    dearest_transfer: int


# Nobody types a total in Ghana, it stands on the phone that approves it: so it need not be a whole one. That
# there is no cap, and a transfer to a bank, are what is known there; of Kenya nothing is, so nothing is put on top,
# and what Paystack takes is ours: production refuses that country (bot/setting_rules.py).
TARIFFS: Final = {
    "NG": Tariff(
        bps=150,
        flat=100 * NAIRA,
        flat_from=2_500 * NAIRA,
        cap=2_000 * NAIRA,
        step=NAIRA,
        transfers=((5_000 * NAIRA, 10 * NAIRA), (50_000 * NAIRA, 25 * NAIRA)),
        dearest_transfer=50 * NAIRA,
    ),
    "GH": Tariff(bps=195, flat=0, flat_from=0, cap=None, step=1, transfers=(), dearest_transfer=8_00),
    "KE": Tariff(bps=0, flat=0, flat_from=0, cap=None, step=1, transfers=(), dearest_transfer=0),
}

SERVICE_FEE_BPS = 100
SERVICE_FEE_CAP_BPS = 200

LATE_FEE_BPS = 1_000
LATE_FEE_MOST = 200 * NAIRA


def paystack_collection_fee(kobo: int) -> int:
    """What Paystack keeps of a payment; in Nigeria 1.5 % and N100 (not below N2,500), never more than N2,000."""
    return _collection_fee(TARIFFS[home().code], kobo)


def gross_up(amount_kobo: int) -> tuple[int, int]:
    """(fee, total): the smallest total (in Nigeria of whole naira) of which amount_kobo is left after the fee.

    What is left does not always grow with the total (at N2,500 it drops by N100), so the
    totals are tried from the least one possible; that is never more than some hundred steps away.
    """
    tariff = TARIFFS[home().code]
    least = amount_kobo * BPS // (BPS - tariff.bps)
    if tariff.cap is not None:
        least = min(least, amount_kobo + tariff.cap)
    total = max(least // tariff.step - 1, 0) * tariff.step
    while total - _collection_fee(tariff, total) < amount_kobo:
        total += tariff.step
    return total - amount_kobo, total


def transfer_fee(kobo: int) -> int:
    """What Paystack takes for a transfer of this size."""
    tariff = TARIFFS[home().code]
    return next((fee for up_to, fee in tariff.transfers if kobo <= up_to), tariff.dearest_transfer)


def dearest_transfer_fee() -> int:
    """What a transfer costs at most."""
    return TARIFFS[home().code].dearest_transfer


def service_fee(gross_kobo: int, bps: int) -> int:
    """The service fee of a pot, rounded down: no fee on money that never came, no unit taken too much."""
    return share_bps(gross_kobo, bps)


def default_late_fee(contribution_kobo: int) -> int:
    """The flat late fee of a group that did not choose one: N200, but at most 10 % of the contribution."""
    return min(LATE_FEE_MOST, share_bps(contribution_kobo, LATE_FEE_BPS))


def _collection_fee(tariff: Tariff, kobo: int) -> int:
    fee = (kobo * tariff.bps + BPS // 2) // BPS
    if kobo >= tariff.flat_from:
        fee += tariff.flat
    return fee if tariff.cap is None else min(fee, tariff.cap)
