"""Money going out: a recipient, a transfer that is queued, and how it ends. Without HTTP.

The reference is the key: the same one a second time is refused, whatever became of the first.
"""

import json
import secrets
from dataclasses import dataclass
from typing import Any

from bot.sandbox.banks import BY_CODE, account_name
from bot.sandbox.fees import transfer_fee
from bot.sandbox.knobs import Knob
from bot.sandbox.paystack import shapes
from bot.sandbox.paystack.answers import Refusal
from bot.sandbox.paystack.balance import balance, move
from bot.sandbox.paystack.events import announce
from bot.sandbox.store import Row
from bot.sandbox.world import World

PLACE = "paystack.transfer"
OPEN = ("pending", "otp", "received")
REFUNDED = ("failed", "reversed", "abandoned", "blocked", "rejected")
ANNOUNCED = ("success", "failed", "reversed")


@dataclass(frozen=True)
class Wanted:
    reference: str
    amount: int
    recipient: str
    reason: str | None
    currency: str


class IllegalMove(ValueError):
    """A transfer that has ended does not begin again."""


def recipient(world: World, name: str, account_number: str, bank_code: str, currency: str, metadata: Any) -> Row:
    """The same account again gives the recipient that exists."""
    holder = account_name(world.store, bank_code, account_number)
    if holder is None:
        raise Refusal("Account number is invalid", 400, "Provide a valid account number and bank code",
                      "invalid_account_number")  # fmt: skip
    with world.store.write() as db:
        db.execute(
            "INSERT OR IGNORE INTO recipient (code, name, type, currency, account_number, bank_code, account_name,"
            " bank_name, metadata, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (f"RCP_{secrets.token_hex(8)}", name, world.country.recipient_type, currency, account_number, bank_code,
             holder, BY_CODE[bank_code].name, json.dumps(metadata), world.clock.stamp()),
        )  # fmt: skip
        found: Row = db.execute(
            "SELECT * FROM recipient WHERE bank_code = ? AND account_number = ? AND currency = ?",
            (bank_code, account_number, currency),
        ).fetchone()
    return found


def send(world: World, wanted: Wanted) -> Row:
    """Queue a transfer and take it, with its fee, out of the balance."""
    with world.store.write() as db:
        payee = world.store.row("SELECT * FROM recipient WHERE code = ?", wanted.recipient)
        if payee is None:
            raise Refusal("Recipient specified is invalid", 400, "Provide a valid recipient",
                          "invalid_transfer_recipient")  # fmt: skip
        if world.store.row("SELECT 1 FROM transfer WHERE reference = ?", wanted.reference):
            raise Refusal(
                "Please provide a unique reference. Reference already exists on a transfer", 400,
                "Verify the transfer with this reference", "duplicate_transfer_reference",
            )  # fmt: skip
        fee = transfer_fee(wanted.amount, wanted.currency)
        short = balance(world, wanted.currency) < wanted.amount + fee
        if world.knobs.take(PLACE, "insufficient_balance", wanted.reference) or short:
            raise Refusal("Your balance is not enough to fulfill this request", 400, "Top up", "insufficient_balance",
                          "api_error")  # fmt: skip
        stays = world.knobs.take(PLACE, "transfer_status", wanted.reference)
        at = world.clock.stamp()
        db.execute(
            "INSERT INTO transfer (code, reference, recipient_id, amount, fee, currency, reason, status, created_at,"
            " updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (f"TRF_{secrets.token_hex(8)}", wanted.reference, payee["id"], wanted.amount, fee, wanted.currency,
             wanted.reason, stays.value if stays else "pending", at, at),
        )  # fmt: skip
        move(world, "transfer", wanted.reference, wanted.currency, -(wanted.amount + fee))
        _plan_its_end(world, wanted.reference, stays)
    return transfer_of(world, wanted.reference)


def _plan_its_end(world: World, reference: str, stays: Knob | None) -> None:
    tuning = world.tuning.current()
    auto = world.knobs.take(PLACE, "auto_transfer", reference)
    end = str(auto.value) if auto else tuning.auto_transfer
    later = world.knobs.take(PLACE, "reverse_later", reference)
    if later:
        end = "success"
    if stays is None and end not in ("none", "pending"):
        back_in = float(later.value or 1) if later else None
        world.errands.plan(
            "settle_transfer", tuning.transfer_seconds, reference=reference, status=end, reversed_in_seconds=back_in
        )


def transfer_of(world: World, reference: str) -> Row:
    row = world.store.row("SELECT * FROM transfer WHERE reference = ?", reference)
    if row is None:
        raise Refusal("Transfer not found", 404, "Ensure that you are passing the reference of a transfer",
                      "transfer_not_found")  # fmt: skip
    return row


def payee_of(world: World, row: Row) -> Row:
    found = world.store.row("SELECT * FROM recipient WHERE id = ?", row["recipient_id"])
    if found is None:
        raise LookupError(f"transfer {row['id']} has no recipient")
    return found


def fee_charged(world: World, row: Row) -> int:
    if row["status"] == "success":
        return int(row["fee"])
    if row["status"] in REFUNDED and world.tuning.current().keep_fee_on_reversal:
        return int(row["fee"])
    return 0


def conclude(world: World, reference: str, status: str) -> Row:
    """The end of a transfer, or its reversal after success. Raises IllegalMove."""
    with world.store.write() as db:
        row = transfer_of(world, reference)
        legal = row["status"] in OPEN or (row["status"], status) == ("success", "reversed")
        if not legal or status not in ("success", *REFUNDED):
            raise IllegalMove(f"a transfer does not go from {row['status']} to {status}")
        at = world.clock.stamp()
        db.execute(
            "UPDATE transfer SET status = ?, updated_at = ?, transferred_at = ? WHERE id = ?",
            (status, at, at if status == "success" else row["transferred_at"], row["id"]),
        )
        row = transfer_of(world, reference)
        if status in REFUNDED:
            kept = fee_charged(world, row)
            move(world, f"transfer.{status}", reference, row["currency"], row["amount"] + row["fee"] - kept)
        if status in ANNOUNCED:
            shape = shapes.transfer_event(world.settings, row, payee_of(world, row), fee_charged(world, row))
            announce(world, f"transfer.{status}", shape, reference)
    return row


def settle_by_itself(world: World, reference: str, status: str, reversed_in_seconds: float | None) -> None:
    """The planned end; somebody at the control API may have been quicker."""
    if transfer_of(world, reference)["status"] in OPEN:
        conclude(world, reference, status)
    if reversed_in_seconds is not None:
        world.errands.plan("reverse_transfer", reversed_in_seconds, reference=reference)


def reverse_by_itself(world: World, reference: str) -> None:
    if transfer_of(world, reference)["status"] == "success":
        conclude(world, reference, "reversed")
