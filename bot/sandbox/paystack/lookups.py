"""The requests that only ask: the banks, the name on an account, our balance."""

from flask import Response, request

from bot.sandbox.banks import BY_CODE, account_name
from bot.sandbox.paystack import shapes
from bot.sandbox.paystack.answers import Refusal, invalid, missing, ok
from bot.sandbox.paystack.balance import balances
from bot.sandbox.paystack.lists import page
from bot.sandbox.world import world


def balance() -> Response:
    return ok("Balances retrieved", balances(world()))


def banks() -> Response:
    country = request.args.get("country", "nigeria").lower()
    found = shapes.banks_of(country, request.args.get("currency"), request.args.get("type"))
    if request.args.get("use_cursor", "false").lower() != "true":
        return ok("Banks retrieved", [shapes.bank(each) for each in found])
    per_page, _ = page()
    at = _cursor()
    following = f"page:{at + per_page}" if at + per_page < len(found) else None
    earlier = f"page:{max(at - per_page, 0)}" if at else None
    meta = {"next": following, "previous": earlier, "perPage": per_page}
    return ok("Banks retrieved", [shapes.bank(each) for each in found[at : at + per_page]], meta=meta)


def resolve() -> Response:
    number, code = request.args.get("account_number", ""), request.args.get("bank_code", "")
    if not number or not code:
        raise missing("Account number" if not number else "Bank code")
    if world().knobs.take("paystack.resolve", "daily_limit", number):
        raise Refusal(
            "Test mode daily limit of 3 live bank resolves exceeded. Use test bank codes 001 or upgrade to live mode.",
            429,
        )
    name = account_name(world().store, code, number)
    if name is None or world().knobs.take("paystack.resolve", "not_found", number):
        raise Refusal(
            "Could not resolve account name. Check parameters or try again.", 422,
            "Ensure that you are passing valid account number and bank code", "invalid_bank_code",
        )  # fmt: skip
    bank_id = BY_CODE[code].id
    return ok("Account number resolved", {"account_number": number, "account_name": name, "bank_id": bank_id})


def _cursor() -> int:
    text = request.args.get("next") or request.args.get("previous") or "page:0"
    number = text.removeprefix("page:")
    if not (number.isascii() and number.isdigit()):
        raise invalid("Invalid cursor")
    return int(number)
