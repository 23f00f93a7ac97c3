"""Control of the phones: dial, reply, hang up, send and read SMS, misbehave."""

import json
from dataclasses import asdict

from flask import Blueprint, Response, jsonify, request

from bot.sandbox.africastalking import incoming, ussd
from bot.sandbox.control.reading import BadRequest, body, needed, optional
from bot.sandbox.twilio import inbound
from bot.sandbox.world import World, world

AFRICASTALKING = "africastalking"
RECEIVERS = {AFRICASTALKING: incoming.receive, "twilio": inbound.sms}

phones = Blueprint("phones", __name__, url_prefix="/control/phones/<phone>")


@phones.post("/dial")
def dial(phone: str) -> Response:
    found = body()
    quirks = optional(found, "quirks", dict)
    screen = ussd.dial(
        world(),
        phone,
        needed(found, "code", str),
        None if quirks is None else ussd.Quirks.of(quirks),
        optional(found, "network_code", str),
        optional(found, "session_id", str),
    )
    return jsonify(screen.as_json())


@phones.post("/reply")
def reply(phone: str) -> Response:
    found = body()
    screen = ussd.reply(world(), phone, needed(found, "text", str), optional(found, "session_id", str))
    return jsonify(screen.as_json())


@phones.post("/hangup")
def hang_up(phone: str) -> Response:
    ussd.hang_up(world(), phone)
    return jsonify(ok=True)


@phones.get("/inbox")
def inbox(phone: str) -> Response:
    after = request.args.get("after", 0, type=int)
    rows = world().store.rows("SELECT * FROM sms WHERE number = ? AND id > ? ORDER BY id", phone, after)
    kept = ("id", "message_id", "sender", "text", "segments", "at", "report", "provider", "price")
    return jsonify(messages=[{name: row[name] for name in kept} for row in rows])


@phones.post("/sms")
def send_sms(phone: str) -> Response:
    """She sends an SMS: to the one that she names, or to whom she got the last one from."""
    found, here = body(), world()
    text, to = needed(found, "text", str), optional(found, "to", str)
    last = here.store.row("SELECT provider FROM sms WHERE number = ? ORDER BY id DESC LIMIT 1", phone)
    to = to or (last["provider"] if last else AFRICASTALKING)
    if to not in RECEIVERS:
        raise BadRequest(f"to is one of {', '.join(RECEIVERS)}")
    return jsonify(id=RECEIVERS[to](here, phone, text), to=to)


@phones.post("/opt-out")
def opt_out(phone: str) -> Response:
    """She tells Africa's Talking, not us, that she wants no more."""
    incoming.opt_out(world(), phone)
    return jsonify(ok=True)


@phones.post("/opt-in")
def opt_in(phone: str) -> Response:
    incoming.opt_in(world(), phone)
    return jsonify(ok=True)


@phones.get("")
def history(phone: str) -> Response:
    here = world()
    known = here.store.row("SELECT * FROM phone WHERE number = ?", phone)
    rows = here.store.rows("SELECT * FROM ussd_session WHERE phone = ? ORDER BY started_real", phone)
    return jsonify(
        number=phone,
        network_code=known["network_code"] if known else None,
        quirks=json.loads(known["quirks"]) if known else asdict(ussd.Quirks()),
        sessions=[_session(here, row["id"], row["status"]) for row in rows],
    )


@phones.put("")
def settle_phone(phone: str) -> Response:
    """What this phone is like from now on: its network and its quirks."""
    found = body()
    quirks = ussd.Quirks.of(optional(found, "quirks", dict) or {})
    with world().store.write() as db:
        db.execute(
            "INSERT OR REPLACE INTO phone (number, network_code, quirks) VALUES (?, ?, ?)",
            (phone, optional(found, "network_code", str), json.dumps(asdict(quirks))),
        )
    return history(phone)


def _session(here: World, session_id: str, status: str) -> dict[str, object]:
    rows = here.store.rows("SELECT * FROM ussd_hop WHERE session_id = ? ORDER BY id", session_id)
    kept = ("phone", "text", "answer", "error", "took_ms", "at")
    return {
        "session_id": session_id,
        "status": status,
        "hops": [{name: row[name] for name in kept} for row in rows],
    }
