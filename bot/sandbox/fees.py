"""What Paystack charges: collections in Nigeria and Ghana, transfers. Amounts in sub-units."""

GHANA_TRANSFER = 800  # to a bank

FLAT_KOBO = 10_000
FLAT_FROM_KOBO = 250_000  # below it the flat part is waived
CAP_KOBO = 200_000


def collection_fee(amount_kobo: int, currency: str = "NGN") -> int:
    """1.5 % (rounded half up) + N100 from N2,500, at most N2,000. In Ghana 1.95 % and nothing else."""
    if currency == "GHS":
        return (amount_kobo * 195 + 5000) // 10_000
    share = (amount_kobo * 15 + 500) // 1000
    return min(share + (FLAT_KOBO if amount_kobo >= FLAT_FROM_KOBO else 0), CAP_KOBO)


def transfer_fee(amount_kobo: int, currency: str = "NGN") -> int:
    """By steps; in Ghana the same for each."""
    if currency == "GHS":
        return GHANA_TRANSFER
    if amount_kobo <= 500_000:
        return 1_000
    return 2_500 if amount_kobo <= 5_000_000 else 5_000
