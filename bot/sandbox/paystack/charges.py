"""Money coming in: a charge is opened, waits for the customer, and is paid (or not).

What Paystack checks and does, without HTTP. One thing is our assumption: a second payment into
a charge that is paid already becomes a transaction of its own with a reference that Paystack made.
"""

import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.sandbox.clock import stamp
from bot.sandbox.fees import collection_fee
from bot.sandbox.paystack import shapes, wallets
from bot.sandbox.paystack.answers import Refusal, invalid
from bot.sandbox.paystack.balance import move
from bot.sandbox.paystack.events import announce
from bot.sandbox.store import Row
from bot.sandbox.world import World

USSD_CODES = {"737": "*737*33*4*{}#", "919": "*919*4*{}#", "822": "*822*5*{}#", "966": "*966*22*{}#"}
FIRST_USSD_NUMBER = 10_000
SHORTEST_EXPIRY = timedelta(minutes=15)
LONGEST_EXPIRY = timedelta(hours=8)


@dataclass(frozen=True)
class Opened:
    """What a charge or a checkout was opened with."""

    email: str
    amount: int
    currency: str
    reference: str | None
    metadata: Any
    channel: str
    detail: dict[str, Any]
    expires_at: str | None = None


def open_charge(world: World, asked: Opened) -> Row:
    reference = asked.reference or made_up_reference()
    with world.store.write() as db:
        if world.store.row("SELECT 1 FROM charge WHERE reference = ?", reference):
            raise Refusal("Duplicate Transaction Reference", 400, "Generate a new reference", "duplicate_reference")
        payer = _customer(world, asked.email)
        row_id = db.execute(
            "INSERT INTO charge (reference, customer_id, channel, state, requested_amount, amount, currency, metadata,"
            " detail, expires_at, created_at) VALUES (?, ?, ?, 'open', ?, ?, ?, ?, ?, ?, ?)",
            (reference, payer["id"], asked.channel, asked.amount, asked.amount, asked.currency,
             json.dumps("" if asked.metadata is None else asked.metadata), json.dumps(asked.detail),
             asked.expires_at, world.clock.stamp()),
        ).lastrowid  # fmt: skip
        if asked.channel == "ussd":
            code = USSD_CODES[asked.detail["type"]].format(FIRST_USSD_NUMBER + (row_id or 0))
            db.execute("UPDATE charge SET ussd_code = ? WHERE id = ?", (code, row_id))
        elif asked.channel == "bank_transfer" and asked.expires_at:
            db.execute("UPDATE charge SET account_number = ? WHERE id = ?", (f"126{row_id:07d}", row_id))
        pay_seconds = world.tuning.current().pay_seconds
        if pay_seconds is not None:
            world.errands.plan("pay_charge", pay_seconds, reference=reference)
    return charge_of(world, reference)


def made_up_reference() -> str:
    """Paystack's own kind of reference: T and fifteen digits."""
    return f"T{secrets.randbelow(9 * 10**14) + 10**14}"


def expiry(world: World, wanted: object) -> str:
    """When the account of a bank transfer closes: 15 minutes to 8 hours from now; null is 8 hours."""
    now = world.clock.now()
    if wanted is None:
        return stamp(now + LONGEST_EXPIRY)
    try:
        at = datetime.fromisoformat(str(wanted))
    except ValueError:
        raise invalid("account_expires_at is not a valid ISO 8601 date") from None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return stamp(min(max(at, now + SHORTEST_EXPIRY), now + LONGEST_EXPIRY))


def charge_of(world: World, reference: str) -> Row:
    row = world.store.row("SELECT * FROM charge WHERE reference = ?", reference)
    if row is None:
        raise Refusal(
            "Transaction reference not found.", 404,
            "Ensure that you are passing the reference of a transaction that exists on this integration",
            "transaction_not_found",
        )  # fmt: skip
    return row


def payer_of(world: World, row: Row) -> Row:
    payer = world.store.row("SELECT * FROM customer WHERE id = ?", row["customer_id"])
    if payer is None:
        raise LookupError(f"charge {row['id']} has no customer")
    return payer


def status_of(world: World, row: Row) -> str:
    """What the look-up says. An open one is `ongoing` until it expires; a checkout nobody opened is `abandoned`."""
    if row["state"] != "open":
        return str(row["state"])
    expired = row["expires_at"] is not None and row["expires_at"] < world.clock.stamp()
    return "abandoned" if expired or row["channel"] == "card" else "ongoing"


