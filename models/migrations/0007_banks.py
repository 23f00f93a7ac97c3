"""The banks that most members use, so that a new installation can take a payout account before it has asked anybody.

Codes and full names are Paystack's; a refresh (models.actions.bank_accounts) takes over
its whole list and keeps the short names and ranks given here.
"""

from datetime import UTC, datetime
from typing import Any

# Code, the provider's name, the name on a screen; in the order of a screen.
BANKS = (
    ("058", "Guaranty Trust Bank", "GTBank"),
    ("044", "Access Bank", "Access"),
    ("011", "First Bank of Nigeria", "First Bank"),
    ("033", "United Bank For Africa", "UBA"),
    ("057", "Zenith Bank", "Zenith"),
    ("999992", "OPay Digital Services Limited (OPay)", "OPay"),
    ("50515", "Moniepoint MFB", "Moniepoint"),
    ("999991", "PalmPay", "PalmPay"),
    ("50211", "Kuda Bank", "Kuda"),
    ("232", "Sterling Bank", "Sterling"),
    ("221", "Stanbic IBTC Bank", "Stanbic IBTC"),
    ("214", "First City Monument Bank", "FCMB"),
    ("070", "Fidelity Bank", "Fidelity"),
    ("032", "Union Bank of Nigeria", "Union"),
    ("035", "Wema Bank", "Wema"),
    ("076", "Polaris Bank", "Polaris"),
    ("050", "Ecobank Nigeria", "Ecobank"),
    ("082", "Keystone Bank", "Keystone"),
)
WRITTEN_AT = datetime(2026, 1, 1, tzinfo=UTC)


def up(migrator: Any, db: Any) -> None:
    """Write them in the order of their rank."""
    cursor = db.cursor()
    for rank, (code, name, short_name) in enumerate(BANKS, start=1):
        cursor.execute(
            """
            INSERT INTO bank (code, name, short_name, rank, active, seen_at)
            VALUES (%s, %s, %s, %s, true, %s)
            ON CONFLICT (code) DO NOTHING
            """,
            (code, name, short_name, rank, WRITTEN_AT),
        )
