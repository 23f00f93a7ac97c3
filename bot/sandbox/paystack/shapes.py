"""Rows turned into Paystack's JSON: keys, order and types as in its samples. No decisions here."""

import json
from typing import Any

from bot.sandbox.banks import BANKS, BY_CODE, TEST_BANK, Bank
from bot.sandbox.paystack import wallets
from bot.sandbox.store import Row
from bot.settings import Settings
from models import phones
from models.country import COUNTRIES

# Ids that Paystack gives are long; ours start where they cannot be taken for a row number.
TRANSACTION_IDS = 5_200_000_000
CUSTOMER_IDS = 181_000_000
RECIPIENT_IDS = 56_000_000
TRANSFER_IDS = 860_000_000
REQUEST_IDS = 1_068_000_000
REFUND_IDS = 3_000_000
INTEGRATION = 100_123
BUSINESS = "AJO SECURE"
USSD_BANKS = {"737": "058", "919": "033", "822": "232", "966": "057"}  # the banks behind the USSD codes

OPERATORS = {each.type: each.name for country in COUNTRIES.values() for each in country.operators}

GATEWAY_RESPONSES = {
    "success": "Approved",
    "failed": "Declined",
    "abandoned": "The transaction was not completed",
    "ongoing": "Transaction in progress",
    "reversed": "Reversed",
}


def domain(settings: Settings) -> str:
    return "live" if settings.paystack_secret_key.startswith("sk_live_") else "test"


def customer(row: Row) -> dict[str, Any]:
    return {
        "id": CUSTOMER_IDS + row["id"],
        "first_name": None,
        "last_name": None,
        "email": row["email"],
        "customer_code": row["code"],
        "phone": None,
        "metadata": None,
        "risk_action": "default",
        "international_format_phone": None,
    }


def authorization(row: Row) -> dict[str, Any]:
    """How it was paid; for bank transfers with the sender, for USSD with the bank."""
    shape: dict[str, Any] = {
        "authorization_code": f"AUTH_{row['id']:010d}",
        "bin": "XXXXXX",
        "last4": "XXXX",
        "exp_month": "11",
        "exp_year": "2030",
        "channel": row["channel"],
        "card_type": "offline",
        "bank": None,
        "country_code": "NG",
        "brand": "offline",
        "reusable": False,
        "signature": None,
        "account_name": None,
    }
    if row["channel"] == "ussd":
        return shape | {"bank": BY_CODE[USSD_BANKS[json.loads(row["detail"])["type"]]].name}
    if row["channel"] == wallets.CHANNEL:
        return shape | _wallet(json.loads(row["detail"]))
    if row["channel"] == "card":
        card = {"bin": "408408", "last4": "4081", "card_type": "visa DEBIT", "brand": "visa", "reusable": True}
        return shape | card | {"bank": "Test Bank", "signature": f"SIG_{row['id']:016d}"}
    return shape | {
        "bin": "008XXX",
        "last4": "X567",
        "card_type": "transfer",
        "brand": "Managed Account",
        "sender_country": "NG",
        "sender_bank": None,
        "sender_bank_account_number": "XXXXXXX785",
        "sender_name": "A CUSTOMER",
        "narration": "ajo",
    }


def _wallet(detail: dict[str, Any]) -> dict[str, Any]:
    number = phones.local(detail["phone"])
    name = OPERATORS[detail["provider"]]
    return {
        "bin": number[:3] + 3 * "X",
        "last4": f"X{number[-3:]}",
        "channel": wallets.CHANNEL,
        "card_type": "",
        "bank": f"{name} Mobile Money",
        "country_code": phones.country(detail["phone"]),
        "brand": f"{name.capitalize()} mobile money",
    }


def _transaction(settings: Settings, row: Row, payer: Row, status: str) -> dict[str, Any]:
    """What the look-up and the webhook have in common."""
    approved = "Payment successful" if row["channel"] == "ussd" else "Approved"
    return {
        "id": TRANSACTION_IDS + row["id"],
        "domain": domain(settings),
        "status": status,
        "reference": row["reference"],
        "amount": row["amount"],
        "message": None,
        "gateway_response": approved if status == "success" else GATEWAY_RESPONSES[status],
        "paid_at": row["paid_at"],
        "created_at": row["created_at"],
        "channel": row["channel"],
        "currency": row["currency"],
        "ip_address": "102.89.0.1",
        "metadata": json.loads(row["metadata"]),
        "log": None,
        "fees": row["fees"],
        "fees_split": None,
        "authorization": authorization(row),
        "customer": customer(payer),
        "split": {},
        "order_id": None,
        "paidAt": row["paid_at"],
        "requested_amount": row["requested_amount"],
        "pos_transaction_data": None,
        "fees_breakdown": None,
        "subaccount": {},
    }


def verified(settings: Settings, row: Row, payer: Row, status: str) -> dict[str, Any]:
    return _transaction(settings, row, payer, status) | {
        "receipt_number": None,
        "plan": None,
        "createdAt": row["created_at"],
        "source": None,
        "connect": None,
        "transaction_date": row["created_at"],
        "plan_object": {},
    }


def charge_success(settings: Settings, row: Row, payer: Row) -> dict[str, Any]:
    source = {"type": "api", "source": "merchant_api", "entry_point": "charge", "identifier": None}
    return _transaction(settings, row, payer, "success") | {
        "plan": {},
        "source": None if row["channel"] in ("ussd", wallets.CHANNEL) else source,
    }