def pay(world: World, row: Row, amount: int, currency: str, accept: bool) -> str:
    """The customer pays. Answers what came of it: success or rejected (a bank transfer of another amount)."""
    with world.store.write() as db:
        if row["channel"] == "bank_transfer" and amount != row["requested_amount"] and not accept:
            rejected = shapes.transfer_rejected(world.settings, row, payer_of(world, row), amount)
            announce(world, "bank.transfer.rejected", rejected, row["reference"])
            return "rejected"
        if charge_of(world, row["reference"])["state"] in ("success", "reversed"):
            row = _second_transaction(world, row)
        db.execute(
            "UPDATE charge SET state = 'success', amount = ?, currency = ?, fees = ?, paid_at = ? WHERE id = ?",
            (amount, currency, collection_fee(amount, currency), world.clock.stamp(), row["id"]),
        )
        paid = charge_of(world, row["reference"])
        move(world, "charge", paid["reference"], currency, amount - paid["fees"])
        shape = shapes.charge_success(world.settings, paid, payer_of(world, paid))
        announce(world, "charge.success", shape, paid["reference"])
    return "success"


def fail(world: World, row: Row) -> str:
    """The bank says no. There is no webhook for that."""
    with world.store.write() as db:
        db.execute("UPDATE charge SET state = 'failed' WHERE id = ? AND state = 'open'", (row["id"],))
    return "failed"


def pay_by_itself(world: World, reference: str) -> None:
    row = charge_of(world, reference)
    if row["state"] == "open" and not wallets.waits_for_voucher(row):
        pay(world, row, row["requested_amount"], row["currency"], accept=True)


def refund(world: World, row: Row, amount: int, note: str | None) -> int:
    """Give money back out of our balance; it is on its way until the errand says that it is processed."""
    if row["state"] != "success" or amount > row["amount"]:
        raise invalid("Transaction has been fully reversed or was not successful")
    with world.store.write() as db:
        refund_id = db.execute(
            "INSERT INTO refund (charge_id, amount, status, note, created_at) VALUES (?, ?, 'pending', ?, ?)",
            (row["id"], amount, note, world.clock.stamp()),
        ).lastrowid or 0  # fmt: skip
        move(world, "refund", row["reference"], row["currency"], -amount)
        _announce_refund(world, row, amount, "pending", None)
        world.errands.plan("process_refund", world.tuning.current().refund_seconds, refund_id=refund_id)
    return refund_id


def process_refund(world: World, refund_id: int) -> None:
    with world.store.write() as db:
        db.execute("UPDATE refund SET status = 'processed' WHERE id = ?", (refund_id,))
        amount, charge_id = db.execute("SELECT amount, charge_id FROM refund WHERE id = ?", (refund_id,)).fetchone()
        db.execute("UPDATE charge SET state = 'reversed' WHERE id = ? AND amount = ?", (charge_id, amount))
        row = db.execute("SELECT * FROM charge WHERE id = ?", (charge_id,)).fetchone()
        _announce_refund(world, row, amount, "processed", f"TRF_refund{refund_id:08d}")


def _announce_refund(world: World, row: Row, amount: int, status: str, refund_reference: str | None) -> None:
    payer = shapes.customer(payer_of(world, row))
    data = {
        "status": status,
        "transaction_reference": row["reference"],
        "refund_reference": refund_reference,
        "amount": str(amount),
        "currency": row["currency"],
        "processor": "instant-transfer",
        "customer": {name: payer[name] for name in ("first_name", "last_name", "email")},
        "integration": shapes.INTEGRATION,
        "domain": shapes.domain(world.settings),
    }
    announce(world, f"refund.{status}", data, row["reference"])


def _second_transaction(world: World, row: Row) -> Row:
    with world.store.write() as db:
        reference = made_up_reference()
        db.execute(
            "INSERT INTO charge (reference, customer_id, channel, state, requested_amount, amount, currency, metadata,"
            " detail, created_at) SELECT ?, customer_id, channel, 'open', requested_amount, amount, currency, metadata,"
            " detail, ? FROM charge WHERE id = ?",
            (reference, world.clock.stamp(), row["id"]),
        )
    return charge_of(world, reference)


def _customer(world: World, email: str) -> Row:
    """Customers are keyed by their e-mail."""
    with world.store.write() as db:
        db.execute(
            "INSERT OR IGNORE INTO customer (code, email, created_at) VALUES (?, ?, ?)",
            (f"CUS_{secrets.token_hex(8)}", email, world.clock.stamp()),
        )
        found: Row = db.execute("SELECT * FROM customer WHERE email = ?", (email,)).fetchone()
    return found
