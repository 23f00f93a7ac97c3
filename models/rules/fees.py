"""What costs what: the provider's fees as we expect them, and the group's own.

Expected fees decide what a member is asked for. What is posted is always what
the provider says it took (ledger 2.1, rule 9). All amounts are kobo.
"""

from models.money import share_bps

NAIRA = 100

# Paystack, local collections in NGN.
COLLECTION_PER_MILLE = 15  # 1.5 %, rounded half up: their rounding is not documented, this is our assumption
COLLECTION_FLAT = 100 * NAIRA
COLLECTION_FLAT_FROM = 2_500 * NAIRA
COLLECTION_CAP = 2_000 * NAIRA

# Paystack, transfers in NGN: (up to and with this amount, fee).
TRANSFER_STEPS = ((5_000 * NAIRA, 10 * NAIRA), (50_000 * NAIRA, 25 * NAIRA))
TRANSFER_MOST = 50 * NAIRA

SERVICE_FEE_BPS = 100
SERVICE_FEE_CAP_BPS = 200

LATE_FEE_BPS = 1_000
LATE_FEE_MOST = 200 * NAIRA


def paystack_collection_fee(kobo: int) -> int:
    """What Paystack keeps of a payment: 1.5 % and N100, without the N100 below N2,500, never more than N2,000."""
    fee = (kobo * COLLECTION_PER_MILLE + 500) // 1000
    if kobo >= COLLECTION_FLAT_FROM:
        fee += COLLECTION_FLAT
    return min(fee, COLLECTION_CAP)


def gross_up(amount_kobo: int) -> tuple[int, int]:
    """(fee, total): the smallest whole-naira total of which amount_kobo is left after the provider's fee.

    What is left does not always grow with the total (at N2,500 it drops by N100), so the
    totals are tried from the least one possible; that is never more than some hundred steps away.
    """
    least = min(amount_kobo * 1000 // (1000 - COLLECTION_PER_MILLE), amount_kobo + COLLECTION_CAP)
    total = max(least // NAIRA - 1, 0) * NAIRA
    while total - paystack_collection_fee(total) < amount_kobo:
        total += NAIRA
    return total - amount_kobo, total


def transfer_fee(kobo: int) -> int:
    """What Paystack takes for a transfer of this size."""
    return next((fee for up_to, fee in TRANSFER_STEPS if kobo <= up_to), TRANSFER_MOST)


def service_fee(gross_kobo: int, bps: int) -> int:
    """The service fee of a pot, rounded down: no fee on money that never came, no unit taken too much."""
    return share_bps(gross_kobo, bps)


def default_late_fee(contribution_kobo: int) -> int:
    """The flat late fee of a group that did not choose one: N200, but at most 10 % of the contribution."""
    return min(LATE_FEE_MOST, share_bps(contribution_kobo, LATE_FEE_BPS))
