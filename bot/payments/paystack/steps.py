"""What an open charge wants of her next, as Paystack's answer says it. Pure (providers.md 4.1)."""

from bot.payments.base import ApproveOnPhone, ChargePending, ChargeRefused, VoucherWanted
from bot.payments.paystack import shapes
from bot.payments.paystack.shapes import Json


def dead(reference: str, data: Json) -> ChargeRefused | None:
    """A call that went well about a charge that did not."""
    if data.get("status") not in ("failed", "timeout"):
        return None
    return ChargeRefused(reference, "refused", shapes.text(data.get("message") or data.get("gateway_response")))


def next_step(reference: str, data: Json) -> ApproveOnPhone | VoucherWanted | ChargePending:
    """The next step of a wallet. One that we do not know is asked about by reference, like one that is over."""
    match data.get("status"):
        case "pay_offline":
            return ApproveOnPhone(reference)
        case "send_otp":
            return VoucherWanted(reference)
    return ChargePending(reference)
