"""Mobile money as Paystack has it: a wallet is asked, and its owner says yes on her phone within three minutes.

One operator asks nobody before a one-time code has come that it hands out itself (`voucher_of`). What Paystack
says after those three minutes is not documented; here the charge then counts as abandoned.
"""

import json
import secrets
from datetime import timedelta
from typing import Any

from bot.sandbox.clock import stamp
from bot.sandbox.paystack.answers import Refusal, invalid
from bot.sandbox.store import Row
from bot.sandbox.world import World
from models import phones

CHANNEL = "mobile_money"
APPROVE_WITHIN = timedelta(seconds=180)
VOUCHER_DIGITS = 6

# The newest that this number was asked about and has not answered.
ASKED = """
SELECT * FROM charge WHERE channel = 'mobile_money' AND state = 'open' AND json_extract(detail, '$.phone') = ?
 ORDER BY id DESC LIMIT 1
"""


def detail_of(world: World, wanted: Any) -> dict[str, Any]:
    """What a charge of a wallet is opened with. The operator of the request counts, not the one of the number."""
    found = wanted if isinstance(wanted, dict) else {}
    number, provider = found.get("phone"), found.get("provider")
    phone = phones.parse(number, world.country.region) if isinstance(number, str) else None
    operator = world.country.operator(provider) if isinstance(provider, str) else None
    if phone is None:
        raise invalid("Invalid phone number for mobile money")
    if operator is None:
        raise invalid("Invalid mobile money provider")
    digits = "".join(str(secrets.randbelow(10)) for _ in range(VOUCHER_DIGITS))
    return {"phone": phone, "provider": operator.type, "otp": digits if operator.voucher_dial else ""}


def expiry(world: World, detail: dict[str, Any]) -> str | None:
    """Until when she may say yes; nothing runs before her voucher has come."""
    return None if detail["otp"] else stamp(world.clock.now() + APPROVE_WITHIN)


def waits_for_voucher(row: Row) -> bool:
    return row["channel"] == CHANNEL and row["state"] == "open" and bool(json.loads(row["detail"])["otp"])


def submit(world: World, row: Row, otp: str) -> None:
    """The right code and the wallet is asked; with a wrong one the charge stays as it is."""
    detail = json.loads(row["detail"])
    if not waits_for_voucher(row):
        raise Refusal("Transaction is not awaiting an OTP", 400, "Check the status of the transaction", "invalid_state")
    if not secrets.compare_digest(otp.encode(), detail["otp"].encode()):
        raise invalid("Invalid OTP. Please try again")
    until = stamp(world.clock.now() + APPROVE_WITHIN)
    with world.store.write() as db:
        db.execute(
            "UPDATE charge SET detail = ?, expires_at = ? WHERE id = ?",
            (json.dumps(detail | {"otp": ""}), until, row["id"]),
        )


def asked_of(world: World, phone: str) -> Row | None:
    """What stands on this phone to be approved or declined by now."""
    row = world.store.row(ASKED, phone)
    if row is None or waits_for_voucher(row):
        return None
    return row if row["expires_at"] >= world.clock.stamp() else None


def voucher_of(world: World, phone: str) -> str | None:
    """What the operator tells her who dials for a voucher."""
    row = world.store.row(ASKED, phone)
    return str(json.loads(row["detail"])["otp"]) if row is not None and waits_for_voucher(row) else None
