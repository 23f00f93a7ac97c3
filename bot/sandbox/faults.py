"""The knobs that break any call, put around the views of all providers; and really hanging up on a client.

A place is the name of the view (`paystack.transfer`, `africastalking.send`); a call's subjects are
the references, numbers and accounts in it, for knobs that are turned for one of them only.
"""

import json
import socket
import struct
import time
from typing import Any

from flask import Response, g, request

from bot.sandbox.knobs import Knob
from bot.sandbox.twilio.refusals import problem, refused
from bot.sandbox.world import world

GATEWAY_PAGE = "<html>\n<head><title>502 Bad Gateway</title></head>\n<body><h1>502 Bad Gateway</h1></body>\n</html>\n"


def before() -> Response | None:
    """What goes wrong before anything happened."""
    g.broken = True
    if _taken("lose_request"):
        return hang_up()
    if knob := _taken("error_before_effect"):
        return _error(_status(knob, 503))
    if knob := _taken("problem_json"):
        return problem(_status(knob, 503))
    if _taken("rate_limited"):
        return _error(429, "Rate limit exceeded!")
    g.broken = False
    return None


def after(response: Response) -> Response:
    """What goes wrong after the effect."""
    if g.get("broken", True):  # broken already, or refused before the faults were asked
        return response
    if knob := _taken("slow_seconds"):
        time.sleep(float(knob.value or 1))
    if _taken("lose_answer"):
        return hang_up()
    if knob := _taken("error_after_effect"):
        return _error(_status(knob, 500))
    if knob := _taken("html_body"):
        return Response(GATEWAY_PAGE, _status(knob, 502), content_type="text/html")
    response = _altered(response)
    if _taken("truncated_json"):
        body = response.get_data()
        response.set_data(body[: len(body) // 2])
    return response


def hang_up() -> Response:
    """Close the connection without a byte of an answer; what is returned goes nowhere."""
    connection: socket.socket = request.environ["gunicorn.socket"]
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.shutdown(socket.SHUT_RDWR)
    return Response(status=500, headers={"Connection": "close"})


def _altered(response: Response) -> Response:
    """Another amount or currency in the answer than in our books."""
    amount, currency = _taken("wrong_amount"), _taken("wrong_currency")
    if amount is None and currency is None:
        return response
    body = response.get_json(silent=True)
    if isinstance(body, dict) and isinstance(body.get("data"), dict):
        body["data"] |= {"amount": amount.value} if amount else {}
        body["data"] |= {"currency": currency.value or "USD"} if currency else {}
        response.set_data(json.dumps(body))
    return response


def _taken(does: str) -> Knob | None:
    return world().knobs.take(request.endpoint or "", does, *_subjects())


def _subjects() -> set[str]:
    found: list[Any] = [*(request.view_args or {}).values(), *request.args.values()]
    found += request.form.get("to", "").split(",")
    found.append(request.form.get("To", "").removeprefix("whatsapp:"))
    body = request.get_json(silent=True)
    found += body.values() if isinstance(body, dict) else []
    return {each for each in found if isinstance(each, str)}


def _status(knob: Knob, usual: int) -> int:
    return knob.value if isinstance(knob.value, int) and 200 <= knob.value <= 599 else usual


def _error(status: int, message: str = "An error occurred") -> Response:
    if (request.blueprint or "").startswith("twilio"):
        return refused(20429 if status == 429 else 20500, status)
    body = {"status": False, "message": message, "type": "api_error", "code": "unknown"}
    if status == 429:
        body |= {"meta": {"nextStep": "Wait a few minutes and try the API call again"}, "code": "rate_limited"}
    return Response(json.dumps(body), status, content_type="application/json")
