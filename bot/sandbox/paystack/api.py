"""Paystack's HTTP: the routes, the key and the rate-limit headers. A view's name is its place for knobs."""

import hmac
from collections.abc import Callable

from flask import Blueprint, Response, request

from bot.sandbox import faults
from bot.sandbox.paystack import lookups, pay_in, pay_out
from bot.sandbox.paystack.answers import Refusal
from bot.sandbox.paystack.limits import RateLimit
from bot.sandbox.world import world

ROUTES: tuple[tuple[str, str, Callable[..., Response]], ...] = (
    ("POST", "/transaction/initialize", pay_in.initialize),
    ("GET", "/transaction/verify/<reference>", pay_in.verify),
    ("GET", "/transaction", pay_in.transactions),
    ("POST", "/charge", pay_in.charge),
    ("POST", "/charge/submit_otp", pay_in.submit_otp),
    ("GET", "/charge/<reference>", pay_in.check_charge),
    ("POST", "/refund", pay_in.refund),
    ("GET", "/bank", lookups.banks),
    ("GET", "/bank/resolve", lookups.resolve),
    ("GET", "/balance", lookups.balance),
    ("POST", "/transferrecipient", pay_out.recipient),
    ("POST", "/transfer", pay_out.transfer),
    ("GET", "/transfer/verify/<reference>", pay_out.verify_transfer),
    ("GET", "/transfer", pay_out.transfers_list),
)

paystack = Blueprint("paystack", __name__, url_prefix="/paystack")
rate_limit = RateLimit()

for method, rule, view in ROUTES:
    paystack.add_url_rule(rule, view.__name__, view, methods=[method])


@paystack.errorhandler(Refusal)
def refused(refusal: Refusal) -> tuple[Response, int]:
    return refusal.answer()


@paystack.before_request
def check_key() -> None:
    given = request.headers.get("Authorization", "").encode()
    if not hmac.compare_digest(given, f"Bearer {world().settings.paystack_secret_key}".encode()):
        raise Refusal("Invalid key", 401)
    if rate_limit.used_up(world().tuning.current().rate_limit_per_minute):
        raise Refusal(
            "Rate limit exceeded!", 429, "Wait a few minutes and try the API call again", "rate_limited", "api_error"
        )


paystack.before_request(faults.before)
paystack.after_request(faults.after)


@paystack.after_request
def rate_headers(response: Response) -> Response:
    response.headers.update(rate_limit.headers(world().tuning.current().rate_limit_per_minute))
    return response
