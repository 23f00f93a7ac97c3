"""Sending SMS: `POST /version1/messaging` as the SDK calls it, the phones' inboxes, and delivery reports."""

import hmac
import json
import re
import secrets
from dataclasses import dataclass

from flask import Blueprint, Response, request

from bot.sandbox import faults
from bot.sandbox.africastalking import networks, wire
from bot.sandbox.segments import segments
from bot.sandbox.world import World, world

PLACE = "africastalking.send"
PRICE = 22_000  # of one segment, in ten-thousandths of a naira
STATUSES = {
    100: "Processed",
    101: "Success",
    102: "Queued",
    401: "RiskHold",
    402: "InvalidSenderId",
    403: "InvalidPhoneNumber",
    404: "UnsupportedNumberType",
    405: "InsufficientBalance",
    406: "UserInBlacklist",
    407: "CouldNotRoute",
    409: "DoNotDisturbRejection",
    500: "InternalServerError",
    501: "GatewayError",
    502: "RejectedByGateway",
}
SENT = (100, 101, 102)
DEFAULT_SENDER = "AFRICASTKNG"
NUMBER = re.compile(r"\+[1-9][0-9]{7,14}")

africastalking = Blueprint("africastalking", __name__, url_prefix="/africastalking")


@dataclass(frozen=True)
class Sent:
    """What became of one recipient's copy."""

    number: str
    status_code: int
    cost: int
    message_id: str

    def as_json(self) -> dict[str, object]:
        return {
            "statusCode": self.status_code,
            "number": self.number,
            "status": STATUSES[self.status_code],
            "cost": naira(self.cost) if self.cost else "0",
            "messageId": self.message_id,
        }


@africastalking.before_request
def check_key() -> Response | None:
    here = world().settings
    known = hmac.compare_digest(request.headers.get("apiKey", "").encode(), here.africastalking_api_key.encode())
    if known and request.form.get("username") == here.africastalking_username:
        return None
    return _said("The supplied authentication is invalid", 401)


africastalking.before_request(faults.before)
africastalking.after_request(faults.after)


@africastalking.post("/version1/messaging")
def send() -> Response:
    for name in ("to", "message"):
        if not request.form.get(name):
            return _said(f"Request is missing required form field '{name}'", 400)
    here, text = world(), request.form["message"]
    sender = request.form.get("from") or DEFAULT_SENDER
    numbers = [number.strip() for number in request.form["to"].split(",")]
    if sender not in (DEFAULT_SENDER, here.settings.africastalking_sender) or here.knobs.take(PLACE, "bad_sender"):
        return _answer("InvalidSenderId", [], 200)
    with here.store.write():
        sent = [_send_one(here, number, sender, text) for number in numbers]
    total = sum(each.cost for each in sent)
    went = sum(each.status_code in SENT for each in sent)
    message = f"Sent to {went}/{len(sent)} Total Cost: {naira(total) if total else '0'}"
    refused_by_dnd = any(each.status_code == 409 for each in sent)
    return _answer(message, sent, 409 if refused_by_dnd else 201)


def naira(ten_thousandths: int) -> str:
    return f"NGN {ten_thousandths // 10_000}.{ten_thousandths % 10_000:04d}"


def _send_one(here: World, number: str, sender: str, text: str) -> Sent:
    code = _status_code(here, number)
    if code not in SENT:
        return Sent(number, code, 0, "None")
    count = segments(text)
    message_id = f"ATXid_{secrets.token_hex(16)}"
    with here.store.write() as db:
        db.execute(
            "INSERT INTO sms (message_id, number, sender, text, segments, status_code, at, price)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (message_id, number, sender, text, count, code, here.clock.stamp(), naira(count * PRICE)),
        )
    knob = here.knobs.take(PLACE, "report", number)
    status, reason = (knob.value if isinstance(knob.value, list) else [knob.value, None]) if knob else ["Success", None]
    here.errands.plan(
        "report_delivery", here.tuning.current().report_seconds, message_id=message_id, status=status, reason=reason
    )
    return Sent(number, code, count * PRICE, message_id)


def _status_code(here: World, number: str) -> int:
    for does, code in (("dnd", 409), ("blacklist", 406), ("insufficient_balance", 405)):
        if here.knobs.take(PLACE, does, number):
            return code
    if here.store.row("SELECT 1 FROM sms_stop WHERE provider = 'africastalking' AND number = ?", number):
        return 406
    knob = here.knobs.take(PLACE, "status_code", number)
    if knob and knob.value in STATUSES:
        return int(knob.value)
    return 101 if NUMBER.fullmatch(number) else 403


def report_delivery(here: World, message_id: str, status: str, reason: str | None) -> None:
    """Tell the product what became of a message."""
    with here.store.write() as db:
        row = db.execute("SELECT * FROM sms WHERE message_id = ?", (message_id,)).fetchone()
        db.execute("UPDATE sms SET report = ? WHERE message_id = ?", (status, message_id))
        network = networks.of(here, row["number"])
        body = wire.delivery_report(message_id, status, row["number"], network, reason)
        url = f"{here.settings.public_url}/webhooks/africastalking-delivery/{here.settings.callback_keys[0]}"
        here.deliveries.put(
            "africastalking.delivery", url, wire.REPORT_HEADERS, body, "africastalking", row["number"], message_id
        )


def _answer(message: str, sent: list[Sent], status: int) -> Response:
    """JSON with exactly this Content-Type: the SDK parses no other."""
    body = {"SMSMessageData": {"Message": message, "Recipients": [each.as_json() for each in sent]}}
    return Response(json.dumps(body), status, content_type="application/json")


def _said(text: str, status: int) -> Response:
    return Response(text, status, content_type="text/plain; charset=UTF-8")
