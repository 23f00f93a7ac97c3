"""What a hop waits for, as it stands by now: a charge that a job asks for, a payment that it looks up.

The answer has the fields of the command's `Done` (models/commands.py). What a bank says
about an account is `people.looked_up`'s.
"""

import json
from datetime import datetime
from typing import Any, Final

from models.sealing import keys
from models.tables.money import Payment

OPEN = ("created", "sending", "pending")
FAILED = ("failed", "abandoned")
PAID: Final = "paid"


def charge(payment_id: int, member_id: int) -> dict[str, Any] | None:
    """What has come of StartPayment beside what was known at once. None: not hers."""
    row = Payment.get_or_none((Payment.id == payment_id) & (Payment.member == member_id))
    if row is None:
        return None
    if row.status != "pending" or row.how_to_pay_sealed is None:
        return {"ready": False, "failed": row.status in FAILED}
    how: dict[str, Any] = json.loads(keys().open(row.how_to_pay_sealed, f"payment.how_to_pay:{payment_id}"))
    how |= {"voucher": row.voucher_wanted_at is not None}
    return how | {"ready": True, "failed": False, "until": row.until_at.isoformat()}


def voucher(payment_id: int, member_id: int) -> dict[str, Any] | None:
    """What has come of SubmitVoucher. None: not hers."""
    row = Payment.get_or_none((Payment.id == payment_id) & (Payment.member == member_id))
    if row is None:
        return None
    wrong = row.status == "pending" and row.voucher_wanted_at is not None
    return {"wrong": wrong, "failed": row.status in FAILED}


def payment(payment_id: int, member_id: int) -> dict[str, Any] | None:
    """The status that CheckPayment answers with. None: not hers."""
    row = Payment.get_or_none((Payment.id == payment_id) & (Payment.member == member_id))
    if row is None:
        return None
    return {"status": "pending" if row.status in OPEN else "failed" if row.status in FAILED else "success"}


def link(short_ref: str, now: datetime) -> str | None:
    """Where the payment of this reference is made, while it can be: PAID when it has been, None when there is none."""
    row = Payment.get_or_none((Payment.short_ref == short_ref) & (Payment.method == "link"))
    if row is None or row.how_to_pay_sealed is None:
        return None
    if row.paid_at is not None:
        return PAID
    if row.status == "failed" or row.until_at is None or row.until_at <= now:
        return None
    how: dict[str, str] = json.loads(keys().open(row.how_to_pay_sealed, f"payment.how_to_pay:{row.id}"))
    return how.get("url")
