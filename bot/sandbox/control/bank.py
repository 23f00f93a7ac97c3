"""Control of the bank's side: a customer pays, a transfer ends, an account gets its name."""

from typing import Any

from flask import Blueprint, Response, jsonify, request

from bot.sandbox.banks import tell_account
from bot.sandbox.control.reading import BadRequest, body, needed, optional
from bot.sandbox.paystack import charges, shapes, transfers, wallets
from bot.sandbox.paystack.balance import balances
from bot.sandbox.store import Row
from bot.sandbox.world import World, world

bank = Blueprint("bank", __name__, url_prefix="/control/paystack")
WAITING = ("open", "pending")  # two words for a charge that nobody has paid yet


@bank.post("/pay")
def pay() -> Response:
    """A customer follows the instructions she was given, or does it a little differently."""
    here, found = world(), body()
    row = _charge(here, found)
    if optional(found, "fail", bool):
        return jsonify(reference=row["reference"], outcomes=[charges.fail(here, row)])
    amount = optional(found, "amount", int) or _knob(here, "wrong_amount", row) or row["requested_amount"]
    currency = optional(found, "currency", str) or _knob(here, "wrong_currency", row) or row["currency"]
    accept = bool(optional(found, "accept", bool))
    outcomes = [charges.pay(here, row, amount, currency, accept) for _ in range(optional(found, "times", int) or 1)]
    return jsonify(reference=row["reference"], outcomes=outcomes)


@bank.get("/voucher")
def voucher() -> Response:
    """What an operator says to her who dials for a voucher; null when nobody asks for one."""
    return jsonify(voucher=wallets.voucher_of(world(), request.args.get("phone", "")))


@bank.get("/charges")
def list_charges() -> Response:
    here, wanted = world(), request.args.get("status")
    rows = here.store.rows("SELECT * FROM charge ORDER BY id")
    found = [charge_shown(here, row) for row in rows]
    matching = [each for each in found if wanted is None or _fits(each, wanted)]
    return jsonify(charges=matching)


@bank.get("/transfers")
def list_transfers() -> Response:
    here, wanted = world(), request.args.get("status")
    rows = here.store.rows("SELECT * FROM transfer WHERE ? IS NULL OR status = ? ORDER BY id", wanted, wanted)
    return jsonify(transfers=[transfer_shown(here, row) for row in rows])


@bank.post("/transfers/<reference>")
def end_transfer(reference: str) -> Response:
    try:
        row = transfers.conclude(world(), reference, needed(body(), "status", str))
    except transfers.IllegalMove as error:
        raise BadRequest(str(error)) from None
    return jsonify(transfer_shown(world(), row))


@bank.get("/balance")
def balance() -> Response:
    return jsonify(balances=balances(world()))


@bank.get("/movements")
def movements() -> Response:
    rows = world().store.rows("SELECT kind, reference, currency, amount, at FROM movement ORDER BY id")
    return jsonify(movements=[dict(row) for row in rows])


@bank.post("/accounts")
def name_account() -> Response:
    """account_name null: the bank knows no such account."""
    found = body()
    code, number = needed(found, "bank_code", str), needed(found, "account_number", str)
    tell_account(world().store, code, number, optional(found, "account_name", str))
    return jsonify(ok=True)


def _charge(here: World, found: dict[str, Any]) -> Row:
    for name in ("reference", "account_number", "ussd_code"):
        value = optional(found, name, str)
        if value is not None:
            row = here.store.row(f"SELECT * FROM charge WHERE {name} = ?", value)  # noqa: S608 - one of three names
            if row is None:
                raise BadRequest(f"no charge has the {name} {value}")
            return row
    phone = optional(found, "phone", str)
    if phone is None:
        raise BadRequest("reference, account_number, ussd_code or phone is missing")
    asked = wallets.asked_of(here, phone)
    if asked is None:
        raise BadRequest(f"nothing waits on {phone} to be approved")
    return asked


def _knob(here: World, does: str, row: Row) -> Any:
    knob = here.knobs.take("paystack.pay", does, row["reference"])
    return knob.value if knob else None


def _fits(shown: dict[str, Any], wanted: str) -> bool:
    return (shown["open"] and wanted in WAITING) or shown["status"] == wanted


def charge_shown(here: World, row: Row) -> dict[str, Any]:
    """A charge as this API tells it."""
    kept = ("reference", "channel", "requested_amount", "amount", "currency", "fees", "ussd_code", "account_number")
    return {name: row[name] for name in kept} | {
        "status": charges.status_of(here, row),
        "open": row["state"] == "open",
        "expires_at": row["expires_at"],
        "created_at": row["created_at"],
        "paid_at": row["paid_at"],
        "email": charges.payer_of(here, row)["email"],
    }


def transfer_shown(here: World, row: Row) -> dict[str, Any]:
    """A transfer as this API tells it."""
    details = shapes.recipient(here.settings, transfers.payee_of(here, row))["details"]
    kept = ("reference", "amount", "fee", "currency", "reason", "status", "created_at", "updated_at")
    return {name: row[name] for name in kept} | {
        name: details[name] for name in ("account_number", "account_name", "bank_code", "bank_name")
    }