def charge_attempted(row: Row) -> dict[str, Any]:
    """The answer to POST /charge: what the member has to do now."""
    if row["channel"] == "ussd":
        return {
            "reference": row["reference"],
            "status": "pay_offline",
            "display_text": f"Dial {row['ussd_code']} to pay",
            "ussd_code": row["ussd_code"],
        }
    if row["channel"] == wallets.CHANNEL:
        waits = wallets.waits_for_voucher(row)
        said = "Enter the voucher that your operator gave you" if waits else "Approve the payment on your phone"
        return {"reference": row["reference"], "status": "send_otp" if waits else "pay_offline", "display_text": said}
    bank = BY_CODE[TEST_BANK]
    return {
        "reference": row["reference"],
        "status": "pending_bank_transfer",
        "display_text": "Please make a transfer to the account specified",
        "account_name": BUSINESS,
        "account_number": row["account_number"],
        "bank": {"slug": bank.slug, "name": bank.name, "id": bank.id},
        "account_expires_at": row["expires_at"],
    }


def transfer_rejected(settings: Settings, row: Row, payer: Row, amount_kobo: int) -> dict[str, Any]:
    """bank.transfer.rejected: another amount than asked came in and went back. Its amount is text."""
    known = customer(payer)
    kept = ("first_name", "last_name", "email", "phone", "metadata", "customer_code", "risk_action", "id")
    return {
        "bank_transfer": {
            "amount": str(amount_kobo),
            "message": "incorrect amount sent",
            "message_type": "INCORRECT_AMOUNT",
            "transaction_id": str(TRANSACTION_IDS + row["id"]),
        },
        "customer": {name: known[name] for name in kept}
        | {
            "domain": domain(settings),
            "integration": INTEGRATION,
            "createdAt": payer["created_at"],
            "updatedAt": payer["created_at"],
        },
    }


def recipient(settings: Settings, row: Row) -> dict[str, Any]:
    return {
        "active": True,
        "createdAt": row["created_at"],
        "currency": row["currency"],
        "description": None,
        "domain": domain(settings),
        "email": None,
        "id": RECIPIENT_IDS + row["id"],
        "integration": INTEGRATION,
        "metadata": json.loads(row["metadata"]),
        "name": row["name"],
        "recipient_code": row["code"],
        "type": row["type"],
        "updatedAt": row["created_at"],
        "is_deleted": False,
        "isDeleted": False,
        "details": {
            "authorization_code": None,
            "account_number": row["account_number"],
            "account_name": row["account_name"],
            "bank_code": row["bank_code"],
            "bank_name": row["bank_name"],
        },
    }


def _transfer(settings: Settings, row: Row) -> dict[str, Any]:
    return {
        "amount": row["amount"],
        "createdAt": row["created_at"],
        "currency": row["currency"],
        "domain": domain(settings),
        "failures": None,
        "id": TRANSFER_IDS + row["id"],
        "integration": INTEGRATION,
        "reason": row["reason"],
        "reference": row["reference"],
        "source": "balance",
        "source_details": None,
        "status": row["status"],
        "titan_code": None,
        "transfer_code": row["code"],
        "transferred_at": row["transferred_at"],
        "updatedAt": row["updated_at"],
    }


def transfer_queued(settings: Settings, row: Row) -> dict[str, Any]:
    return _transfer(settings, row) | {
        "transfersessionid": [],
        "transfertrials": [],
        "request": REQUEST_IDS + row["id"],
        "recipient": RECIPIENT_IDS + row["recipient_id"],
    }


def transfer_found(settings: Settings, row: Row, payee: Row, fee_charged: int) -> dict[str, Any]:
    went = row["status"] == "success"
    return _transfer(settings, row) | {
        "request": REQUEST_IDS + row["id"],
        "recipient": recipient(settings, payee),
        "session": {"provider": "nip" if went else None, "id": f"{row['id']:030d}" if went else None},
        "fee_charged": fee_charged,
        "fees_breakdown": None,
        "gateway_response": None,
    }


def transfer_event(settings: Settings, row: Row, payee: Row, fee_charged: int) -> dict[str, Any]:
    live = domain(settings) == "live"
    return _transfer(settings, row) | {
        "integration": {"id": INTEGRATION, "is_live": live, "business_name": BUSINESS},
        "recipient": recipient(settings, payee),
        "session": {"provider": "nip", "id": f"{row['id']:030d}"},
        "fee_charged": fee_charged,
        "gateway_response": None,
    }


def bank(found: Bank) -> dict[str, Any]:
    return {
        "name": found.name,
        "slug": found.slug,
        "code": found.code,
        "longcode": "",
        "gateway": None,
        "pay_with_bank": False,
        "active": True,
        "is_deleted": False,
        "country": found.country,
        "currency": found.currency,
        "type": found.type,
        "id": found.id,
        "createdAt": "2016-07-14T10:04:29.000Z",
        "updatedAt": "2020-02-18T08:06:44.000Z",
    }


def banks_of(country: str, currency: str | None, kind: str | None) -> list[Bank]:
    return [
        each
        for each in BANKS
        if each.country.lower() == country and currency in (None, each.currency) and kind in (None, each.type)
    ]
